"""The engine as a process: it serves the interface that started it and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import os
import resource
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

from awstui import wire
from awstui.link import FrameReader

if TYPE_CHECKING:
    from awstui.engine.host import Engine

TIDY = 2.0
"""Seconds to release what is held, once the interface is gone."""

LAST_RESORT = 2.6
"""Seconds after which the process ends whatever it is doing; the interface's grace is 3."""


def main() -> int:
    """Serve the interface over the inherited socket until it hangs up."""
    line, life = int(sys.argv[1]), int(sys.argv[2])
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold credentials
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # half of the time to load botocore's models is collection
    from awstui.engine.host import Engine

    gc.enable()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    asyncio.run(_serve(Engine, socket.socket(fileno=line), life))
    return 0


async def _serve(engine_type: type[Engine], line: socket.socket, life: int) -> None:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    engine: Engine | None = None

    def hear(body: bytes) -> None:
        nonlocal engine
        message = wire.to_engine(body)
        if isinstance(message, wire.Start):
            engine = engine_type(message, send, drain)
            engine.begin()
        elif isinstance(message, wire.Stop):
            over.set()
        elif engine is not None:
            engine.handle(message)

    def send(message: wire.ToInterface) -> None:
        if not transport.is_closing():
            transport.write(wire.frame(message))

    async def drain() -> None:
        while transport.get_write_buffer_size() > 4_000_000 and not transport.is_closing():
            await asyncio.sleep(0.05)  # an interface that stopped reading must not fill our memory

    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    transport, _ = await loop.create_connection(lambda: FrameReader(hear, over.set), sock=line)
    threading.Thread(target=_watch, args=(life, loop, over), daemon=True).start()
    await over.wait()
    threading.Thread(target=_end_anyway, daemon=True).start()
    if engine is not None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(engine.close(), TIDY)
    transport.close()


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
