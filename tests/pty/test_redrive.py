"""A redrive from the console, in a terminal that behaves badly: the messages go on all the same."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from awstui.demo.process import DemoServer
from tests.patience import patiently
from tests.pty.conftest import Open

COUNT = 60
RATE = 5
"""So slow that most of them are still to go when the window is closed, on a slow machine too."""


@pytest.fixture
def shop() -> Iterator[tuple[DemoServer, Any]]:
    """A dead-letter queue that is full, and its source; the server, and a client of it."""
    with DemoServer.running(seed=False, drive=False) as server:
        client: Any = botocore.session.get_session().create_client(
            "sqs", region_name="eu-west-1", endpoint_url=server.url,
            aws_access_key_id="demo", aws_secret_access_key="demo",
        )  # fmt: skip
        dead = client.create_queue(QueueName="orders-dlq")["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        policy = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 5}
        client.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)})
        for start in range(0, COUNT, 10):
            entries = [
                {"Id": str(n), "MessageBody": json.dumps({"order": n})}
                for n in range(start, start + 10)
            ]
            client.send_message_batch(QueueUrl=dead, Entries=entries)
        yield server, client
        client.close()


def count(client: Any, name: str) -> int:
    """How many messages wait in a queue."""
    url = client.get_queue_url(QueueName=name)["QueueUrl"]
    held = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(held["ApproximateNumberOfMessages"])


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + patiently(30)
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.slow
def test_it_goes_on_though_nothing_is_read_and_then_the_window_is_closed(
    run: Open, shop: tuple[DemoServer, Any], world: Path
) -> None:
    server, client = shop
    terminal = run("--endpoint-url", server.url, size=(140, 45))
    terminal.wait_for("123456789012", "? keys")
    terminal.press(":sqs", "enter")
    terminal.wait_for(re.compile(f"^▌ ✗ orders-dlq +{COUNT} "))
    terminal.press("p")
    terminal.wait_for("that is all there is to see", "s more")
    terminal.press("*")
    terminal.wait_for(f"{COUNT} marked")
    terminal.press("m")
    terminal.wait_for(f"Redrive {COUNT} messages")
    terminal.press("tab", f"{RATE}", "\x13")
    terminal.wait_for(f"At most {RATE} each second", "They have", "Redrive (y)")
    terminal.press_until("y", lambda: "Redrive (y)" not in terminal.text, "agreed")
    until(lambda: count(client, "orders") >= 2)
    terminal.press("o")
    terminal.wait_for("goes on when this console closes")
    terminal.stall()
    before = count(client, "orders")
    until(lambda: count(client, "orders") >= before + 5)
    terminal.hang_up()
    assert terminal.process.wait(patiently(5)) == 128 + signal.SIGHUP
    assert len(list(world.rglob("redrive/logs/*.log"))) == 1, "a process of its own goes on with it"
    until(lambda: (count(client, "orders"), count(client, "orders-dlq")) == (COUNT, 0))
    assert terminal.wait_end(patiently(15)) == 128 + signal.SIGHUP, "nothing of it is left"
