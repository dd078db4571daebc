"""The road from the keyboard: a query written, foretold, run, charted, stopped, and a result's lines."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

from awstui.ui.resource_pane import ResourcePane
from plugins.logs.insights import history
from tests.anything import anything
from tests.plugins.logs.conftest import SCOPE, Logs
from tests.plugins.logs.log_server import LogServer
from tests.ui.conftest import Console, app_of, console, screen, shows, type_in, until

LEVELS = [json.dumps({"level": level, "n": n}) for n, level in enumerate(["ERROR", "WARN"] * 5)]


async def open_insights(pilot: Console, name: str) -> None:
    """From the list of groups to the editor of a query."""
    await pilot.press(
        "colon", *"logs", "space", *("slash" if s == "/" else s for s in name), "enter"
    )
    await at_row(pilot, name)
    await pilot.press("Q")
    await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))


async def at_row(pilot: Console, key: str) -> None:
    """Wait until the cursor is on a row of the list on screen."""

    def there() -> bool:
        pane = app_of(pilot).workspace.pane
        cursor: Any = pane.grid.cursor_key if isinstance(pane, ResourcePane) else None
        return cursor is not None and cursor[1] == key

    await until(pilot, there)


def write(pilot: Console, query: str, since: str = "1h", groups: str = "") -> None:
    """Put a query into the editor."""
    if groups:
        pilot.app.screen.query_one("#field-groups").value = groups  # type: ignore[attr-defined]
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
        seen = await shows(pilot, "Malformed at line 2, position 3", "^")
        lines = seen.splitlines()
        place = next(n for n, line in enumerate(lines) if line.strip() == "| filtre x")
        assert lines[place + 1].index("^") == lines[place].index("filtre")


async def test_all_of_a_long_row_is_seen_on_80_columns(logs: Logs) -> None:
    name = await logs.group("g", [f"REPORT {'Duration: 137.47 ms ' * 8}Max Memory Used: 99 MB"])
    async with console(logs.url, size=(80, 24)) as pilot:
        await open_insights(pilot, name)
        write(pilot, "fields @timestamp, @message")
        await pilot.press("ctrl+s")
        seen = await shows(pilot, "1 rows of 1 matching lines", "REPORT")
        assert "99 MB" not in seen
        await pilot.press("y")
        await shows(pilot, "Result › JSON", "Max Memory Used: 99 MB")


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
        await shows(pilot, "0 B · $0.0000", "x stops")
        await pilot.press("x")
        await shows(pilot, "stopped: not all was read")
        while True:
            answer = await logs.aws.read("describe_queries", logGroupName=name)
            if [one["status"] for one in answer["queries"]] == ["Cancelled"]:
                break
            await pilot.pause(0.05)


async def test_enter_on_a_group_of_infrequent_access_leads_here(logs: Logs) -> None:
    name = await logs.group("rare", ["a \x1b[33mline\x1b[0m"], logGroupClass="INFREQUENT_ACCESS")
    async with console(logs.url, size=(100, 30)) as pilot:
        await pilot.press("colon", *"logs", "space", *name, "enter")
        await at_row(pilot, name)
        await shows(pilot, "lines only by Insights")
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))
        why = f"{name} is of the class INFREQUENT_ACCESS: only Insights reads its lines"
        await shows(pilot, why)
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.screen.query("#field-query"))
        await shows(
            pilot, why, "enter open  r run  e edit", "nothing was asked yet · r runs, e edits\n"
        )
        await pilot.press("r")
        await shows(pilot, "1 rows of 1 matching lines", "  a line\n")


async def test_marked_groups_are_asked_together(logs: Logs) -> None:
    names = [await logs.group("both", [f"in {n}"]) for n in range(2)]
    async with console(logs.url, size=(100, 30)) as pilot:
        await pilot.press("colon", *"logs", "space", *names[0], "enter")
        await shows(pilot, *names)
        await at_row(pilot, names[0])
        await pilot.press("space", "space", "Q")
        await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))
        write(pilot, "fields @message, @log")
        await pilot.press("ctrl+s")
        await shows(pilot, "2 rows of 2 matching lines", "in 0", "in 1", "+ 1")


async def ask_two_regions(pilot: Console, *names: str) -> None:
    """From both regions' groups, marked, to the editor of one query."""
    await type_in(pilot, ":logs")
    await pilot.press("enter")
    await type_in(pilot, ":region eu-west-1,us-east-1")
    await pilot.press("enter")
    await shows(pilot, "2 sources of 2", *names)
    await type_in(pilot, "/" + names[0].partition("-")[0])
    await pilot.press("enter")
    await shows(pilot, f"· /{names[0].partition(chr(45))[0]}", *names)
    await pilot.press("home", "space", "space", "Q")
    await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))


async def test_groups_of_two_regions_are_asked_at_once_and_rows_say_where_they_are_from(
    logs: Logs,
) -> None:
    there = logs.at("us-east-1")
    names = [
        await logs.group("spread", ["in Dublin"]),
        await there.group("spread", ["in Virginia"]),
    ]
    async with console(logs.url, size=(120, 30)) as pilot:
        await ask_two_regions(pilot, *names)
        write(pilot, "fields @timestamp, @message")
        await pilot.press("ctrl+s")
        seen = await shows(
            pilot, "2 rows of 2 matching lines", "in Dublin", "in Virginia", "REGION"
        )
        assert "left out" not in seen
        for where, said in (("eu-west-1", "in Dublin"), ("us-east-1", "in Virginia")):
            assert any(where in line and said in line for line in seen.splitlines())
        last = "in Dublin" if seen.index("in Dublin") > seen.index("in Virginia") else "in Virginia"
        await pilot.press("end", "enter")
        await shows(pilot, "around", last)


async def test_a_place_that_refuses_is_named_and_the_others_answer(logs: Logs) -> None:
    there = logs.at("us-east-1")
    names = [
        await logs.group("partly", ["in Dublin"]),
        await there.group("partly", ["in Virginia"]),
    ]
    async with console(logs.url, size=(120, 30)) as pilot:
        await ask_two_regions(pilot, *names)
        with logs.doors.gate.grant("destroy", "test", "test", there.scope, anything()):
            await there.aws.write("delete_log_group", logGroupName=names[1])
        write(pilot, "fields @timestamp, @message")
        await pilot.press("ctrl+s")
        await shows(
            pilot, "1 rows of 1 matching lines", "in Dublin", "✗ demo us-east-1:", "! 1 of 2 places"
        )


async def test_a_definition_saved_in_the_account_is_chosen(logs: Logs) -> None:
    name = await logs.group("g", LEVELS)
    with logs.doors.gate.grant("change", "test", "test", SCOPE, anything()):
        await logs.aws.write(
            "put_query_definition",
            name="only warnings",
            queryString="filter level = 'WARN'\n| limit 4",
        )
    async with console(logs.url, size=(100, 30)) as pilot:
        await open_insights(pilot, name)
        await pilot.press("escape", "h")
        await shows(pilot, "only warnings", "filter level = 'WARN' | limit 4")
        await pilot.press("slash", *"only", "enter", "enter")
        await shows(pilot, "r runs, e edits", "filter level = 'WARN' | limit 4")
        await pilot.press("r")
        await shows(pilot, "4 rows of 5 matching lines")


async def test_rows_are_sorted_filtered_opened_and_copied(logs: Logs) -> None:
    name = await logs.group("g", LEVELS)
    copied: list[str] = []
    async with console(logs.url, size=(100, 30)) as pilot:
        pilot.app.copy_to_clipboard = copied.append  # type: ignore[method-assign,assignment]
        await open_insights(pilot, name)
        write(pilot, "fields n, level | sort n")
        await pilot.press("ctrl+s")
        await shows(pilot, "10 rows of 10 matching lines")
        await pilot.press("s")
        await until(pilot, lambda: " 9  WARN" in screen(pilot).split("LEVEL")[1].splitlines()[1])
        await pilot.press("home", "c", "y")
        await shows(pilot, '"level": "WARN"')
        assert json.loads(copied[0]) | {"@ptr": ""} == {"n": "9", "level": "WARN", "@ptr": ""}
        await pilot.press("escape", "slash", *"WARN", "enter")
        await shows(pilot, "/WARN 5 · 10 rows")
        await pilot.press("escape")
        await until(pilot, lambda: "/WARN" not in screen(pilot))


async def test_groups_are_edited_with_the_query(logs: Logs) -> None:
    names = [await logs.group("edited", [f"in {n}"]) for n in range(2)]
    async with console(logs.url, size=(100, 30)) as pilot:
        await open_insights(pilot, names[0])
        write(pilot, "fields @message", groups=f"{names[0]} missing")
        await pilot.press("ctrl+s")
        await shows(pilot, "There is no log group missing here.")
        await pilot.press("e")
        await until(pilot, lambda: bool(pilot.app.screen.query("#field-groups")))
        field = pilot.app.screen.query_one("#field-groups")
        field.focus()
        field.value = ""  # type: ignore[attr-defined]
        await pilot.press(*names[1][:-1])
        await until(pilot, lambda: field._suggestion in names)  # type: ignore[attr-defined]
        write(pilot, "fields @message", groups="edited-*")
        await pilot.press("ctrl+s")
        await shows(pilot, "2 rows of 2 matching lines", "in 0", "in 1", "+ 1")


async def test_a_dear_query_waits_for_a_second_key() -> None:
    server = LogServer(time.time)
    server.put("/huge", time.time(), "x")
    server.sizes["/huge"] = 200 * 2**30
    async with server.running(), console(server.url, size=(100, 30)) as pilot:
        await pilot.press("colon", *"logs", "enter")
        await at_row(pilot, "/huge")
        await pilot.press("Q")
        await until(pilot, lambda: bool(pilot.app.screen.query("#field-query")))
        write(pilot, "fields @message", "2023-11-01")
        await pilot.press("ctrl+s")
        await shows(pilot, "may cost $1.0", "· r runs it", "about 200.0 GiB, $1.0")
        assert "StartQuery" not in [operation for operation, _ in server.asked]
        await pilot.press("r")
        await until(pilot, lambda: "StartQuery" in [operation for operation, _ in server.asked])


async def test_a_history_that_cannot_be_written_keeps_nobody_from_asking(
    logs: Logs, world: Path
) -> None:
    name = await logs.group("g", LEVELS)
    history.file().mkdir(parents=True)
    async with console(logs.url, size=(100, 30)) as pilot:
        await open_insights(pilot, name)
        write(pilot, "fields n")
        await pilot.press("ctrl+s")
        await shows(pilot, "10 rows of 10 matching lines", "The query is not kept in the history")
