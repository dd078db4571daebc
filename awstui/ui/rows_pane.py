"""A pane of rows: a grid, how the list stands, and what the row under the cursor has to say."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from awstui import wire
from awstui.cells import age
from awstui.filtering import FilterError, parse
from awstui.text import safe
from awstui.ui import places
from awstui.ui.followed_rows import FollowedRows
from awstui.ui.grid import Grid, GridColumn
from awstui.ui.pane import problem_lines
from awstui.ui.tone import style

CADENCES = (0.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
"""What ``R`` walks through, in seconds; 0 is only when asked."""

SLOW = 2.0
"""Seconds after which a reading that is under way says how long it has been."""

LATE = 3.0
"""A list is stale when it is this many cadences old."""


HIGHEST = 6
"""Lines of the inspector, its rule not counted."""


class Inspector(Static):
    """A few lines about the row under the cursor, below a thin rule."""

    DEFAULT_CSS = """
    Inspector { height: auto; max-height: 7; border-top: solid $panel; padding: 0 1; display: none; }
    Inspector.shown { display: block; }
    """

    def say(self, text: Text) -> None:
        """Show another text; what is around it is laid out anew only when its height changes."""
        self.update(text, layout=False)
        size = self.content_size
        height = self.visual.get_height({}, size.width) if size.width else 0
        if not height or min(height, HIGHEST) != size.height:
            self.refresh(layout=True)


class RowsPane(FollowedRows):
    """Shows the rows it follows; a subclass subscribes and says what a row is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", priority=True, id="rows.filter",
                tooltip="Show only rows that match"),
        Binding("s", "sort", "sort", id="rows.sort", tooltip="Sort by the next column"),
        Binding("r", "refresh", "refresh", id="rows.refresh", tooltip="Read again at once"),
        Binding("R", "cadence", "cadence", show=False, id="rows.cadence", tooltip="How often to read"),
        Binding("i", "inspect", "inspect", show=False, id="rows.inspect", tooltip="More about the row"),
        Binding("c", "copy", "copy", show=False, id="rows.copy", tooltip="Copy the row's ARN or name"),
    ]  # fmt: skip

    FIRST: ClassVar[tuple[str, ...]] = ("grid.select", "rows.filter")

    def __init__(self, title: str, noun: str, columns: tuple[GridColumn, ...]) -> None:
        """``noun`` is what the rows are called when there are none."""
        super().__init__(title, noun, columns)
        self.inspector = Inspector(markup=False)
        self.filter_text = ""
        self._inspecting: bool | None = None
        self._inspected: wire.PackedRow | None = None
        self._every = -1.0

    def content(self) -> ComposeResult:
        """The grid over the inspector."""
        yield self.grid
        yield self.inspector

    def on_rows_applied(self) -> None:
        """Look again at the row under the cursor."""
        self._inspect()

    # ---- telling -------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Say in the body what the list alone does not: waiting, empty, failed."""
        empty = not self.grid.rows_total
        identity = self.console.identity
        nobody = identity.problem if identity is not None else None
        failed = places.failures(
            self._states, empty=empty, told_elsewhere=self.console.banner.is_shown
        )
        if failed:
            self.notice.say(failed, alone=empty)
        elif nobody is not None and not self.console.banner.is_shown:
            self.notice.say(problem_lines(nobody), alone=empty)
        elif self.phase in ("asking", "listing") and empty:
            asks = next((s.asks for s in self._states.values()), "") or self.noun
            waited = time.time() - self._asked_at
            trying = self.console.engine.questions.trying
            said = trying or f"asking {asks} · {waited:.0f} s · esc goes back"
            self.notice.say([(said, "warn" if trying else "muted")], alone=True)
        elif empty:
            self.notice.say([(f"No {self.noun} here. {self.where()}", "muted")], alone=True)
        elif not self.grid.rows_shown:
            self.notice.say(
                [
                    (
                        f"None of {self.grid.rows_total:,} match {self.filter_text}; esc clears it.",
                        "muted",
                    )
                ],
                alone=True,
            )
        else:
            self.notice.say([], alone=False)
        self.retitle()

    def where(self) -> str:
        """The account and region that were read, for an empty list."""
        scope = next(iter(self._states), self.console.scope)
        return f"Read {scope.region or 'the default region'} of {scope.account or scope.profile}."

    def facts(self) -> tuple[str, str]:
        """How many of how many, sort, filter, cadence, age."""
        grid, states = self.grid, list(self._states.values())
        troubled = sum(state.troubled for state in states)
        partial = any(state.phase == "ready" and state.problem is not None for state in states)
        marked = grid.marked_count
        title, reverse = grid.sorted_by
        parts = [
            self._count(),
            places.count(self.sources, self._states),
            f"{marked} marked" if marked else "",
            f"! {troubled} incomplete" if troubled else "",
            "! not all" if partial and not troubled else "",
            f"{title.lower()} {'↓' if reverse else '↑'}" if title else "",
            f"/{self.filter_text}" if self.filter_text else "",
            self._age(),
        ]
        partly = partial or any(state.phase == "failed" for state in states)
        bad = self.phase == "failed" or self._lapsed()
        tone = "bad" if bad else "warn" if troubled or partly else ""
        return " · ".join(part for part in parts if part), tone

    def _count(self) -> str:
        """How many rows, of how many, and whether that is all."""
        grid, states = self.grid, self._states.values()
        shown, total = f"{grid.rows_shown:,}", f"{grid.rows_total:,}"
        of = "" if shown == total else f"{shown} of "
        if self.phase == "listing":
            return f"{of}{total}+ loading"
        count = f"{of}{total}"
        if self.phase == "filling":
            filled, to_fill = sum(s.filled for s in states), sum(s.to_fill for s in states)
            return f"{count} · details {filled:,} of {to_fill:,}"
        return count

    def _age(self) -> str:
        """How often it is read, and how old it is."""
        at, now = self.at(), time.time()
        states = self._states.values()
        every = max((state.every for state in states), default=0.0)
        slowed = next((state.slowed for state in states if state.slowed), "")
        cadence = f"every {every:.0f} s" if every else "only on r"
        cadence += f", {slowed}" if slowed else ""
        if self.phase == "failed" or self._lapsed():
            return f"{places.stale(at)} · {cadence}" if slowed else places.stale(at)
        waited = now - self._asked_at
        if self.phase != "ready" and waited > SLOW:
            return f"{self.phase} {waited:.0f} s"
        if not at:
            return cadence
        late = "! " if every and now - at > LATE * every + 5 else ""
        return f"{cadence} · {late}{age(at, now)} old"

    def _lapsed(self) -> bool:
        scopes = list(self._states) or [source.scope for source in self.sources]
        return places.lapsed(places.sources_of(self.console.identity), scopes) is not None

    def tick(self, now: float) -> None:
        """Let ages grow; say how long a wait lasts."""
        self.grid.tick(now)
        if not self.grid.rows_total:
            self._tell()
        else:
            self.retitle()

    # ---- the row under the cursor --------------------------------------------------------------------

    def packed(self) -> wire.PackedRow | None:
        """The row under the cursor."""
        key: Any = self.grid.cursor_key
        return self._rows.get(key)

    def on_grid_highlighted(self, message: Grid.Highlighted) -> None:
        """Tell of another row."""
        message.stop()
        self._inspect()
        self.refresh_bindings()

    def on_grid_marks_changed(self, message: Grid.MarksChanged) -> None:
        """Count the marks."""
        message.stop()
        self.retitle()

    def on_grid_sort_changed(self, message: Grid.SortChanged) -> None:
        """Name the sort."""
        message.stop()
        self.retitle()

    def on_resize(self) -> None:
        """Show the inspector where there is room for it."""
        self._inspect()

    def _inspect(self) -> None:
        packed = self.packed()
        wanted = self.size.height >= 30 if self._inspecting is None else self._inspecting
        self.inspector.set_class(wanted and packed is not None, "shown")
        if not wanted or packed is self._inspected:
            return  # most of what comes is about other rows
        self._inspected = packed
        if packed is not None:
            self.inspector.say(self.inspection(packed))

    def inspection(self, packed: wire.PackedRow) -> Text:
        """What the inspector says of a row."""
        text = Text.assemble((safe(packed.key), "bold"))
        if packed.trouble:
            text.append(f"\n✗ {safe(packed.trouble)}", style(self.app, "bad"))
        return text

    # ---- keys ----------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Ask for a filter; it acts while it is typed."""
        self.console.guide.ask_filter("/", self.filter_by, self.filter_text)

    def filter_by(self, text: str) -> str:
        """Show only rows that match; the complaint when the text is no pattern."""
        try:
            wanted = parse(text)
        except FilterError as error:
            return str(error)
        self.filter_text = text
        self.grid.filter(wanted)
        self._tell()
        return ""

    def back(self) -> bool:
        """Esc first takes the filter away, then the marks, then goes back."""
        if self.filter_text:
            self.filter_by("")
            return True
        if self.grid.marked_count:
            self.grid.clear_marks()
            return True
        return False

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.grid.cycle_sort()
        self.retitle()

    def action_refresh(self) -> None:
        """Read again at once."""
        if self._subscription is not None:
            self._subscription.refresh()

    def action_cadence(self) -> None:
        """Read less or more often."""
        every = max((s.every for s in self._states.values()), default=0.0)
        later = [cadence for cadence in CADENCES if cadence > every]
        self._every = later[0] if later else CADENCES[0]
        if self._subscription is not None:
            self._subscription.refresh(self._every)
        words = f"every {self._every:.0f} s" if self._every else "only when asked (r)"
        self.console.say(f"{self.title}: read {words}.")

    def action_inspect(self) -> None:
        """Show or hide what the row has to say."""
        self._inspecting = not self.inspector.has_class("shown")
        self._inspect()

    def action_copy(self) -> None:
        """Copy what names the row through the terminal."""
        if packed := self.packed():
            self.console.copy(packed.arn or packed.key, packed.arn or packed.key)
