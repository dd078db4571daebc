"""The redrives of this machine: which run, which were interrupted, and what each has left."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal, TypeAlias

from awstui.errors import AwstuiError
from awstui.plugin import Row

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


def listed(arn: str = "") -> list[Row]:
    """The operations on this machine, the newest first; of one queue, or of all."""
    found: list[Row] = []
    for path in _paths():
        try:
            operation, ledger = journal.read(path)
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
            other, ledger = journal.read(path)
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
