"""The messages that one peek brought, as rows of a list that can be searched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from awstui.plugin import Row
from awstui.ui.filtering import EMPTY, Filter
from awstui.ui.grid import GridColumn, GridRow

from .message import Shown, expiry, shown
from .message_text import search_text

COLUMNS = (
    GridColumn("Receives", rank=0),
    GridColumn("Age", "age", rank=2),
    GridColumn("Expires", "age", rank=1),
    GridColumn("Size", "bytes", rank=4),
    GridColumn("Group", rank=5),
    GridColumn("Error", width=32, rank=1),
    GridColumn("Body", rank=0),
)


class Snapshot:
    """What was seen, and what of it a search leaves."""

    def __init__(self, *, lives: int = 0, retention: int = 0) -> None:
        """``lives`` and ``retention`` are the queue's, as the preflight read them."""
        self._lives, self._retention = lives, retention
        self._messages: dict[str, Shown] = {}
        self.wanted: Filter = EMPTY

    def __len__(self) -> int:
        return len(self._messages)

    def get(self, ident: object) -> Shown | None:
        """The message of an id."""
        return self._messages.get(str(ident))

    def add(self, message: Row) -> GridRow | None:
        """Take in a message, again when it came again; its row, if it is to be shown."""
        held = shown(message, lives=self._lives, retention=self._retention)
        self._messages[held.ident] = held
        return _row(held) if self._fits(held) else None

    def rows(self) -> Iterator[GridRow]:
        """The rows that the search leaves."""
        return (_row(held) for held in self._messages.values() if self._fits(held))

    def _fits(self, held: Shown) -> bool:
        return self.wanted.matches(search_text(held))


def _row(held: Shown) -> GridRow:
    _, soon = expiry(held.expires, time.time())
    cells: tuple[Any, ...] = (
        held.receives, held.sent or None, held.expires or None, held.size,
        held.group or None, held.error or None, held.line,
    )  # fmt: skip
    tones = (held.receives_tone, "", soon, "", "", "", "")
    return GridRow(held.ident, cells, tones, (held.expires or held.sent, held.ident))
