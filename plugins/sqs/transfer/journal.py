"""What an import has sent, on disk before and after: so that it can go on where it was interrupted."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Literal, TypeAlias

from awstui import paths

from .. import around
from ..book import Book

Standing: TypeAlias = Literal["", "sending", "sent", "failed", "unknown"]
"""How a line of the file stands: not begun, on its way, taken, refused, or nobody knows."""


class SentJournal:
    """One import of one file into one queue; its file is for its owner alone and only grows."""

    def __init__(self, ident: str, folder: Path | None = None) -> None:
        """Open what is known of ``ident``, or begin it; refuses while another process imports the same."""
        self.path = (folder or paths.state_folder() / "imports") / f"{ident}.jsonl"
        self._known: dict[int, Standing] = {}
        self._first: dict[int, float] = {}
        try:
            self._book = Book(self.path, alone=True)
        except BlockingIOError as error:
            raise around.refused(
                "Another process is importing this file into this queue.",
                why="Two at once would send the same messages.",
                do="Wait until it is over, or end it first.",
            ) from error
        with self.path.open(encoding="utf-8") as held:
            for text in held:
                self._read(text)

    def _read(self, text: str) -> None:
        try:
            held = json.loads(text)
            self._take(int(held["line"]), held["is"], float(held.get("at", 0.0)))
        except (ValueError, KeyError, TypeError):
            return  # a line that was cut when its process was killed

    def _take(self, line: int, standing: Standing, at: float) -> None:
        self._known[line] = standing
        if standing == "sending":
            self._first.setdefault(line, at)
        elif standing == "failed":
            self._first.pop(line, None)  # refused: the queue knows nothing of it

    def standing(self, line: int) -> Standing:
        """How a line stands; what was on its way when the process ended may have been taken."""
        found = self._known.get(line, "")
        return "unknown" if found == "sending" else found

    def first_sent(self, line: int) -> float:
        """When a line went out first under its id, in epoch seconds; 0 when that is not known."""
        return self._first.get(line, 0.0)

    def counts(self) -> Counter[str]:
        """How many lines stand how."""
        return Counter(self.standing(line) for line in self._known)

    def write(self, lines: dict[int, tuple[Standing, str]]) -> None:
        """Note how lines stand, with the new id or the reason; on disk when this returns."""
        now = time.time()
        told = [
            {"line": line, "is": standing, "said": said, "at": now}
            for line, (standing, said) in lines.items()
        ]
        self._book.append("".join(json.dumps(one) + "\n" for one in told).encode())
        for line, (standing, _) in lines.items():
            self._take(line, standing, now)

    def close(self) -> None:
        """Close the file."""
        self._book.close()
