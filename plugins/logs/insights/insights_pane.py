"""Insights over one or many groups: the query, what it may cost, its results as they come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui import wire
from awstui.errors import AwstuiError
from awstui.plugin import Field, Row
from awstui.text import safe
from awstui.ui.detail_pane import DetailPane
from awstui.ui.dialogs import Form
from awstui.ui.filtering import FilterError, parse
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.pane import Pane, problem_lines

from ..moments import EXAMPLES, MomentError, moment
from ..naming import group_of
from . import answer, history
from .around import located
from .around_pane import AroundPane
from .chart_view import ChartView
from .command import scanned, sized
from .job import refusal
from .queries_pane import QueriesPane
from .question import DEFAULT, GROUPS, Question, dollars, estimate, pointed, price, wrong

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import RemoteAws, Stream
    from awstui.wire import Problem

DEAR = 0.5
"""Dollars from which on a query waits for a second key."""


class InsightsPane(Pane):
    """Asks a query of the groups it was opened on, and shows what it finds while it runs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="insights.edit", tooltip="Write the query, choose its range"),
        Binding("r", "run", "run", id="insights.run", tooltip="Ask the query; what it scans is paid for"),
        Binding("x", "stop", "stop", id="insights.stop", tooltip="Stop the query"),
        Binding("h", "queries", "history", id="insights.queries",
                tooltip="Queries asked before, and those saved in the account"),
        Binding("v", "chart", "chart", id="insights.chart", tooltip="Show or hide the chart"),
        Binding("s", "sort", "sort", show=False, id="insights.sort", tooltip="Sort by the next column"),
        Binding("slash", "filter", "filter", id="insights.filter", tooltip="Show only rows that match"),
        Binding("y", "raw", "JSON", show=False, id="insights.raw", tooltip="The row as Insights gave it"),
        Binding("c", "copy", "copy", show=False, id="insights.copy", tooltip="Copy the row as JSON"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    InsightsPane Grid { height: 1fr; }
    """

    target: Target
    """The group it was opened on; ``targets`` are all that were marked."""

    def __init__(self, row: Row, asked: Question | None = None) -> None:
        """``asked`` is a query to begin with, such as the one a tail offers; it waits for ``r``."""
        super().__init__(f"Insights {row['logGroupName']}")
        self.row = row
        self.wanted = asked.query if asked else DEFAULT
        self._since, self._until = "1h", "now"
        self._offered = asked
        self.grid, self.chart = Grid((GridColumn("Results"),)), ChartView()
        self.filter_text = ""
        self.results: Row = {}
        self._stream: Stream | None = None
        self._began = self._took = 0.0
        self._said = "nothing was asked yet · r runs, e edits"

    def content(self) -> ComposeResult:
        """The chart over the results."""
        yield self.chart
        yield self.grid

    def on_mount(self) -> None:
        """Begin with the query: nothing is asked, and paid for, by opening this."""
        super().on_mount()
        more = len(self.groups) - 1
        self.title += f" + {more}" if more else ""
        self._foretell()
        if self._offered is None:
            self.action_edit()
        elif self._offered.lost:
            self.console.say(self._offered.lost, "warn")

    def on_unmount(self) -> None:
        """Leaving stops the query: what it would scan further is not paid for."""
        self.action_stop()

    # ---- what is asked -------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """The groups it is about, of one account and region."""
        targets: list[Target] = list(getattr(self, "targets", None) or [self.target])
        scope = self.target.ref.scope
        return [one.row for one in targets if one.ref.scope == scope][:GROUPS]

    @property
    def groups(self) -> list[str]:
        """Their names, or ARNs where another account owns one."""
        if self._offered is not None:
            return list(self._offered.groups)
        return [group_of(row, self.target.ref.scope.account) for row in self.rows]

    @property
    def aws(self) -> RemoteAws:
        """The door to the groups' own account and region."""
        return self.remote.aws(self.target.ref.scope, "logs")

    def span(self) -> tuple[float, float]:
        """The range in epoch seconds."""
        if self._offered is not None:
            return self._offered.since, self._offered.until
        now = time.time()
        return moment(self._since, now), moment(self._until, now)

    def _foretell(self) -> float:
        """Say what a run may scan and cost; the price."""
        since, until = self.span()
        guess = estimate(self.rows, since, until, time.time())
        unknown = f", {guess.unknown} groups unknown" if guess.unknown else ""
        shown = " ".join(self.wanted.split())
        reach = "offered range" if self._offered else f"{self._since} to {self._until}"
        costs = f"about {sized(guess.bytes)}, {dollars(guess.price)}{unknown}"
        count = len(self.groups)
        told = f"{count} group{'s' if count > 1 else ''} · {reach} · estimate: {costs}"
        self.notice.say([(shown, ""), (told, "muted")], alone=False)
        return guess.price

    def action_edit(self) -> None:
        """Write the query and choose the range."""
        self.work(self._edit(), "edit")

    async def _edit(self) -> None:
        held = f"{len(self.groups)} of at most {GROUPS} groups"
        fields = (
            Field("query", "Query", "multiline", self.wanted, required=True, hint="^o edits it in $EDITOR"),
            Field("since", "From", default=self._since, hint=EXAMPLES),
            Field("until", "Up to", default=self._until, hint=f"now, or any time · {held}"),
        )  # fmt: skip
        scope = self.target.ref.scope
        given = await self.console.push_screen_wait(Form("Insights", scope, fields, self.row))
        if given is None or not self.is_attached:
            return
        try:
            now = time.time()
            moment(given["since"], now)
            moment(given["until"], now)
        except MomentError as error:
            self.console.say(str(error), "warn")
            return
        self._offered = None
        self.wanted, self._since, self._until = given["query"], given["since"], given["until"]
        self._decide()

    def _decide(self) -> None:
        """Run what is cheap at once, and what is dear after another key."""
        cost = self._foretell()
        if cost < DEAR:
            self.action_run()
        else:
            self._said = f"may cost {dollars(cost)} · r runs it"
            self.retitle()

    # ---- running -------------------------------------------------------------------------------------

    def action_run(self) -> None:
        """Ask the query."""
        self.action_stop()
        history.remember(self.wanted, self.groups)
        self.filter_text, self.results = "", {}
        self.grid.clear()
        self.chart.say(answer.Chart())
        self._foretell()
        self._began, self._took = time.time(), 0.0
        self.work(self._listen(), "query")

    async def _listen(self) -> None:
        since, until = self.span()
        stream = self._stream = self.remote.job(
            self.target.ref, self.target.raw, "insights",
            query=self.wanted, groups=self.groups, since=since, until=until,
        )  # fmt: skip
        self._said = "asking"
        try:
            async for event in stream:
                if event["kind"] == "results":
                    self._take(event)
                self.retitle()
        finally:
            if self._stream is stream:
                self._stream, self._took = None, time.time() - self._began
            self.retitle()

    def _take(self, event: Row) -> None:
        self.results = event
        rows = event["rows"]
        names = answer.columns(rows)
        kinds = answer.kinds(rows, names)
        columns = tuple(
            GridColumn(name, kind, rank=0 if place == 0 or name == "@message" else 1)
            for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
        )
        if columns and columns != self.grid.columns:
            self.grid.set_columns(columns)
        self.grid.replace(
            GridRow(place, cells(row, names, kinds), ("",) * len(names), (place,))
            for place, row in enumerate(rows)
        )
        self.chart.say(answer.chart(rows, self.wanted))
        self._said = event["status"].lower()
        if event["ended"]:
            self._tell_cost(event["statistics"], len(rows))
            problem = refusal(event["status"])
            if problem is not None:
                self.fail(problem)
            elif not rows:
                self.console.say("Nothing matches in this range.")

    def _tell_cost(self, statistics: Row, rows: int) -> None:
        """Put the true figures where the estimate stood, and the estimate behind them."""
        since, until = self.span()
        guess = estimate(self.rows, since, until, time.time())
        true = price(float(statistics.get("bytesScanned") or 0))
        self._said = f"{rows:,} rows · {dollars(true)}"
        told = f"{scanned(statistics, rows)} · estimated {sized(guess.bytes)}"
        self.notice.say([(" ".join(self.wanted.split()), ""), (told, "")], alone=False)

    def action_stop(self) -> None:
        """Stop the query; what it found stays."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._took = time.time() - self._began
            self._said = "stopped: not all was read"
            self.workers.cancel_group(self, "query")
            self.retitle()

    def fail(self, problem: Problem) -> None:
        """Show a problem; where the query is malformed, the place."""
        place = wrong(self.wanted, f"{problem.what} {problem.why}")
        self._said = "not run"
        if place is None or "Malformed" not in problem.code:
            self.notice.say(problem_lines(problem), alone=False)
        else:
            line, caret = pointed(self.wanted, place)
            self.notice.say(
                [
                    (
                        f"✗ Malformed at line {place.line}, position {place.position} · e edits",
                        "bad",
                    ),
                    (line, ""),
                    (caret, "bad"),
                ],
                alone=False,
            )
        self.retitle()

    def facts(self) -> tuple[str, str]:
        """How the query stands, what it scanned, what that costs."""
        if self._stream is None:
            found = f"/{self.filter_text} {self.grid.rows_shown} · " if self.filter_text else ""
            took = f" · {self._took:.0f} s" if self._took else ""
            return f"{found}{self._said}{took}", "bad" if self._said == "not run" else ""
        statistics = self.results.get("statistics") or {}
        count = float(statistics.get("bytesScanned") or 0)
        rows = len(self.results.get("rows") or ())
        return (
            f"{self._said} · {rows:,} rows · {sized(count)} · {dollars(price(count))} · "
            f"{time.time() - self._began:.0f} s · x stops"
        ), ""

    # ---- results -------------------------------------------------------------------------------------

    def here(self) -> Row | None:
        """The row under the cursor as Insights gave it."""
        key: Any = self.grid.cursor_key
        rows = self.results.get("rows") or []
        return rows[key] if isinstance(key, int) and key < len(rows) else None

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Go to the lines around a result."""
        message.stop()
        if (row := self.here()) is not None:
            self.work(self._around(row), "around")

    async def _around(self, row: Row) -> None:
        try:
            where = await located(self.aws, row, self.groups)
        except AwstuiError as error:
            self.console.say(error.problem.what, "warn")
            return
        pane = AroundPane(where, self.aws)
        pane.bound_to = self.target.ref.scope
        self.post_message(self.Opened(pane))

    def action_queries(self) -> None:
        """Choose among the queries asked before and those saved."""
        pane = QueriesPane(self.aws, self._chosen)
        pane.bound_to = self.target.ref.scope
        self.post_message(self.Opened(pane))

    def _chosen(self, query: str) -> None:
        self.wanted, self._offered = query, None
        self._said = "r runs, e edits"
        self._foretell()
        self.retitle()

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

            pane = DetailPane("Result › JSON", load, raw=True)
            pane.bound_to = self.target.ref.scope
            self.post_message(self.Opened(pane))

    def action_copy(self) -> None:
        """Copy the row as JSON."""
        if (row := self.here()) is not None:
            self.console.copy(wire.as_json(row), "the row")


def cells(row: Row, names: list[str], kinds: list[str]) -> tuple[Any, ...]:
    """The cells of a result; a message of many lines shows its first."""
    return tuple(
        answer.number(row.get(name)) if kind == "number" else _first_line(row.get(name))
        for name, kind in zip(names, kinds, strict=True)
    )


def _first_line(held: Any) -> str | None:
    if held is None:
        return None
    first, *more = str(held).strip("\r\n").splitlines() or [""]
    return safe(f"{first}  +{len(more)}" if more else first)
