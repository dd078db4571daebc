"""Scans a queue of so many messages through the engine, spool and audit included; prints seconds and CPU seconds."""

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
from plugins.sqs.peeking import SENDS
from plugins.sqs.scanning.job import OFTEN, scan
from plugins.sqs.transfer.commands import Silence


async def main(messages: int) -> None:
    """Scan once, everything warm."""
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(audit_folder=Path(folder))
        known = await Identities(doors).identify()
        aws = doors.open(known.scope, "sqs")
        row = await around.fresh(aws, await around.named(aws, "bench-dlq"))
        allowed = declared(known.scope, "sqs", SENDS, ["bench-dlq"], often=OFTEN)
        ended: dict[str, Any] = {}
        with doors.gate.grant("touch", "bench", "bench", known.scope, allowed):
            began, used = time.perf_counter(), time.process_time()
            async for event in scan(aws, row, Silence(), close=True):
                ended |= {event["kind"]: event}
            print(time.perf_counter() - began, time.process_time() - used)
        assert ended["scanned"]["seen"] == messages, ended["scanned"]
        assert ended["released"]["failed"] == [], ended["released"]
        await doors.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
