"""A table of any number of rows: cursor, marks and scroll stay with their keys whatever comes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from awstui.ui.cells import is_right
from awstui.ui.filtering import Filter, parse
from awstui.ui.grid_columns import GridColumn
from awstui.ui.grid_model import OPERATOR, Change, GridRow
from awstui.ui.grid_paint import GUTTER
from awstui.ui.grid_surface import GridSurface

__all__ = ["Grid", "GridColumn", "GridRow"]


def _key(keys: str, action: str, title: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, title, show=False, id=f"grid.{name}", tooltip=tooltip)


class Grid(GridSurface, inherit_bindings=False):
    """The table that every list of the console is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("down,j", "move(1)", "Down", "down", "The next row"),
        _key("up,k", "move(-1)", "Up", "up", "The row before"),
        _key("pagedown,ctrl+f", "page(1)", "Page down", "page-down", "A screenful further"),
        _key("pageup,ctrl+b", "page(-1)", "Page up", "page-up", "A screenful back"),
        _key("home,g", "first", "First", "first", "The first row"),
        _key("end,G", "last", "Last", "last", "The last row"),
        _key("left,h", "shift(-1)", "Left", "left", "Scroll to the left"),
        _key("right,l", "shift(1)", "Right", "right", "Scroll to the right"),
        _key("space", "mark", "Mark", "mark", "Mark the row and go on to the next"),
        _key(
            "ctrl+@,ctrl+space", "mark_range", "Mark range", "mark-range",
            "Mark from the last marked row to this one",
        ),
        _key("enter", "select", "Open", "select", "Open the row"),
    ]  # fmt: skip

    class Highlighted(Message):
        """The cursor is on another row."""

        def __init__(self, grid: Grid, key: Hashable | None) -> None:
            super().__init__()
            self.grid, self.key = grid, key

        @property
        def control(self) -> Grid:
            """The grid it happened in."""
            return self.grid

    class Selected(Message):
        """A row is to be opened."""

        def __init__(self, grid: Grid, key: Hashable) -> None:
            super().__init__()
            self.grid, self.key = grid, key

        @property
        def control(self) -> Grid:
            """The grid it happened in."""
            return self.grid

    class MarksChanged(Message):
        """Other rows are marked."""

        def __init__(self, grid: Grid, count: int) -> None:
            super().__init__()
            self.grid, self.count = grid, count

        @property
        def control(self) -> Grid:
            """The grid it happened in."""
            return self.grid

    class SortChanged(Message):
        """The rows stand in another order; an empty title is the operator's."""

        def __init__(self, grid: Grid, title: str, *, reverse: bool) -> None:
            super().__init__()
            self.grid, self.title, self.reverse = grid, title, reverse

        @property
        def control(self) -> Grid:
            """The grid it happened in."""
            return self.grid

    _said: Hashable | None = None
    _last_mark: Hashable | None = None

    # ---- what the owner asks and tells -----------------------------------------------------------

    @property
    def rows_shown(self) -> int:
        """How many rows pass the filter."""
        return len(self.model.view)

    @property
    def rows_total(self) -> int:
        """How many rows there are."""
        return len(self.model.rows)

    @property
    def cursor_key(self) -> Hashable | None:
        """The key of the row under the cursor; None when nothing is shown."""
        return self.model.cursor_key

    @property
    def filter_text(self) -> str:
        """The filter in force."""
        return self.model.filter.text

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The title of the column that sorts, empty for the operator's order, and whether downwards."""
        column = self.model.column
        return (self.columns[column].title if column != OPERATOR else "", self.model.reverse)

    def row(self, key: Hashable) -> GridRow | None:
        """The row of a key, shown or not."""
        return self.model.rows.get(key)

    def visible_keys(self) -> list[Hashable]:
        """The keys of the rows on screen, from the top."""
        return [self.model.view[place].key for place in self.seen_places()]

    def marked_keys(self) -> list[Hashable]:
        """The keys of the marked rows, in the order they are shown; hidden ones last."""
        return self.model.marked_keys()

    @property
    def marked_count(self) -> int:
        """How many rows are marked, hidden ones included."""
        return len(self.model.marks)

    def set_columns(self, columns: Sequence[GridColumn]) -> None:
        """Have other columns; rows are forgotten, because their cells belong to the old ones."""
        self.model.sort(OPERATOR)
        self.clear()
        self._use_columns(columns)
        self._relayout()

    def apply(
        self,
        upserts: Iterable[GridRow] = (),
        removed: Iterable[Hashable] = (),
        *,
        same_refresh: bool = False,
    ) -> None:
        """Take rows in and out; what changed is bold until the next refresh begins.

        A refresh that comes in several batches says ``same_refresh`` for all but the first.
        """
        coming = list(upserts)
        if not same_refresh:
            self.settle()
        self._changed(lambda: self.model.apply(coming, removed), coming)

    def replace(self, rows: Iterable[GridRow]) -> None:
        """Have exactly these rows."""
        coming = list(rows)
        self.settle()
        self._changed(lambda: self.model.replace(coming), coming)

    def clear(self) -> None:
        """Have no rows, and the cursor free."""
        had_marks = bool(self.model.marks)
        self.model.clear()
        self._news.clear()
        self._strips.clear()
        self._resize_surface()
        self._scroll_rows(0)
        self.refresh()
        self._say(marks=had_marks)

    def settle(self) -> None:
        """Begin another refresh: what changed before is no longer news."""
        if self._news:
            news, self._news = self._news, {}
            for key in news:
                self._forget(key)
            self._paint_places(map(self.model.place_of, news))

    def filter(self, wanted: Filter | str) -> None:
        """See only what passes; a text that cannot be read raises ``FilterError`` and changes nothing."""
        if isinstance(wanted, str):
            wanted = parse(wanted)
        if wanted != self.model.filter:
            self.model.refilter(wanted)
            self._reordered()

    def sort_by(self, column: str | int | None, reverse: bool | None = None) -> bool:
        """Sort by a column's title or index, or by the operator's order; False when there is none such.

        Without ``reverse`` the first time sorts as one wants to see it, largest first, and the next
        time the other way round.
        """
        index = self._index(column)
        if index is None:
            return False
        if reverse is None:
            again = index == self.model.column
            largest_first = index != OPERATOR and is_right(self.columns[index].kind)
            reverse = not self.model.reverse if again and index != OPERATOR else largest_first
        self.model.sort(index, reverse=reverse)
        self._reordered()
        self.post_message(self.SortChanged(self, self.sorted_by[0], reverse=reverse))
        return True

    def cycle_sort(self, step: int = 1) -> None:
        """Sort by the next column that is shown; after the last comes the operator's order."""
        shown = [OPERATOR, *(placed.column for placed in self._painter.layout.placed)]
        column = self.model.column
        at = shown.index(column) if column in shown else 0
        self.sort_by(shown[(at + step) % len(shown)])

    def go_to(self, key: Hashable) -> bool:
        """Put the cursor on a row; False when it is not shown."""
        place = self.model.place_of(key)
        if place is None:
            return False
        self._move_to(place)
        return True

    def mark_all(self, *, on: bool = True) -> None:
        """Mark, or unmark, every row that is shown."""
        self._mark(range(len(self.model.view)), on=on)

    def clear_marks(self) -> None:
        """Mark nothing, hidden rows included."""
        if self.model.marks:
            self.model.marks.clear()
            self._strips.clear()
            self.refresh()
            self._say(marks=True)

    # ---- what follows from it --------------------------------------------------------------------

    def _index(self, column: str | int | None) -> int | None:
        if column is None or column in ("", OPERATOR):
            return OPERATOR
        if isinstance(column, int):
            return column if 0 <= column < len(self.columns) else None
        titles = [held.title.lower() for held in self.columns]
        return titles.index(column.lower()) if column.lower() in titles else None

    def _changed(self, act: Callable[[], Change], coming: list[GridRow]) -> None:
        """Change the rows; what is on screen stays where it is, and only what differs is painted."""
        model, places = self.model, self.seen_places()
        seen = [model.view[place] for place in places]
        cursor, cursor_key, marks = model.cursor, model.cursor_key, len(model.marks)
        anchor = cursor if cursor in places and not model.follows_top else places.start
        held = model.view[anchor] if anchor is not None and seen else None
        top = self.scroll_offset.y
        change = act()
        for key, columns in change.touched.items():
            self._forget(key)
            if columns:
                self._news[key] = [i for i in columns if self.columns[i].kind != "spark"]
        also = set(change.touched)
        if change.moved:
            self._resize_surface()
            place = model.place_of(held.key) if held is not None else None
            if place is not None and anchor is not None and place != anchor and top:
                self._scroll_rows(top + place - anchor)
        if model.cursor_key != cursor_key:
            also |= {cursor_key, model.cursor_key}
        self._measure(coming)
        self._paint_difference(seen, also)
        self._say(marks=len(model.marks) != marks)

    def _reordered(self) -> None:
        self._resize_surface()
        if not self.model.follows_top:
            self._reveal()
        else:
            self._scroll_rows(0)
        self.refresh()
        self._say()

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

    def on_click(self, event: events.Click) -> None:
        """A heading sorts; a row takes the cursor, and opens when it has it already."""
        event.stop()
        if event.y < self.heading_height:
            at = event.x - GUTTER + self.scroll_offset.x
            for column, x, width in self._painter.layout.placed:
                if x <= at < x + width:
                    self.sort_by(column)
            return
        place = self.scroll_offset.y + event.y - self.heading_height
        if place < len(self.model.view):
            if place == self.model.cursor:
                self.action_select()
            else:
                self._move_to(place)
