"""A tail as a pane: what it follows, how that stands, and what is asked of it."""

from __future__ import annotations

import tempfile
import time
from typing import BinaryIO, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui import paths
from awstui.plugin import Row

from . import moments, pattern
from .chunk import Entry
from .facts import Fact, cut, fit
from .histogram import Histogram
from .live_keys import OnLive
from .saving import Batches
from .shown import Look
from .spool import Spool
from .store import Store
from .tail_lines import TailLines
from .tail_offers import Offering
from .tailing import CADENCE

RANGES: tuple[tuple[str, float], ...] = (
    ("1m", 60), ("5m", 300), ("15m", 900), ("30m", 1800),
    ("1h", 3600), ("3h", 10800), ("12h", 43200), ("1d", 86400),
)  # fmt: skip
"""What F1 to F8 show, and ``,`` and ``.`` walk through."""

FIRST_RANGE = 3

FAR = 86400.0
"""Seconds back beyond which a jump reads a window of its own instead of all since then."""

WINDOW = (300.0, 900.0)
"""Seconds before and after a far moment that are read."""

AHEAD = 5.0
"""Seconds by which a time may be ahead of this machine's clock and still be one of now."""

CUT = 20
"""Characters of what is filtered by that are said however little room there is."""

TITLE = 24
"""Cells that the title line keeps for what the pane is."""


class TailPane(OnLive, Offering):
    """Follows log groups: newest first, then for ever."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "pattern", "server", id="tail.pattern",
                tooltip="Let AWS filter: its own pattern language"),
        Binding("t", "time", "time", id="tail.time", tooltip="Go to a time: 14:05, 10m, yesterday 9:00"),
        Binding("comma", "range(-1)", "shorter", show=False, id="tail.shorter", tooltip="A shorter range"),
        Binding("full_stop", "range(1)", "longer", show=False, id="tail.longer", tooltip="A longer range"),
        *(
            Binding(f"f{number}", f"show_range({number - 1})", name, show=False, id=f"tail.range-{name}",
                    tooltip=f"The last {name}, then follow")
            for number, (name, _) in enumerate(RANGES, 1)
        ),
        Binding("less_than_sign", "bar(-1)", "bar before", show=False, id="tail.bar-before",
                tooltip="To the bar of the histogram before"),
        Binding("greater_than_sign", "bar(1)", "next bar", show=False, id="tail.bar-next",
                tooltip="To the next bar of the histogram"),
    ]  # fmt: skip

    def __init__(self, row: Row) -> None:
        name = row.get("logStreamName") or row["logGroupName"]
        super().__init__(f"Tail {name}")
        self._spool = Spool(_unnamed)
        self.store = Store(spool=self._spool)
        self.look = Look()
        self.histogram = Histogram()
        self.lines = TailLines(self.store, self.look)
        self.range = FIRST_RANGE
        self.since = time.time() - RANGES[FIRST_RANGE][1]
        self._go_to = 0

    def content(self) -> ComposeResult:
        """The histogram over the lines."""
        yield self.histogram
        yield self.lines

    def on_mount(self) -> None:
        """Follow at once, or show the moment that led here."""
        super().on_mount()
        if self.moment is None:
            self.begin()
        else:
            self._read_around(self.moment, far=WINDOW[1])

    def on_unmount(self) -> None:
        """Follow no longer, and give the disk back."""
        self.stop()
        self.store.clear()
        self._spool.close()

    def _arrived(self) -> None:
        """All of the range is there: go to where somebody wanted to go."""
        super()._arrived()
        if self._go_to:
            at, self._go_to = self._go_to, 0
            self.lines.go_to_time(at)

    # ---- how it stands -------------------------------------------------------------------------------

    def facts(self) -> tuple[str, str]:
        """Following or standing still, what is missing, the filters, how many lines, how far behind."""
        states = self.standings
        throttled = any(state["throttled"] for state in states)
        gaps, dropped = len(self.lines.missing), self.store.dropped
        stopped = any(run.problem for run in self._runs)
        reach = moments.brief(CADENCE.reach)
        whole = bool(states) and not gaps and not dropped and not stopped
        parts = [
            self._mode(states),
            Fact(f"{len(self.store):,} lines", 5),
            self.live_fact(),
            Fact("rate limited" if throttled else "", 2),
            Fact(f"looking for {self.lines.seeking}, esc stops" if self.lines.seeking else "", 1),
            Fact(self.saving_fact(), 1),
            Fact(f"{gaps} gaps" if gaps else "", 1),
            Fact(f"{dropped:,} dropped" if dropped else "", 1),
            Fact(f"0 lost up to {reach} late" if whole else "", 3, "0 lost"),
            # What hides lines is always said: a part must not look like the whole.
            Fact(self.filter_fact(), 0, self.filter_fact(CUT)),
            Fact(
                f"server {self.pattern}" if self.pattern else "",
                0,
                cut(f"server {self.pattern}", CUT),
            ),
            Fact(self.secrets_fact(), 4),
            Fact(f"lag {self.lag():.0f} s" if states else "", 4),
            Fact("utc" if self.look.utc else "", 6),
        ]
        troubled = throttled or gaps or any(state["problem"] for state in states)
        tone = "bad" if stopped else "warn" if troubled or dropped else ""
        return fit(parts, self.size.width - 4 - min(TITLE, len(self.title))), tone

    def _mode(self, states: list[Row]) -> Fact:
        if not self._runs:
            return Fact("not followed", 0)
        if any(run.problem for run in self._runs):
            again = "with the engine" if self.console.engine.died else "by itself"
            return Fact(f"stopped, goes on {again}", 0, "stopped")
        if self.until:
            reading = "" if all(run.over for run in self._runs) else "reading "
            span = moments.stretch(self.since * 1000, self.until * 1000, utc=self.look.utc)
            return Fact(f"{reading}{span}, G follows", 0, f"{reading}{span}")
        if not self.lines.following:
            new = f" · {self.new:,} new" if self.new else ""
            return Fact(f"paused{new}, G follows", 0, f"paused{new}")
        if not states or any(state["reading"] for state in states):
            return Fact(f"reading {RANGES[self.range][0]}", 0)
        return Fact("following", 0)

    def tick(self, now: float) -> None:
        """Let the window and the lag go on."""
        super().tick(now)
        self.histogram.say(self.store.counts, self.since, self.until or now, utc=self.look.utc)

    def on_walking_moved(self, message: TailLines.Moved) -> None:
        """Following began or ended, or the cursor went."""
        if message.following:
            self.new = 0
            if self.until:
                self.until, self.since = 0.0, time.time() - RANGES[self.range][1]
                self.begin()
        self.retitle()

    def on_tail_lines_said(self, message: TailLines.Said) -> None:
        """Say what the lines have to say."""
        self.console.say(message.sentence)
        self.retitle()

    # ---- ranges and times ----------------------------------------------------------------------------

    def action_range(self, by: int) -> None:
        """A shorter or longer range."""
        self.action_show_range(max(0, min(len(RANGES) - 1, self.range + by)))

    def action_show_range(self, number: int) -> None:
        """One of the ranges, newest first, then follow."""
        self.range, self.until = number, 0.0
        self.since = time.time() - RANGES[number][1]
        self.begin()

    def action_time(self) -> None:
        """Ask for a time and go there."""
        self.console.guide.ask_filter("time ", self._no_time, "", self.to_time)

    def _no_time(self, text: str) -> str:
        try:
            at = moments.moment(text or "now", time.time(), utc=self.look.utc)
        except moments.MomentError as error:
            return str(error)
        return "that is still to come" if at > time.time() + AHEAD else ""

    def to_time(self, text: str) -> None:
        """Go to a moment as people type it."""
        now = time.time()
        self.go_to(moments.moment(text or "now", now, utc=self.look.utc))

    def go_to(self, at: float) -> None:
        """Go to a moment: among what is there, or by reading what is not."""
        now = time.time()
        if at > now + AHEAD:
            self.console.say("That time is still to come: the newest line is shown.", "warn")
            self.lines.action_follow()
            return
        if self.since <= at <= (self.until or now + AHEAD):
            self.lines.go_to_time(round(at * 1000))
        else:
            self._read_around(at, far=FAR)

    def _read_around(self, at: float, *, far: float) -> None:
        """Read from before a moment on; only until shortly after it when it is that far back."""
        now = time.time()
        self._go_to = round(at * 1000)
        if now - at > far:
            self.since, self.until = at - WINDOW[0], min(now, at + WINDOW[1])
        else:
            self.since, self.until = at - WINDOW[0], 0.0
        self.begin()

    def action_pattern(self) -> None:
        """Ask for the server's filter pattern; nothing is read before it is entered."""
        self.console.say(pattern.HINT)
        self.console.guide.ask_filter(
            "server pattern ", pattern.complaint, self.pattern, self._pattern
        )

    def _pattern(self, text: str) -> None:
        if text.strip() != self.pattern:
            self.pattern = text.strip()
            self.begin()

    def action_bar(self, by: int) -> None:
        """Go to the next bar of the histogram, and to its first line."""
        at = self.histogram.step(by)
        if at is not None:
            # On a line of the bar it stays with that line, whatever bars come to stand for.
            self.histogram.at = self.store.first_at(at)
            self.lines.go_to_time(at)

    async def whole(self) -> Batches:
        """All of the range, read anew by another job, whatever is kept of it here."""
        for job in self.jobs.jobs:
            told = job.arguments(self.since, self.pattern)
            until = self.until or time.time()
            stream = self.remote.job(job.target.ref, job.target.raw, "between", until=until, **told)
            try:
                async for event in stream:
                    trouble = event["kind"] == "trouble"
                    self.waiting = event["problem"]["what"] if trouble else ""
                    lines = event["lines"] if event["kind"] == "lines" else ()
                    entries = map(Entry._make, lines)
                    yield [entry._replace(group=entry.group + job.first) for entry in entries]
            finally:
                stream.close()


def _unnamed() -> BinaryIO:
    """A file for what does not fit in memory: private, without a name, gone with the console."""
    return tempfile.TemporaryFile(dir=paths.private(paths.cache_folder()), buffering=0)
