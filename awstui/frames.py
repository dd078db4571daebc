"""What comes over the line between interface and engine, cut into messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SLICE = 0.01
"""Seconds after which the loop gets its turn, however many messages have arrived at once."""


class FrameReader(asyncio.Protocol):
    """Cuts what comes over a socket into messages, and hands them over a few at a time."""

    def __init__(self, hear: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._hear, self._lost = hear, lost
        self._held = bytearray()
        self._transport: asyncio.ReadTransport | None = None
        self._behind = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the line, to let it wait while there is enough to do."""
        if isinstance(transport, asyncio.ReadTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand over each whole message that has arrived."""
        self._held += data
        if not self._behind:
            self._hand_over()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other end is gone; its last words are heard first."""
        while self._one():
            pass
        self._lost()

    def _hand_over(self) -> None:
        """Hand over what there is, for a while: keys and painting wait for this."""
        until = time.monotonic() + SLICE
        self._behind = False
        while self._one():
            if time.monotonic() > until:
                self._behind = True
                asyncio.get_running_loop().call_soon(self._hand_over)
                break
        self._hold_line(hold=self._behind)

    def _one(self) -> bool:
        """Hand over the first message; False when it is not whole."""
        held = self._held
        size = int.from_bytes(held[:4], "big") + 4
        if len(held) < max(size, 5):
            return False
        body = bytes(held[4:size])
        del held[:size]
        self._hear(body)
        return True

    def _hold_line(self, *, hold: bool) -> None:
        line = self._transport
        if line is None or line.is_closing() or line.is_reading() != hold:
            return
        if hold:
            line.pause_reading()
        else:
            line.resume_reading()
