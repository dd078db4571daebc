"""Where characters stand in cells: measuring and wrapping lines of any length."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from rich.cells import cell_len

_STEP = 256
_MEASURED = 10_000
_SINGLE = re.compile(
    "[\x20-\x7e\u00a0-\u02ff\u0370-\u0482\u2010-\u2027\u2190-\u21ff\u2400-\u2426\u2500-\u25a1]*"
).fullmatch


def is_single(text: str) -> bool:
    """Whether each character is one cell wide, so that cells are characters."""
    return text.isascii() or _SINGLE(text) is not None


def width_of(text: str) -> int:
    """How many cells a line takes; of one too long to measure at once, how many it can take at most."""
    if is_single(text):
        return len(text)
    return cell_len(text) if len(text) <= _MEASURED else 2 * len(text)


class Ruler:
    """Finds the character at a cell of a line with wide characters, measuring no further than asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._cells = [0]

    def _extend(self, cell: int) -> None:
        while self._cells[-1] <= cell and (len(self._cells) - 1) * _STEP < len(self._text):
            start = (len(self._cells) - 1) * _STEP
            self._cells.append(self._cells[-1] + cell_len(self._text[start : start + _STEP]))

    def at(self, cell: int) -> tuple[int, int]:
        """The last character that begins at or before a cell, and the cell where it begins."""
        self._extend(cell)
        step = bisect_right(self._cells, cell) - 1
        index, reached = step * _STEP, self._cells[step]
        while index < len(self._text):
            size = cell_len(self._text[index])
            if reached + size > cell:
                break
            reached += size
            index += 1
        return min(index, len(self._text)), reached

    def cell_of(self, index: int) -> int:
        """The cell where a character begins."""
        step = index // _STEP
        while len(self._cells) <= step:
            self._extend(self._cells[-1])
        return self._cells[step] + cell_len(self._text[step * _STEP : index])


def breaks(text: str, width: int) -> Sequence[int]:
    """The characters at which the lines of a wrapped text begin."""
    width = max(1, width)
    if is_single(text):
        return range(0, max(1, len(text)), width)
    starts, used = [0], 0
    for index, character in enumerate(text):
        size = cell_len(character)
        if used + size > width and used:
            starts.append(index)
            used = 0
        used += size
    return starts


class Wrapping:
    """How the lines of a text lie when none may be wider than the screen."""

    def __init__(self, texts: Iterable[str], width: int) -> None:
        self.width = max(1, width)
        self._odd: dict[int, Sequence[int]] = {}
        counts: list[int] = [0]
        for index, text in enumerate(texts):
            if len(text) <= self.width and is_single(text):
                counts.append(1)
                continue
            starts = breaks(text, self.width)
            if not isinstance(starts, range):
                self._odd[index] = starts
            counts.append(len(starts))
        self._ends = list(accumulate(counts))

    @property
    def height(self) -> int:
        """How many lines there are on screen."""
        return self._ends[-1]

    def at(self, y: int) -> tuple[int, int]:
        """The line that is at a line of the screen, and which part of it."""
        index = bisect_right(self._ends, y) - 1
        return index, y - self._ends[index]

    def top(self, index: int) -> int:
        """The line of the screen where a line begins."""
        return self._ends[min(index, len(self._ends) - 1)]

    def part(self, index: int, part: int, text: str) -> tuple[int, int]:
        """The characters of one part of a line."""
        starts = self._odd.get(index)
        if starts is None:
            return part * self.width, min(len(text), (part + 1) * self.width)
        return starts[part], starts[part + 1] if part + 1 < len(starts) else len(text)

    def part_of(self, index: int, character: int) -> int:
        """Which part of a line a character is in."""
        starts = self._odd.get(index)
        return character // self.width if starts is None else bisect_right(starts, character) - 1
