"""A redrive that a signal meets: the pair under way is finished, the rest stays, and it is taken up again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from awstui.demo.process import DemoServer
from tests.pty.conftest import Open
from tests.pty.terminal import Terminal, restored

ALL = 100
"""So many that a slow machine does not come to the end of them before it is told to stop."""


class Queues:
    """A dead-letter queue with messages, and where they came from."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._sqs: Any = boto3.client(
            "sqs", endpoint_url=url, region_name="eu-west-1",
            aws_access_key_id="x", aws_secret_access_key="x",
        )  # fmt: skip
        self._urls = {
            name: self._sqs.create_queue(QueueName=name)["QueueUrl"]
            for name in ("orders", "orders-dlq")
        }
        for start in range(0, ALL, 10):
            entries = [{"Id": str(n), "MessageBody": f"order {start + n}"} for n in range(10)]
            self._sqs.send_message_batch(QueueUrl=self._urls["orders-dlq"], Entries=entries)

    def depth(self, name: str) -> int:
        """How many messages there are, hidden ones too."""
        told = self._sqs.get_queue_attributes(QueueUrl=self._urls[name], AttributeNames=["All"])
        held = told["Attributes"]
        return int(held["ApproximateNumberOfMessages"]) + int(
            held["ApproximateNumberOfMessagesNotVisible"]
        )

    @property
    def sent(self) -> int:
        """How many are back where they came from; with those that are not it is all, once each."""
        return self.depth("orders")


@pytest.fixture
def queues() -> Iterator[Queues]:
    with DemoServer.running(seed=False, drive=False) as server:
        yield Queues(server.url)


def met(terminal: Terminal, queues: Queues, number: signal.Signals) -> None:
    """Let some go, send the signal, and see that nothing is lost nor doubled."""
    before = queues.sent
    terminal.until(lambda: queues.sent > before + 1, "messages go")
    os.kill(terminal.process.pid, number)
    killed = number == signal.SIGKILL
    assert terminal.wait_end() == (-number if killed else 128 + number)
    assert before + 1 < queues.sent < ALL
    assert queues.sent + queues.depth("orders-dlq") == ALL, "each is in one queue"


def agree(console: Terminal) -> None:
    """Say yes to what is asked."""
    console.wait_for("Cancel")
    console.press_until("y", lambda: "Cancel" not in console.text, "agreed")


def test_every_signal_in_a_redrive_is_lived_through(run: Open, queues: Queues) -> None:
    where = ("--endpoint-url", queues.url)
    command = run(
        "redrive", "orders-dlq", "--to", "orders", "--filter", ".", "--rate", "4", "--yes", *where
    )
    met(command, queues, signal.SIGTERM)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGKILL):
        console = run("--go", "sqs", *where, size=(120, 36))
        console.wait_for("▌   orders-dlq", "B redrives")
        console.press("B")
        console.wait_for("REDRIVE", "UNKNOWN", "interrupted")
        console.press("a")
        agree(console)
        met(console, queues, number)
        if number != signal.SIGKILL:
            restored(console)
