"""The command line: rows to standard output, what it cost to standard error, Ctrl+C stops the query."""

from __future__ import annotations

import argparse
import asyncio

import pytest

from awstui.plugin import Out, Row
from plugins.logs import plugin
from tests.plugins.logs.conftest import Logs


class Recorded(Out):
    """An Out that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.shown: list[str] = []
        self.going = asyncio.Event()

    def row(self, row: Row) -> None:
        self.rows.append(row)

    def line(self, text: str, *, exact: bool = False) -> None:
        raise AssertionError(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, done: int, total: int, text: str) -> None:
        self.shown.append(text)
        self.going.set()


async def run(logs: Logs, *words: str, out: Recorded | None = None) -> tuple[int, Recorded]:
    """Run the command as the command line does."""
    command = next(one for one in plugin.commands if one.name == "insights")
    parser = argparse.ArgumentParser()
    command.add(parser)
    out = out or Recorded()
    return await command.run(logs.aws, parser.parse_args(words), out), out


async def test_rows_are_written_and_the_price_is_said(logs: Logs) -> None:
    group = await logs.group("g", ['{"level": "ERROR"}', '{"level": "INFO"}', "plain"])
    status, out = await run(logs, "fields level, @message", "--group", group)
    assert status == 0
    assert [row["level"] for row in out.rows] == [None, "INFO", "ERROR"]
    assert out.notes[-1] == "3 rows of 3 matching lines · 118 B scanned · under $0.0001"
    assert out.shown[0].startswith("scheduled")


async def test_a_malformed_query_is_pointed_at(logs: Logs) -> None:
    group = await logs.group("g")
    status, out = await run(logs, "fields @message | filtre x", "--group", group)
    assert (status, out.rows) == (2, [])
    assert out.notes == [
        "The query is malformed at line 1, position 19:",
        "  fields @message | filtre x",
        "                    ^",
    ]


async def test_interrupting_stops_the_query(logs: Logs) -> None:
    group = await logs.group("g", ["x"])
    out = Recorded()
    running = asyncio.ensure_future(run(logs, "fields @message", "--group", group, out=out))
    await out.going.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    answer = await logs.aws.read("describe_queries", logGroupName=group)
    assert [one["status"] for one in answer["queries"]] == ["Cancelled"]


async def test_a_dry_run_asks_nothing(logs: Logs) -> None:
    group = await logs.group("g", ["x"])
    status, out = await run(logs, "limit 1", "--group", group, "--dry-run")
    assert status == 0
    assert "an estimate" in out.notes[-1]
    assert (await logs.aws.read("describe_queries", logGroupName=group))["queries"] == []
    status, out = await run(logs, "limit 1", "--group", "nowhere", "--dry-run")
    assert status == 1
    assert out.notes[0] == "There is no log group nowhere here."


async def test_a_time_that_is_none_is_refused(logs: Logs) -> None:
    status, out = await run(logs, "limit 1", "--group", "g", "--since", "soon")
    assert status == 2
    assert "'soon' is no time" in out.notes[0]
