"""How many messages queues held in the last minutes, as the list itself has read it: what grows is said."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 900.0
"""Seconds that are looked back over: a queue that grew an hour ago and stands still is old news."""

READINGS = 4
"""Readings from which a backlog without a fall is growth; a busy queue goes up and down."""

SHARE = 0.2
"""The part of itself by which a backlog has grown before that is worth a word; dead letters always are."""

LEAST = 10

KEPT = 15
"""Readings that are kept of a queue, evenly over the window: there may be thousands of queues."""


class Rise:
    """What a queue held since it last held less."""

    __slots__ = ("read", "readings")

    def __init__(self) -> None:
        self.read: deque[tuple[float, int]] = deque()
        self.readings = 0

    def note(self, now: float, held: int) -> None:
        """Add a reading, and forget what is older than the window."""
        while self.read and now - self.read[0][0] > WINDOW:
            self.read.popleft()
        self.read.append((now, held))
        self.readings += 1
        if len(self.read) > 2 and now - self.read[-3][0] < WINDOW / KEPT:
            del self.read[-2]


class Depths:
    """Remembers what was read of each queue. No call is made for it, and CloudWatch is minutes behind."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rises: dict[tuple[str, ...], Rise] = {}

    def grown(self, queue: tuple[str, ...], held: int, *, dead: bool) -> tuple[int, float] | None:
        """Note what a queue holds: how many more that is than before, and in how many seconds; None if it is no growth.

        ``queue`` is whatever tells it apart; ``held`` counts what is in flight and delayed, too, so that looking
        into a queue is not taken for change.
        """
        now = self._clock()
        rise = self._rises.get(queue)
        if rise is None or held < rise.read[-1][1]:
            rise = self._rises[queue] = Rise()
        rise.note(now, held)
        since, before = rise.read[0]
        more = held - before
        if dead:
            return (more, now - since) if more else None
        steep = more >= max(LEAST, SHARE * before) and rise.readings >= READINGS
        return (more, now - since) if steep else None
