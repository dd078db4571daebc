"""Fills our grid, or Textual's table, with rows that are there already; prints the MiB that it takes beside them."""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import DataTable

from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.theme import use_theme
from tests.bench.subjects.tables import TITLES, cells


class Alone(App[None]):
    """One widget."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        use_theme(self)
        self.widget = widget

    def compose(self) -> ComposeResult:
        """The widget."""
        yield self.widget


async def measure(widget: Widget, fill: Callable[[], object]) -> float:
    """MiB that Python holds after the filling and did not before."""
    async with Alone(widget).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        gc.collect()
        tracemalloc.start()
        fill()
        await pilot.pause()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    return held / (1 << 20)


def main(kind: str, count: int) -> float:
    """Fill one of the two with so many rows."""
    data = [cells(number) for number in range(count)]
    if kind == "grid":
        grid = Grid([GridColumn(title) for title in TITLES])
        rows = [GridRow(str(row[0]), row, order=(row[0],)) for row in data]
        return asyncio.run(measure(grid, lambda: grid.apply(rows)))
    table: DataTable[Any] = DataTable(cursor_type="row")

    def fill() -> None:
        table.add_columns(*((title, title) for title in TITLES))
        for row in data:
            table.add_row(*row, key=str(row[0]))

    return asyncio.run(measure(table, fill))


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))
