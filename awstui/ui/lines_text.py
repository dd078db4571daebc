"""Where characters stand in cells: measuring and wrapping lines of any length."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from rich.cells import cell_len

PART = 16 * 1024
"""Characters that are looked through at once in a text that is too long for that as a whole."""

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


class _Sizes(dict[str, int]):
    """How many cells each character takes, asked once."""

    def __missing__(self, character: str) -> int:
        size = self[character] = cell_len(character)
        return size


_sizes = _Sizes()


class Breaks:
    """Finds the characters at which the lines of a wrapped text begin, some at a time."""

    def __init__(self, text: str, width: int) -> None:
        self._text, self._width = text, max(1, width)
        self._reached = self._used = 0
        self._odd = [0]
        self._single = is_single(text)

    @property
    def starts(self) -> Sequence[int]:
        """Those that are found."""
        if self._single:
            return range(0, max(1, len(self._text)), self._width)
        return self._odd

    def go_on(self, most: int) -> bool:
        """Look through so many characters more, at most; False when all are looked through."""
        if self._single or self._reached >= len(self._text):
            return False
        width, used, starts = self._width, self._used, self._odd
        stretch = self._text[self._reached : self._reached + most]
        for index, size in enumerate(map(_sizes.__getitem__, stretch), self._reached):
            if used + size > width and used:
                starts.append(index)
                used = 0
            used += size
        self._used = used
        self._reached += len(stretch)
        return self._reached < len(self._text)


def breaks(text: str, width: int) -> Sequence[int]:
    """The characters at which the lines of a wrapped text begin."""
    found = Breaks(text, width)
    found.go_on(len(text))
    return found.starts


class Wrapping:
    """How the lines of a text lie when none may be wider than the screen."""

    def __init__(self, texts: Sequence[str], width: int) -> None:
        self.width = max(1, width)
        self._odd: dict[int, Sequence[int]] = {}
        self._ends = [0]
        self._within: Breaks | None = None
        """The line that is being wrapped: a long one takes a while."""

        while self.go_on(texts):
            pass

    @property
    def count(self) -> int:
        """How many lines of the text are wrapped."""
        return len(self._ends) - 1

    def go_on(self, texts: Sequence[str], most: int = PART) -> bool:
        """Wrap further lines of a text, about so many characters; False when there was none."""
        ends, width = self._ends, self.width
        first = index = self.count
        y, total = ends[-1], len(texts)
        while index < total and most > 0:
            text = texts[index]
            most -= len(text) + 1
            if len(text) <= width and is_single(text):
                y += 1
            elif (starts := self._wrapped(text)) is None:
                return True
            else:
                if not isinstance(starts, range):
                    self._odd[index] = starts
                y += len(starts)
            ends.append(y)
            index += 1
        return index > first

    def _wrapped(self, text: str) -> Sequence[int] | None:
        """Where the lines of one line begin; None when there is more to look through."""
        within = self._within or Breaks(text, self.width)
        self._within = within if within.go_on(PART) else None
        return None if self._within is not None else within.starts

    def forget(self, index: int) -> None:
        """Have a line, and what follows it, yet to be wrapped."""
        self._within = None
        while self.count > index:
            del self._ends[-1]
            self._odd.pop(self.count, None)

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
