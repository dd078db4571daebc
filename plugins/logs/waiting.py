"""What was found and nobody has taken yet: bounded by what it weighs, not by how many pages it is."""

from __future__ import annotations

import asyncio
from collections import deque

from .follow import Found

HELD = 8 * 1024 * 1024
"""Bytes that may wait; whoever brings more waits, too."""

OVERHEAD = 600
"""Bytes of an event beside its message."""


class Waiting:
    """Finds of several groups in the order in which they came, each with the number of its group."""

    def __init__(self, most: int = HELD) -> None:
        self._most = most
        self._held: deque[tuple[int, Found | BaseException, int]] = deque()
        self.weight = 0
        self._came, self._room = asyncio.Event(), asyncio.Event()

    async def put(self, number: int, found: Found) -> None:
        """Put one behind the others, once there is room; one that is alone always fits."""
        size = sum(len(event["message"]) + OVERHEAD for event, _ in found.events)
        while self._held and self.weight + size > self._most:
            self._room.clear()
            await self._room.wait()
        self.weight += size
        self._held.append((number, found, size))
        self._came.set()

    def put_first(self, number: int, found: Found | BaseException) -> None:
        """Put one that weighs nothing before all others, at once."""
        self._held.appendleft((number, found, 0))
        self._came.set()

    async def take(self) -> tuple[int, Found]:
        """The next one; raises what was put as an error."""
        while not self._held:
            self._came.clear()
            await self._came.wait()
        number, found, size = self._held.popleft()
        self.weight -= size
        self._room.set()
        if isinstance(found, BaseException):
            raise found
        return number, found
