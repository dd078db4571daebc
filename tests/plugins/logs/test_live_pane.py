"""Live Tail in the console: a key, its price before and while it runs, and a way back."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import aclosing
from typing import Any

import pytest
from textual.pilot import Pilot

from plugins.logs import live, live_tail
from plugins.logs.live_keys import OnLive
from tests.patience import PATIENCE
from tests.plugins.logs.console import ORDERS, PAYMENTS, filled, screen, tail_on, target
from tests.plugins.logs.live_server import Live
from tests.ui.conftest import until

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(autouse=True)
def sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes at the very beginning is shown at once, too."""
    monkeypatch.setattr(live, "UNSURE", 0)


MARKED = re.compile(r"\d\.\d{3}~")
"""The time of a line that is provisional."""


def said(pilot: Pilot[Any]) -> str:
    """What was said in passing."""
    return " ".join(str(one.message) for one in pilot.app._notifications)


async def test_it_is_off_until_its_price_was_read_and_says_what_it_costs() -> None:
    server = filled()
    server.live = feed = Live(server, misses=0.5)
    async with tail_on(server, [target(ORDERS), target(PAYMENTS)], size=(160, 40)) as (
        pilot,
        pane,
        link,
    ):
        await until(pilot, lambda: "120 lines" in screen(pilot))
        await pilot.press("L")
        await until(pilot, lambda: "costs $0.01" in said(pilot))
        assert feed.sessions == 0, "nothing is paid for by reading the price"
        await pilot.press("L")
        await until(
            pilot, lambda: feed.sessions and "live $0.01/min · 1 min $0.01" in screen(pilot)
        )
        for number in range(30):
            server.put(ORDERS, time.time(), f"now {number}", delay=0)
        await until(pilot, lambda: "sampled" in screen(pilot))
        await until(pilot, lambda: len(pane.store) == 150)
        await until(pilot, lambda: "provisional" not in screen(pilot) and "0 lost" in screen(pilot))
        await pilot.press("f5")
        await until(pilot, lambda: feed.sessions == 2)
        await until(pilot, lambda: "live $0.01/min · 2 min $0.02" in screen(pilot))
        await link.die()
        await until(pilot, lambda: "Following stopped" in screen(pilot))
        await pilot.press("L")
        await until(pilot, lambda: "polling goes on" in said(pilot))


async def test_a_line_that_no_poll_has_brought_yet_is_told_from_the_others() -> None:
    server = filled()
    server.live = feed = Live(server)
    async with tail_on(server, [target(ORDERS)], size=(160, 40)) as (pilot, pane, _):
        await until(pilot, lambda: "60 lines" in screen(pilot))
        await pilot.press("L", "L")
        await until(pilot, lambda: feed.sessions and "live $0.01/min" in screen(pilot))
        now = time.time()
        server.weather.storms = ((now, now + 60, "throttled"),)
        for _ in range(2):
            server.put(ORDERS, now, "twice the same", delay=0)
        await until(pilot, lambda: "2 provisional ~" in screen(pilot))
        seen = [one for one in screen(pilot).splitlines() if "twice" in one]
        assert [bool(MARKED.search(one)) for one in seen] == [True, True]
        assert not any(
            map(MARKED.search, (one for one in screen(pilot).splitlines() if '"n"' in one))
        )
        server.weather.storms = ()
        await until(pilot, lambda: "provisional" not in screen(pilot))
        assert screen(pilot).count("twice the same") == 2
        assert not MARKED.search(screen(pilot))
        assert not pane.lines.provisional


async def test_it_ends_with_a_second_key_and_is_not_for_a_window_of_the_past() -> None:
    server = filled()
    server.live = feed = Live(server)
    async with tail_on(server, [target(ORDERS)], size=(80, 24)) as (pilot, pane, _):
        assert isinstance(pane, OnLive)
        await until(pilot, lambda: "60 lines" in screen(pilot))
        await pilot.press("L", "L")
        await until(pilot, lambda: "$0.01/min" in screen(pilot) or "live $0.01" in screen(pilot))
        await pilot.press("L")
        await until(pilot, lambda: "live off" in screen(pilot))
        await feed.left.wait()
        pane.go_to(time.time() - 3 * 86400)
        await until(pilot, lambda: pane.until)
        await pilot.press("L")
        await until(pilot, lambda: "follows first" in said(pilot))
        assert feed.sessions == 1


async def test_where_there_is_none_it_says_so_and_polling_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_tail, "TRIES", 1)
    server = filled()
    async with tail_on(server, [target(ORDERS)]) as (pilot, _pane, _):
        await until(pilot, lambda: "60 lines" in screen(pilot))
        await pilot.press("L", "L")
        await until(pilot, lambda: "was given up" in said(pilot))
        server.put(ORDERS, time.time(), "still here", delay=0)
        await until(pilot, lambda: "still here" in screen(pilot))
        await until(pilot, lambda: "live" not in screen(pilot).splitlines()[2])


async def test_a_pane_reaches_a_stream_and_aws_s_time_through_its_own_door() -> None:
    server = filled()
    server.live = feed = Live(server)
    async with tail_on(server, [target(ORDERS)]) as (_, pane, _link):
        door = pane.remote.aws(target(ORDERS).ref.scope, "logs")
        arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{ORDERS}"
        async with aclosing(door.stream("start_live_tail", logGroupIdentifiers=[arn])) as events:
            assert [next(iter(await anext(events))) for _ in range(2)] == [
                "sessionStart",
                "sessionUpdate",
            ]
        await asyncio.wait_for(feed.left.wait(), PATIENCE)
        assert abs(door.now() - time.time()) < 3
