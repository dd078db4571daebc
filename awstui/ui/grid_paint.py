"""How one line of a grid becomes a strip of styled cells."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from awstui.cells import WORDLESS, cut_middle, fit, is_right, show
from awstui.masking import HIDDEN, is_secret, mask
from awstui.ui.grid_columns import GAP, ColumnWidths, Layout
from awstui.ui.grid_model import GridRow
from awstui.ui.tone import glyph, worst

GUTTER: Final = 4
"""Cells at the left edge: cursor bar, mark, tone, space."""

BAR, MARK = "▌", "●"


class Painted(NamedTuple):
    """A row as it was painted."""

    strip: Strip
    ages: tuple[str, ...]
    """What it says of time, so that a tick knows whether it still holds."""

    grown: bool
    """Whether a column wants to be wider for what is in the row."""


class Looks(NamedTuple):
    """How a row stands: all that decides its strip beside what is in it."""

    cursor: str = ""
    """The component of the cursor, when it is on the row."""

    marked: bool = False
    changed: Collection[int] = ()
    """The columns that are news."""

    @property
    def state(self) -> str:
        """The component the whole row has."""
        return self.cursor or ("marked" if self.marked else "")


class Window(NamedTuple):
    """Which part of a line is seen: how far it is scrolled sideways, and how wide the screen is."""

    x: int
    width: int


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

    def bar(self, state: str) -> Style:
        """The style of the cursor's bar."""
        return self.cell(state, "", changed=False) + self._component("grid--bar")

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

    def __init__(self, widths: ColumnWidths) -> None:
        self.widths = widths
        self.layout: Layout = widths.layout(0)

    def cell_text(self, row: GridRow, index: int, now: float) -> str:
        """The text of one cell, with the glyph of its tone where no word says it."""
        column = self.widths.columns[index]
        kind, cell = column.kind, row.cells[index] if index < len(row.cells) else None
        text = show(cell, kind, now)
        if isinstance(cell, str | list):  # a number is no secret
            text = HIDDEN if cell and is_secret(column.title) else mask(text)
        tone = row.tones[index] if index < len(row.tones) else ""
        if tone in {"bad", "warn"} and kind in WORDLESS:
            return f"{glyph(tone)} {text}"
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
        self, row: GridRow, now: float, palette: Palette, looks: Looks, window: Window
    ) -> Painted:
        """Paint a row: cells of one style run together, because each run costs bytes and time."""
        state, columns = looks.state, self.widths.columns
        plain = palette.cell(state, "", changed=False)
        segments: list[Segment] = []
        ages: list[str] = []
        grown = False
        run, run_style = "", plain
        for index, _x, width in self.layout.placed:
            kind = columns[index].kind
            text = self.cell_text(row, index, now)
            grown |= self.widths.grow(index, cell_len(text))
            if _ticks(kind):
                ages.append(text)
            tone = row.tones[index] if index < len(row.tones) else ""
            style = palette.cell(state, tone, changed=index in looks.changed)
            if style is not run_style:
                segments.append(Segment(run, run_style))
                run, run_style = "", style
            run += _cut(text, width, kind)
            if style is not plain:
                segments.append(Segment(run, style))
                run, run_style = "", plain
            run += " " * GAP
        segments.append(Segment(run, run_style))
        strip = self.line(self._gutter(row, palette, looks), segments, plain, window)
        return Painted(strip, tuple(ages), grown)

    def line(
        self, gutter: list[Segment], body: list[Segment], rest: Style, window: Window
    ) -> Strip:
        """The gutter, and as much of the line beside it as screen and scrolling let see."""
        room, length = window.width - GUTTER, self.layout.width + GAP
        if room <= 0:
            return Strip(gutter, GUTTER).crop(0, window.width)
        if window.x or length > room:
            body = list(Strip(body).crop(window.x, window.x + room))
            length = min(room, max(0, length - window.x))
        if length < room:
            body.append(Segment(" " * (room - length), rest))
        return Strip(gutter + [segment for segment in body if segment.text], window.width)

    def _gutter(self, row: GridRow, palette: Palette, looks: Looks) -> list[Segment]:
        tone = worst(row.tones)
        plain = palette.cell(looks.state, "", changed=False)
        sign = (glyph(tone) or " ") + " "
        mark = MARK if looks.marked else " "
        if not looks.cursor and not tone:
            return [Segment(f" {mark}{sign}", plain)]
        return [
            Segment(BAR, palette.bar(looks.state)) if looks.cursor else Segment(" ", plain),
            Segment(mark, plain),
            Segment(sign, palette.cell(looks.state, tone, changed=False)),
        ]

    def heading(self, palette: Palette, column: int, window: Window, *, reverse: bool) -> Strip:
        """Paint the titles; the one that sorts carries an arrow, and the edge says what is hidden."""
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
        if not segments:
            segments.append(Segment(" " * GAP, style))
        line = self.line([Segment(" " * GUTTER, style)], segments, style, window)
        note = f" +{self.layout.hidden} "
        if self.layout.hidden and len(note) < window.width:
            kept = line.crop(0, window.width - len(note))
            line = Strip([*kept, Segment(note, style)], window.width)
        return line

    def arrow(self, *, reverse: bool) -> str:
        """The sign for a direction of sorting."""
        return "↓" if reverse else "↑"


def _ticks(kind: str) -> bool:
    """Whether a cell of this kind reads differently as time passes."""
    return kind == "age"


def _cut(text: str, width: int, kind: str) -> str:
    """A text in the width of its column: what has no spaces is an id, and is cut in its middle."""
    if len(text) > width and kind == "text" and " " not in text:
        text = cut_middle(text, width)
    return fit(text, width, right=is_right(kind))
