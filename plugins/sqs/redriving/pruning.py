"""Old journals go by themselves: only of redrives that are over and have left nothing in doubt."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import NamedTuple

from awstui.cells import size

from .. import attributes as the
from ..transfer import editing
from . import journal

OLD = 90 * 86_400.0
"""Seconds after which a journal, or a file of edits, goes."""

RECENT = 14 * 86_400.0
"""Seconds for which it stays however large it is: as long as a queue can keep what was sent by it."""

ROOM = 1024**3
"""Bytes that journals may have; where they have more the oldest go before they are old."""


class _File(NamedTuple):
    changed: float
    size: int
    path: Path


def prune(now: float = 0.0) -> str:
    """Delete what is old and finished; a sentence that says what, empty where nothing was."""
    now = now or time.time()
    gone: list[_File] = []
    held = _files(journal.folder())
    room = ROOM - sum(one.size for one in held)
    for one in held:
        age = now - one.changed
        if (age > OLD or (room < 0 and age > RECENT)) and _is_over(one.path) and _delete(one.path):
            gone.append(one)
            room += one.size
            _delete(journal.folder() / "logs" / f"{one.path.stem}.log")
    edits = [one for one in _files(editing.folder()) if now - one.changed > OLD]
    return _told(gone, sum(_delete(one.path) for one in edits))


def _told(gone: list[_File], edits: int) -> str:
    parts = []
    if gone:
        parts.append(
            f"{the.counted(len(gone), 'journal')} of old redrives, {size(sum(one.size for one in gone))},"
            " all over and none in doubt"
        )
    if edits:
        parts.append(f"{the.counted(edits, 'file')} of old edits")
    return f"Deleted: {' and '.join(parts)}." if parts else ""


def _is_over(path: Path) -> bool:
    """Whether a redrive has ended and left nothing; one that cannot be read may have."""
    try:
        return journal.leaves_nothing(path)
    except OSError:
        return False


def _files(folder: Path) -> list[_File]:
    """The files of JSON lines in a folder, the oldest first."""
    found: list[_File] = []
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            if entry.name.endswith(".jsonl") and entry.is_file(follow_symlinks=False):
                about = entry.stat(follow_symlinks=False)
                found.append(_File(about.st_mtime, about.st_size, Path(entry.path)))
    return sorted(found)


def _delete(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False  # gone already, or not ours: it is no reason to stop
    return True
