"""How many lines there were over the window, errors standing out: one line that a cursor walks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from awstui.text import safe
from awstui.ui.tone import style

from . import moments

BARS = "▁▂▃▄▅▆▇█"


class Bin:
    """A stretch of the window: all lines in it, its warnings and its errors."""

    __slots__ = ("all", "bad", "start", "warn")

    def __init__(self, start: float) -> None:
        self.start = start
        self.all = self.warn = self.bad = 0


def bins(seconds: Mapping[int, Sequence[int]], start: float, end: float, count: int) -> list[Bin]:
    """The window in so many stretches of one length."""
    size = max(1e-9, (end - start) / count)
    made = [Bin(start + size * number) for number in range(count)]
    for second, (every, warn, bad) in seconds.items():
        place = int((second - start) / size)
        if 0 <= place < count:
            made[place].all += every
            made[place].warn += warn
            made[place].bad += bad
    return made


class Histogram(Widget):
    """The bars, how long the window is, and what the cursor's bar stands for."""

    DEFAULT_CSS = """
    Histogram { height: 1; width: 1fr; color: $foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self._bins: list[Bin] = []
        self._said = ""
        self.at: int | None = None
        """The bar the cursor is on."""

    def say(self, seconds: Mapping[int, Sequence[int]], start: float, end: float) -> None:
        """Show another window."""
        count = max(10, min(60, self.size.width // 2))
        self._bins = bins(seconds, start, end, count)
        bad = sum(one.bad for one in self._bins)
        self._said = moments.brief(end - start) + (f", {bad:,} errors" if bad else "")
        self.refresh()

    def step(self, by: int) -> Bin | None:
        """Move the cursor to the next bar that holds lines; that bar."""
        place = (
            len(self._bins) if self.at is None and by < 0 else -1 if self.at is None else self.at
        )
        while 0 <= (place := place + by) < len(self._bins):
            if self._bins[place].all:
                self.at = place
                self.refresh()
                return self._bins[place]
        return None

    def render(self) -> Text:
        """The bars: the height is how many lines, the colour whether there are errors among them."""
        line = Text(" ", no_wrap=True, overflow="crop")
        most = max((one.all for one in self._bins), default=0) or 1
        for place, one in enumerate(self._bins):
            tone = "bad" if one.bad else "warn" if one.warn else "muted"
            look = style(self.app, tone)
            if place == self.at:
                look += style(self.app, "accent")
            bar = BARS[min(7, one.all * 8 // (most + 1))] if one.all else " "
            line.append(safe(bar), f"reverse {look}" if place == self.at else look)
        line.append(f"  {safe(self._said)}", style(self.app, "muted"))
        if self.at is not None and self.at < len(self._bins):
            one = self._bins[self.at]
            when = moments.shown(one.start * 1000)[:8]
            line.append(safe(f" · {when} {one.all:,} lines, {one.bad:,} errors"))
        return line
