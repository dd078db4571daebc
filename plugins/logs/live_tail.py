"""Live Tail on request: sessions that come and go, a reader that never waits, a way back by itself."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row
from awstui.wire import Problem

from .follow import Found
from .live import Ledger, Marks, Names, arn_of
from .page import Gap, ms

HELD = 5_000
"""Lines that may wait between two looks at them; of more the oldest are left to the polls."""

TRIES = 4
"""Sessions in a row that bring nothing for long, after which it is given up."""

STEADY = 30.0
"""Seconds after which a session was a good one, however it ends."""

SLOWEST = 30.0
"""Seconds between two sessions at most."""

STREAMS = 10
"""Streams of a session at most."""

WORTH_TRYING = frozenset(("throttled", "offline", "unknown", "fault"))
SESSION = frozenset(("SessionTimeoutException", "SessionStreamingException"))
"""Codes with which AWS ends a session that may be begun anew."""

SAMPLED = "Live Tail passed on samples only"
CUT = "Live Tail was interrupted"
FLOODED = "Live Tail brought more than was looked at in time"


class LiveTail:
    """What Live Tail brings of some groups while it is on."""

    def __init__(
        self,
        aws: Aws,
        groups: Sequence[str],
        *,
        streams: Sequence[str] = (),
        prefix: str = "",
        pattern: str = "",
        stir: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``stir`` is called when something has come that :meth:`found` will tell."""
        self._aws, self._stir, self._sleep = aws, stir, sleep
        arns = [arn_of(group, aws.partition, aws.region, aws.account) for group in groups]
        self._refusal = _refusal(arns, streams)
        self._asked = _asked(arns, streams, prefix, pattern)
        self._names = Names([arn for arn in arns if arn])
        self._held: deque[tuple[int, Row]] = deque(maxlen=HELD)
        self._task: asyncio.Task[None] | None = None
        self._seconds, self._since = 0.0, 0.0
        self._heard = 0
        """When the last update came, in milliseconds."""

        self._looked = 0
        """When :meth:`found` was asked last."""

        self.ledger, self.marks = Ledger(), Marks()
        self.rereads: list[Gap] = []
        """Stretches to be read at once, until somebody takes them."""

        self.phase = "off"
        """``off``, ``starting``, ``on`` or ``waiting`` for the next try."""

        self.sampled = False
        self.said: Problem | None = None
        """Why it is not on, or was interrupted."""

    # ---- on and off ----------------------------------------------------------------------------------

    def turn(self, *, on: bool) -> None:
        """Turn it on or off; what it has shown stays."""
        if on == (self._task is not None):
            return
        self.said = None
        if not on:
            self._off()
        elif self._refusal is not None:
            self.said = self._refusal
        else:
            self.phase = "starting"
            self._heard, self._looked = 0, self._now()
            self.ledger.open(self._looked)
            self._task = asyncio.ensure_future(self._run())
        self._stir()

    async def close(self) -> None:
        """End it for good."""
        task = self._task
        self._off(self.said)
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)

    def _off(self, why: Problem | None = None) -> None:
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        self._stop_counting()
        self._read_again(self.marks.end(self._now()))
        self.ledger.close()
        self.phase, self.sampled, self.said = "off", False, why

    async def _run(self) -> None:
        failures = 0
        while True:
            before = self._seconds
            problem = await self._session()
            failures = 0 if self._seconds - before >= STEADY else failures + 1
            if not _may_be_tried(problem) or failures >= TRIES:
                self._off(_given_up(problem))
                self._stir()
                return
            self.phase, self.sampled, self.said = "waiting", False, problem
            self._stir()
            await self._sleep(0.0 if failures == 0 else min(SLOWEST, 2.0 ** (failures - 1)))
            self.phase = "starting"

    # ---- a session -----------------------------------------------------------------------------------

    async def _session(self) -> Problem | None:
        """Read one session to its end; what ended it, None when AWS did so in good order."""
        self.ledger.begin_session()
        try:
            async with aclosing(self._aws.stream("start_live_tail", **self._asked)) as events:
                async for event in events:
                    self._take(event)
        except AwstuiError as error:
            return error.problem
        finally:
            if (
                self._task is asyncio.current_task()
            ):  # else it was turned off, and nobody waits for more
                self._stop_counting()
                if self._heard:
                    self.marks.begin(self._heard, CUT)
        return None

    def _take(self, event: Row) -> None:
        """Take in one event of the stream, without ever waiting: AWS drops what is not fetched."""
        now = self._now()
        if "sessionStart" in event:
            self.phase, self.said, self._since = "on", None, self._aws.now()
        update = event.get("sessionUpdate")
        if update is None:
            return
        lines = update.get("sessionResults") or ()
        self._judge(now, sampled=bool((update.get("sessionMetadata") or {}).get("sampled")))
        self._heard = now
        if len(self._held) + len(lines) > HELD:
            self.marks.begin(self._looked, FLOODED)
        for line in lines:
            number = self._names.number(str(line.get("logGroupIdentifier", "")))
            if number is not None:
                self._held.append((number, line))
        self._stir()

    def _judge(self, now: int, *, sampled: bool) -> None:
        """Mark what an update does not bring, or end the mark."""
        if sampled and self.sampled:
            self._read_again(self.marks.go_on(now))
        else:
            self._read_again(self.marks.end(now))
            if sampled:
                self.marks.begin(self._heard or now, SAMPLED)
        self.sampled = sampled

    def _read_again(self, gap: Gap | None) -> None:
        if gap is not None:
            self.rereads.append(gap)

    def _stop_counting(self) -> None:
        if self._since:
            self._seconds += max(0.0, self._aws.now() - self._since)
            self._since = 0.0

    def _now(self) -> int:
        return ms(self._aws.now())

    # ---- what it brings ------------------------------------------------------------------------------

    def found(self) -> list[tuple[int, Found]]:
        """The lines to show that have come since, by their groups; how late is minus their number."""
        now, found = self._now(), dict[int, Found]()
        self._looked = now
        while self._held:
            number, line = self._held.popleft()
            if provisional := self.ledger.live(number, line, now):
                found.setdefault(number, Found()).events.append((line, -provisional))
        return list(found.items())

    def polled(self, number: int, found: Found) -> None:
        """Leave out of what a poll has found all that was shown already."""
        now = self._now()
        found.events = [one for one in found.events if self.ledger.polled(number, one[0], now)]

    def settled(self) -> list[int]:
        """The numbers of lines of its that polls have brought since, too."""
        numbers, self.ledger.settled = self.ledger.settled, []
        return numbers

    def settle(self, swept: float, horizon: int) -> None:
        """Sweeps of all groups that began at ``swept`` or later are whole."""
        self.marks.settle(ms(swept))
        self.ledger.forget(self._now(), horizon)

    def event(self) -> Row:
        """How it stands, for the interface."""
        running = max(0.0, self._aws.now() - self._since) if self._since else 0.0
        return {
            "phase": self.phase,
            "seconds": self._seconds + running,
            "sampled": self.sampled,
            "provisional": self.ledger.provisional,
            "said": self.said.what if self.said else "",
            "marks": [list(mark) for mark in self.marks.told(self._now())],
        }


def _asked(
    arns: Sequence[str], streams: Sequence[str], prefix: str, pattern: str
) -> dict[str, Any]:
    asked: dict[str, Any] = {"logGroupIdentifiers": list(arns)}
    if streams:
        asked["logStreamNames"] = list(streams)
    if prefix:
        asked["logStreamNamePrefixes"] = [prefix]
    if pattern:
        asked["logEventFilterPattern"] = pattern
    return asked


def _refusal(arns: Sequence[str], streams: Sequence[str]) -> Problem | None:
    """Why Live Tail cannot be asked for these."""
    if not all(arns):
        return Problem("Live Tail needs the account's number, and it is not known.", kind="refused")
    if len(streams) > STREAMS:
        return Problem(f"Live Tail takes {STREAMS} streams, not {len(streams)}.", kind="refused")
    if len(arns) > 1 and streams:
        return Problem("Live Tail takes streams of one group only.", kind="refused")
    return None


def _may_be_tried(problem: Problem | None) -> bool:
    return problem is None or problem.kind in WORTH_TRYING or problem.code in SESSION


def _given_up(problem: Problem | None) -> Problem:
    why = problem.what if problem is not None else "AWS ends its stream at once."
    return Problem(f"Live Tail was given up, polling goes on: {why}", kind="offline")
