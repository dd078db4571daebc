"""Messages taken apart: by group, by expression, in columns of one's own, two beside each other."""

from __future__ import annotations

import time
from itertools import chain
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from awstui.cells import duration, moment, spark
from awstui.plugin import Row
from awstui.ui.grid import Grid, GridRow
from awstui.ui.lines import Line

from ..labelled import labelled
from ..message import Shown, shown
from ..messages_pane import MessagesPane
from ..snapshot import GROUP_COLUMNS
from .arrivals import arrivals
from .comparing import differences
from .filters import WantedError, wanted

TALL = 20
"""Lines of a pane from which there is room for the arrivals."""


REDRAWN = 0.5
"""Seconds between two drawings of bars and groups while messages come."""


class ArrivalsLine(Widget):
    """One line: when the messages that are shown were sent."""

    DEFAULT_CSS = """
    ArrivalsLine { height: 1; width: 1fr; color: $foreground-muted; display: none; }
    ArrivalsLine.shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._moments: list[float] = []

    def say(self, moments: list[float]) -> None:
        """Show other moments."""
        self._moments = moments
        self.refresh()

    def render(self) -> Text:
        """First, bars, last, and how many the highest bar is."""
        now = time.time()
        made = arrivals(self._moments, max(1, min(60, self.size.width - 56)))
        if not made.counts:
            return Text("  sent –")
        first, last = moment(made.first, now), moment(made.last, now)
        most = f"most {max(made.counts):,} in {duration(made.part)}"
        bars = spark([float(count) for count in made.counts], width=len(made.counts))
        return Text(f"  sent {first} {bars} {last} · {most}", no_wrap=True, overflow="ellipsis")


class TriagePane(MessagesPane):
    """The messages of one look, and the ways to find out what they have in common."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "groups", "groups", id="messages.groups",
                tooltip="Group by error and shape, or all messages again"),
        Binding("f", "choose", "filter", id="messages.filter",
                tooltip="Only what fits: age>1d receives>=5 ?jmespath"),
        Binding("C", "columns", "columns", show=False, id="messages.columns",
                tooltip="Columns of your own: JMESPath over the body, parted by ;"),
        Binding("equals_sign", "compare", "diff", show=False, id="messages.diff",
                tooltip="What differs between two marked messages, or the marked one and this"),
        Binding("asterisk", "mark_shown", "mark all", show=False, id="messages.mark-all",
                tooltip="Mark all that are shown, or none"),
        Binding("s", "sort", "sort", show=False, id="messages.sort", tooltip="Sort by the next column"),
        Binding("h", "arrivals", "arrivals", show=False, id="messages.arrivals",
                tooltip="When they were sent, as bars"),
    ]  # fmt: skip

    FIRST: ClassVar[tuple[str, ...]] = (
        "messages.release", "messages.groups", "messages.filter", "messages.redrive", "messages.edit",
        "messages.search", "messages.attributes",
    )  # fmt: skip

    def __init__(self, row: Row, what: str = "messages") -> None:
        super().__init__(row, what)
        self.group_grid = Grid(GROUP_COLUMNS)
        self.group_grid.display = False
        self.bars = ArrivalsLine()
        self._choice_text = ""
        self._drawn, self._stale = 0.0, False
        self._hides_bars = False

    def content(self) -> ComposeResult:
        """The bars, the list or the groups, and the message."""
        yield self.bars
        yield self.group_grid
        yield from super().content()

    def focus_content(self) -> None:
        """The list that is seen has the keys."""
        (self.group_grid if self.shows_groups else self.grid).focus(scroll_visible=False)

    # ---- what came ---------------------------------------------------------------------------------

    def begin(self) -> None:
        """Forget what was chosen, too."""
        super().begin()
        self._choice_text = ""
        self.group_grid.clear()
        self._draw()

    def came(self, rows: list[GridRow]) -> None:
        """Show messages as they come; what is made of all of them not oftener than it can be read."""
        super().came(rows)
        self._stale = True
        if time.monotonic() - self._drawn > REDRAWN:
            self._draw()

    def tick(self, now: float) -> None:
        """Let ages grow, and what is made of all messages follow."""
        super().tick(now)
        self.grid.tick(now)
        self.group_grid.tick(now)
        if self._stale:
            self._draw()

    def on_resize(self) -> None:
        """Show the bars where there is room for them."""
        self._draw()

    def _draw(self) -> None:
        """Make bars and groups of what is left, once that is known."""
        if self.is_narrowing:
            return
        self._drawn, self._stale = time.monotonic(), False
        fitting = list(self.snapshot.fitting())
        room = self.size.height >= TALL and not self._hides_bars
        self.bars.set_class(room and len(fitting) > 1, "shown")
        self.bars.say([held.sent for held in fitting])
        if self.shows_groups:
            self.group_grid.replace(self.snapshot.group_rows())

    def opened(self, held: Shown) -> Shown:
        """A message with its whole body open."""
        return shown(self.whole(held)) if held.is_cut else held

    def gone(self, idents: list[str]) -> None:
        """Messages are no more: the list forgets them at once, bars and groups when they are drawn."""
        self.snapshot.drop(idents)
        self._hidden_marks.difference_update(idents)
        self.grid.apply([], idents)
        self._stale = True

    def have(self, rows: list[GridRow]) -> None:
        """Bars and groups are of what is left."""
        super().have(rows)
        self._draw()

    # ---- groups ------------------------------------------------------------------------------------

    @property
    def shows_groups(self) -> bool:
        """Whether the groups are seen in place of the messages."""
        return self.group_grid.display

    def action_groups(self) -> None:
        """Group them, or show all of them again."""
        self._show_groups(on=not self.shows_groups)

    def _show_groups(self, *, on: bool) -> None:
        seen, hidden = (self.group_grid, self.grid) if on else (self.grid, self.group_grid)
        # At once and in this order: the keys of a list that goes away would go to whatever comes next.
        seen.display = True
        self.screen.set_focus(seen, scroll_visible=False)
        hidden.display = False
        if on:
            self.snapshot.group = ""
            self.narrowed()
        self._show()

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Narrow to the group under the cursor; reading on in a message is what all panes do."""
        if message.grid is not self.group_grid:
            return
        message.stop()
        message.prevent_default()  # else the class above would take it, too
        self._show_groups(on=False)
        self.snapshot.group = str(message.key)
        self.narrowed()

    def here(self) -> Shown | None:
        """The message under the cursor, or the sample of the group under it."""
        if not self.shows_groups:
            return super().here()
        return self.snapshot.sample(str(self.group_grid.cursor_key))

    def selected(self) -> list[str]:
        """The ids that a key acts on: what is marked, else what the cursor is on."""
        if self.shows_groups:
            keys = self.group_grid.marked_keys() or [self.group_grid.cursor_key]
            return self.snapshot.members(map(str, keys))
        if marked := self.marked():
            return marked
        held = self.here()
        return [held.ident] if held else []

    def back(self) -> bool:
        """Esc leaves body, search, filter, group and marks, one after the other."""
        if self.lines.has_focus and self.shows_groups:
            self.group_grid.focus()
            return True
        if super().back():
            return True
        if self._choice_text:
            self._choose("")
        elif self.snapshot.group:
            self._show_groups(on=True)
        elif self.shows_groups:
            self._show_groups(on=False)
        elif self.marked():
            self.mark(set())
        else:
            return False
        return True

    # ---- filter and columns ------------------------------------------------------------------------

    def action_choose(self) -> None:
        """Ask which ones to show."""
        self.console.guide.ask_filter("only", self._choose, self._choice_text)

    def _choose(self, text: str) -> str:
        try:
            self.snapshot.look_for(chosen=wanted(text))
        except WantedError as error:
            return str(error)
        self._choice_text = text.strip()
        self.narrowed()
        return ""

    def action_columns(self) -> None:
        """Ask what to show in columns."""
        self.console.guide.ask_filter("columns", self._have_columns, self.snapshot.column_text)

    def _have_columns(self, text: str) -> str:
        try:
            self.snapshot.add_columns(text)
        except WantedError as error:
            return str(error)
        if self.snapshot.columns != tuple(self.grid.columns):
            marks, cursor = set(self.marked()), self.grid.cursor_key
            self.grid.set_columns(self.snapshot.columns)
            self.grid.replace(self.snapshot.rows())
            self.mark(marks)
            self.grid.go_to(cursor)
        return ""

    def action_sort(self) -> None:
        """Sort by the next column."""
        (self.group_grid if self.shows_groups else self.grid).cycle_sort()

    def action_mark_shown(self) -> None:
        """Mark all that are shown; none when all are marked."""
        grid = self.group_grid if self.shows_groups else self.grid
        all_marked = grid.marked_count >= grid.rows_shown
        grid.mark_all(on=not all_marked)
        self.retitle()

    def action_arrivals(self) -> None:
        """Show or hide the bars."""
        self._hides_bars = self.bars.has_class("shown")
        self._draw()

    # ---- two beside each other -----------------------------------------------------------------------

    def action_compare(self) -> None:
        """Show what differs, or the message again."""
        self.face = "body" if self.face == "diff" else "diff"
        if self.face == "diff" and self._pair() is None:
            self.face = "body"
            self.console.say("Mark two messages, or one and put the cursor on another.", "warn")
        self._show()

    def _pair(self) -> tuple[Shown, Shown] | None:
        """The two that are compared: the marked ones, or the marked one and that under the cursor."""
        found = [held for ident in self.marked() if (held := self.snapshot.get(ident))]
        if len(found) == 1 and (held := self.here()) is not None and held is not found[0]:
            found.append(held)
        return (found[0], found[1]) if len(found) == 2 else None

    def show_message(self, held: Shown) -> None:
        """Show what differs between two, or one message."""
        pair = self._pair() if self.face == "diff" else None
        if pair is None:
            super().show_message(held)
            return
        one, other = pair
        head = labelled([("- first", one.ident, "bad"), ("+ second", other.ident, "good")])
        found = differences(self.opened(one), self.opened(other))
        self.lines.set_lines(
            chain([*head, Line("")], (line and _difference(*line) for line in found))
        )

    # ---- telling -----------------------------------------------------------------------------------

    def facts(self) -> tuple[str, str]:
        """How the look stands, and what of it is shown."""
        said, tone = super().facts()
        parts = [said]
        if self._choice_text:
            parts.append(f"{self._choice_text} {self.grid.rows_shown:,}")
        if self.shows_groups:
            parts.append(f"{self.group_grid.rows_shown} groups")
        elif self.snapshot.group:
            parts.append(f"{self.grid.rows_shown:,} of group {self.snapshot.group}")
        return " · ".join(parts), tone


def _difference(sign: str, text: str) -> Line:
    """A line of a comparison: its sign says what its tone says."""
    return Line(f" {sign} {text}", {"-": "bad", "+": "good", "…": "muted"}.get(sign, ""))
