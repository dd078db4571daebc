"""How many lines there were over the window, errors and warnings apart: a cursor walks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from awstui.text import safe
from awstui.ui.tone import glyph, style

from . import moments
from .store import Counts

BARS = "▁▂▃▄▅▆▇█"

Count = Callable[[Sequence[int]], list[Counts]]
"""Counts lines between each two of some times in milliseconds."""


LENGTHS = (
    1,
    2,
    3,
    4,
    5,
    6,
    8,
    10,
    12,
    15,
    20,
    30,
    40,
    60,
    80,
    90,
    120,
    150,
    180,
    240,
    300,
    360,
    480,
)
"""Seconds that a bar may stand for; several minutes beyond."""


def edges(start: float, end: float, bars: int) -> list[int]:
    """The times in milliseconds at which bars begin and end: the same ones while the window moves on."""
    least = max(1.0, (end - start) / bars)
    size = next((size for size in LENGTHS if size >= least), -(-ceil(least) // 600) * 600)
    first = int(start) // size * size
    return [(first + size * number) * 1000 for number in range((int(end) - first) // size + 2)]


class Histogram(Widget):
    """A line of bars for all lines, below it one for errors and warnings, and what they come to."""

    DEFAULT_CSS = """
    Histogram { height: 1; width: 1fr; color: $foreground; }
    Histogram.grave { height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._edges: list[int] = []
        self._counts: list[Counts] = []
        self._span, self._utc = 0.0, False
        self.at: int | None = None
        """The moment the cursor is on, in milliseconds."""

    def say(self, count: Count, start: float, end: float, *, utc: bool = False) -> None:
        """Show another window."""
        self._edges = edges(start, end, max(10, min(60, self.size.width // 2)))
        self._counts = count(self._edges)
        self._span, self._utc = end - start, utc
        total = self._total
        self.set_class(bool(total.bad or total.warn), "grave")
        self.refresh()

    @property
    def _total(self) -> Counts:
        return Counts(*map(sum, zip(*self._counts, strict=True))) if self._counts else Counts()

    @property
    def place(self) -> int | None:
        """The bar that the cursor is on."""
        if self.at is None or not self._edges or not self._edges[0] <= self.at < self._edges[-1]:
            return None
        return (self.at - self._edges[0]) // (self._edges[1] - self._edges[0])

    def step(self, by: int) -> int | None:
        """Move the cursor to the next bar that holds lines; the moment at which that begins."""
        here = self.place
        place = (len(self._counts) if by < 0 else -1) if here is None else here
        while 0 <= (place := place + by) < len(self._counts):
            if self._counts[place].all:
                self.at = self._edges[place]
                self.refresh()
                return self.at
        return None

    # ---- painting ------------------------------------------------------------------------------------

    def render(self) -> Text:
        """The bars of all lines, and those of the grave ones in their colours, each to its own scale."""
        muted, total = style(self.app, "muted"), self._total
        lines = self._line([(one.all, muted) for one in self._counts])
        lines.append(f"  {moments.brief(self._span)}", muted)
        lines.append(f" · {_many(total.all, 'line')}", muted)
        if not self.has_class("grave"):
            return self._with_cursor(lines)
        bad, warn = style(self.app, "bad"), style(self.app, "warn")
        grave = self._line(
            [(one.bad or one.warn, bad if one.bad else warn) for one in self._counts]
        )
        grave.append("  ")
        if self.place is not None:  # what the bar holds stands in place of what all do
            return Text("\n").join([lines, self._with_cursor(grave, "")])
        for count, what, tone in ((total.bad, "error", "bad"), (total.warn, "warning", "warn")):
            said = f"{glyph(tone)} {_many(count, what)}  "
            grave.append(safe(said), style(self.app, tone if count else "muted"))
        return Text("\n").join([lines, grave])

    def _line(self, bars: Sequence[tuple[int, Style]]) -> Text:
        line = Text(" ", no_wrap=True, overflow="crop")
        most, here = max((count for count, _ in bars), default=0), self.place
        cursor = style(self.app, "accent") + Style(reverse=True)
        for place, (count, look) in enumerate(bars):
            bar = BARS[min(7, count * 8 // (most + 1))] if count else " "
            line.append(safe(bar), look + cursor if place == here else look)
        return line

    def _with_cursor(self, line: Text, between: str = " · ") -> Text:
        place = self.place
        if place is not None:
            one = self._counts[place]
            when = moments.shown(self._edges[place], utc=self._utc)[:8]
            told = (_many(one.all, "line"), _many(one.bad, "error"), _many(one.warn, "warning"))
            line.append(safe(f"{between}{when} {', '.join(told)}"))
        return line


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
