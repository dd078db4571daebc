"""The chart over the results of a ``stats … by bin``: a line of bars for each series."""

from __future__ import annotations

import datetime as dt
import math

from rich.text import Text
from textual.widgets import Static

from awstui.cells import cut_middle, duration, fit, number, spark
from awstui.text import safe
from awstui.ui.tone import style

from .answer import Chart, Series

HIGHEST = 6
"""Lines of the chart: the results below it must stay readable."""


class ChartView(Static):
    """Shown when there is something to draw and nobody hid it."""

    DEFAULT_CSS = """
    ChartView { height: auto; padding: 0 1; display: none; border-bottom: solid $panel; }
    ChartView.shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._chart = Chart()
        self._hidden = False

    def say(self, chart: Chart) -> None:
        """Draw another chart."""
        self._chart = chart
        self._draw()

    def toggle(self) -> None:
        """Show or hide it."""
        self._hidden = not self._hidden
        self._draw()

    def on_resize(self) -> None:
        """Draw it as wide as there is room."""
        self._draw()

    def _draw(self) -> None:
        shown = bool(self._chart) and not self._hidden
        self.set_class(shown, "shown")
        if shown:
            self.update(self._text(max(20, (self.size.width or self.app.size.width) - 2)))

    def _text(self, width: int) -> Text:
        chart, muted = self._chart, style(self.app, "muted")
        names = max(len(one.name) for one in chart.series[:HIGHEST])
        name = min(20, max(4, names))
        room = max(8, width - name - 14)
        text = Text(no_wrap=True, overflow="crop")
        for one in chart.series[:HIGHEST]:
            title = fit(cut_middle(safe(one.name), name), name)
            bars = fit(spark(squeezed(one, room), width=room), room)
            text.append(safe(f"{title} "))
            text.append(safe(bars), style(self.app, "good"))
            text.append(safe(f" max {number(largest(one))}\n", multiline=True), muted)
        left = len(chart.series) - HIGHEST + chart.left_out
        more = f" · {left} more series" if left > 0 else ""
        text.append(safe(f"{span(chart)} · each bar {step(chart, room)}{more}"), muted)
        return text


def squeezed(series: Series, width: int) -> list[float]:
    """At most so many values: each the largest of those it stands for, so that no peak is lost."""
    values = series.values
    each = max(1, math.ceil(len(values) / width))
    groups = [values[at : at + each] for at in range(0, len(values), each)]
    return [max((v for v in group if not math.isnan(v)), default=math.nan) for group in groups]


def largest(series: Series) -> float:
    """The largest value there is."""
    return max((value for value in series.values if not math.isnan(value)), default=0.0)


def step(chart: Chart, width: int) -> str:
    """How much time one bar stands for."""
    bins = max(len(one.values) for one in chart.series)
    return duration(chart.step * max(1, math.ceil(bins / width)))


def span(chart: Chart) -> str:
    """From when to when, in UTC as Insights tells it."""
    bins = max(len(one.values) for one in chart.series)
    first = dt.datetime.fromtimestamp(chart.start, dt.UTC)
    last = dt.datetime.fromtimestamp(chart.start + chart.step * bins, dt.UTC)
    same = first.date() == last.date()
    return f"{first:%m-%d %H:%M} to {last:{'%H:%M' if same else '%m-%d %H:%M'}} UTC"
