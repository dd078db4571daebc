"""A tail in the console, on a server of ours: groups together, the filters, times, files, troubles."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from textual.binding import Binding

from awstui import audit_lines, paths
from plugins.logs import moments
from plugins.logs.facts import Fact, fit
from plugins.logs.tail_jobs import jobs_of, labels
from plugins.logs.tail_keys import console_link
from plugins.logs.tail_pane import RANGES, TailPane
from tests.plugins.logs.console import (
    ORDERS,
    PAYMENTS,
    filled,
    screen,
    tail_of,
    tail_on,
    target,
)
from tests.plugins.logs.log_server import LogServer
from tests.ui.conftest import until

pytestmark = pytest.mark.usefixtures("quick")


async def test_marked_groups_are_tailed_together_and_followed() -> None:
    server = filled()
    async with tail_of(server, groups=2) as (pilot, pane):
        await until(pilot, lambda: "following · 120 lines" in screen(pilot))
        await until(pilot, lambda: "0 lost" in screen(pilot))
        await until(pilot, lambda: f"● {ORDERS}  ▲ {PAYMENTS}" in screen(pilot))
        assert {entry.group for entry in pane.store.snapshot()} == {0, 1}
        await pilot.press("up")
        server.put(PAYMENTS, time.time(), "just now", delay=0)
        await until(pilot, lambda: "paused · 1 new, G follows" in screen(pilot))
        await pilot.press("G")
        await until(pilot, lambda: "just now" in screen(pilot))
        await until(pilot, lambda: "6 errors" in screen(pilot))
        server.put(ORDERS, time.time(), "newest")
        await until(pilot, lambda: "newest" in screen(pilot))
        late = server.put(ORDERS, time.time() - 50, "came late", delay=50)
        await until(
            pilot, lambda: "came late" in [entry.message for entry in pane.store.snapshot()]
        )
        entry = next(entry for entry in pane.store.snapshot() if entry.message == "came late")
        assert 40_000 < entry.late < 60_000
        assert entry.at == late.at
        times = [entry.at for entry in pane.store.snapshot()]
        assert times == sorted(times)


async def test_local_filter_context_highlight_and_escape() -> None:
    async with tail_on(filled(), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "60 lines" in screen(pilot))
        await pilot.press("slash", *"error", "enter")
        await until(pilot, lambda: "/error/ 3 hits" in screen(pilot))
        assert pane.store.rows == 3
        await pilot.press("C")
        await until(pilot, lambda: pane.store.rows == 15)
        await pilot.press("h")
        await until(pilot, lambda: pane.store.rows == 60)
        await pilot.press(
            "h", "C", "C", "slash", *["backspace"] * 5, "exclamation_mark", *"error", "enter"
        )
        await until(pilot, lambda: pane.store.rows == 57)
        await pilot.press("escape")
        await until(pilot, lambda: pane.store.rows == 60)
        await pilot.press("slash", "left_parenthesis")
        await until(pilot, lambda: "not a regex" in screen(pilot))
        await pilot.press("escape")
        assert pane.store.rows == 60


async def test_the_servers_pattern_is_checked_before_and_sent() -> None:
    server = filled()
    async with tail_on(server, [target(ORDERS)]) as (pilot, _pane, _):
        await until(pilot, lambda: "60 lines" in screen(pilot))
        await pilot.press("f", *"{ level }")
        await until(pilot, lambda: "named from $" in screen(pilot))
        asked = len(server.asked)
        await pilot.press("enter")
        await pilot.pause(0.05)
        assert not any(body.get("filterPattern") for _, body in server.asked[asked:])
        await pilot.press(*["backspace"] * 9, *"error", "enter")
        await until(pilot, lambda: any(b.get("filterPattern") == "error" for _, b in server.asked))
        await until(pilot, lambda: "following · 3 lines" in screen(pilot))
        await until(pilot, lambda: "server error" in screen(pilot))


async def test_ranges_and_times_read_what_is_not_there() -> None:
    server, now = filled(), time.time()
    server.put(ORDERS, now - 3 * 3600, "three hours ago")
    server.put(ORDERS, now - 3 * 86400, "three days ago")
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "60 lines" in screen(pilot))
        await pilot.press("f1")
        truth = len(server.shown(ORDERS, pane.since))
        await until(pilot, lambda: f"following · {truth} lines" in screen(pilot))
        await pilot.press("comma", *["full_stop"] * 7)
        await until(pilot, lambda: "following · 61 lines" in screen(pilot))
        await pilot.press("t", *"2h59m", "enter")
        await until(
            pilot, lambda: (entry := pane.lines.current()) is not None and "n" in entry.message
        )
        await pilot.press("t", *"nonsense")
        await until(pilot, lambda: "is no time" in screen(pilot))
        await pilot.press("escape", "t", *"3d", "enter")
        await until(pilot, lambda: "three days ago" in screen(pilot))
        assert pane.until
        await until(pilot, lambda: "G follows" in screen(pilot))
        await pilot.press("G")
        await until(pilot, lambda: not pane.until and "following" in screen(pilot))


@pytest.mark.parametrize(("what", "said"), [("throttled", "rate limited"), ("cut", "Asking again")])
async def test_troubles_are_said_and_end_by_themselves(what: str, said: str) -> None:
    server = filled()
    async with tail_on(server, [target(ORDERS)]) as (pilot, _pane, _):
        await until(pilot, lambda: "following · 60 lines" in screen(pilot))
        server.weather.storms = ((0, 1e12, what),)
        await until(pilot, lambda: said in screen(pilot))
        server.put(ORDERS, time.time(), "after the storm", delay=0)
        server.weather.storms = ()
        await until(pilot, lambda: "after the storm" in screen(pilot), 60)
        if (
            what == "cut"
        ):  # after refusals the engine's own limiter lets this test's haste through slowly
            await until(pilot, lambda: said not in screen(pilot), 40)
        await until(pilot, lambda: "0 lost" in screen(pilot))


async def test_a_class_without_lines_is_led_to_insights() -> None:
    server = filled()
    infrequent = target(ORDERS, logGroupClass="INFREQUENT_ACCESS")
    async with tail_on(server, [infrequent]) as (pilot, _, _):
        await until(pilot, lambda: "not followed" in screen(pilot))
        await until(pilot, lambda: "no FilterLogEvents for its class" in screen(pilot))
        await until(pilot, lambda: "Insights" in screen(pilot))
        assert not any(operation == "FilterLogEvents" for operation, _ in server.asked)


async def test_the_line_can_be_opened_copied_and_noted() -> None:
    copied: list[str] = []
    async with tail_on(filled(), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "60 lines" in screen(pilot))
        pilot.app.copy_to_clipboard = copied.append  # type: ignore[method-assign,assignment]
        await pilot.press("up", "c", "y", "Y", "M", *"look", "enter")
        await until(pilot, lambda: "look" in screen(pilot))
        assert json.loads(copied[1])["n"] == 58
        assert copied[0].endswith(copied[1])
        assert copied[2].startswith("https://eu-west-1.console.aws.amazon.com/cloudwatch/")
        await pilot.press("d")
        await until(pilot, lambda: "Stream" in screen(pilot) and "Taken in" in screen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.workspace.pane is pane)  # type: ignore[attr-defined]


async def test_fields_times_and_wrapping_are_looks_that_change_what_is_painted() -> None:
    server = filled(count=3)
    server.put(ORDERS, time.time(), "w" * 200 + "end", delay=0)
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 4 lines" in screen(pilot))
        await pilot.press("K", *"n level", "enter")
        await until(pilot, lambda: "n  level" in screen(pilot))
        await until(pilot, lambda: "2  info" in screen(pilot))
        assert '"group"' not in screen(pilot)
        await pilot.press("K", "ctrl+u", "enter", "w")
        await until(pilot, lambda: "wend" in screen(pilot))
        assert '"group"' in screen(pilot)
        newest = next(reversed(list(pane.store.snapshot())))
        for name, utc in (("local", False), ("utc", True)):
            assert moments.shown(newest.at, utc=utc) in screen(pilot), name
            await pilot.press("u")
            await pilot.pause()
        await pilot.press("u")
        await until(pilot, lambda: " · utc" in screen(pilot))


async def test_bars_of_the_histogram_are_walked_to_their_lines() -> None:
    server, now = LogServer(time.time), time.time()
    for ago, message in ((1500, "first"), (700, "second"), (700, "of the same bar"), (10, "last")):
        server.put(ORDERS, now - ago, message, delay=0)
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 4 lines" in screen(pilot))
        pane.tick(time.time())
        said = []
        for key in ["less_than_sign"] * 4 + ["greater_than_sign"] * 3:
            await pilot.press(key)
            await pilot.pause()
            line = pane.lines.current()
            assert line is not None
            said.append(line.message)
            pane.tick(time.time())
        assert said == ["last", "second", "first", "first", "second", "last", "last"]


@pytest.mark.parametrize(
    ("number", "name", "seconds"), [(n, *one) for n, one in enumerate(RANGES, 1)]
)
async def test_each_range_has_its_key(number: int, name: str, seconds: float) -> None:
    pane, begun = TailPane({"logGroupName": ORDERS}), list[float]()
    pane.begin = lambda: begun.append(pane.since)  # type: ignore[method-assign]
    bound = {binding.key: binding for binding in TailPane.BINDINGS if isinstance(binding, Binding)}
    assert bound[f"f{number}"].action == f"show_range({number - 1})"
    assert name in bound[f"f{number}"].tooltip
    before = time.time() - seconds
    pane.action_show_range(number - 1)
    assert begun
    assert before <= begun[0] <= time.time() - seconds
    assert pane.range == number - 1


async def test_a_time_that_is_still_to_come_is_refused() -> None:
    async with tail_on(filled(count=3), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 3 lines" in screen(pilot))
        await pilot.press("t", *"2999-01-01", "enter")
        await until(pilot, lambda: "that is still to come" in screen(pilot))
        await pilot.press("escape", "up")
        pane.go_to(time.time() + 3600)
        assert pane.lines.following
        assert len(pane.store) == 3


async def test_a_filter_that_is_taken_away_leaves_the_cursor_where_it_was() -> None:
    async with tail_on(filled(), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 60 lines" in screen(pilot))
        await pilot.press(*["up"] * 7)
        before = pane.lines.current()
        await pilot.press("slash", *"zzz", "enter")
        await until(pilot, lambda: "/zzz/ 0 hits" in screen(pilot))
        await until(pilot, lambda: "No line matches /zzz/; esc takes" in screen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pane.store.rows == 60 and "No line" not in screen(pilot))
        assert pane.lines.current() == before


async def test_on_a_small_screen_what_matters_is_still_said() -> None:
    server = filled()
    server.put(f"{ORDERS}-with-a-long-name", time.time(), "x")
    async with tail_on(server, [target(ORDERS)], size=(80, 24)) as (pilot, pane, _):
        await until(pilot, lambda: "following · 60 lines" in screen(pilot))
        pane.title = f"Tail {ORDERS}-with-a-long-name"
        pane.filter_by("error")
        await pilot.press("up")
        await until(pilot, lambda: "3 hits" in screen(pilot))
        title = screen(pilot).split("\n")[1]
        for fact in ("paused", "0 lost", "/error/ 3 hits"):
            assert fact in title


async def test_what_hides_lines_is_said_however_little_room_there_is() -> None:
    server = LogServer(time.time, accepts=lambda pattern, message: "ERROR" in message)
    name = "/aws/lambda/a-function-with-a-long-name"
    for level in ("INFO", "ERROR"):
        server.put(name, time.time() - 5, f"{level} and words")
    async with tail_on(server, [target(name)], size=(80, 24)) as (pilot, pane, _):
        await until(pilot, lambda: "INFO and words" in screen(pilot))
        pane.pattern = '{ $.level = "ERROR" }'
        pane.begin()
        await until(pilot, lambda: "INFO and words" not in screen(pilot) and len(pane.store) == 1)
        await until(pilot, lambda: "server { $.level = …" in screen(pilot))
        pane.filter_by("a filter of very many words")
        await until(pilot, lambda: "/a filter of very ma…/ 0 hits" in screen(pilot))


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (40, "paused, G follows · 9 lines · 0 lost"),
        (30, "paused · 9 lines · 0 lost"),
        (20, "paused · 0 lost"),
        (3, "paused"),
    ],
)
def test_facts_give_way_by_their_importance(room: int, said: str) -> None:
    facts = [
        Fact("paused, G follows", 0, "paused"),
        Fact("9 lines", 5),
        Fact("", 1),
        Fact("0 lost", 1),
    ]
    assert fit(facts, room) == said


def test_rows_become_jobs_by_place_and_each_group_is_named_apart() -> None:
    theirs = f"arn:aws:logs:eu-west-1:000000000000:log-group:{ORDERS}"
    rows = [
        target(ORDERS), target(PAYMENTS, region="us-east-1"), target(ORDERS, region="us-east-1"),
        target(ORDERS, arn=f"{theirs}:*"), target(ORDERS), target("/ia", logGroupClass="INFREQUENT_ACCESS"),
    ]  # fmt: skip
    made = jobs_of(rows)
    assert [[place.asked for place in job.places] for job in made.jobs] == [
        [ORDERS, theirs],
        [PAYMENTS, ORDERS],
    ]
    assert [job.first for job in made.jobs] == [0, 2]
    assert labels(made.places) == [
        f"{ORDERS} (eu-west-1)", f"{ORDERS} of 000000000000", PAYMENTS, f"{ORDERS} (us-east-1)",
    ]  # fmt: skip
    assert made.jobs[1].target.ref.scope.region == "us-east-1"
    assert "/ia cannot be tailed" in made.said[0]
    other = target(ORDERS, account="000000000000")
    assert labels(jobs_of([target(ORDERS), other]).places) == [
        f"{ORDERS} (123456789012)", f"{ORDERS} (000000000000)",
    ]  # fmt: skip


async def test_groups_of_linked_accounts_are_told_apart_and_read_by_their_arn() -> None:
    server, now = filled(count=3), time.time()
    theirs = f"arn:aws:logs:eu-west-1:000000000000:log-group:{ORDERS}"
    server.put(theirs, now - 5, "theirs")
    async with tail_of(server, groups=3) as (pilot, pane):
        await until(pilot, lambda: "7 lines" in screen(pilot) and "following" in screen(pilot))
        assert pane.names == [ORDERS, PAYMENTS, f"{ORDERS} of 000000000000"]
        entry = next(entry for entry in pane.store.snapshot() if entry.message == "theirs")
        assert pane.group_name(entry.group) == f"{ORDERS} of 000000000000"
        await pilot.press("escape")
        await until(pilot, lambda: "account 000000000000" in screen(pilot))
        streams = [body for operation, body in server.asked if operation == "DescribeLogStreams"]
        assert {body.get("logGroupIdentifier") for body in streams} == {None, theirs}


def test_a_link_is_escaped_as_the_console_does() -> None:
    link = console_link("eu-west-1", "/aws/lambda/a", "2025/06/15/[$LATEST]x", 5)
    assert link.endswith(
        "log-group/$252Faws$252Flambda$252Fa/log-events/2025$252F06$252F15$252F$255B$2524LATEST$255Dx$3Fstart$3D5"
    )


async def test_secrets_in_a_tail_are_shown_once_the_audit_has_noted_it(world: Path) -> None:
    server = filled(count=3)
    server.put(ORDERS, time.time(), "login password=hunter2")
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "1 hidden, x reveals" in screen(pilot))
        assert "hunter2" not in screen(pilot)
        await pilot.press("x")
        await until(pilot, lambda: "secrets shown for" in screen(pilot))
        await until(pilot, lambda: "hunter2" in screen(pilot))
        (noted,) = audit_lines.deeds(paths.audit_folder())
        assert noted.phase == "reveal"
        pane.sleep()
        await until(pilot, lambda: "1 hidden, x reveals" in screen(pilot))
        assert "hunter2" not in screen(pilot)
