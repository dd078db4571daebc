"""The driver keeps the fleet moving: something changes in every pane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect
from tests.demo.waiting import until

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:order-fulfilment"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:returns-requested"


@pytest.fixture(scope="module")
def moving() -> Iterator[DemoServer]:
    """A shop in a hurry."""
    with DemoServer.running(tick=0.05) as server:
        yield server


def depths(sqs: Any) -> Any:
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return [value for name, value in attributes.items() if name.startswith("Approximate")]


def newest_line(logs: Any) -> Any:
    group = "/aws/lambda/orders-handler"
    return logs.filter_log_events(logGroupName=group, startFromHead=False, limit=1)["events"]


def newest_execution(machines: Any) -> Any:
    found = machines.list_executions(stateMachineArn=MACHINE, maxResults=1)["executions"]
    return found[0]["startDate"]


def environments(beanstalk: Any) -> Any:
    found = beanstalk.describe_environments()["Environments"]
    return {one["EnvironmentName"]: (one.get("HealthStatus"), one["Health"]) for one in found}


def alarm_states(cloudwatch: Any) -> Any:
    found = cloudwatch.describe_alarms()["MetricAlarms"]
    return {one["AlarmName"]: one["StateValue"] for one in found}


def descriptions(functions: Any) -> Any:
    return {
        one["FunctionName"]: one["Description"] for one in functions.list_functions()["Functions"]
    }


def subscriptions(sns: Any) -> Any:
    return len(sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"])


def weights(route53: Any) -> Any:
    zone = next(
        z for z in route53.list_hosted_zones()["HostedZones"] if z["Name"] == "shop.example."
    )
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return [record.get("Weight") for record in records]


def files(s3: Any) -> Any:
    bucket = "shop-catalogue-imports-123456789012"
    found = s3.list_objects_v2(Bucket=bucket, Prefix="incoming/").get("Contents", [])
    return [one["Key"] for one in found]


def stack_events(cloudformation: Any) -> Any:
    found = cloudformation.describe_stack_events(StackName="shop-fulfilment-prod")["StackEvents"]
    return found[0]["EventId"]


@pytest.mark.parametrize(
    ("service", "look"),
    [
        ("sqs", depths), ("logs", newest_line), ("stepfunctions", newest_execution),
        ("elasticbeanstalk", environments), ("cloudwatch", alarm_states), ("lambda", descriptions),
        ("sns", subscriptions), ("route53", weights), ("s3", files), ("cloudformation", stack_events),
    ],
)  # fmt: skip
def test_something_changes(
    moving: DemoServer, connect: Connect, service: str, look: Callable[[Any], Any]
) -> None:
    client = connect(moving.url, service)
    before = look(client)
    until(lambda: look(client) != before, 30)
