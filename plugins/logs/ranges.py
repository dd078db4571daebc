"""A stretch of time read once, oldest first: what fails is tried again, several groups keep one order."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.wire import Problem

from .page import Fetch, ms
from .past import Past

T = TypeVar("T")

PASSING = frozenset(("throttled", "offline", "unknown", "fault"))
"""Kinds of problems that pass by themselves."""

FIRST, SLOWEST = 1.0, 30.0
"""Seconds before a page is asked for again after the first failure, and at most."""

PATIENCE = 300.0
"""Seconds of waiting, without a page in between, after which a reading is given up."""

Sleep = Callable[[float], Awaitable[None]]


async def readings(
    fetch: Fetch, since: float, until: float, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[list[Row] | Problem]:
    """The events of each page between two times in epoch seconds, empty pages included.

    In between the problems that it waits for to pass; one that does not pass is raised.
    """
    past = Past(fetch, ms(since), end=ms(until), newest_first=False)
    pace, waited = FIRST, 0.0
    while not past.over:
        try:
            events = await past.read()
        except AwstuiError as error:
            if "Invalid" in error.problem.code and past.token_lost():
                continue
            kind = error.problem.kind
            # What is so from the very start may be a mistake: only refusals are waited for then.
            if kind not in (PASSING if past.pages else ("throttled",)) or waited >= PATIENCE:
                raise
            yield error.problem
            await sleep(pace)
            pace, waited = min(SLOWEST, pace * 2), waited + pace
            continue
        pace, waited = FIRST, 0.0
        yield events


async def pages(
    fetch: Fetch, since: float, until: float, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[list[Row]]:
    """The events of each page between two times, whatever had to be waited for in between."""
    async for page in readings(fetch, since, until, sleep):
        if not isinstance(page, Problem):
            yield page


async def in_order(
    sources: Sequence[AsyncIterator[Sequence[T]]], at: Callable[[T], int]
) -> AsyncIterator[list[tuple[int, T]]]:
    """What several tell page after page, each in the order of time, in one order of time.

    Holds little more than one page of each; with every item goes the number of its source.
    """
    held: list[list[T]] = [[] for _ in sources]
    open_ = set(range(len(sources)))

    async def fill(number: int) -> None:
        while not held[number]:
            page = await anext(sources[number], None)
            if page is None:
                open_.discard(number)
                return
            held[number] = sorted(page, key=at)

    while True:
        await asyncio.gather(*(fill(number) for number in open_.copy()))
        if not any(held):
            return
        if len(sources) == 1:
            yield [(0, item) for item in held[0]]
            held[0] = []
            continue
        # Whatever comes later is not older than the last that is held of its source.
        until = min((at(held[number][-1]) for number in open_), default=None)
        ready: list[tuple[int, T]] = []
        for number, items in enumerate(held):
            count = len(items) if until is None else bisect_right(items, until, key=at)
            ready += [(number, item) for item in items[:count]]
            held[number] = items[count:]
        ready.sort(key=lambda one: at(one[1]))
        yield ready
