"""Reading the past: all of it once and in its order, as fast as may be, and remembering next to nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.wire import Problem
from plugins.logs import ranges
from plugins.logs.follow import Cadence, Found, GroupFollow, Page
from plugins.logs.following import Together
from plugins.logs.ranges import in_order, pages, readings
from plugins.logs.waiting import OVERHEAD, Waiting
from tests.plugins.logs.client import raw_fetch
from tests.plugins.logs.log_server import LogServer, Simulated, Weather
from tests.plugins.logs.test_follow import GROUP, NOON, Heard, listen

EVERYTHING = Cadence(budget=1 << 30, pages=1 << 30)


def history(server: LogServer, count: int, *, every: float = 60.0) -> None:
    """Events up to now, some in one millisecond."""
    for number in range(count):
        server.put(GROUP, NOON - every * (count - number // 3 * 3), f"line {number}", delay=0)


@pytest.mark.parametrize("newest_first", [True, False])
async def test_a_week_is_read_without_keeping_its_ids_even_where_tokens_are_lost(
    newest_first: bool,
) -> None:
    clock = Simulated(NOON)
    server = LogServer(clock, page=50, weather=Weather(stale=0.2))
    history(server, 3000)
    heard, most = Heard(), 0
    async with server.running():
        fetch = raw_fetch(server.url, GROUP, limit=50)
        since = NOON - 60.0 * 3001
        follower = GroupFollow(fetch, clock, since, EVERYTHING, newest_first=newest_first)

        async def sleep(seconds: float) -> None:
            nonlocal most
            most = max(most, follower.remembered)
            await clock.sleep(seconds)

        await clock.run(1200, 1, listen(Together([follower], sleep), heard))
    assert heard.verdict(server.taken(GROUP)) == (0, 0)
    assert most < 30, "ids matter for the last minutes only"


async def test_the_past_is_read_without_a_pause_while_nothing_refuses() -> None:
    clock, read_at = Simulated(NOON), list[float]()
    server = LogServer(clock, page=20)
    history(server, 2000)
    async with server.running():
        follower = GroupFollow(raw_fetch(server.url, GROUP, limit=20), clock, NOON - 60.0 * 2001)

        async def sleep(seconds: float) -> None:
            if follower.reading:
                read_at.append(clock())
            await clock.sleep(seconds)

        await clock.run(30, 1, listen(Together([follower], sleep), Heard()))
    assert len(read_at) >= 20
    assert set(read_at) == {NOON}


async def test_events_of_one_moment_keep_their_order_whichever_way_they_are_read() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock)
    for number in range(9):
        server.put(GROUP, NOON - 5, str(number), delay=0)
    for newest_first in (True, False):
        heard = Heard()
        async with server.running():
            follower = GroupFollow(
                raw_fetch(server.url, GROUP), clock, NOON - 60, newest_first=newest_first
            )
            await clock.run(5, 1, listen(Together([follower], clock.sleep), heard))
        said = [event["message"] for found in heard.found for event, _ in found.events]
        assert said == list("012345678")


async def test_what_is_told_in_order_waits_for_the_past_to_be_over() -> None:
    clock = Simulated(NOON)
    server = LogServer(clock, page=10)
    history(server, 300, every=1.0)
    told: list[int] = []
    async with server.running():
        fetch = raw_fetch(server.url, GROUP, limit=10)

        async def slow(*arguments: Any, **more: Any) -> Page:
            """Each page takes two seconds, in which events come."""
            clock.now += 2
            server.put(GROUP, clock(), "new", delay=0)
            return await fetch(*arguments, **more)

        follower = GroupFollow(slow, clock, NOON - 301, EVERYTHING, newest_first=False)
        while follower.reading:
            async for found in follower.step():
                told += [int(event["timestamp"]) for event, _ in found.events]
    assert len(told) > 300
    assert told == sorted(told)


async def test_a_clock_that_is_put_back_keeps_no_sweep_waiting() -> None:
    clock = Simulated(NOON + 700)
    server = LogServer(clock)
    heard = Heard()
    late = server.put(GROUP, NOON + 20, "late", delay=120)
    async with server.running():
        follower = GroupFollow(raw_fetch(server.url, GROUP), clock, NOON - 60)
        clock.now = NOON  # AWS's first answer said what time it is
        await clock.run(300, 1, listen(Together([follower], clock.sleep), heard))
    assert heard.times == {late.ident: 1}


async def test_what_waits_is_bounded_by_its_weight() -> None:
    waiting = Waiting(most=10 * OVERHEAD)

    def page(count: int) -> Found:
        return Found(events=[({"message": ""}, 0)] * count)

    await waiting.put(0, page(50))
    bringer = asyncio.ensure_future(waiting.put(1, page(1)))
    await asyncio.sleep(0)
    assert not bringer.done(), "one that is too large fits alone, and nothing beside it"
    waiting.put_first(2, Found())
    assert [(await waiting.take())[0] for _ in range(2)] == [2, 0]
    await bringer
    assert (await waiting.take())[0] == 1
    assert waiting.weight == 0


# ---- a range ---------------------------------------------------------------------------------------


class Failing:
    """A fetch that fails as it is told, then answers."""

    def __init__(self, *script: Problem | Page) -> None:
        self.script, self.slept = list(script), list[float]()

    async def __call__(self, *_: Any, **__: Any) -> Page:
        next_ = self.script.pop(0)
        if isinstance(next_, Problem):
            raise AwsError(next_)
        return next_

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


EVENT = {"eventId": "1", "timestamp": 1, "ingestionTime": 1, "logStreamName": "s", "message": "x"}
MANY, CUT = Problem("Too many.", kind="throttled"), Problem("Cut.", kind="fault")


async def test_a_range_is_gone_on_with_after_what_passes() -> None:
    fetch = Failing(MANY, Page([], "t"), MANY, CUT, Page([EVENT], "t2"), CUT, Page([]))
    came = [one async for one in readings(fetch, 0, 1, fetch.sleep)]
    assert came == [MANY, [], MANY, CUT, [EVENT], CUT, []]
    assert fetch.slept == [1.0, 1.0, 2.0, 1.0], "it slows down, and recovers"
    fetch = Failing(MANY, Page([EVENT]))
    assert [page async for page in pages(fetch, 0, 1, fetch.sleep)] == [[EVENT]]


async def test_a_range_is_given_up_where_nothing_passes() -> None:
    denied = Failing(Problem("No.", kind="denied"))
    with pytest.raises(AwsError, match="No"):
        [one async for one in readings(denied, 0, 1, denied.sleep)]
    assert denied.slept == []
    wrong = Failing(CUT)
    with pytest.raises(AwsError, match="Cut"):
        [one async for one in readings(wrong, 0, 1, wrong.sleep)]
    assert wrong.slept == [], "from the very start it may be a mistake"
    down = Failing(Page([], "t"), *[CUT] * 99)
    with pytest.raises(AwsError, match="Cut"):
        [one async for one in readings(down, 0, 1, down.sleep)]
    assert ranges.PATIENCE <= sum(down.slept) < ranges.PATIENCE + ranges.SLOWEST


async def test_several_groups_are_put_in_one_order_page_by_page() -> None:
    taken: list[str] = []

    async def source(name: str, *told: Sequence[int]) -> AsyncIterator[Sequence[Row]]:
        for page in told:
            taken.append(name)
            yield [{"at": at, "of": name} for at in page]

    sources = [source("a", [1, 2, 9], [], [10, 30]), source("b", [3, 4], [5, 20]), source("c")]
    came = [one async for batch in in_order(sources, lambda row: int(row["at"])) for one in batch]
    assert [row["at"] for _, row in came] == [1, 2, 3, 4, 5, 9, 10, 20, 30]
    assert [number for number, _ in came[:4]] == [0, 0, 1, 1]
    assert taken == ["a", "b", "b", "a", "a"], "a page is taken when the one before is used up"
