"""The road from the keyboard: a query written, foretold, run, charted, stopped, and a result's lines."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from plugins.logs.insights import history
from tests.plugins.logs.conftest import Logs
from tests.ui.conftest import Console, console, screen, shows, until

LEVELS = [json.dumps({"level": level, "n": n}) for n, level in enumerate(["ERROR", "WARN"] * 5)]


async def open_insights(pilot: Console, name: str) -> None:
    """From the list of groups to the editor of a query."""
    await pilot.press(
        "colon", *"logs", "space", *("slash" if s == "/" else s for s in name), "enter"
    )
    await shows(pilot, name)
    await pilot.pause(0.1)
    await pilot.press("Q")
    await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))


def write(pilot: Console, query: str, since: str = "1h") -> None:
    """Put a query into the editor."""
    pilot.app.screen.query_one("#field-query").text = query  # type: ignore[attr-defined]
    pilot.app.screen.query_one("#field-since").value = since  # type: ignore[attr-defined]


async def test_a_query_is_foretold_run_and_paid_for(logs: Logs, world: Path) -> None:
    name = await logs.group("g", LEVELS)
    async with console(logs.url, size=(80, 24)) as pilot:
        await open_insights(pilot, name)
        write(pilot, "fields @timestamp, @message | filter level = 'ERROR' | sort @timestamp")
        await pilot.press("ctrl+s")
        seen = await shows(pilot, "5 rows of 5 matching lines", "scanned · under $0.0001")
        assert "· estimated " in seen
        assert '{"level": "ERROR", "n": 8}' in seen
        await pilot.press("down", "enter")
        seen = await shows(pilot, "around", '{"level": "WARN", "n": 3}')
        await pilot.press("escape")
        await shows(pilot, "5 rows of 5 matching")
    kept = history.file()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [one.groups for one in history.past()] == [(name,)]


async def test_counts_by_bin_are_drawn(logs: Logs) -> None:
    name = await logs.group("g", [(60 * n, "s", "ERROR x") for n in range(40)])
    async with console(logs.url, size=(80, 24)) as pilot:
        await open_insights(pilot, name)
        write(pilot, "stats count(*) as lines by bin(1m)")
        await pilot.press("ctrl+s")
        seen = await shows(pilot, "each bar 1 m", "40 matching lines")
        assert "█" in seen
        await pilot.press("v")
        await until(pilot, lambda: "each bar" not in screen(pilot))


async def test_a_malformed_query_is_pointed_at(logs: Logs) -> None:
    name = await logs.group("g", LEVELS)
    async with console(logs.url, size=(80, 24)) as pilot:
        await open_insights(pilot, name)
        write(pilot, "fields @message\n| filtre x")
        await pilot.press("ctrl+s")
        seen = await shows(pilot, "Malformed at line 2, position 3")
        lines = seen.splitlines()
        place = next(n for n, line in enumerate(lines) if line.strip() == "| filtre x")
        assert lines[place + 1].index("^") == lines[place].index("filtre")


async def test_a_query_of_the_past_and_a_saved_one_are_chosen(logs: Logs) -> None:
    name = await logs.group("g", LEVELS)
    history.remember("fields n | limit 3", [name])
    async with console(logs.url, size=(100, 30)) as pilot:
        await open_insights(pilot, name)
        await pilot.press("escape")
        await pilot.press("h")
        await shows(pilot, "fields n | limit 3")
        await pilot.press("enter")
        await shows(pilot, "r runs, e edits", "fields n | limit 3")
        await pilot.press("r")
        await shows(pilot, "3 rows of 10 matching lines")


async def test_stopping_stops_it_in_aws_too(logs: Logs) -> None:
    name = await logs.group("g", LEVELS)
    async with console(logs.url, size=(80, 24)) as pilot:
        await open_insights(pilot, name)
        await pilot.press("ctrl+s")
        await shows(pilot, "x stops")
        await pilot.press("x")
        await shows(pilot, "stopped: not all was read")
        while True:
            answer = await logs.aws.read("describe_queries", logGroupName=name)
            if [one["status"] for one in answer["queries"]] == ["Cancelled"]:
                break
            await pilot.pause(0.05)


async def test_enter_on_a_group_of_infrequent_access_leads_here(logs: Logs) -> None:
    name = await logs.group("rare", ["a line"], logGroupClass="INFREQUENT_ACCESS")
    async with console(logs.url, size=(100, 30)) as pilot:
        await pilot.press("colon", *"logs", "space", *name, "enter")
        await shows(pilot, "lines only by Insights")
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))


async def test_marked_groups_are_asked_together(logs: Logs) -> None:
    names = [await logs.group("both", [f"in {n}"]) for n in range(2)]
    async with console(logs.url, size=(100, 30)) as pilot:
        await pilot.press("colon", *"logs", "space", *names[0], "enter")
        await shows(pilot, *names)
        await pilot.press("space", "space", "Q")
        await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))
        write(pilot, "fields @message, @log")
        await pilot.press("ctrl+s")
        await shows(pilot, "2 rows of 2 matching lines", "in 0", "in 1", "+ 1")
