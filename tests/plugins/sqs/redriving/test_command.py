"""``awstui redrive`` of chosen messages: dry run, ids from a pipe, what exists, and left to itself."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from awstui.demo.process import environment
from awstui.plugin import Row
from plugins.sqs.redriving import operations, requests
from plugins.sqs.redriving.planning import plan
from tests.plugins.sqs.conftest import Shop, command


class Recorded:
    """An Out that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.notes: list[str] = []

    def row(self, row: Row) -> None:
        self.rows.append(row)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def line(self, line: str, *, exact: bool = False) -> None:
        self.notes.append(line)

    def progress(self, done: int, total: int, text: str) -> None:
        del done, total, text


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own, and nobody at the terminal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(requests, "POLL", 0)
    reader: Any = io.StringIO("")
    monkeypatch.setattr(sys, "stdin", reader)


async def run(shop: Shop, *words: str) -> tuple[int, Recorded]:
    out = Recorded()
    return await command(shop, "redrive", *words, out=out), out


async def pair(shop: Shop, count: int) -> tuple[Row, Row]:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead)
    await shop.fill(dead, count)
    return dead, source


async def test_a_dry_run_only_reads(shop: Shop) -> None:
    dead, source = await pair(shop, 5)
    status, out = await run(shop, dead["QueueName"], "--filter", "order", "--dry-run")
    said = "\n".join(out.notes)
    assert status == 0
    assert f"to {source['QueueName']}" in said
    assert "AWS's own task cannot choose" in said
    assert "sqs:SendMessage" in said
    assert [row["operation"] for row in out.rows] == [
        "sqs:ReceiveMessage", "sqs:SendMessageBatch", "sqs:DeleteMessageBatch",
    ]  # fmt: skip
    assert source["QueueUrl"] in out.rows[1]["parameters"]
    assert await shop.depth(dead) == (5, 0)
    assert operations.listed() == []


async def test_all_of_it_is_left_to_aws_and_it_says_why(shop: Shop) -> None:
    dead, _ = await pair(shop, 2)
    status, out = await run(shop, dead["QueueName"], "--dry-run")
    assert status == 0
    assert any("By AWS's own task" in note for note in out.notes)
    assert out.notes[-1] == "Would send sqs:StartMessageMoveTask × 1. Nothing was sent."


async def test_nobody_agreed(shop: Shop) -> None:
    dead, _ = await pair(shop, 2)
    status, _ = await run(shop, dead["QueueName"], "--count", "1")
    assert status == 3
    assert await shop.depth(dead) == (2, 0)


async def test_ids_come_through_a_pipe(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, source = await pair(shop, 6)
    with shop.allowed():
        answer = await shop.aws.write(
            "receive_message", QueueUrl=dead["QueueUrl"], MaxNumberOfMessages=4,
            VisibilityTimeout=0,
        )  # fmt: skip
    wanted = [one["MessageId"] for one in answer["Messages"]]
    reader: Any = io.StringIO("\n".join(wanted) + "\n")
    monkeypatch.setattr(sys, "stdin", reader)
    status, out = await run(shop, dead["QueueName"], "--ids", "-", "--rate", "500", "--yes")
    assert (status, out.rows[0]["done"]) == (0, len(wanted))
    assert await shop.depth(source) == (len(wanted), 0)
    status, out = await run(shop, "--list")
    assert [(row["standing"], row["done"]) for row in out.rows] == [("over", len(wanted))]


async def test_a_filter_that_cannot_be_read_is_said_before_anything(shop: Shop) -> None:
    dead, _ = await pair(shop, 1)
    with pytest.raises(Exception, match="JMESPath"):
        await run(shop, dead["QueueName"], "--filter", "?[", "--yes")
    assert operations.listed() == []


async def test_an_unknown_operation_is_refused(shop: Shop) -> None:
    dead, _ = await pair(shop, 1)
    status, out = await run(shop, dead["QueueName"], "--resume", "ffffffff", "--yes")
    assert status == 3
    assert "no redrive ffffffff" in out.notes[-1]


async def test_the_plan_knows_sizes_ages_and_consumers(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq", MessageRetentionPeriod="3600")
    await shop.queue("orders", dead=dead, MaximumMessageSize="1024")
    now = str(int(time.time() * 1000))
    sample = [
        {"MessageId": "a", "Body": "x" * 2000, "Attributes": {"SentTimestamp": now}},
        {"MessageId": "b", "Body": "y", "Attributes": {"SentTimestamp": now}},
    ]
    made = await plan(shop.aws, dead, ids=["a", "b"], sample=sample)
    said = "\n".join(made.lines)
    assert "1 message too large" in said
    assert "2 messages would expire within the hour: they go first." in said
    other = await shop.queue("other.fifo")
    with pytest.raises(Exception, match="both must be the same"):
        await plan(shop.aws, dead, ids=["a"], to=other["QueueName"])


async def test_it_goes_on_by_itself(shop: Shop, tmp_path: Path) -> None:
    """Begun, left at once, and carried through by a process that nobody watches."""
    dead, source = await pair(shop, 12)
    ours = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    left = subprocess.run(  # noqa: ASYNC221  nothing else runs meanwhile
        [
            sys.executable, "-m", "awstui", "redrive", dead["QueueName"], "--filter", "order",
            "--yes", "--no-wait",
        ],
        env=ours | environment(shop.url) | {"HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "running" in left.stdout
    until = time.monotonic() + 30
    while await shop.depth(source) != (12, 0):
        assert time.monotonic() < until, _log(tmp_path)
    while not operations.listed()[0]["why"]:
        assert time.monotonic() < until, _log(tmp_path)
    assert await shop.depth(dead) == (0, 0)
    (log,) = (tmp_path / "state").rglob("*.log")
    assert log.stat().st_mode & 0o777 == 0o600


def _log(folder: Path) -> str:
    return "\n".join(path.read_text() for path in folder.rglob("*.log"))


async def test_a_hang_up_does_not_end_what_was_told_to_go_on(shop: Shop, tmp_path: Path) -> None:
    dead, source = await pair(shop, 40)
    ours = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    began = subprocess.Popen(  # noqa: ASYNC220  nothing else runs meanwhile
        [
            sys.executable, "-m", "awstui", "redrive", dead["QueueName"], "--filter", "order",
            "--rate", "10", "--yes", "--keep-going",
        ],
        env=ours | environment(shop.url) | {"HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 40
    while (await shop.depth(source))[0] < 5:
        assert time.monotonic() < until
    began.send_signal(signal.SIGHUP)
    assert began.wait(5) == 128 + signal.SIGHUP
    assert (await shop.depth(source))[0] < 40, "it was not through yet"
    while await shop.depth(source) != (40, 0):
        assert time.monotonic() < until, _log(tmp_path)
    while not operations.listed()[0]["why"]:
        assert time.monotonic() < until, _log(tmp_path)
    assert await shop.depth(dead) == (0, 0)
