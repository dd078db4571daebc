"""The rows of a grid: which are seen, in what order, which are marked, and where the cursor is.

Everything is kept by key, so that a refresh moves nothing under a person's hands.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from awstui.filtering import Filter
from awstui.ui.grid_order import OPERATOR, GridRow, RowOrder, haystack, holding

__all__ = ["OPERATOR", "Change", "GridModel", "GridRow"]

REBUILD_SHARE = 50
"""A batch smaller than the view by this factor is put in row by row; any other sorts the view anew."""


Touched: TypeAlias = dict[Hashable, tuple[int, ...]]


class Change(NamedTuple):
    """What a batch of rows did."""

    moved: bool
    """Whether rows came, went or changed their place in the view."""

    touched: Touched
    """The rows that show something else, and the columns in which one value took another's place."""


class GridModel:
    """Rows, and the view of them that sort and filter make."""

    def __init__(self, kinds: Sequence[str] = ()) -> None:
        self.order = RowOrder()
        self.order.kinds = tuple(kinds)
        self.rows: dict[Hashable, GridRow] = {}
        self.view: list[GridRow] = []
        self.marks: set[Hashable] = set()
        self.follows_top = True
        """Until a person moves the cursor it stays on the first row, whichever that becomes."""

        self._cursor: GridRow | None = None
        self._all: list[GridRow] | None = None
        """Every row in order, filter or not, as long as it is known: what the next filter looks through."""

        self._words: list[str] | None = None
        """What a filter looks through, for each of ``rows``; kept while a filter is being typed.

        Made in the order of arrival, because that is how rows lie in memory: twice as quick.
        """

        self._arrivals = 0

    # ---- rows ------------------------------------------------------------------------------------

    def apply(self, upserts: Iterable[GridRow] = (), removed: Iterable[Hashable] = ()) -> Change:
        """Take rows in and out; cursor and marks stay with their keys."""
        coming = list(upserts)
        going = [row for key in removed if (row := self.rows.pop(key, None)) is not None]
        self.marks.difference_update([row.key for row in going])
        stood = self.cursor
        touched: Touched = {}
        self._words = None
        if self._all is not self.view:
            self._all = None
        if (len(coming) + len(going)) * REBUILD_SHARE <= len(self.view):
            moved = self._put_each(coming, going, touched)
        else:
            moved = self._put_all(coming, touched, moved=bool(going))
        if moved:
            self._settle_cursor(stood)
        return Change(moved, touched)

    def replace(self, rows: Iterable[GridRow]) -> Change:
        """Have exactly these rows."""
        coming = {row.key: row for row in rows}
        if self.rows:
            return self.apply(coming.values(), [key for key in self.rows if key not in coming])
        self._take_first(coming)
        self._all = self._words = None
        self.rebuild()
        self._settle_cursor(None)
        return Change(bool(coming), {})

    def clear(self) -> None:
        """Have no rows."""
        self.rows, self.view, self.marks = {}, [], set()
        self._cursor, self.follows_top = None, True
        self._all = self._words = None

    def _put_all(self, coming: list[GridRow], touched: Touched, *, moved: bool) -> bool:
        """Take rows in and make the view anew; whether anything stands elsewhere."""
        if coming and not self.rows:
            self._take_first({row.key: row for row in coming})
            moved = True
        else:
            for row in coming:
                moved |= self._take(row, touched)
        if not moved and not touched:
            return False
        before, self._all, self._words = self.view, None, None
        self.rebuild()
        return moved or before != self.view

    def _take_first(self, coming: dict[Hashable, GridRow]) -> None:
        """Hold the first rows there are."""
        for arrival, row in enumerate(coming.values(), self._arrivals + 1):
            row.arrival = arrival
        self._arrivals += len(coming)
        self.rows = coming

    def _put_each(self, coming: list[GridRow], going: list[GridRow], touched: Touched) -> bool:
        """Take rows in and out one by one, each found by bisection."""
        moved = False
        for row in going:
            moved |= self._drop(row)
        for row in coming:
            held = self.rows.get(row.key)
            if held is None:
                self._take(row, touched)
                moved |= self._insert(row)
                continue
            key, place = self.order.key(held), self._place(held)
            self._take(row, touched)
            passes = self.order.passes(held)
            if passes == (place is not None) and self.order.key(held) == key:
                continue
            if place is not None:
                del self.view[place]
            if passes:
                self._insert(held)
            moved |= passes or place is not None
        return moved

    def _take(self, row: GridRow, touched: Touched) -> bool:
        """Hold a row, and write down what it changed; True when it is new."""
        held = self.rows.get(row.key)
        if held is None:
            self._arrivals += 1
            row.arrival = self._arrivals
            self.rows[row.key] = row
            return True
        was, now = held.cells, row.cells
        if was != now or held.tones != row.tones or held.order != row.order:
            both = zip(was, now, strict=False)
            touched[row.key] = tuple(
                [i for i, (old, new) in enumerate(both) if old != new and old is not None]
            )
            held.cells, held.tones, held.order = now, row.tones, row.order
        held.source = row.source
        return False

    def _insert(self, row: GridRow) -> bool:
        if not self.order.passes(row):
            return False
        self.view.insert(self.order.bisect(self.view, row), row)
        return True

    def _drop(self, row: GridRow) -> bool:
        place = self._place(row)
        if place is None:
            return False
        del self.view[place]
        return True

    def _place(self, row: GridRow) -> int | None:
        return self.order.place(self.view, row)

    # ---- order -----------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Make the view anew from filter and order; both are stable."""
        order, rows = self.order, self.rows.values()
        if order.filter and order.filter.fuzzy and order.column == OPERATOR:
            self.view = order.sorted(self._hits(rows))
            return
        if self._all is None:
            self._all = order.sorted(list(rows))
        self.view = self._all
        if not order.filter:
            self._words = None
            return
        hits = self._hits(rows)
        if len(hits) * 8 < len(self._all):
            self.view = order.sorted(hits)
        else:
            passing = set(map(id, hits))
            self.view = [row for row in self._all if id(row) in passing]

    def _hits(self, rows: Collection[GridRow]) -> list[GridRow]:
        """The rows that pass the filter, in the order of their arrival."""
        wanted = self.order.filter
        if wanted.word:
            held = holding(wanted.word, rows, folds=wanted.folds)
            if not wanted.inverse:
                return held
            barred = set(map(id, held))
            return [row for row in rows if id(row) not in barred]
        if self._words is None:
            self._words = [haystack(row) for row in rows]
        return [row for row, words in zip(rows, self._words, strict=True) if wanted.matches(words)]

    def sort(self, column: int, *, reverse: bool = False) -> None:
        """Order the view by a column, or by the operator's order."""
        self.order.column, self.order.reverse = column, reverse
        self._all = self._words = None
        self._remade(self.cursor_key)

    def refilter(self, wanted: Filter) -> None:
        """See only the rows that pass a filter; a fuzzy one puts the cursor on what fits best."""
        self.order.filter = wanted
        self._remade(None if wanted.fuzzy else self.cursor_key)

    def _remade(self, key: Hashable | None) -> None:
        self.rebuild()
        if key is None:
            self._cursor = None
        self._settle_cursor(0)

    # ---- cursor ----------------------------------------------------------------------------------

    @property
    def cursor(self) -> int | None:
        """Where in the view the cursor is; None when nothing is seen."""
        return None if self._cursor is None else self._place(self._cursor)

    @property
    def cursor_key(self) -> Hashable | None:
        """The key of the row under the cursor."""
        return None if self._cursor is None else self._cursor.key

    def place_of(self, key: Hashable) -> int | None:
        """Where in the view a row is; None when it is not seen."""
        row = self.rows.get(key)
        return None if row is None else self._place(row)

    def move_to(self, place: int) -> None:
        """Put the cursor on a place of the view, or the nearest there is."""
        if self.view:
            self._cursor = self.view[max(0, min(len(self.view) - 1, place))]
            self.follows_top = False

    def _settle_cursor(self, stood: int | None) -> None:
        """Keep the cursor on its row; when that is gone, on what took its place."""
        held = None if self._cursor is None else self.rows.get(self._cursor.key)
        if not self.view:
            self._cursor = None
        elif self.follows_top or self._cursor is None:
            self._cursor = self.view[0]
        elif held is not None and self._place(held) is not None:
            self._cursor = held
        else:
            self._cursor = self.view[min(stood or 0, len(self.view) - 1)]

    # ---- marks -----------------------------------------------------------------------------------

    def mark(self, places: Iterable[int], *, on: bool) -> None:
        """Mark or unmark rows of the view."""
        keys = [self.view[place].key for place in places if 0 <= place < len(self.view)]
        if on:
            self.marks.update(keys)
        else:
            self.marks.difference_update(keys)

    def marked_keys(self) -> list[Hashable]:
        """The marked rows: those that are seen in their order, then those that the filter hides."""
        if not self.marks:
            return []
        seen = [row.key for row in self.view if row.key in self.marks]
        if len(seen) == len(self.marks):
            return seen
        shown = set(seen)
        return seen + [key for key in self.rows if key in self.marks and key not in shown]
