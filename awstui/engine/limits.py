"""Restraint: calls go out freely until AWS says they are too many, then at a rate it bears."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, TypeVar

from awstui.errors import THROTTLED

T = TypeVar("T")
R = TypeVar("R")

FLOOR = 0.2
"""Calls per second below which no refusal slows us."""

GROWTH = 0.05
"""By how much of itself a rate grows in ten seconds without a refusal."""

FORGIVEN = 120.0
"""Seconds without a refusal after which calls go out freely again."""

PAUSE = (1.0, 3.0)
"""Between how many seconds nothing goes out after a refusal; jittered."""

MEMORY = 2.0
"""Seconds over which the rate before a refusal is measured."""


class Quota(NamedTuple):
    """What AWS counts together: an operation in one account and region."""

    profile: str
    region: str
    service: str
    operation: str


class Bucket:
    """A rate that is halved by each refusal and grows while there is none."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = math.inf
        self._clock = clock
        self._next = 0.0
        self._refused_at = -math.inf
        self._grown_at = 0.0
        self._sent_rate = 0.0
        self._sent_at = clock()

    def delay(self) -> float:
        """Take the next place in the row; the seconds until its turn."""
        now = self._clock()
        self._grow(now)
        if math.isinf(self.rate):
            self._sent_rate = self._recent(now) + 1 / MEMORY
            self._sent_at = now
            return 0.0
        turn = max(now, self._next)
        self._next = turn + 1 / self.rate
        return turn - now

    def refused(self) -> None:
        """AWS said too many: go out at half of what was sent, after a pause."""
        now = self._clock()
        if now - self._refused_at < 1.0:
            return  # the other calls of the same burst say nothing new
        if math.isinf(self.rate):
            self.rate = max(self._recent(now) / 2, 1.0)
        else:
            self.rate = max(self.rate / 2, FLOOR)
        self._refused_at = self._grown_at = now
        self._next = max(self._next, now + random.uniform(*PAUSE))  # noqa: S311  jitter, no secret

    def wait(self) -> float:
        """How long a call that came now would wait for its turn."""
        return 0.0 if math.isinf(self.rate) else max(self._next - self._clock(), 0.0)

    def _recent(self, now: float) -> float:
        return self._sent_rate * math.exp((self._sent_at - now) / MEMORY)

    def _grow(self, now: float) -> None:
        if math.isinf(self.rate):
            return
        if now - self._refused_at > FORGIVEN:
            self.rate = math.inf
            return
        self.rate *= (1 + GROWTH) ** ((now - self._grown_at) / 10)
        self._grown_at = now


class Limits:
    """A bucket for every quota that was ever touched."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[Quota, Bucket] = {}

    async def turn(self, quota: Quota, patience: float = math.inf) -> bool:
        """Wait until a call under this quota may go out; False at once when that takes too long."""
        bucket = self._buckets.get(quota)
        if bucket is None:
            bucket = self._buckets[quota] = Bucket(self._clock)
        if bucket.wait() > patience:
            return False
        wait = bucket.delay()
        if wait > 0:
            await asyncio.sleep(wait)
        return True

    def refused(self, quota: Quota) -> None:
        """AWS refused a call under this quota because there were too many."""
        self._buckets.setdefault(quota, Bucket(self._clock)).refused()

    def rate(self, quota: Quota) -> float:
        """Calls per second that go out under this quota; infinite while nothing was refused."""
        bucket = self._buckets.get(quota)
        return bucket.rate if bucket else math.inf


class Refusals:
    """How often AWS has refused a call because there were too many, of those made within a block."""

    def __init__(self) -> None:
        self.count = 0


_counting: ContextVar[Refusals | None] = ContextVar("awstui_refusals", default=None)


@contextmanager
def counted() -> Iterator[Refusals]:
    """Count the refusals of all calls that are made within the block, in its tasks, too."""
    refusals = Refusals()
    token = _counting.set(refusals)
    try:
        yield refusals
    finally:
        _counting.reset(token)


def note_refusal() -> None:
    """Count one for whoever counts around this call."""
    if (refusals := _counting.get()) is not None:
        refusals.count += 1


def is_throttling(code: str, status: int = 0) -> bool:
    """Whether an answer means that there were too many calls."""
    return status == 429 or code.rsplit(".", 1)[-1] in THROTTLED


async def bounded(at_once: int, over: Iterable[T], call: Callable[[T], Awaitable[R]]) -> list[R]:
    """Call for each of many, so many at once; the results stand in the order of ``over``."""
    results: dict[int, R] = {}
    waiting = iter(enumerate(over))

    async def work() -> None:
        for place, what in waiting:
            results[place] = await call(what)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    return [results[place] for place in sorted(results)]
