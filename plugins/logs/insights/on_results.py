"""What is done with the rows that a query found: walked, sorted, filtered, drawn, opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui import wire
from awstui.errors import AwstuiError
from awstui.filtering import FilterError, parse
from awstui.plugin import Row
from awstui.text import safe
from awstui.ui.detail_pane import DetailPane
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.pane import Pane

from ..ansi import plain
from . import answer
from .around import located
from .around_pane import AroundPane
from .chart_view import ChartView
from .parts import merged

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import RemoteAws

    from .parts import Part


ALWAYS = ("@timestamp", "@message")
"""Columns that are shown however narrow it is."""


class OnResults(Pane):
    """The part of Insights that is about rows and their chart."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "chart", "chart", id="insights.chart", tooltip="Show or hide the chart"),
        Binding("s", "sort", "sort", show=False, id="insights.sort", tooltip="Sort by the next column"),
        Binding("slash", "filter", "filter", id="insights.filter", tooltip="Show only rows that match"),
        Binding("y", "raw", "JSON", show=False, id="insights.raw", tooltip="The row as Insights gave it"),
        Binding("c", "copy", "copy", show=False, id="insights.copy", tooltip="Copy the row as JSON"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    OnResults Grid { height: 1fr; }
    """

    target: Target
    targets: list[Target]
    """The row it was opened on, and all that were marked."""

    groups: list[str]
    """The names, or ARNs, of the groups it is about."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.grid, self.chart = Grid((GridColumn("Results"),)), ChartView()
        self.filter_text = ""
        self.results: Row = {}
        self.sources: list[Part] = []
        """Of each row the place it is from."""

    def content(self) -> ComposeResult:
        """The chart over the results."""
        yield self.chart
        yield self.grid

    @property
    def aws(self) -> RemoteAws:
        """The door to the groups' own account and region."""
        return self.remote.aws(self.target.ref.scope, "logs")

    def clear(self) -> None:
        """Show nothing, filtered by nothing."""
        self.filter_text, self.results, self.sources = "", {}, []
        self.grid.clear()
        self.chart.say(answer.Chart())

    def show_results(self, parts: Sequence[Part], query: str) -> None:
        """Show what a query has found so far in all its places."""
        self.results, self.sources = merged(parts, query)
        results = self.results
        rows = results["rows"]
        names = answer.columns(rows)
        kinds = answer.kinds(rows, names)
        columns = tuple(
            GridColumn(name, kind, rank=0 if place == 0 or name in ALWAYS else 1)
            for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
        )
        if columns and columns != self.grid.columns:
            self.grid.set_columns(columns)
        self.grid.replace(
            GridRow(place, cells(row, names, kinds), ("",) * len(names), (place,))
            for place, row in enumerate(rows)
        )
        self.chart.say(answer.chart(rows, query))

    def here(self) -> Row | None:
        """The row under the cursor as Insights gave it."""
        key: Any = self.grid.cursor_key
        rows = self.results.get("rows") or []
        return rows[key] if isinstance(key, int) and key < len(rows) else None

    def _whence(self) -> tuple[wire.Scope, list[str]]:
        """Where the row under the cursor is from, and the groups that were asked there."""
        key: Any = self.grid.cursor_key
        if isinstance(key, int) and key < len(self.sources):
            return self.sources[key].scope, self.sources[key].groups
        return self.target.ref.scope, self.groups

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Go to the lines around a result."""
        message.stop()
        if (row := self.here()) is not None:
            self.work(self._around(row), "around")

    async def _around(self, row: Row) -> None:
        scope, groups = self._whence()
        aws = self.remote.aws(scope, "logs")
        try:
            where = await located(aws, row, groups)
        except AwstuiError as error:
            self.console.say(error.problem.what, "warn")
            return
        pane = AroundPane(where, aws)
        pane.bound_to = scope
        self.post_message(self.Opened(pane))

    def action_chart(self) -> None:
        """Show or hide the chart."""
        self.chart.toggle()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.grid.cycle_sort()

    def action_filter(self) -> None:
        """Ask for a filter over what was found; nothing is asked anew."""
        self.console.guide.ask_filter("/", self._filter, self.filter_text)

    def _filter(self, text: str) -> str:
        try:
            self.grid.filter(parse(text))
        except FilterError as error:
            return str(error)
        self.filter_text = text
        self.retitle()
        return ""

    def back(self) -> bool:
        """Esc takes the filter away first."""
        if self.filter_text:
            self._filter("")
            return True
        return False

    def action_raw(self) -> None:
        """Show the row as Insights gave it."""
        if (row := self.here()) is not None:

            async def load() -> Row:
                return row

            pane = DetailPane("Result › JSON", load, raw=True, wrap=True)
            pane.bound_to, _ = self._whence()
            self.post_message(self.Opened(pane))

    def action_copy(self) -> None:
        """Copy the row as JSON."""
        if (row := self.here()) is not None:
            self.console.copy(wire.as_json(row), "the row")


def cells(row: Row, names: list[str], kinds: list[str]) -> tuple[Any, ...]:
    """The cells of a result; a message of many lines shows its first, without its colours."""
    return tuple(
        answer.number(row.get(name)) if kind == "number" else _first_line(row.get(name))
        for name, kind in zip(names, kinds, strict=True)
    )


def _first_line(held: Any) -> str | None:
    if held is None:
        return None
    first, *more = plain(str(held)).strip("\r\n").splitlines() or [""]
    return safe(f"{first}  +{len(more)}" if more else first)
