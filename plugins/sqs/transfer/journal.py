"""What an import has sent, on disk before and after: so that it can go on where it was interrupted."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Literal, TypeAlias

from awstui import paths

Standing: TypeAlias = Literal["", "sending", "sent", "failed", "unknown"]
"""How a line of the file stands: not begun, on its way, taken, refused, or nobody knows."""


class SentJournal:
    """One import of one file into one queue; its file is for its owner alone and only grows."""

    def __init__(self, ident: str, folder: Path | None = None) -> None:
        """Open what is known of ``ident``, or begin it."""
        place = paths.private(folder or paths.state_folder() / "imports")
        self.path = place / f"{ident}.jsonl"
        self._known: dict[int, Standing] = {}
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "r+", encoding="utf-8")
        for text in self._file:
            self._take(text)

    def _take(self, text: str) -> None:
        try:
            held = json.loads(text)
            self._known[int(held["line"])] = held["is"]
        except (ValueError, KeyError):
            return  # the last line of a process that was killed while it wrote

    def standing(self, line: int) -> Standing:
        """How a line stands; what was on its way when the process ended may have been taken."""
        found = self._known.get(line, "")
        return "unknown" if found == "sending" else found

    def counts(self) -> Counter[str]:
        """How many lines stand how."""
        return Counter(self.standing(line) for line in self._known)

    def write(self, lines: dict[int, tuple[Standing, str]]) -> None:
        """Note how lines stand, with the new id or the reason; on disk when this returns."""
        for line, (standing, said) in lines.items():
            self._known[line] = standing
            self._file.write(json.dumps({"line": line, "is": standing, "said": said}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()
