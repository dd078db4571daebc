"""A queue's metrics as sparklines, each with its last value and its highest, over a chart of one of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import isfinite, nan
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.cells import duration, moment, show, spark
from awstui.plugin import Row
from awstui.ui import chart
from awstui.ui.lines import Line

from .detail_pane import Facts
from .metrics import PARTS, Series, period_for, series
from .queue_pane import QueuePane

SPANS = (4, 24, 72, 336)
"""Hours that a key walks through."""

LOWEST, HIGHEST = 3, 12
"""Lines of a chart that can be read, and that it takes at most."""

ROOM = 5
"""Lines around it: title, an empty one, the times below."""

MARGIN = 12
"""Cells at its left, for its values."""


BESIDE, LEAST_BARS = 23, 12
"""Cells of a line beside the bars and what is said after them, and how many bars there are at least."""


class MetricsPane(QueuePane):
    """What CloudWatch counts of one queue; read when a person asks, for each answer costs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "refresh", id="metrics.refresh", tooltip="Read it again"),
        Binding(
            "w", "span", "longer", id="metrics.span", tooltip="4 hours, a day, 3 days, 2 weeks"
        ),
        Binding("c", "chart", "chart next", id="metrics.chart", tooltip="Chart the next metric"),
    ]

    def __init__(self, row: Row) -> None:
        super().__init__(row, "metrics")
        self.lines = Facts()
        self._hours = SPANS[0]
        self._found: list[Series] = []
        self._charted, self._each = 0, 1
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

    def action_chart(self) -> None:
        """Chart another metric."""
        self._charted += 1
        self._show()

    def on_resize(self) -> None:
        """Draw as large as there is room."""
        self._show()

    async def _read(self) -> None:
        try:
            found = await series(self.aws, self.row, hours=self._hours)
            self._at = time.time()
        finally:
            self._since = 0.0
        self._found = found
        self._show()
        self.retitle()

    def _show(self) -> None:
        known = [one for one in self._found if one.known]
        if not self._found:
            return
        if not known:
            self.lines.set_lines([])
            self.notice.say(
                [(f"No metrics of {self.row['QueueName']} in the last {self._back()}.", ""),
                 ("CloudWatch has none of a queue that has been inactive for some hours.", "muted")],
                alone=True,
            )  # fmt: skip
            return
        charted = known[self._charted % len(known)]
        room = self.size.width - BESIDE - max(len(_said(one)) for one in known)
        self._each = max(1, -(-PARTS // max(LEAST_BARS, room)))
        lines = [
            line
            for one in self._found
            for line in _lines(one, self._each, is_charted=one is charted)
        ]
        height = min(HIGHEST, self.size.height - len(lines) - ROOM)
        if height >= LOWEST:
            ends = [moment(end, self._at) for end in (self._at - self._seconds, self._at)]
            width = max(MARGIN, min(self.size.width - MARGIN - 2, 2 * PARTS))
            lines += [Line(""), *_chart(charted, width, height, ends)]
        self.lines.set_lines(lines)

    @property
    def _seconds(self) -> int:
        return period_for(self._hours) * PARTS

    def _back(self) -> str:
        return duration(self._seconds)

    def facts(self) -> tuple[str, str]:
        """How far back, and how old it is."""
        if self._since:
            return f"asking CloudWatch · {time.time() - self._since:.0f} s · esc goes back", ""
        age = f"{time.time() - self._at:.0f} s old" if self._at else ""
        part = duration(period_for(self._hours) * self._each)
        said = (f"the last {self._back()}", f"{part} a bar", age)
        return " · ".join(one for one in said if one), ""


def _said(one: Series) -> str:
    last, most = (show(value, one.kind) for value in (one.known[-1], max(one.known)))
    return f"last {last} · most {most}"


def _lines(one: Series, each: int, *, is_charted: bool) -> list[Line]:
    """A metric: its name, its bars, its last value and its highest; a mark where it is charted below."""
    name = f" {'▸' if is_charted else ' '} {one.title:<15} "
    if not one.known:
        return [Line(f"{name}no values", "muted")]
    parts = [one.values[start : start + each] for start in range(0, len(one.values), each)]
    highest = [max((v for v in part if isfinite(v)), default=nan) for part in parts]
    bars = spark(highest, width=PARTS)
    text = f"{name}{bars}  {_said(one)}"
    return [Line(text, "", ((1, len(name), "muted"), (len(name) + len(bars), len(text), "muted")))]


def _chart(one: Series, width: int, height: int, ends: list[str]) -> Iterator[Line]:
    """A metric over time, its highest value and nothing at the left, first and last moment below."""
    rows = chart.line(one.values, width, height)
    said = {0: show(max(one.known), one.kind), height - 1: "0"}
    for number, row in enumerate(rows):
        label = f"{said.get(number, ''):>{MARGIN - 3}} ┤"
        yield Line(f"{label}{row}", "", ((0, len(label), "muted"),))
    first, last = ends
    gap = " " * max(1, width - len(first) - len(last))
    yield Line(f"{'':>{MARGIN - 1}}{first}{gap}{last}", "muted")
