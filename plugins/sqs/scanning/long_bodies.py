"""Messages of which only the head was handed on, read whole before it is said whether they fit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

from ..snapshot import Snapshot
from .spool import Spool


async def judged(path: Path, snapshot: Snapshot) -> AsyncIterator[tuple[str, bool]]:
    """Which of a snapshot's unread messages fit, each looked through beside the loop."""
    for ident in snapshot.unread():
        yield ident, await asyncio.to_thread(_fits, path, snapshot, ident)


def _fits(path: Path, snapshot: Snapshot, ident: str) -> bool:
    with closing(Spool(path)) as spool:
        message = spool.get(ident)
    # Of a body that was not kept nobody can say what is in it.
    return message is not None and "Body" in message and snapshot.judge(message)
