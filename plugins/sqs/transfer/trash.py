"""A copy of each message before it is deleted: a file for its owner alone, on disk when it says so."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from awstui import paths
from awstui.plugin import Row

from .jsonl import to_line


def folder() -> Path:
    """Where the copies are."""
    return paths.state_folder() / "trash"


class Trash:
    """One file of copies, which `awstui import` sends again."""

    def __init__(self, queue: str, place: Path | None = None) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        name = f"{queue}-{stamp}-{secrets.token_hex(3)}.jsonl"
        self.path = paths.private(place or folder()) / name
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "w", encoding="ascii")

    def keep(self, messages: Iterable[Row], queue: str) -> None:
        """Keep these; when it returns they are on disk."""
        for message in messages:
            self._file.write(to_line(message, QueueName=queue) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; one that holds nothing goes away."""
        is_empty = self._file.tell() == 0
        self._file.close()
        if is_empty:
            self.path.unlink(missing_ok=True)
