"""The engine as a process: it serves the interface that started it and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import os
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

from awstui import codec, wire
from awstui.engine.early import certificates_later, runtime_where_needed, uncollected
from awstui.frames import FrameReader
from awstui.privacy import keep_private

if TYPE_CHECKING:
    from awstui.engine.host import Engine

TIDY = 2.0
"""Seconds to release what is held, once the interface is gone."""

LAST_RESORT = 2.6
"""Seconds after which the process ends whatever it is doing; the interface's grace is 3."""

AHEAD = 4_000_000
"""Bytes that may wait for the interface before the engine waits, too."""


def main() -> int:
    """Serve the interface over the inherited socket until it hangs up."""
    line, life = int(sys.argv[1]), int(sys.argv[2])
    keep_private()
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from awstui import paths

    with uncollected(), certificates_later(), runtime_where_needed():
        from awstui.engine.host import Engine
    from awstui.engine.logs import log_to

    log_to(paths.log_file())
    gc.freeze()
    asyncio.run(_serve(Engine, line, life))
    return 0


async def _serve(engine_type: type[Engine], line: int, life: int) -> None:
    await Server(engine_type).serve(socket.socket(fileno=line), life)


class Server:
    """Hands the interface's messages to an engine, and the engine's to the interface."""

    def __init__(self, engine_type: type[Engine]) -> None:
        self._type = engine_type
        self._engine: Engine | None = None
        self._transport: asyncio.Transport | None = None
        self.over = asyncio.Event()

    async def serve(self, line: socket.socket, life: int) -> None:
        """Serve until the interface hangs up or a signal asks to end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.over.set)
        self._transport, _ = await loop.create_connection(
            lambda: FrameReader(self._hear, self.over.set), sock=line
        )
        threading.Thread(target=_watch, args=(life, loop, self.over), daemon=True).start()
        await self.over.wait()
        threading.Thread(target=_end_anyway, daemon=True).start()
        if self._engine is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._engine.close(), TIDY)
        self._transport.close()

    def _hear(self, body: bytes) -> None:
        message = codec.to_engine(body)
        if isinstance(message, wire.Start):
            self._engine = self._type(message, self._send, self._drain)
            self._engine.begin()
        elif isinstance(message, wire.Stop):
            self.over.set()
        elif self._engine is not None:
            self._engine.handle(message)

    def _send(self, message: wire.ToInterface) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(codec.frame(message))

    async def _drain(self) -> None:
        """Wait while the interface does not read: it must not fill our memory."""
        line = self._transport
        while line and line.get_write_buffer_size() > AHEAD and not line.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _watch(life: int, loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """End with the interface, even when the loop is stuck: its end of the pipe closes as it dies."""
    with contextlib.suppress(OSError):
        os.read(life, 1)
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(over.set)
    _end_anyway()


def _end_anyway() -> None:
    """End the process when tidying up does not come to its end."""
    time.sleep(LAST_RESORT)
    os._exit(70)


if __name__ == "__main__":
    sys.exit(main())
