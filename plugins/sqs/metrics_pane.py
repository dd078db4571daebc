"""A queue's metrics as sparklines: each with its last value and its highest."""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.plugin import Row
from awstui.ui.cells import duration, show, spark
from awstui.ui.lines import Line

from .detail_pane import Facts
from .metrics import PARTS, Series, period_for, series
from .queue_pane import QueuePane

SPANS = (4, 24, 72, 336)
"""Hours that a key walks through."""


class MetricsPane(QueuePane):
    """What CloudWatch counts of one queue; read when a person asks, for each answer costs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "refresh", id="metrics.refresh", tooltip="Read it again"),
        Binding(
            "t", "span", "longer", id="metrics.span", tooltip="4 hours, a day, 3 days, 2 weeks"
        ),
    ]

    def __init__(self, row: Row) -> None:
        super().__init__(row, "metrics")
        self.lines = Facts()
        self._hours = SPANS[0]
        self._since = self._at = 0.0

    def content(self) -> ComposeResult:
        """The lines."""
        yield self.lines

    def on_mount(self) -> None:
        """Read at once."""
        super().on_mount()
        self.action_refresh()

    def action_refresh(self) -> None:
        """Read again."""
        self._since = time.time()
        self.notice.say([], alone=False)
        self.work(self._read(), "metrics")

    def action_span(self) -> None:
        """Look back another time."""
        self._hours = SPANS[(SPANS.index(self._hours) + 1) % len(SPANS)]
        self.action_refresh()

    async def _read(self) -> None:
        try:
            found = await series(self.aws, self.row, hours=self._hours)
            self._at = time.time()
        finally:
            self._since = 0.0
        self._show(found)
        self.retitle()

    def _show(self, found: list[Series]) -> None:
        if not any(one.known for one in found):
            self.lines.set_lines([])
            self.notice.say(
                [(f"No metrics of {self.row['QueueName']} in the last {self._back()}.", ""),
                 ("CloudWatch has none of a queue that has been inactive for some hours.", "muted")],
                alone=True,
            )  # fmt: skip
            return
        self.lines.set_lines([line for one in found for line in _lines(one)])

    def _back(self) -> str:
        return duration(period_for(self._hours) * PARTS)

    def facts(self) -> tuple[str, str]:
        """How far back, and how old it is."""
        if self._since:
            return f"asking CloudWatch · {time.time() - self._since:.0f} s · esc goes back", ""
        age = f"{time.time() - self._at:.0f} s old" if self._at else ""
        part = duration(period_for(self._hours))
        said = (f"the last {self._back()}", f"{part} a bar", age)
        return " · ".join(one for one in said if one), ""


def _lines(one: Series) -> list[Line]:
    """A metric: its name, its bars, its last value and its highest."""
    name = f" {one.title:<15} "
    if not one.known:
        return [Line(f"{name}no values", "muted")]
    bars = spark(one.values, width=PARTS)
    last, most = (show(value, one.kind) for value in (one.known[-1], max(one.known)))
    text = f"{name}{bars}  last {last} · most {most}"
    return [Line(text, "", ((1, len(name), "muted"), (len(name) + len(bars), len(text), "muted")))]
