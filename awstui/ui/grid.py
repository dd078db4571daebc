"""A table of any number of rows: cursor, marks and scroll stay with their keys whatever comes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from rich.cells import cell_len
from textual import events

from awstui.cells import is_right
from awstui.filtering import Filter, parse
from awstui.ui.grid_columns import GridColumn
from awstui.ui.grid_cursor import GridCursor
from awstui.ui.grid_model import OPERATOR, Change, GridRow
from awstui.ui.grid_paint import GUTTER

__all__ = ["Grid", "GridColumn", "GridRow"]


class Grid(GridCursor):
    """The table that every list of the console is."""

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
        return self.model.order.filter.text

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The title of the column that sorts, empty for the operator's order, and whether downwards."""
        column = self.model.order.column
        return (self.columns[column].title if column != OPERATOR else "", self.model.order.reverse)

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
            view = self.model.view
            self._paint_places([place for place in self.seen_places() if view[place].key in news])

    def filter(self, wanted: Filter | str) -> None:
        """See only what passes; a text that cannot be read raises ``FilterError`` and changes nothing."""
        if isinstance(wanted, str):
            wanted = parse(wanted)
        if wanted != self.model.order.filter:
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
            again = index == self.model.order.column
            largest_first = index != OPERATOR and is_right(self.columns[index].kind)
            reverse = not self.model.order.reverse if again and index != OPERATOR else largest_first
        self.model.sort(index, reverse=reverse)
        if index != OPERATOR:
            arrow = cell_len(self.columns[index].heading) + 2
            self._painter.widths.grow(index, arrow)
            self._relayout()
        self._reordered()
        self.post_message(self.SortChanged(self, self.sorted_by[0], reverse=reverse))
        return True

    def cycle_sort(self, step: int = 1) -> None:
        """Sort by the next column that is shown; after the last comes the operator's order."""
        shown = [OPERATOR, *(placed.column for placed in self._painter.layout.placed)]
        column = self.model.order.column
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

    def set_marks(self, keys: Iterable[Hashable]) -> None:
        """Mark exactly these rows, of those there are."""
        wanted = {key for key in keys if key in self.model.rows}
        if wanted != self.model.marks:
            self.model.marks = wanted
            self._strips.clear()
            self.refresh()
            self._say(marks=True)

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

    # ---- mouse ------------------------------------------------------------------------------------

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
