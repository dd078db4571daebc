"""The interface's end of the line to the engine: starting it, speaking with it, seeing it die."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from awstui.frames import FrameReader
from awstui.spawn import Spawned, spawn

if TYPE_CHECKING:
    from awstui.wire import Start, ToEngine, ToInterface

GRACE = 3.0
"""Seconds that an ending engine has before it is killed."""


class Link(Protocol):
    """A line to an engine, wherever it lives."""

    async def open(
        self, deliver: Callable[[ToInterface], None], gone: Callable[[str], None]
    ) -> None:
        """Begin to hand messages to ``deliver``; ``gone`` is told why when the engine has died."""

    def send(self, message: ToEngine) -> None:
        """Send one message; what is sent to a dead engine is dropped."""

    async def again(self, start: Start) -> None:
        """Start another engine after the last one died."""

    async def close(self) -> None:
        """End the engine and wait until it is gone."""


class PipeLink:
    """A line to an engine in a process of its own, which ends when this one does."""

    def __init__(self, start: Start, engine: Spawned | None = None) -> None:
        """Start the engine at once: it loads while the interface does; or take one that was."""
        self._deliver: Callable[[ToInterface], None] = lambda message: None
        self._gone: Callable[[str], None] = lambda reason: None
        self._transport: asyncio.Transport | None = None
        self._closing = False
        self._last_words = ""
        self._launch(start, engine)

    @property
    def pid(self) -> int:
        """The engine's process."""
        return self._process.pid

    def _launch(self, start: Start, engine: Spawned | None = None) -> None:
        from awstui import codec

        self._process, self._socket, self._life, self._errors = engine or spawn()
        self._frame, self._decode = codec.frame, codec.to_interface
        with contextlib.suppress(OSError):  # one that is dead already is noticed when we listen
            self._socket.sendall(codec.frame(start))
        self._socket.setblocking(False)  # noqa: FBT003  socket's own signature

    async def open(
        self, deliver: Callable[[ToInterface], None], gone: Callable[[str], None]
    ) -> None:
        """Begin to hand messages to ``deliver``; ``gone`` is told why when the engine has died."""
        self._deliver, self._gone = deliver, gone
        await self._connect()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(
            lambda: FrameReader(self._hear, self._lost), sock=self._socket
        )

    def _hear(self, body: bytes) -> None:
        message = self._decode(body)
        if type(message).__name__ == "Dying":
            self._last_words = str(getattr(message, "reason", ""))
        self._deliver(message)

    def _lost(self) -> None:
        self._transport = None
        if not self._closing:
            reason = self._autopsy()
            self._release()
            self._gone(reason)

    def _autopsy(self) -> str:
        """Why the engine ended: its own last words, its exit, what it wrote."""
        try:
            status = self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        how = f"exit status {status}"
        if status < 0:
            with contextlib.suppress(ValueError):
                how = f"killed by {signal.Signals(-status).name}"
        written = self._written()
        return " · ".join(part for part in (self._last_words, how, written) if part)

    def _written(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def send(self, message: ToEngine) -> None:
        """Send one message; what is sent to a dead engine is dropped."""
        if self._transport is not None:
            self._transport.write(self._frame(message))

    async def again(self, start: Start) -> None:
        """Start another engine after the last one died."""
        self._last_words = ""
        self._launch(start)
        await self._connect()

    async def close(self) -> None:
        """End the engine and wait until it is gone."""
        self._closing = True
        self.cut()
        try:
            await asyncio.wait_for(asyncio.to_thread(self._process.wait), GRACE)
        except TimeoutError:
            self._process.kill()

    def cut(self) -> None:
        """Hang up, from whatever state; the engine hears it and ends by itself."""
        self._closing = True
        if self._transport is not None:
            with contextlib.suppress(RuntimeError):  # after a crash its loop may be closed already
                self._transport.close()
            self._transport = None
        self._release()

    def _release(self) -> None:
        self._socket.close()
        self._errors.close()
        if self._life >= 0:
            os.close(self._life)
            self._life = -1
