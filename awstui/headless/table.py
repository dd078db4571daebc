"""A table for a terminal, a pipe or a person's clipboard: nothing is cut, columns line up."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from awstui.cells import is_right, show
from awstui.masking import mask
from awstui.wire import Cell

_COLOURS = {"bad": "31;1", "warn": "33", "good": "32", "muted": "2"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column, and what the column holds."""

    title: str
    kind: str = "text"


def draw(
    headings: Sequence[Heading],
    rows: Sequence[tuple[Cell, ...]],
    tones: Sequence[tuple[str, ...]],
    *,
    now: float,
    colour: bool,
) -> Iterator[str]:
    """The lines of a table, its headings first."""
    texts = [
        [mask(show(cell, heading.kind, now)) for cell, heading in zip(row, headings, strict=True)]
        for row in rows
    ]
    titles = [show(heading.title.upper()) for heading in headings]
    widths = [
        max([cell_len(title), *(cell_len(row[index]) for row in texts)])
        for index, title in enumerate(titles)
    ]
    rights = [is_right(heading.kind) for heading in headings]
    plain = [""] * len(headings)
    yield _line(titles, widths, rights, plain)
    coloured = colour and "NO_COLOR" not in os.environ
    for index, row in enumerate(texts):
        yield _line(row, widths, rights, tones[index] if coloured and tones else plain)


def _line(
    texts: Sequence[str], widths: Sequence[int], rights: Sequence[bool], tones: Sequence[str]
) -> str:
    parts = []
    for text, width, right, tone in zip(texts, widths, rights, tones, strict=True):
        pad = " " * (width - cell_len(text))
        painted = f"\x1b[{_COLOURS[tone]}m{text}\x1b[0m" if tone in _COLOURS else text
        parts.append(pad + painted if right else painted + pad)
    return "  ".join(parts).rstrip()


def iso(cell: Cell, kind: str) -> Any:
    """A cell for a program: moments in ISO 8601, lists with spaces, the rest as it is."""
    if kind in ("age", "time") and isinstance(cell, int | float):
        return dt.datetime.fromtimestamp(cell, dt.UTC).isoformat()
    return " ".join(str(part) for part in cell) if isinstance(cell, list) else cell
