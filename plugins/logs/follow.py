"""Following one log group so that nothing is lost: pure, its clock and its calls are given to it.

Events come late, out of order, in the same millisecond and stamped in the future, and every page may
be empty. So where to read from is never taken from what events say of themselves. A quick poll reads
again the last half minute by our own clock, a sweep reads again the last ten minutes, and the ids of
what was shown decide what is new. A reading that failed is made up for by the next one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.wire import Problem

from .seen import Seen

AHEAD = 5_000
"""Milliseconds by which an event may be ahead of our clock before it counts as stamped in the future."""

RECOVERY = 0.05
"""By how many polls per second the pace grows with each step that went well; a refusal halves it."""

SLACK = 60.0
"""Seconds for which ids are kept beyond what the widest reading can bring again."""


class Page(NamedTuple):
    """One answer of FilterLogEvents."""

    events: list[Row]
    token: str = ""


class Fetch(Protocol):
    """Reads one page of a group: events stamped at or after ``start``, up to ``end`` when given."""

    async def __call__(
        self, start: int, token: str = "", *, newest_first: bool = False, end: int = 0
    ) -> Page:
        """The page after ``token``, or the first; raises AwstuiError."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often and how far back a group is read, in seconds."""

    active: float = 2.0
    """Between two polls while events come."""

    quiet: float = 10.0
    """Between two polls at most, when none come."""

    overlap: float = 30.0
    """How far a poll reaches back before the last one that came to its end."""

    sweep: float = 60.0
    """Between two sweeps."""

    reach: float = 600.0
    """How late an event may be and still be found."""

    slowest: float = 30.0
    """Between two polls at most, when AWS refuses or fails."""

    pages: int = 20
    """Pages of one poll; beyond it falls behind and takes the newest first."""

    stride: int = 4
    """Pages of a sweep between two polls."""

    budget: int = 200
    """Pages of the first reading: what is beyond them outgrows a client."""

    late: float = 3.0
    """How much older than what was shown before it an event is to be called late."""


class Gap(NamedTuple):
    """A stretch of time that was not read, in milliseconds."""

    start: int
    end: int


@dataclass(slots=True)
class Found:
    """What one page brought, or what became of a reading."""

    events: list[tuple[Row, int]] = field(default_factory=list)
    """New events in the order of their time, each with how many milliseconds late it is."""

    gaps: tuple[Gap, ...] | None = None
    """Given when it changed: what was skipped in order to keep up, and no sweep has read yet."""

    unread: Gap | None = None
    """What the first reading left out, because it outgrows a client."""

    problem: Problem | None = None


@dataclass(slots=True)
class _Scan:
    """A reading that takes its time: a few pages between two polls."""

    start: int
    began: float
    first: bool = False
    token: str = ""
    pages: int = 0
    oldest: int = 0
    descends: bool = True


class GroupFollow:
    """What is known of one group while it is followed."""

    def __init__(
        self,
        fetch: Fetch,
        clock: Callable[[], float],
        since: float,
        cadence: Cadence | None = None,
        *,
        newest_first: bool = True,
    ) -> None:
        """``since`` is the oldest time to show, in epoch seconds by ``clock``."""
        self._fetch, self._clock = fetch, clock
        self._how = cadence or Cadence()
        self._since = _ms(since)
        self._newest_first = newest_first
        self._seen = Seen()
        self._shown = 0
        """The newest event shown that is not from the future, in milliseconds."""

        now = clock()
        self.polled = now
        """When the last poll began that came to its end: all that happened since is still to be read."""

        self._swept = now
        self._scan: _Scan | None = _Scan(self._since, now, first=True)
        self._behind = False
        self._gaps: list[Gap] = []
        self._pace = self._idle = self._how.active
        self.throttled = False
        self.problem: Problem | None = None

    def lag(self) -> float:
        """Seconds by which what is shown may be behind what AWS has."""
        return max(0.0, self._clock() - self.polled)

    @property
    def wait(self) -> float:
        """Seconds until the next step is due."""
        if self._scan is not None or self._behind or self.problem is not None:
            return self._pace
        return max(self._pace, self._idle)

    @property
    def remembered(self) -> int:
        """How many ids are kept."""
        return len(self._seen)

    @property
    def reading(self) -> bool:
        """Whether the first reading goes on."""
        return self._scan is not None and self._scan.first

    @property
    def catching_up(self) -> bool:
        """Whether more comes than polls can read."""
        return self._behind

    async def step(self) -> AsyncIterator[Found]:
        """One poll and some pages of a sweep; an error ends the step, never the following."""
        try:
            new = 0
            if self._scan is not None and self._scan.first and not self._scan.pages:
                # The first thing to see is the first reading's newest page.
                async for found in self._sweep(pages=1):
                    yield found
            async for found in self._poll():
                new += len(found.events)
                yield found
            async for found in self._sweep(pages=self._how.stride):
                yield found
        except AwstuiError as error:
            self._failed(error.problem)
            yield Found(problem=error.problem)
        else:
            self._went_well(new)
        self._seen.forget(self._horizon())

    # ---- readings ------------------------------------------------------------------------------------

    async def _poll(self) -> AsyncIterator[Found]:
        began = self._clock()
        start = max(self._since, _ms(min(began, self.polled) - self._how.overlap))
        token, oldest, newest = "", 0, start
        for _ in range(self._how.pages):
            page = await self._fetch(start, token, newest_first=self._behind)
            yield self._take(page)
            times = [int(event["timestamp"]) for event in page.events]
            oldest = min([*times, oldest or _ms(began)])
            newest = max([*times, newest])
            if not page.token or page.token == token:
                self.polled, self._behind = began, False
                return
            token = page.token
        gap = Gap(start, oldest) if self._behind else Gap(newest, _ms(began))
        self.polled, self._behind = began, True
        self._gaps = _merged([*self._gaps, gap])
        yield Found(gaps=tuple(self._gaps))

    async def _sweep(self, pages: int) -> AsyncIterator[Found]:
        scan = self._scan
        if scan is None:
            scan = self._scan = self._due()
        if scan is None:
            return
        for _ in range(pages):
            page = await self._fetch(
                scan.start, scan.token, newest_first=scan.first and self._newest_first
            )
            self._note(scan, page)
            yield self._take(page, first=scan.first)
            if not page.token or page.token == scan.token:
                yield self._swept_whole(scan)
                return
            scan.token = page.token
            if scan.first and scan.pages >= self._how.budget and scan.descends:
                yield Found(unread=Gap(self._since, scan.oldest))
                self._scan, self._swept, self._since = None, scan.began, scan.oldest
                return

    def _due(self) -> _Scan | None:
        now = self._clock()
        if now - self._swept < self._how.sweep and not self._gaps:
            return None
        # Not from now but from the last whole sweep: after a suspended night nothing is missing.
        start = min([now, self._swept]) - self._how.reach
        return _Scan(max(self._since, min([_ms(start), *(gap.start for gap in self._gaps)])), now)

    def _note(self, scan: _Scan, page: Page) -> None:
        scan.pages += 1
        if page.events:
            first, last = int(page.events[0]["timestamp"]), int(page.events[-1]["timestamp"])
            # Servers that ignore `startFromHead` begin with the oldest: then the newest is at the end.
            scan.descends = scan.descends and self._newest_first and first >= last
            scan.oldest = min(first, last)

    def _swept_whole(self, scan: _Scan) -> Found:
        self._scan, self._swept = None, scan.began
        left = []
        for gap in self._gaps:
            if gap.start < scan.start:
                left.append(gap)
            elif gap.end > _ms(scan.began):
                left.append(Gap(max(gap.start, _ms(scan.began)), gap.end))
        changed, self._gaps = left != self._gaps, left
        return Found(gaps=tuple(left) if changed else None)

    def _take(self, page: Page, *, first: bool = False) -> Found:
        now = _ms(self._clock())
        new = [
            event
            for event in page.events
            if self._seen.add(str(event["eventId"]), int(event["timestamp"]), now)
        ]
        new.sort(key=_place)
        shown, found = self._shown, Found()
        for event in new:
            at = int(event["timestamp"])
            behind = shown - at
            skipped = any(gap.start <= at <= gap.end for gap in self._gaps)
            timely = first or skipped or behind < self._how.late * 1000
            found.events.append((event, 0 if timely else behind))
            if at <= now + AHEAD:
                self._shown = max(self._shown, at)
        return found

    # ---- how it goes ---------------------------------------------------------------------------------

    def _went_well(self, new: int) -> None:
        self.problem, self.throttled = None, False
        self._pace = max(self._how.active, 1 / (1 / self._pace + RECOVERY))
        self._idle = self._how.active if new else min(self._how.quiet, self._idle * 1.5)

    def _failed(self, problem: Problem) -> None:
        self.problem, self.throttled = problem, problem.kind == "throttled"
        self._pace = min(self._how.slowest, self._pace * 2)
        if self._scan is not None and "Invalid" in problem.code:
            self._scan.token = ""  # too old; what was read already is known by its ids

    def _horizon(self) -> int:
        """The time before which no reading will begin."""
        starts = [_ms(min(self._swept, self.polled) - self._how.reach)]
        if self._scan is not None:
            starts.append(self._scan.start)
        return min([*starts, *(gap.start for gap in self._gaps)]) - _ms(SLACK)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _merged(gaps: list[Gap]) -> list[Gap]:
    """Gaps that touch as one, in the order of time."""
    merged: list[Gap] = []
    for gap in sorted(gaps):
        if merged and gap.start <= merged[-1].end:
            merged[-1] = Gap(merged[-1].start, max(merged[-1].end, gap.end))
        else:
            merged.append(gap)
    return merged


def _place(event: Row) -> tuple[int, int]:
    """Where an event belongs: by its time, then by when AWS took it in."""
    return int(event["timestamp"]), int(event["ingestionTime"])
