"""A tail as a pane: what it follows, how that stands, and what is asked of it."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui import paths
from awstui.plugin import Row
from awstui.ui.pane import problem_lines
from awstui.wire import Problem, Scope

from . import moments, pattern
from .chunk import Entry
from .following import MOST
from .histogram import Histogram
from .listing import NOT_READABLE
from .naming import group_of, shown_name
from .shown import Look
from .store import Store
from .tail_keys import OnLines
from .tail_lines import TailLines

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import Stream

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

REPAINTS = 1 / 15
"""Seconds between two paints while lines pour in."""


class TailPane(OnLines):
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

    target: Target
    targets: list[Target]
    """The groups, or streams of one group; given by the list that opens the pane."""

    def __init__(self, row: Row) -> None:
        name = row.get("logStreamName") or row["logGroupName"]
        super().__init__(f"Tail {name}")
        self._spool = _spool()
        self.store = Store(spool=self._spool)
        self.look = Look()
        self.histogram = Histogram()
        self.lines = TailLines(self.store, self.look)
        self.range = FIRST_RANGE
        self.since = time.time() - RANGES[FIRST_RANGE][1]
        self.until = 0.0
        self.pattern = ""
        self.names: list[str] = []
        self.new = 0
        self._streams: list[Stream] = []
        self._states: dict[int, Row] = {}
        self._over: set[int] = set()
        self._go_to = 0
        self._painting = False

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
        self._stop()
        self.store.clear()
        if self._spool is not None:
            self._spool.close()

    # ---- following -----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read anew: the range from its newest line back, then whatever comes."""
        self._stop()
        self.store.clear()
        self._states, self._over, self.new = {}, set(), 0
        self.lines.unfolded.clear()
        self.lines.missing = []
        self.lines.following = True
        self.lines.looks_changed()
        readable, refused = self._readable()
        self.names = [shown_name(target.row, target.ref.scope.account) for target in readable]
        self.look.groups = len(set(self.names))
        self._say_refused(refused)
        self._title()
        first = 0
        for scope, targets in _by_scope(readable):
            arguments = self.asked(scope, targets)
            job = "between" if self.until else "follow"
            stream = self.remote.job(targets[0].ref, targets[0].raw, job, **arguments)
            self._streams.append(stream)
            self.work(self._listen(stream, first), f"tail-{first}")
            first += len(arguments["groups"])
        self.retitle()

    def asked(self, scope: Scope, targets: list[Target]) -> dict[str, Any]:
        """What a job gets: groups once each, the range, what AWS is to filter by."""
        groups = list(dict.fromkeys(group_of(target.row, scope.account) for target in targets))
        streams = [name for target in targets if (name := target.row.get("logStreamName"))]
        told: dict[str, Any] = {
            "groups": groups, "since": self.since, "pattern": self.pattern, "streams": streams[:100],
        }  # fmt: skip
        return {**told, "until": self.until} if self.until else told

    def _readable(self) -> tuple[list[Target], list[Target]]:
        refused = [t for t in self.targets if (t.row.get("logGroupClass") or "") in NOT_READABLE]
        return [t for t in self.targets if t not in refused][:MOST], refused

    def _say_refused(self, refused: list[Target]) -> None:
        said = [(_unreadable(target.row), "warn") for target in refused]
        if len(self.targets) - len(refused) > MOST:
            said.append(
                (f"Only the first {MOST} of {len(self.targets)} are followed together.", "warn")
            )
        self.notice.say(said, alone=len(refused) == len(self.targets))

    def _title(self) -> None:
        signs = [f"{self.lines.sign(n)} {name}" for n, name in enumerate(dict.fromkeys(self.names))]
        if len(signs) > 1:
            self.title = "Tail  " + "  ".join(signs)

    def _stop(self) -> None:
        for stream in self._streams:
            stream.close()
        self._streams = []

    async def _listen(self, stream: Stream, first: int) -> None:
        async for event in stream:
            if stream not in self._streams:
                return  # begun anew meanwhile
            match event["kind"]:
                case "lines":
                    self._take(event["lines"], first)
                case "state":
                    self._states[first] = event
                    self._stand()
                case "progress":
                    self.retitle()
        self._over.add(first)
        self._arrived()
        self.retitle()

    def _take(self, lines: list[list[Any]], first: int) -> None:
        if first:
            for line in lines:
                line[3] += first
        more = self.lines.take(lines)
        if not self.lines.following:
            self.new += max(0, more)
        if not self._painting:
            self._painting = True
            self.set_timer(REPAINTS, self._paint)

    def _paint(self) -> None:
        self._painting = False
        self.lines.changed()
        self.retitle()

    def _stand(self) -> None:
        """Show what the followers say of themselves."""
        states = [state for event in self._states.values() for state in event["groups"]]
        problems = [Problem(**state["problem"]) for state in states if state["problem"]]
        if problems:
            worst = next((p for p in problems if p.kind != "throttled"), problems[0])
            said = problem_lines(worst)
            again = f"Asking again; what comes meanwhile is not lost. Lag {self.lag():.0f} s."
            self.notice.say([*said[:1], *said[3:4], (again, "muted")], alone=False)
        elif self.notice.has_class("shown"):
            self._say_refused(self._readable()[1])
        missing = []
        for event in self._states.values():
            for _, start, end in event["gaps"]:
                said_gap = (
                    f"{_span(start, end)} not read yet: more comes than can be pulled at once"
                )
                missing.append((start, end, said_gap))
            for _, start, end in event["unread"]:
                said_gap = (
                    f"before {moments.shown(end)[:8]} not read: too much to pull; Insights reads it"
                )
                missing.append((start, end, said_gap))
        if missing != self.lines.missing:
            self.lines.missing = missing
            self.lines.looks_changed()
        if not any(state["reading"] for state in states):
            self._arrived()
        self.retitle()

    def _arrived(self) -> None:
        """All of the range is there: go to where somebody wanted to go."""
        if self._go_to:
            at, self._go_to = self._go_to, 0
            self.lines.go_to_time(at)

    # ---- how it stands -------------------------------------------------------------------------------

    def lag(self) -> float:
        """By how many seconds the slowest group may be behind."""
        now = time.time()
        polled = [state["polled"] for event in self._states.values() for state in event["groups"]]
        return max(0.0, now - min(polled)) if polled else 0.0

    def facts(self) -> tuple[str, str]:
        """Following or standing still, how many lines, how far behind, what is missing, the filters."""
        states = [state for event in self._states.values() for state in event["groups"]]
        throttled = any(state["throttled"] for state in states)
        gaps, dropped = len(self.lines.missing), self.store.dropped
        missing = [f"{gaps} gaps" if gaps else "", f"{dropped:,} dropped" if dropped else ""]
        parts = [
            self._mode(states),
            f"{len(self.store):,} lines",
            "rate limited" if throttled else "",
            f"lag {self.lag():.0f} s" if states else "",
            *(missing if gaps or dropped else ["0 lost"] if states else []),
            f"server {self.pattern}" if self.pattern else "",
            self.filter_fact(),
            "utc" if self.look.utc else "",
            self.secrets_fact(),
        ]
        tone = "warn" if throttled or gaps or any(state["problem"] for state in states) else ""
        return " · ".join(part for part in parts if part), tone

    def _mode(self, states: list[Row]) -> str:
        if self.until:
            reading = "" if len(self._over) == len(self._streams) else "reading "
            return f"{reading}{_span(self.since * 1000, self.until * 1000)}, G follows"
        if not self.lines.following:
            return f"paused · {self.new:,} new, G follows" if self.new else "paused, G follows"
        if not self._streams:
            return "not followed"
        if not states or any(state["reading"] for state in states):
            return f"reading {RANGES[self.range][0]}"
        return "following"

    def tick(self, now: float) -> None:
        """Let the window and the lag go on."""
        super().tick(now)
        self.histogram.say(self.store.seconds, self.since, self.until or now)

    def on_tail_lines_moved(self) -> None:
        """Following began or ended, or the cursor went."""
        if self.lines.following:
            self.new = 0
            if self.until:
                self.until, self.since = 0.0, time.time() - RANGES[self.range][1]
                self.begin()
        self.retitle()

    def on_tail_lines_said(self, message: TailLines.Said) -> None:
        """Say what the lines have to say."""
        self.console.say(message.sentence)

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
        self.console.guide.ask_filter("time ", self._no_time, "", self._to_time)

    def _no_time(self, text: str) -> str:
        try:
            moments.moment(text or "now", time.time(), utc=self.look.utc)
        except moments.MomentError as error:
            return str(error)
        return ""

    def _to_time(self, text: str) -> None:
        now = time.time()
        self.go_to(moments.moment(text or "now", now, utc=self.look.utc))

    def go_to(self, at: float) -> None:
        """Go to a moment: among what is there, or by reading what is not."""
        now = time.time()
        if self.since <= at <= (self.until or now):
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
        bar = self.histogram.step(by)
        if bar is not None:
            self.lines.go_to_time(round(bar.start * 1000))

    async def whole(self) -> AsyncIterator[list[Entry]]:
        """All of the range, read anew by another job, whatever is kept of it here."""
        first = 0
        for scope, targets in _by_scope(self._readable()[0]):
            told = {**self.asked(scope, targets), "until": self.until or time.time()}
            stream = self.remote.job(targets[0].ref, targets[0].raw, "between", **told)
            try:
                async for event in stream:
                    if event["kind"] == "lines":
                        lines = map(Entry._make, event["lines"])
                        yield [line._replace(group=line.group + first) for line in lines]
            finally:
                stream.close()
            first += len(told["groups"])


def _unreadable(row: Row) -> str:
    return (
        f"{row['logGroupName']} cannot be tailed: AWS has no FilterLogEvents for its class "
        f"{row['logGroupClass']}; CloudWatch Logs Insights reads it."
    )


def _span(start: float, end: float) -> str:
    return f"{moments.shown(start)[:8]}–{moments.shown(end)[:8]}"


def _by_scope(targets: list[Target]) -> Iterator[tuple[Scope, list[Target]]]:
    for scope in dict.fromkeys(target.ref.scope for target in targets):
        yield scope, [target for target in targets if target.ref.scope == scope]


def _spool() -> BinaryIO | None:
    """A file for what does not fit in memory: private, without a name, gone with the console."""
    with contextlib.suppress(OSError):
        folder = paths.private(paths.cache_folder())
        return tempfile.TemporaryFile(dir=folder)
    return None
