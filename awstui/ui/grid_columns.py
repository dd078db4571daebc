"""The columns of a grid: how wide each is, and which give way when the screen is narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from rich.cells import cell_len

from awstui.cells import WORDLESS
from awstui.text import safe

GAP: Final = 2
"""Cells between two columns."""

WIDEST: Final = 64
"""Cells that a column asks for at most, however long what is in it."""

FAIR: Final = 26
"""Cells that a column of words has before one of a higher rank gets more than the least."""

NARROWEST: Final = 20
"""Cells to which a column of words may be cut before another column has to go."""

CALLED: Final = 36
"""The same for the first column, by which a row is called; where half of the room is less, that."""


class GridColumn(msgspec.Struct, frozen=True):
    """One column of a grid."""

    title: str
    kind: str = "text"
    width: int = 0
    """Cells wide; 0 fits what is in it."""

    rank: int = 1
    """0 is always shown; where the screen is too narrow the highest goes first, from the right."""

    @property
    def heading(self) -> str:
        """What stands above it."""
        return safe(self.title).upper()


class Placed(NamedTuple):
    """A column as it is laid out."""

    column: int
    x: int
    width: int


class Layout(NamedTuple):
    """All columns as they are laid out."""

    placed: tuple[Placed, ...]
    width: int
    hidden: int
    """How many columns there was no room for."""


class ColumnWidths:
    """How wide columns want to be: they grow with what is seen, and never shrink by themselves."""

    def __init__(self, columns: Sequence[GridColumn]) -> None:
        self.columns = tuple(columns)
        self.wanted = [
            column.width or min(WIDEST, cell_len(column.heading)) for column in self.columns
        ]

    def grow(self, index: int, length: int) -> bool:
        """Tell that something of this length is in a column; True when the column grows."""
        if self.columns[index].width or length <= self.wanted[index]:
            return False
        grown = min(WIDEST, length)
        if grown == self.wanted[index]:
            return False
        self.wanted[index] = grown
        return True

    def layout(self, room: int) -> Layout:
        """Lay the columns out in so many cells; wider than that only when no more can go.

        Of what is left over the lowest ranks first get a fair share, then each what it asks for.
        """
        kept = list(range(len(self.columns)))
        least = [self._least(index) for index in kept]
        least[:1] = [
            self._least(index, max(NARROWEST, min(CALLED, room // 2))) for index in kept[:1]
        ]
        while len(kept) > 1 and _total(least[index] for index in kept) > room:
            leaving = max(kept, key=lambda index: (self.columns[index].rank, index))
            if self.columns[leaving].rank == 0:
                least[0] = self._least(0)
                break
            kept.remove(leaving)
        widths = {index: least[index] for index in kept}
        spare = room - _total(widths.values())
        ranked = sorted(kept, key=lambda index: self.columns[index].rank)
        shares = [(index, min(FAIR, self.wanted[index])) for index in ranked]
        for index, asked in (*shares, *((index, self.wanted[index]) for index in kept)):
            more = max(0, min(spare, asked - widths[index]))
            widths[index] += more
            spare -= more
        if spare > 0 and kept and (taker := self._taker(kept)) is not None:
            widths[taker] += spare
        placed, x = [], 0
        for index in kept:
            placed.append(Placed(index, x, widths[index]))
            x += widths[index] + GAP
        return Layout(tuple(placed), max(0, x - GAP), len(self.columns) - len(kept))

    def _least(self, index: int, narrowest: int = NARROWEST) -> int:
        column, wanted = self.columns[index], self.wanted[index]
        return wanted if column.width or column.kind in WORDLESS else min(wanted, narrowest)

    def _taker(self, kept: Sequence[int]) -> int | None:
        """The last column, when it holds words: what is left over is its."""
        last = self.columns[kept[-1]]
        return None if last.width or last.kind in WORDLESS else kept[-1]


def _total(widths: Iterable[int]) -> int:
    held = list(widths)
    return sum(held) + GAP * max(0, len(held) - 1)
