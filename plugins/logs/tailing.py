"""The jobs behind a tail: follow groups for ever, read a stretch of time once."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import msgspec

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row, Told
from awstui.wire import Problem

from .follow import Cadence, Found, Gap, GroupFollow
from .following import MOST, STIRRED, Together, fetcher
from .level import level_of
from .live_tail import LiveTail
from .ranges import readings

BATCH = 2000
"""Lines in one event at most: the interface takes in so many without a key waiting for it."""

CADENCE = Cadence()

SHARE = 0.5
"""Seconds between two polls for each group: several groups together ask AWS twice a second."""

TOLD = 0.5
"""Seconds between two events that say how the following stands, at least, when nothing changed."""


async def follow(
    aws: Aws,
    row: Row,
    told: Told | None,
    *,
    groups: Sequence[str],
    since: float,
    pattern: str = "",
    streams: Sequence[str] = (),
    prefix: str = "",
) -> AsyncIterator[Row]:
    """Follow up to ten groups from a time on, for ever; told ``live`` it turns Live Tail on or off.

    Events: ``lines``, each ``[timestamp, ingestion time, number, group, milliseconds late, level,
    stream, message]``, and ``state``: for each group its lag, its problem, and what was not read; and
    how Live Tail stands. What Live Tail brings has, for late, minus a number: it is provisional until
    ``settled`` names that.
    """
    del row
    if len(groups) > MOST:
        raise AwstuiError(
            f"{len(groups)} groups are too many to follow together; {MOST} are the most."
        )
    cadence = replace(CADENCE, active=max(CADENCE.active, SHARE * (len(groups) - 1)))
    narrowed: dict[str, Any] = {"streams": streams, "prefix": prefix, "pattern": pattern}
    followers = [
        GroupFollow(fetcher(aws, group, **narrowed), aws.now, span(aws, since)[0], cadence)
        for group in groups
    ]
    together = Together(followers)
    live = LiveTail(aws, groups, **narrowed, stir=together.stir)
    standing, numbers = Standing(followers, live=live), itertools.count(1)
    hearing = asyncio.ensure_future(_hear(told, live))
    try:
        async with aclosing(together.found()) as coming:
            async for group, found in coming:
                for number, lines in _merged(live, followers, group, found):
                    async for event in told_of(lines, number, numbers):
                        yield event
                if settled := live.settled():
                    yield {"kind": "settled", "numbers": settled}
                if standing.changed(group, found):
                    yield standing.event()
    finally:
        hearing.cancel()
        await live.close()


async def _hear(told: Told | None, live: LiveTail) -> None:
    """Turn Live Tail on and off as somebody wishes."""
    while told is not None:
        said = await told.next() or {}
        if "live" in said:
            live.turn(on=bool(said["live"]))


def _merged(
    live: LiveTail, followers: Sequence[GroupFollow], group: int, found: Found
) -> list[tuple[int, list[tuple[Row, int]]]]:
    """The lines to show, by their groups: what Live Tail brings at once, and what only polls have."""
    brought = live.found()
    if group != STIRRED:
        live.polled(group, found)
        brought.append((group, found))
    for gap in live.rereads:
        for follower in followers:
            follower.reread(gap.start - round(CADENCE.overlap * 1000))
    live.rereads.clear()
    live.settle(
        min(follower.swept for follower in followers), min(one.horizon() for one in followers)
    )
    return [(number, one.events) for number, one in brought]


def span(aws: Aws, since: float, until: float = 0.0) -> tuple[float, float]:
    """A range by this machine's clock as one by AWS's; where they differ rather longer than too short."""
    ahead = time.time() - aws.now()
    return min(since, since - ahead), max(until, until - ahead) if until else 0.0


class Standing:
    """How each follower stands, told when it changes and now and then."""

    def __init__(
        self,
        followers: Sequence[GroupFollow],
        clock: Callable[[], float] = time.time,
        *,
        live: LiveTail | None = None,
    ) -> None:
        self._followers, self._clock, self._live = followers, clock, live
        self._told_at = 0.0
        self._gaps: dict[int, tuple[Gap, ...]] = {}
        self._unread: dict[int, Gap] = {}
        self._before: tuple[Any, ...] = (set(), None)

    def changed(self, group: int, found: Found) -> bool:
        """Take in what became of a reading; whether it is worth telling."""
        worth = found.gaps is not None or found.unread is not None
        if found.gaps is not None:
            self._gaps[group] = found.gaps
        if found.unread is not None:
            self._unread[group] = found.unread
        troubled = {n for n, one in enumerate(self._followers) if one.problem or found.problem}
        live = self._live
        standing = (troubled, live and (live.phase, live.sampled, live.said))
        worth = worth or standing != self._before
        self._before = standing
        if not worth and self._clock() - self._told_at < TOLD:
            return False
        self._told_at = self._clock()
        return True

    def event(self) -> Row:
        """The event that says it."""
        return {
            "kind": "state",
            "groups": [_state(follower, self._clock()) for follower in self._followers],
            "gaps": [[number, *gap] for number, gaps in self._gaps.items() for gap in gaps],
            "unread": [[number, *gap] for number, gap in self._unread.items()],
            "live": self._live.event() if self._live else None,
        }


def _state(follower: GroupFollow, now: float) -> Row:
    problem = follower.problem
    return {
        "polled": now - follower.lag(),  # by the clock of whoever shows it
        "wait": follower.wait,
        "reading": follower.reading,
        "throttled": follower.throttled,
        "behind": follower.catching_up,
        "problem": msgspec.structs.asdict(problem) if problem else None,
    }


async def between(
    aws: Aws,
    row: Row,
    told: Told | None,
    *,
    groups: Sequence[str],
    since: float,
    until: float,
    pattern: str = "",
    streams: Sequence[str] = (),
    prefix: str = "",
    most: int = 0,
) -> AsyncIterator[Row]:
    """Read a stretch of time once, oldest first, group after group; ends by itself.

    Events: ``lines`` as :func:`follow` gives them; ``progress`` after each page, also an empty one;
    ``trouble`` while it waits for something to pass; and, when ``most`` cut it short, ``cut``.
    """
    del row, told
    numbers, count, read = itertools.count(1), 0, itertools.count(1)
    for number, group in enumerate(groups):
        fetch, at = fetcher(aws, group, streams=streams, prefix=prefix, pattern=pattern), 0
        async for page in readings(fetch, *span(aws, since, until)):
            if isinstance(page, Problem):
                yield {"kind": "trouble", "group": number, "problem": msgspec.structs.asdict(page)}
                continue
            count += len(page)
            async for told_now in told_of(((event, 0) for event in page), number, numbers):
                yield told_now
            at = int(page[-1]["timestamp"]) if page else at
            progress = {"group": number, "at": at, "count": count, "pages": next(read)}
            yield {"kind": "progress", **progress}
            if most and count >= most:
                yield {"kind": "cut", "at": at}
                return


async def told_of(
    events: Iterable[tuple[Row, int]], group: int, numbers: Iterator[int]
) -> AsyncIterator[Row]:
    """Events as they cross to the interface, so many at a time: a page of them is no single piece of work."""
    left = iter(events)
    while some := list(itertools.islice(left, BATCH)):
        lines = [
            [
                event["timestamp"], event["ingestionTime"], next(numbers), group, late,
                level_of(event["message"]), event["logStreamName"], event["message"],
            ]
            for event, late in some
        ]  # fmt: skip
        yield {"kind": "lines", "lines": lines}
        await asyncio.sleep(0)
