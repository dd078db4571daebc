"""The hands on a grid: cursor and marks, the keys that move them, and what they tell."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from awstui.ui.grid_paint import GUTTER
from awstui.ui.grid_surface import GridSurface


def _key(
    keys: str, action: str, title: str, name: str, tooltip: str, *, show: bool = False
) -> Binding:
    return Binding(keys, action, title, show=show, id=f"grid.{name}", tooltip=tooltip)


class GridCursor(GridSurface, inherit_bindings=False):
    """A surface of rows with a cursor that the keyboard moves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("down,j", "move(1)", "Down", "down", "The next row"),
        _key("up,k", "move(-1)", "Up", "up", "The row before"),
        _key("pagedown,ctrl+f", "page(1)", "Page down", "page-down", "A screenful further"),
        _key("pageup,ctrl+b", "page(-1)", "Page up", "page-up", "A screenful back"),
        _key("home,g", "first", "First", "first", "The first row"),
        _key("end,G", "last", "Last", "last", "The last row"),
        _key("left", "shift(-1)", "Left", "left", "Scroll to the left"),
        _key("right", "shift(1)", "Right", "right", "Scroll to the right"),
        _key("space", "mark", "mark", "mark", "Mark the row and go on to the next", show=True),
        _key(
            "ctrl+@,ctrl+space", "mark_range", "Mark range", "mark-range",
            "Mark from the last marked row to this one",
        ),
        _key("enter", "select", "open", "select", "Open the row", show=True),
    ]  # fmt: skip

    class Highlighted(Message, namespace="grid"):
        """The cursor is on another row."""

        def __init__(self, grid: GridCursor, key: Hashable | None) -> None:
            super().__init__()
            self.grid, self.key = grid, key

        @property
        def control(self) -> GridCursor:
            """The grid it happened in."""
            return self.grid

    class Selected(Message, namespace="grid"):
        """A row is to be opened."""

        def __init__(self, grid: GridCursor, key: Hashable) -> None:
            super().__init__()
            self.grid, self.key = grid, key

        @property
        def control(self) -> GridCursor:
            """The grid it happened in."""
            return self.grid

    class MarksChanged(Message, namespace="grid"):
        """Other rows are marked."""

        def __init__(self, grid: GridCursor, count: int) -> None:
            super().__init__()
            self.grid, self.count = grid, count

        @property
        def control(self) -> GridCursor:
            """The grid it happened in."""
            return self.grid

    class SortChanged(Message, namespace="grid"):
        """The rows stand in another order; an empty title is the operator's."""

        def __init__(self, grid: GridCursor, title: str, *, reverse: bool) -> None:
            super().__init__()
            self.grid, self.title, self.reverse = grid, title, reverse

        @property
        def control(self) -> GridCursor:
            """The grid it happened in."""
            return self.grid

    _said: Hashable | None = None
    _last_mark: Hashable | None = None

    def _say(self, *, marks: bool = False) -> None:
        """Tell what changed for those who listen."""
        key = self.model.cursor_key
        if key != self._said:
            self._said = key
            self.post_message(self.Highlighted(self, key))
        if marks:
            self.post_message(self.MarksChanged(self, len(self.model.marks)))

    def _move_to(self, place: int) -> None:
        before = self.model.cursor
        self.model.move_to(place)
        after = self.model.cursor
        if before != after:
            self._paint_places((before, after))
        self._reveal()
        self._say()

    def _mark(self, places: Iterable[int], *, on: bool) -> None:
        touched = list(places)
        self.model.mark(touched, on=on)
        self._paint_places(touched)
        self._say(marks=True)

    # ---- keys and mouse --------------------------------------------------------------------------

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._move_to((self.model.cursor or 0) + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by screenfuls."""
        rows = max(1, self.size.height - self.heading_height - 1)
        self._move_to((self.model.cursor or 0) + pages * rows)

    def action_first(self) -> None:
        """Go to the first row, and follow what becomes it."""
        self._move_to(0)
        self.model.follows_top = True

    def action_last(self) -> None:
        """Go to the last row."""
        self._move_to(len(self.model.view) - 1)

    def action_shift(self, direction: int) -> None:
        """Scroll sideways, where columns are wider than the screen."""
        step = max(1, (self.size.width - GUTTER) // 3)
        x = self.scroll_offset.x + direction * step
        self.scroll_to(x=x, animate=False, immediate=True, force=True)

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor, and go on to the next."""
        place, key = self.model.cursor, self.model.cursor_key
        if place is None or key is None:
            return
        self._last_mark = key
        self._mark([place], on=key not in self.model.marks)
        self._move_to(place + 1)

    def action_mark_range(self) -> None:
        """Mark from the last marked row to this one."""
        place = self.model.cursor
        if place is None:
            return
        last = self.model.place_of(self._last_mark) if self._last_mark is not None else None
        start = place if last is None else last
        self._last_mark = self.model.cursor_key
        self._mark(range(min(start, place), max(start, place) + 1), on=True)

    def action_select(self) -> None:
        """Open the row under the cursor."""
        if (key := self.model.cursor_key) is not None:
            self.post_message(self.Selected(self, key))
