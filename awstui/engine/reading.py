"""One reading of a resource: its rows listed, filled by a call for each, and settled together."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

from awstui.engine.denials import Denials
from awstui.engine.guard import problem_of
from awstui.engine.turns import WAITED, Lateness, Waited
from awstui.errors import PartlyListedError
from awstui.plugin import Aws, Resource, Row
from awstui.project import Projector
from awstui.wire import Problem

Enrich: TypeAlias = Callable[[Aws, Row], Awaitable[Row]]

WIDTHS = ((0.0, 50), (0.01, 100), (0.1, 200))
"""How many calls for single rows run at once, by the seconds that the quickest of them takes.

That is the way to AWS and back: what a call waited because this loop was late does not count. More of
them within a region only wait for one another; far away they wait for the way.
"""

CONCURRENCY = WIDTHS[0][1]
"""How many there are until it is known how far it is."""

ENOUGH = 2 * CONCURRENCY
"""Rows after which that is known: the first calls have opened connections, the next ones have not."""

BATCH = 250
"""How many rows are told of at once: so few that the interface never notices one batch."""

MANY = 1_000
"""Rows from which they are settled in a thread, so that nothing else waits for it."""

PAUSE = 0.05
"""Seconds after which rows are told of, however few they are."""


class Reading:
    """One reading of a resource, from its first row to the last thing known about them."""

    def __init__(
        self,
        projector: Projector,
        aws: Aws,
        parent: Row,
        told: Callable[[list[str]], Awaitable[None]],
        denials: Denials | None = None,
    ) -> None:
        """``told(keys)`` hears of rows that came or changed; see :meth:`is_bare`.

        ``denials`` knows what was denied at earlier readings.
        """
        self.rows: dict[str, Row] = {}
        self.trouble: dict[str, Problem] = {}
        self.filled = 0
        self.listed_all = False
        self.missing: Problem | None = None
        """Why some rows are not among them, where the others are all there is to read."""

        self._bare: set[str] = set()
        self._projector, self._aws, self._parent = projector, aws, parent
        self._resource = projector.resource
        self.settled = self._resource.settle is None
        """Whether everything that needs all rows has been said of them."""

        self._fillers = 0
        self._quickest = math.inf
        self._lateness = Lateness()
        self._told = told
        self._denials = denials or Denials()

    @property
    def incomplete(self) -> Problem | None:
        """Why rows are missing or incomplete: what may not be read before what failed; None when all is whole."""
        if self.missing is not None:
            return self.missing
        problems = list(self.trouble.values())
        return next((p for p in problems if p.kind == "denied"), problems[0] if problems else None)

    def is_bare(self, key: str) -> bool:
        """Whether a row is listed but still to be filled by a call of its own."""
        return key in self._bare

    async def run(self) -> None:
        """Read everything; raises what made the list itself fail, as a group of one."""
        try:
            await self._read()
        finally:
            self._lateness.end()

    async def _read(self) -> None:
        waiting: asyncio.Queue[str | None] = asyncio.Queue()
        if self._resource.enrich is not None:
            self._lateness.watch()
        async with asyncio.TaskGroup() as group:
            self._widen(group, waiting, CONCURRENCY)
            await self._list(waiting)
            self.listed_all = True
            waiting.put_nowait(None)
        if self._resource.settle is not None:
            rows = list(self.rows.values())
            if len(rows) < MANY:
                settled = self._resource.settle(rows)
            else:
                settled = await asyncio.to_thread(self._resource.settle, rows)
            self.settled = True
            for row in settled:
                self.rows[self._projector.key(row)] = row
            await self._told([self._projector.key(row) for row in settled])

    async def _list(self, waiting: asyncio.Queue[str | None]) -> None:
        bare = self._resource.enrich is not None
        keys: list[str] = []
        told_at = 0.0
        try:
            async for row in listing(self._projector, self._aws, self._parent):
                key = self._projector.key(row)
                self.rows[key] = row
                keys.append(key)
                if bare:
                    self._bare.add(key)
                    waiting.put_nowait(key)
                if len(keys) >= BATCH or time.monotonic() - told_at > PAUSE:
                    told_at = time.monotonic()
                    await self._told(keys)
                    keys = []
        except PartlyListedError as error:
            self.missing = error.problem
        await self._told(keys)

    def _widen(
        self, group: asyncio.TaskGroup, waiting: asyncio.Queue[str | None], width: int
    ) -> None:
        """Have so many calls at once."""
        while self._resource.enrich and self._fillers < width:
            self._fillers += 1
            group.create_task(self._fill(group, waiting))

    async def _fill(self, group: asyncio.TaskGroup, waiting: asyncio.Queue[str | None]) -> None:
        enrich = self._resource.enrich
        WAITED.set(waited := Waited())
        while enrich and (key := await waiting.get()) is not None:
            if denied := await self._denials.of(key):
                self.trouble[key] = denied
            else:
                await self._fill_one(enrich, key, waited)
            self.filled += 1
            self._bare.discard(key)
            await self._told([key])
            if self.filled == ENOUGH:
                self._lateness.end()
                self._widen(group, waiting, width(self._quickest))
        waiting.put_nowait(None)  # for the next one: whoever takes it ends

    async def _fill_one(self, enrich: Enrich, key: str, waited: Waited) -> None:
        problem: Problem | None = None
        began, here = time.monotonic(), self._lateness.total + waited.seconds
        try:
            self.rows[key] = await enrich(self._aws, self.rows[key])
            if self.filled < ENOUGH:
                here = self._lateness.total + waited.seconds - here
                self._quickest = min(self._quickest, time.monotonic() - began - here)
        except Exception as error:  # noqa: BLE001  whatever a plugin raises is the row's trouble
            problem = self.trouble[key] = problem_of(error, self._resource.name)
        await self._denials.told(key, problem)


def width(quickest: float) -> int:
    """How many calls to have at once where the quickest took so many seconds; infinite when none went well."""
    far = quickest if 0.0 < quickest < math.inf else 0.0
    return max(calls for least, calls in WIDTHS if far >= least)


def listing(projector: Projector, aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """The bare rows of a resource, as its declaration says."""
    resource: Resource = projector.resource
    if callable(resource.rows):
        return resource.rows(aws, parent)
    return aws.rows(resource.rows, resource.pick, **projector.arguments_under(parent))
