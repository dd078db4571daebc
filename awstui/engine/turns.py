"""Many answers that arrive at once are taken a few in each turn of the loop, so that nothing waits for all."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextvars import ContextVar

SLICE = 0.005
"""Seconds of a turn of the loop that go to requests and answers."""

MOST = 32
"""Of them in one turn, at most."""

BEAT = 0.005
"""Seconds between two looks at the clock where it is measured how late the loop is."""


class Waited:
    """How long one task has waited for its turns, and what it had others do for it."""

    seconds = 0.0


WAITED: ContextVar[Waited | None] = ContextVar("waited", default=None)


class Turns:
    """Has each of many tasks wait for a turn of the loop in which there is time for it."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._until = 0.0
        self._taken = 0

    async def take(self) -> None:
        """Go on in a turn of the loop that has time left; the first in a turn always has."""
        while not self._has_time():
            began = time.monotonic()
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting
            if (waited := WAITED.get()) is not None:
                waited.seconds += time.monotonic() - began

    def _has_time(self) -> bool:
        if not self._taken:
            self._until = time.perf_counter() + SLICE
            asyncio.get_running_loop().call_soon(self._over)
        elif self._taken >= MOST or time.perf_counter() >= self._until:
            return False
        self._taken += 1
        return True

    def _over(self) -> None:
        """The next turn has come."""
        self._taken = 0
        for _ in range(min(MOST, len(self._waiting))):
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)


class Lateness:
    """Measures how late the loop is in all: what it was busy with, and what else the machine was."""

    def __init__(self) -> None:
        self._late = 0.0
        self._due = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Begin, or go on."""
        now = time.monotonic()
        if self._timer is not None:
            self._late += max(0.0, now - self._due)
        self._due = now + BEAT
        self._timer = asyncio.get_running_loop().call_later(BEAT, self.watch)

    def end(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def total(self) -> float:
        """Seconds for which the loop kept others waiting since the beginning."""
        running = 0.0 if self._timer is None else time.monotonic() - self._due
        return self._late + max(0.0, running)
