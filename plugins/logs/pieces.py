"""A line of the log as it lies on the screen: in one piece or many, and what is said before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from . import moments
from .chunk import Entry
from .columns import Columns
from .shown import Look, Shown, folded, parts, shown, unfolded

QUIET: Final = 60.0
"""Seconds without a line after which the pause itself is shown."""

WRAPPED: Final = 100
"""Lines of the screen that a wrapped line takes at most."""

UNFOLDED: Final = 2000
"""Lines of the screen that an unfolded line takes at most."""


class Piece(NamedTuple):
    """One line of the screen that belongs to a line of the log."""

    text: Shown
    start: int = 0
    end: int = 0
    head: bool = True
    """Whether time, group and level stand before it."""

    between: bool = False
    """Whether it says what is missing at this place, instead of showing what is there."""


class Block(NamedTuple):
    """A line of the log as it lies on the screen."""

    entry: Entry
    pieces: tuple[Piece, ...]
    number: int
    """Another for each that is laid out, so that what was painted of one is never taken for another."""


def pieces(
    entry: Entry, *, width: int, look: Look, columns: Columns | None, unfolds: bool
) -> Iterator[Piece]:
    """The pieces of a line in so many cells."""
    if unfolds:
        yield from _unfolded(entry, width, revealed=look.revealed)
        return
    text = folded(entry, columns, revealed=look.revealed)
    if not look.wrap:
        yield Piece(text, 0, -1)
        return
    wrapped, left = parts(text.text, width, WRAPPED)
    for start, end in wrapped:
        yield Piece(text, start, end, head=start == 0)
    if left := left + text.left:
        yield _said(f"… {left:,} more characters: enter unfolds them")


def _unfolded(entry: Entry, width: int, *, revealed: bool) -> Iterator[Piece]:
    lines, is_json, length = unfolded(entry, revealed=revealed)
    room = UNFOLDED
    for number, line in enumerate(lines):
        text = shown(line, revealed=revealed, most=width * room)._replace(is_json=is_json)
        wrapped, left = parts(text.text, width, room)
        left += text.left
        for start, end in wrapped:
            yield Piece(text, start, end, head=number == 0 and start == 0)
        room -= len(wrapped)
        length -= len(line)
        if left or (room <= 0 and next(lines, None) is not None):
            left += max(0, length)
            yield _said(f"… {left:,} more characters: d shows them, S saves them")
            return


def _said(text: str) -> Piece:
    return Piece(Shown(text), 0, len(text), head=False, between=True)


Missing = Sequence[tuple[int, int, str]]


def between(
    entry: Entry, before: Entry | None, *, missing: Missing, utc: bool, pauses: bool
) -> Iterator[Piece]:
    """What is to be said between two lines: what is missing there, how long nothing came, the day."""
    day = moments.shown(entry.at, utc=utc, day=True)[:10]
    if before is None:
        yield from (_said(said) for start, end, said in missing if end <= entry.at)
        yield _said(day)
        return
    yield from (_said(said) for start, end, said in missing if before.at < end <= entry.at)
    pause = (entry.at - before.at) / 1000
    if pause >= QUIET and pauses:
        yield _said(f"quiet for {moments.brief(pause)}")
    if moments.shown(before.at, utc=utc, day=True)[:10] != day:
        yield _said(day)


def behind(entry: Entry, missing: Missing) -> Iterator[Piece]:
    """What is said to be missing behind the last line."""
    return (_said(said) for start, end, said in missing if end > entry.at)


def dropped(count: int, why: str) -> Piece:
    """What is said where lines were given up."""
    return _said(f"… {count:,} earlier lines dropped: {why}")
