"""The driver keeps the fleet moving: something changes in every pane."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect
from tests.demo.waiting import until

GROUP = "/aws/lambda/orders-handler"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:order-fulfilment"


@pytest.fixture(scope="module")
def moving() -> Iterator[DemoServer]:
    with DemoServer.running() as server:
        yield server


def test_depths_change(moving: DemoServer, connect: Connect) -> None:
    sqs = connect(moving.url, "sqs")
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]

    def depths() -> Any:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return [value for name, value in attributes.items() if name.startswith("Approximate")]

    before = depths()
    until(lambda: depths() != before, 15)


def test_lines_keep_coming(moving: DemoServer, connect: Connect) -> None:
    logs = connect(moving.url, "logs")

    def newest() -> Any:
        events = logs.filter_log_events(logGroupName=GROUP, startFromHead=False, limit=1)["events"]
        return events[0]["timestamp"]

    before = newest()
    until(lambda: newest() > before, 15)


def test_executions_start(moving: DemoServer, connect: Connect) -> None:
    machines = connect(moving.url, "stepfunctions")

    def newest() -> Any:
        found = machines.list_executions(stateMachineArn=MACHINE, maxResults=1)["executions"]
        return found[0]["startDate"]

    before = newest()
    until(lambda: newest() > before, 15)
