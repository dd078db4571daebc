"""The messages that one look brought, as rows of a list: searched, chosen, narrowed to a group."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from awstui.filtering import EMPTY, Filter
from awstui.plugin import Row
from awstui.ui.grid import GridColumn, GridRow
from awstui.ui.turns import Turn, joined

from .message import Shown, expiry, shown
from .message_text import search_pieces, search_text
from .scanning.filters import Wanted, compiled, document, searched
from .scanning.groups import Group, Groups

COLUMNS = (
    GridColumn("Receives", rank=0),
    GridColumn("Age", "age", rank=2),
    GridColumn("Expires", "age", rank=1),
    GridColumn("Size", "bytes", rank=4),
    GridColumn("Group", rank=5),
    GridColumn("Source", rank=6),
    GridColumn("Error", width=32, rank=1),
    GridColumn("Body", rank=0),
)

GROUP_COLUMNS = (
    GridColumn("Count", "number", rank=0),
    GridColumn("Error", rank=0),
    GridColumn("First", "age", rank=1),
    GridColumn("Last", "age", rank=2),
    GridColumn("Shape", rank=3),
    GridColumn("A sample", rank=4),
)

CELL_MAX = 120
"""Characters of what an expression found that are shown in a cell."""

QUICK, QUICK_BYTES = 500, 512 * 1024
"""Messages, and bytes of all of them, that are looked through at once."""


class Snapshot:
    """What was seen, and what of it search, filter and group leave."""

    def __init__(
        self, *, lives: int = 0, retention: int = 0, limits: Mapping[str, int] | None = None
    ) -> None:
        """``lives`` and ``retention`` are the queue's, ``limits`` its sources', as the preflight read them."""
        self._told: dict[str, Any] = {"lives": lives, "retention": retention, "limits": limits}
        self._messages: dict[str, Shown] = {}
        self._texts: dict[str, str] = {}
        self._long: dict[str, bool | None] = {}
        """Messages of which only the head is here, and whether all of it fits; None: nobody has looked."""

        self._columns: tuple[tuple[str, Any], ...] = ()
        self.groups = Groups()
        self.wanted: Filter = EMPTY
        """What the search looks for; set by :meth:`look_for`."""

        self.chosen = Wanted()
        """What the filter lets through; set by :meth:`look_for`."""

        self.group = ""
        """The key of the group it is narrowed to; empty: all of them."""

        self._samples: dict[str, Shown] = {}

    def anew(self, **told: Any) -> Snapshot:
        """An empty one that shows the same columns."""
        made = Snapshot(**told)
        made._columns = self._columns
        return made

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Shown]:
        return iter(self._messages.values())

    def get(self, ident: object) -> Shown | None:
        """The message of an id."""
        return self._messages.get(str(ident))

    def add(self, messages: Iterable[Row]) -> list[GridRow]:
        """Take in messages, again when they came again; the rows of those that are to be shown."""
        rows = []
        for message in messages:
            held = shown(message, **self._told)
            self._messages[held.ident] = held
            self._texts.pop(held.ident, None)
            if held.is_cut:
                self._long[held.ident] = None
            self.groups.add(held)
            if self._fits(held):
                rows.append(self._row(held))
        return rows

    def drop(self, idents: Iterable[str]) -> None:
        """Forget messages that are no more."""
        for ident in idents:
            self._messages.pop(ident, None)
            self._texts.pop(ident, None)
            self._long.pop(ident, None)
            self.groups.remove(ident)

    # ---- what is looked for ------------------------------------------------------------------------

    def look_for(self, *, wanted: Filter | None = None, chosen: Wanted | None = None) -> None:
        """Search for something else, or filter by something else."""
        self.wanted = self.wanted if wanted is None else wanted
        self.chosen = self.chosen if chosen is None else chosen
        self._long = dict.fromkeys(self._long)

    @property
    def _reads_bodies(self) -> bool:
        return bool(self.wanted) or self.chosen.reads_bodies

    def unread(self) -> list[str]:
        """The messages that have to be read whole before it is known whether they fit."""
        if not self._reads_bodies:
            return []
        return [ident for ident, fits in self._long.items() if fits is None]

    def judge(self, message: Row) -> bool:
        """Whether a message, read whole, is what is looked for."""
        return self._chooses(shown(message, **self._told))

    def read(self, ident: str, *, fits: bool) -> GridRow | None:
        """Take in what all of a message says; its row when it is to be shown."""
        if ident not in self._long:
            return None
        self._long[ident] = fits
        held = self._messages[ident]
        return self._row(held) if self._fits(held) else None

    # ---- what is left ------------------------------------------------------------------------------

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.wanted or self.chosen or self.group)

    def fitting(self) -> Iterator[Shown]:
        """The messages that search, filter and group leave."""
        now = time.time()
        return (held for held in self if self._fits(held, now))

    def rows(self) -> Iterator[GridRow]:
        """Their rows."""
        return map(self._row, self.fitting())

    @property
    def is_quick(self) -> bool:
        """Whether it is looked through in no time."""
        if not self.wanted and not self.chosen and not self._columns:
            return True
        return len(self) <= QUICK and sum(held.size for held in self) <= QUICK_BYTES

    async def narrowed(self) -> list[GridRow]:
        """The rows of what search, filter and group leave, found in turn with everything else."""
        found: dict[str, GridRow | None] = {}
        turn = Turn()
        while coming := [held for held in self if held.ident not in found]:
            for held in coming:
                if self._reads(held):
                    self._texts[held.ident] = await joined(search_pieces(held))
                found[held.ident] = self._row(held) if self._fits(held) else None
                if turn.is_over:
                    await turn.give_back()
        return [row for ident, row in found.items() if row is not None and ident in self._messages]

    def _reads(self, held: Shown) -> bool:
        """Whether the text of a message is yet to be made."""
        if held.ident in self._texts or held.ident not in self._messages:
            return False
        return bool(self.wanted or self.chosen) and held.ident not in self._long

    def group_rows(self) -> Iterator[GridRow]:
        """The groups of what search and filter leave, the largest first."""
        counts: dict[str, int] = {}
        samples: dict[str, Shown] = {}
        now = time.time()
        for held in self:
            if self._passes(held, now):
                key = self.groups.of(held.ident)
                counts[key] = counts.get(key, 0) + 1
                samples.setdefault(key, held)
        self._samples = samples
        for group in self.groups.largest_first():
            if count := counts.get(group.key):
                yield _group_row(group, count, samples[group.key].line)

    def sample(self, key: str) -> Shown | None:
        """A message of a group that search and filter leave, as the groups were last made."""
        return self._samples.get(key)

    def members(self, keys: Iterable[str]) -> list[str]:
        """The ids in these groups that search and filter leave."""
        wanted, now = set(keys), time.time()
        return [
            held.ident
            for held in self
            if self.groups.of(held.ident) in wanted and self._passes(held, now)
        ]

    def _fits(self, held: Shown, now: float = 0.0) -> bool:
        if self.group and self.groups.of(held.ident) != self.group:
            return False
        return self._passes(held, now)

    def _passes(self, held: Shown, now: float = 0.0) -> bool:
        if not self.wanted and not self.chosen:
            return True
        if held.ident in self._long and self._reads_bodies:
            return bool(self._long[held.ident])
        text = self._texts.get(held.ident)
        if text is None:
            text = self._texts[held.ident] = search_text(held)
        return self._chooses(held, now, text)

    def _chooses(self, held: Shown, now: float = 0.0, text: str = "") -> bool:
        text = text or search_text(held)
        return self.wanted.matches(text) and self.chosen.chooses(held, now, text)

    # ---- columns -------------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[GridColumn, ...]:
        """The columns: those of every message, and those a person added, before the body."""
        added = tuple(GridColumn(text, rank=0) for text, _ in self._columns)
        return (*COLUMNS[:-1], *added, COLUMNS[-1])

    @property
    def column_text(self) -> str:
        """The expressions of the added columns, as they are typed."""
        return "; ".join(text for text, _ in self._columns)

    def add_columns(self, text: str) -> None:
        """Have these expressions as columns, parted by ``;``; raises ``WantedError`` when one is none."""
        parts = [part.strip() for part in text.split(";") if part.strip()]
        self._columns = tuple((part, compiled(part)) for part in parts)

    def _row(self, held: Shown) -> GridRow:
        now = time.time()
        _, soon = expiry(held.expires, now)
        data = document(held, now) if self._columns else {}
        added = [_cell(searched(expression, data)) for _, expression in self._columns]
        cells: tuple[Any, ...] = (
            held.receives, held.sent or None, held.expires or None, held.size, held.group or None,
            held.source or None, held.error or None, *added, held.line,
        )  # fmt: skip
        tones = (held.receives_tone, "", soon, "", "", "", "", *("" for _ in added), "")
        return GridRow(held.ident, cells, tones, (held.expires or held.sent, held.ident))


def _cell(found: Any) -> Any:
    """What an expression found as a cell: plain values as they are, data as short JSON."""
    if found is None or isinstance(found, str | int | float):
        return found[:CELL_MAX] if isinstance(found, str) else found
    return json.dumps(found, ensure_ascii=False, default=str)[:CELL_MAX]


def _group_row(group: Group, count: int, line: str) -> GridRow:
    cells = (
        count, group.error or None, group.first or None, group.last or None, group.shape, line
    )  # fmt: skip
    return GridRow(group.key, cells, ("", "", "", "", "muted", "muted"), (-count, group.key))
