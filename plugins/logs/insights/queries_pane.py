"""Queries to choose from: those asked before, and the definitions saved in the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.filtering import FilterError, parse
from awstui.plugin import Row
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.pane import Pane

from . import history

if TYPE_CHECKING:
    from awstui.ui.remote import RemoteAws

COLUMNS = (
    GridColumn("Saved as", rank=1),
    GridColumn("When", "age", rank=0),
    GridColumn("Query", rank=0),
)


class QueriesPane(Pane):
    """Enter takes the query back to where it is asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", id="queries.filter", tooltip="Show only queries that match"),
    ]  # fmt: skip

    def __init__(self, aws: RemoteAws, chosen: Callable[[str], None]) -> None:
        super().__init__("Insights › queries")
        self._aws, self._chosen = aws, chosen
        self._queries: dict[str, str] = {}
        self.grid = Grid(COLUMNS)

    def content(self) -> ComposeResult:
        """The list."""
        yield self.grid

    def on_mount(self) -> None:
        """What was asked before is there at once; what is saved comes from AWS."""
        super().on_mount()
        self._add(
            GridRow(f"past {n}", (None, asked.at, flat(asked.query)), ("", "", ""), (1, -asked.at))
            for n, asked in enumerate(self._past())
        )
        self.grid.go_to(
            "past 0"
        )  # what is saved comes later and stands above: enter is for what is seen
        self.work(self._saved(), "definitions")

    def _past(self) -> list[history.Asked]:
        past = history.past()
        self._queries |= {f"past {n}": asked.query for n, asked in enumerate(past)}
        return past

    async def _saved(self) -> None:
        rows = []
        async for one in self._aws.rows("describe_query_definitions", "queryDefinitions"):
            ident = f"saved {one['queryDefinitionId']}"
            self._queries[ident] = one["queryString"]
            rows.append(saved_row(ident, one))
        self._add(rows)

    def _add(self, rows: Iterable[GridRow]) -> None:
        self.grid.apply(rows, same_refresh=True)
        if not self._queries:
            self.notice.say([("No query was asked from here yet.", "muted")], alone=True)
        else:
            self.notice.say([], alone=False)
        self.retitle()

    def facts(self) -> tuple[str, str]:
        """How many there are."""
        return f"{self.grid.rows_shown} · enter takes one", ""

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Take the query back."""
        message.stop()
        self._chosen(self._queries[str(message.key)])
        self.post_message(self.Left())

    def action_filter(self) -> None:
        """Ask for a filter."""
        self.console.guide.ask_filter("/", self._filter, "")

    def _filter(self, text: str) -> str:
        try:
            self.grid.filter(parse(text))
        except FilterError as error:
            return str(error)
        return ""


def flat(query: str) -> str:
    """A query in one line."""
    return " ".join(query.split())


def saved_row(ident: str, one: Row) -> GridRow:
    """A saved definition as a row, by name, before what was asked."""
    at = float(one.get("lastModified") or 0) / 1000
    cells = (one["name"], at or None, flat(one["queryString"]))
    return GridRow(ident, cells, ("", "", ""), (0, one["name"]))
