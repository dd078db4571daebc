"""The one question of the command line."""

from __future__ import annotations

import asyncio
import os
import sys

from awstui.plugin import Out


async def agreed(out: Out) -> bool:
    """Whether the person at the terminal agrees; where there is none nobody does."""
    if not sys.stdin.isatty():
        out.note(
            "Not done: nobody is there to ask. Give --yes, or --dry-run to see what would happen."
        )
        return False
    out.note("Go on? y/N")
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        if not answered.done():
            answered.set_result(os.read(sys.stdin.fileno(), 1024).decode(errors="replace"))

    # A thread in input() could not be interrupted; the loop's own reader can.
    loop.add_reader(sys.stdin.fileno(), read)
    try:
        said_yes = (await answered).strip().lower() in ("y", "yes")
    finally:
        loop.remove_reader(sys.stdin.fileno())
    if not said_yes:
        out.note("Not done.")
    return said_yes
