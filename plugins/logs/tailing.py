"""The jobs behind a tail: follow groups for ever, read a stretch of time once."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row, Told

from .follow import Cadence, Fetch, Found, Gap, GroupFollow
from .following import MOST, Together, fetcher
from .level import level_of

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
    told: Told,
    *,
    groups: Sequence[str],
    since: float,
    pattern: str = "",
    streams: Sequence[str] = (),
    prefix: str = "",
) -> AsyncIterator[Row]:
    """Follow up to ten groups from a time on, for ever.

    Events: ``lines``, each ``[timestamp, ingestion time, number, group, milliseconds late, level,
    stream, message]``, and ``state``: for each group its lag, its problem, and what was not read.
    """
    del row, told
    if len(groups) > MOST:
        raise AwstuiError(
            f"{len(groups)} groups are too many to follow together; {MOST} are the most."
        )
    cadence = replace(CADENCE, active=max(CADENCE.active, SHARE * (len(groups) - 1)))
    followers = [
        GroupFollow(
            fetcher(aws, group, streams=streams, prefix=prefix, pattern=pattern),
            time.time, since, cadence,
        )
        for group in groups
    ]  # fmt: skip
    standing = Standing(followers)
    numbers = itertools.count(1)
    async for group, found in Together(followers).found():
        for lines in batches(as_lines(found.events, group, numbers)):
            yield {"kind": "lines", "lines": lines}
        if standing.changed(group, found):
            yield standing.event()


class Standing:
    """How each follower stands, told when it changes and now and then."""

    def __init__(
        self, followers: Sequence[GroupFollow], clock: Callable[[], float] = time.time
    ) -> None:
        self._followers, self._clock = followers, clock
        self._told_at = 0.0
        self._gaps: dict[int, tuple[Gap, ...]] = {}
        self._unread: dict[int, Gap] = {}
        self._troubled: set[int] = set()

    def changed(self, group: int, found: Found) -> bool:
        """Take in what became of a reading; whether it is worth telling."""
        worth = found.gaps is not None or found.unread is not None
        if found.gaps is not None:
            self._gaps[group] = found.gaps
        if found.unread is not None:
            self._unread[group] = found.unread
        troubled = {n for n, one in enumerate(self._followers) if one.problem or found.problem}
        worth = worth or troubled != self._troubled
        self._troubled = troubled
        if not worth and self._clock() - self._told_at < TOLD:
            return False
        self._told_at = self._clock()
        return True

    def event(self) -> Row:
        """The event that says it."""
        return {
            "kind": "state",
            "groups": [_state(follower) for follower in self._followers],
            "gaps": [[number, *gap] for number, gaps in self._gaps.items() for gap in gaps],
            "unread": [[number, *gap] for number, gap in self._unread.items()],
        }


def _state(follower: GroupFollow) -> Row:
    problem = follower.problem
    return {
        "polled": follower.polled,
        "wait": follower.wait,
        "reading": follower.reading,
        "throttled": follower.throttled,
        "behind": follower.catching_up,
        "problem": msgspec.structs.asdict(problem) if problem else None,
    }


async def between(
    aws: Aws,
    row: Row,
    told: Told,
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

    Events: ``lines`` as :func:`follow` gives them, ``progress`` and, when ``most`` cut it short, ``cut``.
    """
    del row, told
    numbers, count = itertools.count(1), 0
    for number, group in enumerate(groups):
        fetch = fetcher(aws, group, streams=streams, prefix=prefix, pattern=pattern)
        async for events in pages(fetch, since, until):
            count += len(events)
            for lines in batches(as_lines(((event, 0) for event in events), number, numbers)):
                yield {"kind": "lines", "lines": lines}
            at = int(events[-1]["timestamp"]) if events else 0
            yield {"kind": "progress", "group": number, "at": at, "count": count}
            if most and count >= most:
                yield {"kind": "cut", "at": at}
                return


async def pages(fetch: Fetch, since: float, until: float) -> AsyncIterator[list[Row]]:
    """The events of each page between two times in epoch seconds, empty pages included."""
    token, start, end = "", round(since * 1000), round(until * 1000)
    while True:
        page = await fetch(start, token, end=end)
        yield page.events
        if not page.token or page.token == token:
            return
        token = page.token


def as_lines(
    events: Iterable[tuple[Row, int]], group: int, numbers: Iterable[int]
) -> list[list[Any]]:
    """Events as they cross to the interface."""
    return [
        [
            event["timestamp"], event["ingestionTime"], number, group, late,
            level_of(event["message"]), event["logStreamName"], event["message"],
        ]
        for (event, late), number in zip(events, numbers, strict=False)
    ]  # fmt: skip


def batches(lines: list[list[Any]]) -> Iterable[list[list[Any]]]:
    """So many at a time."""
    return (lines[at : at + BATCH] for at in range(0, len(lines), BATCH))
