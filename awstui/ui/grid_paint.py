"""How one line of a grid becomes a strip of styled cells."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from awstui.ui.cells import WORDLESS, cut_middle, fit, is_right, show
from awstui.ui.grid_columns import GAP, ColumnWidths, Layout
from awstui.ui.grid_model import GridRow
from awstui.ui.tone import glyph, worst

GUTTER: Final = 4
"""Cells at the left edge: cursor bar, mark, tone, space."""

BAR, MARK = "▌", "●"
ASCII_BAR, ASCII_MARK = ">", "*"


class Painted(NamedTuple):
    """A line as it was painted."""

    gutter: Strip
    body: Strip
    ages: tuple[str, ...]
    """What it says of time, so that a tick knows whether it still holds."""


class Palette:
    """The styles of a grid, made of its component classes once and added up once."""

    def __init__(self, component: Callable[[str], Style], rest: Style) -> None:
        self._component, self._rest = component, rest
        self._sums: dict[tuple[str, str, bool], Style] = {}

    @property
    def rest(self) -> Style:
        """The style of the grid itself."""
        return self._rest

    def named(self, name: str) -> Style:
        """The style of one component class on the grid's own."""
        return self._rest + self._component(f"grid--{name}")

    def cell(self, state: str, tone: str, *, changed: bool) -> Style:
        """The style of a cell: the state of its row, its tone, and whether it is news."""
        held = self._sums.get((state, tone, changed))
        if held is None:
            held = self.named(state) if state else self._rest
            if tone in {"bad", "warn", "muted"}:
                held += self._component(f"grid--{tone}")
            if changed:
                held += self._component("grid--changed")
            self._sums[state, tone, changed] = held
        return held


class GridPainter:
    """Paints rows and the heading; knows the columns and nothing of where the rows are."""

    def __init__(self, widths: ColumnWidths, *, ascii_only: bool = False) -> None:
        self.widths, self.ascii_only = widths, ascii_only
        self.layout: Layout = widths.layout(0)
        self._bar = ASCII_BAR if ascii_only else BAR
        self._mark = ASCII_MARK if ascii_only else MARK

    def cell_text(self, row: GridRow, index: int, now: float) -> str:
        """The text of one cell, with the glyph of its tone where no word says it."""
        kind = self.widths.columns[index].kind
        text = show(row.cells[index] if index < len(row.cells) else None, kind, now)
        tone = row.tones[index] if index < len(row.tones) else ""
        if tone in {"bad", "warn"} and kind in WORDLESS:
            return f"{glyph(tone, ascii_only=self.ascii_only)} {text}"
        return text

    def ages(self, row: GridRow, now: float) -> tuple[str, ...]:
        """What the row says of time at this moment."""
        columns = self.widths.columns
        return tuple(
            [
                self.cell_text(row, p.column, now)
                for p in self.layout.placed
                if _ticks(columns[p.column].kind)
            ]
        )

    def row(
        self,
        row: GridRow,
        now: float,
        palette: Palette,
        *,
        cursor: str = "",
        marked: bool = False,
        changed: Collection[int] = (),
    ) -> Painted:
        """Paint a row; ``cursor`` is the component of the cursor when it is on this row."""
        state = cursor or ("marked" if marked else "")
        plain = palette.cell(state, "", changed=False)
        body: list[Segment] = []
        run, run_style = "", plain
        for index, _x, width in self.layout.placed:
            kind = self.widths.columns[index].kind
            text = _cut(self.cell_text(row, index, now), width, kind)
            tone = row.tones[index] if index < len(row.tones) else ""
            style = (
                palette.cell(state, tone, changed=True)
                if index in changed
                else (palette.cell(state, tone, changed=False) if tone else plain)
            )
            if style is not run_style:
                body.append(Segment(run, run_style))
                run, run_style = "", style
            run += text
            if style is plain:
                run += " " * GAP
            else:
                body.append(Segment(run, style))
                run, run_style = " " * GAP, plain
        body.append(Segment(run, run_style))
        strip = Strip([segment for segment in body if segment.text])
        return Painted(
            self._gutter(row, palette, state, cursor=cursor, marked=marked),
            strip.adjust_cell_length(max(1, self.layout.width), plain),
            self.ages(row, now),
        )

    def _gutter(
        self, row: GridRow, palette: Palette, state: str, *, cursor: str, marked: bool
    ) -> Strip:
        tone = worst(row.tones)
        plain = palette.cell(state, "", changed=False)
        bar = plain + palette.named("bar").background_style if cursor else plain
        sign = glyph(tone, ascii_only=self.ascii_only) or " "
        return Strip(
            [
                Segment(self._bar if cursor else " ", bar),
                Segment(self._mark if marked else " ", plain),
                Segment(sign + " ", palette.cell(state, tone, changed=False)),
            ],
            GUTTER,
        )

    def heading(self, palette: Palette, column: int, *, reverse: bool) -> Strip:
        """Paint the titles; the one that sorts carries an arrow."""
        style, sorted_style = palette.named("header"), palette.named("header-sorted")
        segments: list[Segment] = []
        for index, _x, width in self.layout.placed:
            title, of = self.widths.columns[index].heading, style
            if index == column:
                title = fit(title, min(cell_len(title), max(0, width - 2)))
                title, of = f"{title} {self.arrow(reverse=reverse)}", sorted_style
            right = is_right(self.widths.columns[index].kind)
            segments.append(Segment(fit(title, width, right=right), of))
            segments.append(Segment(" " * GAP, style))
        return Strip(segments[:-1])

    def arrow(self, *, reverse: bool) -> str:
        """The sign for a direction of sorting."""
        if self.ascii_only:
            return "v" if reverse else "^"
        return "↓" if reverse else "↑"


def _ticks(kind: str) -> bool:
    """Whether a cell of this kind reads differently as time passes."""
    return kind == "age"


def _cut(text: str, width: int, kind: str) -> str:
    """A text in the width of its column: what has no spaces is an id, and is cut in its middle."""
    if len(text) > width and kind == "text" and " " not in text:
        text = cut_middle(text, width)
    return fit(text, width, right=is_right(kind))
