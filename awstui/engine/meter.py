"""How busy the engine is: calls per second and in flight, for the header's pulse."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MEMORY = 2.0
"""Seconds over which the rate is averaged."""

THROTTLED_FOR = 10.0
"""Seconds for which the last refusal for too many calls is still news."""


class Meter:
    """Counts requests as they go out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.in_flight = 0
        self.total = 0
        self._clock = clock
        self._rate = 0.0
        self._at = clock()
        self._throttled_at = -math.inf

    @property
    def calls_per_second(self) -> float:
        """The mean rate of the last seconds, the latest counting most."""
        rate = self._rate * math.exp((self._at - self._clock()) / MEMORY)
        return rate if rate > 0.05 else 0.0

    @property
    def throttled(self) -> bool:
        """Whether AWS lately refused a call because there were too many."""
        return self._clock() - self._throttled_at < THROTTLED_FOR

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count one call, from its start to its end."""
        now = self._clock()
        self._rate = self._rate * math.exp((self._at - now) / MEMORY) + 1 / MEMORY
        self._at = now
        self.total += 1
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    def refused(self) -> None:
        """Note that AWS refused a call because there were too many."""
        self._throttled_at = self._clock()
