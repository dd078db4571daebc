"""Following one log group so that nothing is lost: pure, its clock and its calls are given to it.

Events come late, out of order, in the same millisecond and stamped in the future, and every page may
be empty. So where to read from is never taken from what events say of themselves. A quick poll reads
again the last half minute by our own clock, a sweep reads again the last ten minutes, and the ids of
what was shown decide what is new. A reading that failed is made up for by the next one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.wire import Problem

from .page import Fetch, Gap, Page, merged, ms
from .past import Past
from .seen import Seen

__all__ = ["Cadence", "Fetch", "Found", "Gap", "GroupFollow", "Page"]

AHEAD = 5_000
"""Milliseconds by which an event may be ahead of our clock before it counts as stamped in the future."""

RECOVERY = 0.05
"""By how many polls per second the pace grows with each step that went well; a refusal halves it."""

SLACK = 60.0
"""Seconds for which ids are kept beyond what the widest reading can bring again."""


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
    """A sweep: it takes its time, a few pages between two polls."""

    start: int
    began: float
    token: str = ""


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
        """``since`` is the oldest time to show, in epoch seconds by ``clock``, which is AWS's.

        Without ``newest_first`` nothing is told out of its order: what comes waits for the past.
        """
        self._fetch, self._clock = fetch, clock
        self._how = cadence or Cadence()
        self._since = ms(since)
        self._newest_first = newest_first
        self._seen = Seen()
        self._shown = 0
        """The newest event shown that is not from the future, in milliseconds."""

        self.polled = self.swept = self._asked = clock()
        """When the last poll, and the last sweep, began that came to its end, and when AWS was last
        polled: all that happened since is still to be read."""

        self._past: Past | None = Past(fetch, self._since, newest_first=newest_first)
        self._scan: _Scan | None = None
        self._behind = False
        self._gaps: list[Gap] = []
        self._wanted = 0
        """From when on a sweep was asked for, in milliseconds; 0 when none was."""

        self._pace = self._idle = self._how.active
        self.throttled = False
        self.problem: Problem | None = None

    def lag(self) -> float:
        """Seconds by which what is shown may be behind what AWS has."""
        return max(0.0, self._clock() - self.polled)

    @property
    def wait(self) -> float:
        """Seconds until the next step is due; the past is read as fast as AWS lets us."""
        if self.problem is not None:
            return self._pace
        if self._past is not None:
            return 0.0
        if self._scan is not None or self._behind or self._wanted:
            return self._pace
        return max(self._pace, self._idle)

    def reread(self, start: int) -> None:
        """Sweep soon instead of in its turn, at least from a time in milliseconds on."""
        self._wanted = min(start, self._wanted or start)

    @property
    def remembered(self) -> int:
        """How many ids are kept."""
        return len(self._seen)

    @property
    def reading(self) -> bool:
        """Whether the first reading goes on."""
        return self._past is not None

    @property
    def catching_up(self) -> bool:
        """Whether more comes than polls can read."""
        return self._behind

    async def step(self) -> AsyncIterator[Found]:
        """One poll when it is due, and some pages of the past or of a sweep.

        An error ends the step, never the following.
        """
        try:
            new = 0
            if self._is_poll_due():
                async for found in self._poll():
                    new += len(found.events)
                    yield found
            async for found in self._read_past():
                yield found
            if self._past is None:
                async for found in self._sweep():
                    yield found
        except AwstuiError as error:
            self._failed(error.problem)
            yield Found(problem=error.problem)
        else:
            self._went_well(new)
        self._seen.forget(self.horizon())

    # ---- readings ------------------------------------------------------------------------------------

    async def _read_past(self) -> AsyncIterator[Found]:
        for _ in range(self._how.stride):
            past = self._past
            if past is None:
                return
            yield self._take(await past.read(), first=True)
            if past.over:
                self._past = None
            elif past.descends and past.pages >= self._how.budget:
                yield Found(unread=Gap(self._since, past.oldest))
                self._past, self._since = None, past.oldest

    def _is_poll_due(self) -> bool:
        if self._past is None:
            return True
        return self._newest_first and self._clock() - self._asked >= self._how.active

    async def _poll(self) -> AsyncIterator[Found]:
        began = self._asked = self._clock()
        start = max(self._since, ms(min(began, self.polled) - self._how.overlap))
        token, oldest, newest = "", 0, start
        for _ in range(self._how.pages):
            page = await self._fetch(start, token, newest_first=self._behind)
            yield self._take(page.events[::-1] if self._behind else page.events)
            times = [int(event["timestamp"]) for event in page.events]
            oldest = min([*times, oldest or ms(began)])
            newest = max([*times, newest])
            if not page.token or page.token == token:
                self.polled, self._behind = began, False
                return
            token = page.token
        gap = Gap(start, oldest) if self._behind else Gap(newest, ms(began))
        self.polled, self._behind = began, True
        self._gaps = merged([*self._gaps, gap])
        yield Found(gaps=tuple(self._gaps))

    async def _sweep(self) -> AsyncIterator[Found]:
        scan = self._scan = self._scan or self._due()
        if scan is None:
            return
        for _ in range(self._how.stride):
            page = await self._fetch(scan.start, scan.token)
            yield self._take(page.events)
            if not page.token or page.token == scan.token:
                yield self._swept_whole(scan)
                return
            scan.token = page.token

    def _due(self) -> _Scan | None:
        now = self._clock()
        # A clock that was put back must not keep the next sweep waiting until it is there again.
        is_due = not 0 <= now - self.swept < self._how.sweep
        if not (is_due or self._gaps or self._wanted):
            return None
        # Not from now but from the last whole sweep: after a suspended night nothing is missing.
        start = ms(min(now, self.swept) - self._how.reach)
        starts = [start, self._wanted or start, *(gap.start for gap in self._gaps)]
        self._wanted = 0
        return _Scan(max(self._since, min(starts)), now)

    def _swept_whole(self, scan: _Scan) -> Found:
        self._scan, self.swept = None, scan.began
        left = []
        for gap in self._gaps:
            if gap.start < scan.start:
                left.append(gap)
            elif gap.end > ms(scan.began):
                left.append(Gap(max(gap.start, ms(scan.began)), gap.end))
        changed, self._gaps = left != self._gaps, left
        return Found(gaps=tuple(left) if changed else None)

    def _take(self, events: list[Row], *, first: bool = False) -> Found:
        now, horizon = ms(self._clock()), self.horizon()
        new = [
            event
            for event in events
            # What no other reading can bring again need not be remembered: the past may be long.
            if (first and int(event["timestamp"]) < horizon)
            or self._seen.add(str(event["eventId"]), int(event["timestamp"]), now)
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
        if "Invalid" in problem.code:  # the token is too old
            if self._past is not None:
                self._past.token_lost()
            if self._scan is not None:
                self._scan.token = ""  # what was read already is known by its ids

    def horizon(self) -> int:
        """The time before which no poll and no sweep will begin."""
        starts = [ms(min(self._clock(), self.swept, self.polled) - self._how.reach)]
        if self._scan is not None:
            starts.append(self._scan.start)
        return min([*starts, *(gap.start for gap in self._gaps)]) - ms(SLACK)


def _place(event: Row) -> tuple[int, int, str]:
    """Where an event belongs: by its time, by when AWS took it in, then by its id, whichever way it was read."""
    return int(event["timestamp"]), int(event["ingestionTime"]), str(event["eventId"])
