"""What an action, a view or a link is about: one row."""

from __future__ import annotations

import msgspec

from awstui.plugin import Row
from awstui.wire import RowRef, unpack


class Target(msgspec.Struct, frozen=True):
    """A row to act on: where it is, and its raw form."""

    ref: RowRef
    raw: bytes
    called: str = ""
    """What its list calls it, where that is not its key."""

    @property
    def name(self) -> str:
        """What a person calls it; its key alone tells it apart from all others."""
        return self.called or self.ref.key

    @property
    def row(self) -> Row:
        """The row itself."""
        row: Row = unpack(self.raw)
        return row
