"""Lists queues and fetches the attributes of each through the engine; prints seconds and CPU seconds."""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

from awstui.engine.door import Doors
from awstui.engine.identity import Identities
from awstui.engine.reading import Reading
from awstui.project import Projector
from awstui.registry import load


async def _told(keys: list[str]) -> None:
    del keys


async def main(queues: int) -> None:
    """Read once, everything warm."""
    _, resource = load().resource("sqs.queues")
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(audit_folder=Path(folder))
        known = await Identities(doors).identify()
        aws = doors.open(known.scope, "sqs")
        await aws.read("list_queues", MaxResults=1)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        reading = Reading(Projector(resource), aws, {}, _told)
        began, used = time.perf_counter(), time.process_time()
        await reading.run()
        print(time.perf_counter() - began, time.process_time() - used)
        assert len(reading.rows) == reading.filled == queues
        assert not reading.trouble
        await doors.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
