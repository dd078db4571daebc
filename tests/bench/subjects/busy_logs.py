"""The log server in a process of its own, with lines that keep coming: prints its port, ends with its input."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time

from tests.plugins.logs.log_server import LogServer

GROUP = "/bench/busy"


def line(number: int) -> str:
    """A line as services write them."""
    level = "ERROR" if number % 50 == 0 else "INFO"
    return json.dumps(
        {"level": level, "n": number, "took_ms": number % 900, "message": "step done and some more words",
         "requestId": f"{number * 2654435761 % (1 << 64):016x}-{number * 40503 % (1 << 64):016x}"}
    )  # fmt: skip


async def serve(held: int, rate: int) -> None:
    """Serve ``held`` lines of the last half hour, and ``rate`` more each second."""
    server, now = LogServer(time.time), time.time()
    for number in range(held):
        server.put(GROUP, now - 1700 + 1600 * number / held, line(number), delay=0)
    async with server.running():
        print(server.url.rsplit(":", 1)[1], flush=True)
        number = held
        while True:
            for _ in range(max(1, rate // 20)):
                server.put(GROUP, time.time(), line(number), delay=0)
                number += 1
            await asyncio.sleep(0.05 if rate else 3600)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
