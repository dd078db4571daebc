"""What a tail does over time: lines from everywhere under a filter, an engine that dies, what is new."""

from __future__ import annotations

import time
from unittest.mock import patch

import pytest

from awstui.errors import AwsError
from awstui.wire import Problem
from plugins.logs import tail_following, tail_standing
from tests.plugins.logs.console import ORDERS, PAYMENTS, filled, screen, tail_on, target
from tests.plugins.logs.log_server import LogServer
from tests.ui.conftest import until

pytestmark = pytest.mark.usefixtures("quick")


def at(seconds_ago: float) -> int:
    return round((time.time() - seconds_ago) * 1000)


async def test_under_a_filter_late_lines_and_other_groups_hide_nothing() -> None:
    server, now = filled(count=30), time.time()
    async with tail_on(server, [target(ORDERS), target(PAYMENTS)]) as (pilot, pane, _):
        pane.filter_by("keep|error")
        await until(pilot, lambda: "following · 60 lines" in screen(pilot))
        for number in range(40):
            server.put(ORDERS, now - 30 + number / 2, f"keep {number}", delay=0)
            server.put(PAYMENTS, now - 29.9 + number / 3, f"keep or not {number}", delay=0)
        server.put(ORDERS, now - 25, "keep: came late", delay=26)
        await until(
            pilot, lambda: "came late" in " ".join(e.message for e in pane.store.snapshot())
        )
        await until(pilot, lambda: len(pane.store) == 60 + 81)
        truth = sorted(
            (event.at, event.taken, event.message)
            for group in (ORDERS, PAYMENTS)
            for event in server.shown(group, pane.since)
            if "keep" in event.message or "error" in event.message
        )
        assert [(e.at, e.taken, e.message) for e in pane.store.snapshot()] == truth
        await until(pilot, lambda: f"{len(truth)} hits" in screen(pilot))


async def test_a_filter_given_while_the_past_is_read_shows_all_of_it() -> None:
    server = filled(count=0)
    server._page = 10
    for number in range(300):
        server.put(ORDERS, time.time() - 900 + number, f"line {number}", delay=0)
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, _):
        pane.filter_by("7$")
        await until(pilot, lambda: "following · 300 lines" in screen(pilot))
        assert pane.store.rows == 30
        assert pane.store.sifted


async def test_lines_of_one_moment_stand_in_their_order_over_pages_and_later_ones_behind() -> None:
    server, moment = LogServer(time.time, page=10), round(time.time()) - 60
    for number in range(60):
        server.put(ORDERS, moment + number // 24, f"line {number}", delay=0)
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 60 lines" in screen(pilot))
        newest = [entry.message for entry in pane.store.snapshot()]
        assert newest == [f"line {number}" for number in range(60)]
        server.put(ORDERS, moment + 2, "later", delay=0)
        await until(pilot, lambda: len(pane.store) == 61)
        assert pane.store.entry(60).message == "later"


async def test_a_tail_goes_on_where_it_stopped_when_the_engine_has_died() -> None:
    server = filled(count=10)
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, link):
        await until(pilot, lambda: "following · 10 lines" in screen(pilot))
        twice = time.time() - 1
        for _ in range(2):
            server.put(ORDERS, twice, "the same in all", delay=0)
        await until(pilot, lambda: "following · 12 lines" in screen(pilot))
        await link.die()
        await until(pilot, lambda: "stopped, goes on with the engine" in screen(pilot))
        await until(pilot, lambda: "Following stopped" in screen(pilot))
        await pilot.press("f1")
        await until(pilot, lambda: "0 lines" in screen(pilot) and "stopped" in screen(pilot))
        await pilot.press("f4")
        server.put(ORDERS, time.time(), "while it was dead", delay=0)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "while it was dead" in screen(pilot))
        await until(pilot, lambda: "following" in screen(pilot))
        await until(pilot, lambda: "stopped" not in screen(pilot))
        messages = [entry.message for entry in pane.store.snapshot()]
        assert messages.count("the same in all") == 2
        assert len(messages) == 13
        server.put(ORDERS, time.time(), "and goes on", delay=0)
        await until(pilot, lambda: "and goes on" in screen(pilot))


async def test_what_is_here_already_is_not_shown_again_after_the_engine_died() -> None:
    server = filled(count=10)
    async with tail_on(server, [target(ORDERS), target(PAYMENTS)]) as (pilot, pane, link):
        await until(pilot, lambda: "following · 20 lines" in screen(pilot))
        same = time.time() - 1
        for _ in range(2):
            server.put(PAYMENTS, same, "the same in all", delay=0)
        await until(pilot, lambda: "following · 22 lines" in screen(pilot))
        await link.die()
        await until(pilot, lambda: "stopped" in screen(pilot))
        server.put(ORDERS, time.time(), "while it was dead", delay=0)
        server.put(PAYMENTS, same, "the same in all", delay=0)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "following · 24 lines" in screen(pilot))
        truth = sorted(
            (event.at, event.message)
            for group in (ORDERS, PAYMENTS)
            for event in server.shown(group, pane.since)
        )
        assert sorted((e.at, e.message) for e in pane.store.snapshot()) == truth


async def test_a_job_that_fails_is_tried_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (tail_standing, tail_following):
        monkeypatch.setattr(module, "AGAIN", (0.2, 0.2))
    server = filled(count=3)
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 3 lines" in screen(pilot))
        problem = Problem("It fell over.", why="A test pushed it.", do="Wait.")
        (run,) = pane._runs
        run.wait = 0.2
        with patch.object(pane, "stand", side_effect=AwsError(problem)):
            await until(pilot, lambda: "It fell over." in screen(pilot))
            await until(pilot, lambda: "Wait." in screen(pilot))
            await until(pilot, lambda: "stopped, goes on by itself" in screen(pilot))
        server.put(ORDERS, time.time(), "after the fall", delay=0)
        await until(pilot, lambda: "after the fall" in screen(pilot))
        await until(pilot, lambda: "following · 4 lines" in screen(pilot))
        await until(pilot, lambda: "It fell over." not in screen(pilot))


async def test_only_what_comes_after_somebody_looked_away_is_new() -> None:
    server = LogServer(time.time)
    for number in range(400):
        server.put(ORDERS, time.time() - 900 + number, f"old {number}", delay=0)
    server.put(PAYMENTS, time.time() - 1200, "older than all", delay=0)
    server._page = 50
    async with tail_on(server, [target(ORDERS), target(PAYMENTS)]) as (pilot, pane, _):
        await until(pilot, lambda: pane.store.rows)
        await pilot.press("up")
        await until(pilot, lambda: len(pane.store) == 401)
        await until(pilot, lambda: "paused, G follows" in screen(pilot))
        server.put(PAYMENTS, time.time(), "news", delay=0)
        await until(pilot, lambda: "paused · 1 new, G follows" in screen(pilot))
        pane.filter_by("nothing like it")
        server.put(PAYMENTS, time.time(), "more news", delay=0)
        await until(pilot, lambda: len(pane.store) == 403)
        await until(pilot, lambda: "paused · 1 new, G follows" in screen(pilot))


async def test_the_same_group_in_two_regions_is_told_apart() -> None:
    server, copied = filled(count=4), list[str]()
    places = [target(PAYMENTS), target(ORDERS, region="us-east-1"), target(ORDERS)]
    async with tail_on(server, places) as (pilot, pane, _):
        await until(pilot, lambda: "following · 12 lines" in screen(pilot))
        assert pane.names == [PAYMENTS, f"{ORDERS} (eu-west-1)", f"{ORDERS} (us-east-1)"]
        assert [line[15] for line in screen(pilot).split("\n")[5:8]] != ["●"] * 3
        entries = list(pane.store.snapshot())
        assert len({entry.number for entry in entries}) == 12
        assert sorted(entry.group for entry in entries) == [0] * 4 + [1] * 4 + [2] * 4
        assert all((PAYMENTS in entry.message) == (entry.group == 0) for entry in entries), (
            "each line under the name of its own group"
        )
        pilot.app.copy_to_clipboard = copied.append  # type: ignore[method-assign,assignment]
        for entry in entries:
            pane.lines.show(pane.store.row_of(entry.key))
            pane.action_copy_link()
            region = "us-east-1" if entry.group == 2 else "eu-west-1"
            assert copied[-1].startswith(f"https://{region}.")


async def test_gaps_say_of_which_group_they_are() -> None:
    server = filled(count=3)
    async with tail_on(server, [target(ORDERS), target(PAYMENTS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 6 lines" in screen(pilot))
        (run,) = pane._runs
        assert run.state is not None
        assert run.stream is not None
        run.stream.close()
        now = at(0)
        run.state = {
            **run.state,
            "gaps": [[1, now - 2000, now + 9000]],
            "unread": [[0, 0, now - 9000]],
        }
        pane.stand()
        await until(pilot, lambda: f"of {PAYMENTS} not read yet" in screen(pilot))
        await until(pilot, lambda: f"of {ORDERS} not read: too much to pull" in screen(pilot))
        await until(pilot, lambda: "2 gaps" in screen(pilot))
        await until(pilot, lambda: "0 lost" not in screen(pilot))


async def test_a_tail_of_streams_takes_those_alone_and_says_what_it_leaves_out() -> None:
    server, now = LogServer(time.time), time.time()
    for number in range(105):
        server.put(ORDERS, now - 60, f"of {number}", delay=0, stream=f"s{number:03d}")
    marked = [target(ORDERS, logStreamName=f"s{number:03d}") for number in range(3)]
    async with tail_on(server, marked) as (pilot, pane, _):
        await until(pilot, lambda: "following · 3 lines" in screen(pilot))
        await until(pilot, lambda: "Tail s000" in screen(pilot))
        assert {entry.stream for entry in pane.store.snapshot()} == {"s000", "s001", "s002"}
    marked = [target(ORDERS, logStreamName=f"s{number:03d}") for number in range(104)]
    async with tail_on(server, marked) as (pilot, _, _):
        await until(pilot, lambda: "following · 100 lines" in screen(pilot))
        await until(
            pilot, lambda: "Only the first 100 of 104 streams are followed" in screen(pilot)
        )


async def test_more_groups_than_ten_are_said_to_be_left_out() -> None:
    server = LogServer(time.time)
    for number in range(12):
        server.put(f"/many/{number:02d}", time.time() - 5, f"of {number}", delay=0)
    marked = [target(f"/many/{number:02d}") for number in range(12)]
    async with tail_on(server, marked) as (pilot, pane, _):
        await until(pilot, lambda: len(pane.store) == 10)
        await until(
            pilot, lambda: "Only the first 10 of 12 are followed together." in screen(pilot)
        )


async def test_a_window_says_what_it_waits_for_and_when_it_goes_on() -> None:
    async with tail_on(filled(count=1), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "1 lines" in screen(pilot))
        [run] = pane._runs
        assert run.stream is not None
        problem = {"what": "Too many calls.", "kind": "throttled"}
        await pane.heard(run, run.stream, {"kind": "trouble", "group": 0, "problem": problem})
        await until(pilot, lambda: "Too many calls." in screen(pilot))
        await until(pilot, lambda: "goes on as soon as that is over" in screen(pilot))
        await pane.heard(run, run.stream, {"kind": "progress", "group": 0, "at": 0, "count": 0})
        await until(pilot, lambda: "Too many calls." not in screen(pilot))
