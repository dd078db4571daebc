"""What comes over the line between interface and engine, cut into messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class FrameReader(asyncio.Protocol):
    """Cuts what comes over a socket into messages."""

    def __init__(self, hear: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._hear, self._lost = hear, lost
        self._held = bytearray()

    def data_received(self, data: bytes) -> None:
        """Hand over each whole message that has arrived."""
        held = self._held
        held += data
        start = 0
        while len(held) - start >= 4:
            size = int.from_bytes(held[start : start + 4], "big")
            if len(held) - start - 4 < size:
                break
            self._hear(bytes(held[start + 4 : start + 4 + size]))
            start += 4 + size
        if start:
            del held[:start]

    def connection_lost(self, exc: Exception | None) -> None:
        """The other end is gone."""
        self._lost()
