"""Chosen fields of JSON lines as columns: aligned, headed, as wide as what was seen in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from rich.cells import cell_len, set_cell_size

from awstui.text import safe

from .ansi import plain

WIDEST: Final = 40
"""Cells of a column at most, but for the last."""

GAP: Final = "  "
NONE: Final = "–"
"""What stands where a line has no such field."""


class Columns:
    """Lays fields out; a column grows with what comes, and never shrinks while it is shown."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = tuple(names)
        self._widths = [min(WIDEST, cell_len(safe(name))) for name in self.names]
        self.grew = False
        """Whether a column has become wider, so that what was laid out before stands askew."""

    def heading(self) -> str:
        """The names over their columns."""
        return self._row([safe(name) for name in self.names], [False] * len(self.names))

    def row(self, value: Any) -> str:
        """The fields of a line, each in its column; empty when the line has none of them."""
        if not isinstance(value, dict):
            return ""
        found = [_field(value, name) for name in self.names]
        if all(one is None for one in found):
            return ""
        cells = [_cell(one) for one in found]
        for place, cell in enumerate(cells):
            width = min(WIDEST, cell_len(cell))
            if width > self._widths[place]:
                self._widths[place], self.grew = width, True
        return self._row(cells, [type(one) in (int, float) for one in found])

    def _row(self, cells: Sequence[str], right: Sequence[bool]) -> str:
        parts = []
        for place, (cell, width) in enumerate(zip(cells, self._widths, strict=True)):
            if right[place] and cell_len(cell) < width:
                parts.append(" " * (width - cell_len(cell)) + cell)
            elif place == len(cells) - 1:
                parts.append(cell)
            elif cell_len(cell) > width:
                parts.append(set_cell_size(cell, width - 1) + "…")
            else:
                parts.append(set_cell_size(cell, width))
        return GAP.join(parts)


def _field(value: dict[str, Any], name: str) -> Any:
    """A field by its name, or by its path; None when there is none."""
    if name in value:
        return value[name]
    held: Any = value
    for step in name.split("."):
        held = held.get(step) if isinstance(held, dict) else None
    return held


def _cell(value: Any) -> str:
    if value is None:
        return NONE
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return safe(plain(text))
