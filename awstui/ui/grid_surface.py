"""The part of a grid that is seen: what is painted, where, and when it has to be painted again."""

from __future__ import annotations

import time
from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import islice, zip_longest
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from awstui.ui.grid_columns import ColumnWidths, GridColumn
from awstui.ui.grid_model import GridModel, GridRow
from awstui.ui.grid_paint import GUTTER, GridPainter, Looks, Painted, Palette, Window
from awstui.ui.theme import component_style

SAMPLE = 32
"""Rows measured of a batch to find out how wide columns want to be; what comes into sight widens them anyway."""

KEPT = 512
"""Painted lines that are kept."""


class GridSurface(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrollable surface of rows below a heading; a row is never a widget."""

    DEFAULT_CSS = """
    GridSurface {
        width: 1fr; height: 1fr; layout: vertical;
        background: $background; color: $foreground;
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;

        & > .grid--header { color: $foreground-muted; }
        & > .grid--header-sorted { color: $foreground; text-style: bold; }
        & > .grid--cursor { background: $primary 28%; }
        & > .grid--cursor-away { background: $primary 10%; }
        & > .grid--bar { color: $primary; text-style: bold; }
        & > .grid--marked { color: $text-accent; }
        & > .grid--bad { color: $text-error; }
        & > .grid--warn { color: $text-warning; }
        & > .grid--muted { color: $foreground-muted; }
        & > .grid--changed { text-style: bold; }

        &:ansi > .grid--cursor { background: ansi_default; text-style: reverse; }
        &:ansi > .grid--cursor-away { background: ansi_default; text-style: underline; }
        &:ansi > .grid--header, &:ansi > .grid--muted { color: ansi_default; text-style: dim; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--header", "grid--header-sorted", "grid--cursor", "grid--cursor-away", "grid--bar",
        "grid--marked", "grid--bad", "grid--warn", "grid--muted", "grid--changed",
    }  # fmt: skip

    def __init__(
        self,
        columns: Sequence[GridColumn] = (),
        *,
        id: str | None = None,  # noqa: A002  Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.model = GridModel()
        self.now = time.time()
        """The moment that ages are counted to, in epoch seconds; ``tick`` moves it on."""

        self._strips: LRUCache[tuple[Hashable, str, bool], Painted] = LRUCache(KEPT)
        self._news: dict[Hashable, Collection[int]] = {}
        self._palette: Palette | None = None
        self._regrown = False
        self._use_columns(columns)

    def _use_columns(self, columns: Sequence[GridColumn]) -> None:
        self.columns = tuple(columns)
        self.model.order.kinds = tuple(column.kind for column in columns)
        self._painter = GridPainter(ColumnWidths(columns))

    # ---- geometry --------------------------------------------------------------------------------

    @property
    def heading_height(self) -> int:
        """Lines above the rows; a grid of one line shows a row rather than titles."""
        return 1 if self.size.height > 1 else 0

    @property
    def hidden_columns(self) -> int:
        """How many columns there is no room for."""
        return self._painter.layout.hidden

    def seen_places(self) -> range:
        """The places of the view that are on screen."""
        top = self.scroll_offset.y
        count = max(0, self.size.height - self.heading_height)
        return range(min(top, len(self.model.view)), min(len(self.model.view), top + count))

    def _relayout(self) -> None:
        """Lay the columns out anew, and paint all of it when that changed anything."""
        before = self._painter.layout
        room = max(1, self.scrollable_content_region.width - GUTTER)
        self._painter.layout = self._painter.widths.layout(room)
        if self._painter.layout != before:
            self._strips.clear()
            self.refresh()
        self._resize_surface()

    def _resize_surface(self) -> None:
        width = GUTTER + self._painter.layout.width
        wanted = Size(width, len(self.model.view) + self.heading_height)
        if self.virtual_size != wanted:
            self.virtual_size = wanted

    def _measure(self, rows: Sequence[GridRow]) -> None:
        """Let the columns grow with what is in some of these rows."""
        painter, stride = self._painter, max(1, len(rows) // SAMPLE)
        grown = False
        for row in islice(rows, 0, None, stride):
            for index in range(len(self.columns)):
                grown |= painter.widths.grow(
                    index, cell_len(painter.cell_text(row, index, self.now))
                )
        if grown:
            self._relayout()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for another size, the cursor still in sight."""
        self._strips.clear()
        self._relayout()
        self._reveal()

    def _reveal(self) -> None:
        """Scroll as little as possible so that the cursor is seen."""
        place = self.model.cursor
        rows = self.size.height - self.heading_height
        if place is None or rows <= 0:
            return
        top = self.scroll_offset.y
        if place < top:
            self._scroll_rows(place)
        elif place >= top + rows:
            self._scroll_rows(place - rows + 1)

    def _scroll_rows(self, top: int) -> None:
        if self.is_attached:
            self.scroll_to(y=max(0, top), animate=False, immediate=True, force=True)

    # ---- painting --------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget the styles: the theme or the focus changed."""
        self._palette = None
        self._strips.clear()
        super().notify_style_update()

    def _styles(self) -> Palette:
        if self._palette is None:
            self._palette = Palette(lambda name: component_style(self, name), self.rich_style)
        return self._palette

    def render_line(self, y: int) -> Strip:
        """Paint one line: the heading, a row, or nothing."""
        width, top = self.size.width, self.heading_height
        palette = self._styles()
        if y < top:
            order = self.model.order
            return self._painter.heading(palette, order.column, self._window, reverse=order.reverse)
        place = self.scroll_offset.y + y - top
        if place >= len(self.model.view):
            return Strip.blank(width, palette.rest)
        return self._painted(self.model.view[place], palette).strip

    def _painted(self, row: GridRow, palette: Palette) -> Painted:
        cursor = ""
        if row.key == self.model.cursor_key:
            cursor = "cursor" if self.has_focus else "cursor-away"
        marked = row.key in self.model.marks
        held = self._strips.get((row.key, cursor, marked))
        if held is None:
            looks = Looks(cursor, marked, self._news.get(row.key, ()))
            held = self._painter.row(row, self.now, palette, looks, self._window)
            self._strips[row.key, cursor, marked] = held
            if held.grown and not self._regrown:
                self._regrown = True
                self.call_next(self._relayout_grown)
        return held

    def _relayout_grown(self) -> None:
        """Lay out for what has just come into sight."""
        self._regrown = False
        self._relayout()

    @property
    def _window(self) -> Window:
        return Window(self.scroll_offset.x, self.size.width)

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Paint another part of the lines."""
        self._strips.clear()
        super().watch_scroll_x(old_value, new_value)

    # ---- repainting ------------------------------------------------------------------------------

    def _paint_places(self, places: Iterable[int | None]) -> None:
        """Paint some rows of the view again, if they are on screen."""
        seen, width = self.seen_places(), self.size.width
        top = self.heading_height - self.scroll_offset.y
        for place in places:
            if place is not None and place in seen:
                self.refresh(Region(0, place + top, width, 1))

    def _forget(self, key: Hashable) -> None:
        """Let a row be painted anew."""
        for cursor in ("", "cursor", "cursor-away"):
            for marked in (False, True):
                self._strips.discard((key, cursor, marked))

    def _paint_difference(self, before: Sequence[GridRow], also: Collection[Hashable]) -> None:
        """Paint the lines whose row is another than before, and those of some keys."""
        seen = self.seen_places()
        after = [self.model.view[place] for place in seen]
        top = self.heading_height
        for line, (was, row) in enumerate(zip_longest(before, after)):
            if was is not row or (row is not None and row.key in also):
                self.refresh(Region(0, line + top, self.size.width, 1))

    def tick(self, now: float) -> None:
        """Let time pass: ages on screen that read differently are painted again."""
        self.now = now
        painter = self._painter
        stale: list[int] = []
        for place in self.seen_places():
            row = self.model.view[place]
            if self._painted(row, self._styles()).ages != painter.ages(row, now):
                self._forget(row.key)
                stale.append(place)
        self._paint_places(stale)
