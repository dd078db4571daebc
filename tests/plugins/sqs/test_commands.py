"""The command line: what goes to standard output, what is asked, and what is never begun."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from awstui.plugin import Row
from plugins.sqs import around
from tests.plugins.sqs.conftest import Shop, command


class Recorded:
    """An Out that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.shown: list[tuple[int, int]] = []

    def row(self, row: Row) -> None:
        self.rows.append(row)

    def line(self, text: str, *, exact: bool = False) -> None:
        self.notes.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, done: int, total: int, text: str) -> None:
        self.shown.append((done, total))


async def run(shop: Shop, name: str, *words: str) -> tuple[int, Recorded]:
    """Run a command as the command line does."""
    out = Recorded()
    return await command(shop, name, *words, out=out), out


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No terminal: standard input is a file."""
    reader: Any = io.StringIO("y\n")
    monkeypatch.setattr(sys, "stdin", reader)


async def failed(shop: Shop, count: int) -> tuple[Row, Row]:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    await shop.dead_letter(source, count)
    return dead, source


async def test_peek_writes_messages_and_leaves_them_visible(shop: Shop) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 3)
    status, out = await run(shop, "peek", row["QueueName"], "--max", "3")
    assert status == 0
    assert {message["Body"] for message in out.rows} == {f'{{"order": {n}}}' for n in range(3)}
    assert out.notes[-1] == "3 messages released."
    assert await shop.depth(row) == (3, 0)


async def test_peek_takes_urls_and_arns_too(shop: Shop) -> None:
    row = await shop.queue("orders")
    for name in (row["QueueUrl"], row["Attributes"]["QueueArn"]):
        assert (await around.named(shop.aws, name))["QueueUrl"] == row["QueueUrl"]


async def test_a_peek_that_condemns_is_not_begun(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    row = await shop.queue("orders", dead=dead, lives=1)
    await shop.fill(row, 1)
    status, out = await run(shop, "peek", row["QueueName"])
    assert (status, out.rows) == (3, [])
    assert "--confirm" in out.notes[-1]
    status, out = await run(
        shop, "peek", row["QueueName"], "--max", "1", "--confirm", row["QueueName"]
    )
    assert (status, len(out.rows)) == (0, 1)


async def test_a_dry_run_starts_nothing(shop: Shop) -> None:
    dead, _ = await failed(shop, 2)
    status, out = await run(shop, "redrive", dead["QueueName"], "--dry-run")
    assert status == 0
    assert out.notes[-1] == "Would send sqs:StartMessageMoveTask × 1. Nothing was sent."
    (call,) = out.rows
    assert call["operation"] == "sqs:StartMessageMoveTask"
    assert dead["Attributes"]["QueueArn"] in call["parameters"]
    assert await around.move_tasks(shop.aws, dead) == []


async def test_without_yes_and_without_a_terminal_nothing_is_begun(shop: Shop) -> None:
    dead, _ = await failed(shop, 2)
    status, out = await run(shop, "redrive", dead["QueueName"])
    assert status == 3
    assert "--yes" in out.notes[-1]
    assert await around.move_tasks(shop.aws, dead) == []


async def test_redrive_moves_everything_and_says_so(shop: Shop) -> None:
    dead, source = await failed(shop, 4)
    status, out = await run(shop, "redrive", dead["QueueName"], "--yes", "--rate", "100")
    assert status == 0
    assert out.rows[0]["Status"] == "COMPLETED"
    assert out.notes[-1] == "Completed: 4 of about 4 moved."
    assert out.shown[-1] == (4, 4)
    assert await shop.depth(source) == (4, 0)


async def test_a_task_that_fails_is_a_failure(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    await shop.queue("orders", dead=dead)
    await shop.fill(dead, 1)
    status, out = await run(shop, "redrive", dead["QueueName"], "--yes")
    assert status == 1
    assert "name a destination" in out.notes[-1]


async def test_no_wait_leaves_at_once_and_a_second_call_watches_the_first_task(shop: Shop) -> None:
    dead, _ = await failed(shop, 5)
    status, out = await run(shop, "redrive", dead["QueueName"], "--yes", "--rate", "2", "--no-wait")
    assert (status, out.rows) == (0, [])
    status, out = await run(shop, "redrive", dead["QueueName"], "--dry-run")
    assert any("already running" in note for note in out.notes)
    assert out.notes[-1] == "Would send nothing. Nothing was sent."


async def test_what_is_no_dead_letter_queue_is_refused(shop: Shop) -> None:
    row = await shop.queue("orders")
    status, out = await run(shop, "redrive", row["QueueName"], "--yes")
    assert status == 3
    assert "not the dead-letter queue" in out.notes[-1]
