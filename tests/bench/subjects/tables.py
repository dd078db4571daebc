"""A table of many rows in a terminal: ``tables.py grid|datatable ROWS``; it tells its milliseconds in a file.

Keys: ``f`` filters, ``F`` takes the filter away, ``s`` sorts by a number, ``u`` changes one cell in sight.
The times of these are from the call to the end of the paint that follows it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

TITLES = ("Name", "Waiting", "In flight", "Delayed", "Keeps", "Dead letters", "Encryption", "Arn")
FILTER = "77-queue"


def cells(number: int) -> tuple[str | int, ...]:
    """The cells of one row; the numbers look random and are not."""
    return (
        f"orders-{number:06d}-queue", number * 7919 % 100_003, number * 31 % 500, number % 50,
        number % 3600, ("→ orders-dlq", "", "← orders")[number % 3],
        "aws/sqs" if number % 2 else "", f"arn:aws:sqs:eu-west-1:000000000000:o{number}",
    )  # fmt: skip


class Subject(App[None]):
    """One table and a line that says when it is ready."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "#said { height: 1; } DataTable { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "run('filter')", "filter"),
        Binding("F", "run('clear')", "clear"),
        Binding("s", "run('sort')", "sort"),
        Binding("u", "run('change')", "change"),
    ]

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = [cells(number) for number in range(rows)]
        self.changes = 0
        self.said = Static("loading", id="said", markup=False)

    def table(self) -> Any:
        """The widget."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The table over the line."""
        yield self.table()
        yield self.said

    def on_mount(self) -> None:
        """Fill it once it is on screen."""
        self.call_after_refresh(self.timed, "fill", self.fill)

    def timed(self, name: str, act: Callable[[], None]) -> None:
        """Act, and note how long it took until that was painted."""
        began = time.perf_counter()
        act()

        def painted() -> None:
            spent = (time.perf_counter() - began) * 1000
            with Path(os.environ["BENCH_FIGURES"]).open("a") as file:
                file.write(json.dumps([name, spent]) + "\n")
            self.said.update(f"DID-{name.upper()}", layout=False)

        self.call_after_refresh(painted)

    def action_run(self, name: str) -> None:
        """Do what the key stands for."""
        self.timed(name, getattr(self, name))

    def fill(self) -> None:
        """Put every row in."""
        raise NotImplementedError


class GridSubject(Subject):
    """Our own grid."""

    def table(self) -> Any:
        """A grid with the columns of a list of queues."""
        from awstui.ui.grid import Grid, GridColumn
        from awstui.ui.theme import use_theme

        use_theme(self)
        kinds = ("text", "number", "number", "number", "duration", "text", "text", "text")
        columns = zip(TITLES, kinds, strict=True)
        self.grid = Grid([GridColumn(title, kind) for title, kind in columns])
        return self.grid

    def fill(self) -> None:
        """Apply all rows at once."""
        from awstui.ui.grid import GridRow

        self.grid.apply([GridRow(str(row[0]), row, order=(row[0],)) for row in self.rows])
        self.grid.focus()

    def filter(self) -> None:
        """Show some of them."""
        self.grid.filter(FILTER)

    def clear(self) -> None:
        """Show all of them."""
        self.grid.filter("")

    def sort(self) -> None:
        """By a number, largest first."""
        self.grid.sort_by("Waiting")

    def change(self) -> None:
        """One cell of the first row."""
        from awstui.ui.grid import GridRow

        self.changes += 1
        row = self.rows[0]
        self.grid.apply([GridRow(str(row[0]), (row[0], self.changes, *row[2:]), order=(row[0],))])


class DataTableSubject(Subject):
    """Textual's table; a filter is a refill, for it has none."""

    def table(self) -> Any:
        """A table with the same columns."""
        self.data: DataTable[Any] = DataTable(cursor_type="row")
        return self.data

    def fill(self) -> None:
        """Add every row."""
        self.data.add_columns(*((title, title) for title in TITLES))
        self._add(self.rows)
        self.data.focus()

    def _add(self, rows: list[tuple[str | int, ...]]) -> None:
        for row in rows:
            self.data.add_row(*row, key=str(row[0]))

    def filter(self) -> None:
        """Keep only some rows."""
        self.data.clear()
        self._add([row for row in self.rows if FILTER in str(row[0])])

    def clear(self) -> None:
        """Have all rows again."""
        self.data.clear()
        self._add(self.rows)

    def sort(self) -> None:
        """By a number, largest first."""
        self.data.sort("Waiting", reverse=True)

    def change(self) -> None:
        """One cell of the first row."""
        self.changes += 1
        self.data.update_cell(str(self.rows[0][0]), "Waiting", self.changes)


if __name__ == "__main__":
    subject = {"grid": GridSubject, "datatable": DataTableSubject}[sys.argv[1]]
    subject(int(sys.argv[2])).run()
