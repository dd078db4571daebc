"""The rows of a grid and the order they stand in."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import msgspec

from awstui.cells import comparable, sort_key
from awstui.filtering import EMPTY, Filter, words_of
from awstui.wire import Cell

OPERATOR = -1
"""In place of a column: the operator's order, what needs a person first."""


class GridRow(msgspec.Struct, eq=False, gc=False):
    """One row of a grid. The grid keeps the first of each key and writes later ones into it."""

    key: Hashable
    cells: tuple[Cell, ...]
    tones: tuple[str, ...] = ()
    order: tuple[Cell, ...] = ()
    source: Any = None
    """Whatever the owner of the grid wants back, such as the packed row."""

    arrival: int = 0
    """Set by the model: how rows that are otherwise equal stand."""


class RowOrder:
    """Which rows pass, and which goes before which: total, so that bisection finds any row."""

    def __init__(self) -> None:
        self.kinds: tuple[str, ...] = ()
        self.column, self.reverse = OPERATOR, False
        self.filter: Filter = EMPTY

    def passes(self, row: GridRow) -> bool:
        """Whether the filter lets a row through."""
        return self.filter.matches(haystack(row))

    def key(self, row: GridRow) -> Any:
        """What a row is ordered by; None goes last whichever way it is sorted."""
        column = self.column
        if column == OPERATOR:
            if self.filter.fuzzy:
                return self.filter.score(haystack(row))
            return row.order
        return sort_key(row.cells[column], self.kinds[column]) if column < len(row.cells) else None

    def keys(self, rows: list[GridRow]) -> list[Any]:
        """What each of many rows is ordered by; what is the same for all is looked at once."""
        column = self.column
        if column == OPERATOR and not self.filter.fuzzy:
            return [row.order for row in rows]
        if column != OPERATOR and column < min(map(len, [row.cells for row in rows]), default=0):
            cells = [row.cells[column] for row in rows]
            if set(map(type, cells)) == {int} and self.kinds[column] != "age":
                return cells
            kind = self.kinds[column]
            return [sort_key(cell, kind) for cell in cells]
        return [self.key(row) for row in rows]

    def sorted(self, rows: list[GridRow]) -> list[GridRow]:
        """The rows in order; they come in the order of their arrival."""
        keys = self.keys(rows)
        present: Sequence[int] = range(len(rows))
        absent: list[GridRow] = []
        if None in keys:
            present = [index for index, held in enumerate(keys) if held is not None]
            absent = [rows[index] for index, held in enumerate(keys) if held is None]
        places = list(present)
        for part in _parts(keys):
            try:
                places.sort(key=part.__getitem__, reverse=self.reverse)
            except TypeError:
                places.sort(key=[*map(_comparable, part)].__getitem__, reverse=self.reverse)
        return [rows[place] for place in places] + absent

    def precedes(self, key: Any, arrival: int, other: Any, other_arrival: int) -> bool:
        """Whether a row goes before another."""
        if key is None or other is None:
            return arrival < other_arrival if key is other else other is None
        if key == other:
            return arrival < other_arrival
        try:
            return bool(key > other if self.reverse else key < other)
        except TypeError:
            mine, its = _comparable(key), _comparable(other)
            return bool(mine > its if self.reverse else mine < its)

    def bisect(self, view: Sequence[GridRow], row: GridRow) -> int:
        """The place in an ordered view where a row is, or would be."""
        key, arrival = self.key(row), row.arrival
        low, high = 0, len(view)
        if high and self.precedes(self.key(view[-1]), view[-1].arrival, key, arrival):
            return high
        while low < high:
            middle = (low + high) // 2
            there = view[middle]
            if self.precedes(self.key(there), there.arrival, key, arrival):
                low = middle + 1
            else:
                high = middle
        return low

    def place(self, view: Sequence[GridRow], row: GridRow) -> int | None:
        """Where a row is in an ordered view; None when it is not in it."""
        at = self.bisect(view, row)
        return at if at < len(view) and view[at] is row else None


def _parts(keys: list[Any]) -> Sequence[Sequence[Any]]:
    """Lists of keys to sort by in turn, the last part of tuples first.

    Sorting by plain values several times is much quicker than comparing tuples once.
    """
    if set(map(type, keys)) != {tuple} or len(set(map(len, keys))) != 1:
        return [keys]
    return [*zip(*keys, strict=True)][::-1]


def _comparable(key: Any) -> Any:
    """A key that can be compared with one of another type, and with its own as it always was."""
    return tuple(map(comparable, key)) if isinstance(key, tuple) else comparable(key)


def haystack(row: GridRow) -> str:
    """What a filter looks through: every word of a row."""
    return words_of(row.cells)


def holding(word: str, rows: Iterable[GridRow], *, folds: bool) -> list[GridRow]:
    """The rows that hold a word in a cell: in a third of the time that it takes to join their cells."""
    found = []
    for row in rows:
        for cell in row.cells:
            if type(cell) is str and word in (cell.lower() if folds else cell):
                found.append(row)
                break
    return found
