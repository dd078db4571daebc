"""The redrives of this machine: which run, which were interrupted, and what each has left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, TypeAlias

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row, Signal

from . import journal, locks
from .ledger import Known, Ledger, State
from .operation import Operation

Standing: TypeAlias = Literal["running", "interrupted", "over"]

KEPT = 200
"""How many journals are looked through, the newest first."""


def standing(operation: Operation, ledger: Ledger) -> Standing:
    """How an operation stands."""
    if locks.holder(operation) == operation.ident:
        return "running"
    return "over" if ledger.ended else "interrupted"


def told(operation: Operation, ledger: Ledger) -> Row:
    """An operation for a person."""
    counts = ledger.counts()
    doubtful = [*ledger.idents(State.UNKNOWN), *ledger.idents(State.JOURNALED)]
    return {
        "op": operation.ident,
        "queue": operation.name,
        "arn": operation.arn,
        "to": operation.to_arn.rsplit(":", 1)[-1],
        "started": operation.started,
        "standing": standing(operation, ledger),
        "done": counts[State.DONE],
        "sent": counts[State.SENT],
        "unknown": len(doubtful),
        "skipped": counts[State.SKIPPED],
        "bounced": counts["bounced"],
        "unknown_ids": doubtful,
        "why": ledger.ended,
        "rate": operation.rate,
        "all": operation.selection.is_all,
    }


_seen: dict[Path, tuple[tuple[int, int], Operation, Ledger]] = {}


def _read(path: Path) -> tuple[Operation, Ledger]:
    """What a journal says; read again only when it has changed."""
    at = path.stat()
    stamp = at.st_mtime_ns, at.st_size
    held = _seen.get(path)
    if held is None or held[0] != stamp:
        held = _seen[path] = (stamp, *journal.read(path))
    return held[1], held[2]


def listed(arn: str = "") -> list[Row]:
    """The operations on this machine, the newest first; of one queue, or of all."""
    found: list[Row] = []
    for path in _paths():
        try:
            operation, ledger = _read(path)
        except (AwstuiError, OSError, ValueError, KeyError, TypeError):
            found.append({"op": path.stem, "queue": "", "standing": "unreadable", "started": 0.0})
            continue
        if not arn or operation.arn == arn:
            found.append(told(operation, ledger))
    return found


def left_open(operation: Operation) -> dict[str, Known]:
    """What other redrives out of the same queue have left in both queues, or may have."""
    found: dict[str, Known] = {}
    for path in _paths():
        if path.stem == operation.ident:
            continue
        with contextlib.suppress(AwstuiError, OSError, ValueError, KeyError, TypeError):
            other, ledger = _read(path)
            if other.arn == operation.arn and not other.keep:
                found |= ledger.left_open()
    return found


def _paths() -> list[Path]:
    folder = journal.folder()
    if not folder.is_dir():
        return []
    paths = [path for path in folder.glob("*.jsonl") if path.is_file()]
    return sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)[:KEPT]


def sentence(told: Row) -> str:
    """How an operation stands, in a few words."""
    words = [f"{told['done']:,} done"]
    if told["sent"]:
        words.append(f"{told['sent']:,} taken there and to be deleted here")
    if told["unknown"]:
        words.append(f"{told['unknown']:,} unknown")
    if told["skipped"]:
        words.append(f"{told['skipped']:,} refused")
    return f"redrive {told['op']} of {told['queue']} {told['standing']}: {', '.join(words)}"


async def interrupted(aws: Aws) -> AsyncIterator[Signal]:
    """The redrives of this account and region that were interrupted: each is to be taken up or cleaned up."""
    for one in await asyncio.to_thread(listed):
        place = one.get("arn", "").split(":")[3:5]
        if one["standing"] == "interrupted" and place == [aws.region, aws.account]:
            yield Signal(sentence(one), "warn", "queues", one["queue"])
