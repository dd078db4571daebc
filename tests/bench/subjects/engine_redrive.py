"""Redrives so many messages through the engine, journal and audit included; prints seconds and CPU seconds."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from awstui.engine.door import Doors
from awstui.engine.identity import Identities
from awstui.engine.planning import declared
from plugins.sqs import around
from plugins.sqs.redriving.job import redrive_some
from plugins.sqs.redriving.requests import SENDS


class _Nobody:
    async def next(self, timeout: float | None = None) -> None:
        await asyncio.sleep(timeout or 0.0)


async def main(messages: int) -> None:
    """Redrive once, everything warm."""
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(audit_folder=Path(folder))
        known = await Identities(doors).identify()
        aws = doors.open(known.scope, "sqs")
        row = await around.named(aws, "bench-dlq")
        allowed = declared(known.scope, "sqs", SENDS, ["bench-dlq", "bench"], often=1_000_000)
        ended: dict[str, Any] = {}
        with doors.gate.grant("change", "bench", "bench", known.scope, allowed):
            began, used = time.perf_counter(), time.process_time()
            async for event in redrive_some(aws, row, _Nobody(), rate=10_000, count=messages):
                ended = event
            print(time.perf_counter() - began, time.process_time() - used)
        assert ended["done"] == messages, ended
        await doors.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
