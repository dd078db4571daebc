"""Insights over one or many groups: the query runs, its results and its price come as it does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from awstui.plugin import Row
from awstui.ui.pane import problem_lines

from . import history
from .asking import Asking
from .command import scanned, sized
from .job import refusal
from .question import Question, dollars, pointed, price, wrong

if TYPE_CHECKING:
    from awstui.ui.remote import Stream
    from awstui.wire import Problem


DEAR = 0.5
"""Dollars from which on a query waits for a second key."""


class InsightsPane(Asking):
    """Asks a query of the groups it was opened on, and shows what it finds while it runs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "run", id="insights.run", tooltip="Ask the query; what it scans is paid for"),
        Binding("x", "stop", "stop", id="insights.stop", tooltip="Stop the query"),
    ]  # fmt: skip

    def __init__(self, row: Row, asked: Question | None = None, *, follows: bool = False) -> None:
        super().__init__(row, asked, follows=follows)
        self._stream: Stream | None = None
        self._began = self._took = 0.0

    def on_unmount(self) -> None:
        """Leaving stops the query: what it would scan further is not paid for."""
        self.action_stop()

    def taken(self) -> None:
        """Run what is cheap at once, and what is dear, or may be, after another key."""
        guess = self.foretell()
        if guess.price < DEAR and not guess.unknown:
            self.action_run()
            return
        cost = dollars(guess.price) if guess.price >= DEAR else "more than can be told"
        self.said = f"may cost {cost} · r runs it"
        self.retitle()

    def action_run(self) -> None:
        """Ask the query."""
        self.action_stop()
        self._remember()
        self.clear()
        self.foretell()
        self._began, self._took = time.time(), 0.0
        self.work(self._listen(), "query")

    def _remember(self) -> None:
        """Keep the query for the next time; a disk that takes nothing keeps nobody from asking."""
        try:
            history.remember(self.wanted, self.groups)
        except OSError as error:
            self.console.say(f"The query is not kept in the history: {error.strerror}.", "warn")

    async def _listen(self) -> None:
        since, until = self.span()
        stream = self._stream = self.remote.job(
            self.target.ref, self.target.raw, "insights",
            query=self.wanted, groups=self.groups, since=since, until=until,
        )  # fmt: skip
        self.said = "asking"
        try:
            async for event in stream:
                if event["kind"] == "results":
                    self._take(event)
                self.retitle()
        finally:
            if self._stream is stream:
                self._stream, self._took = None, time.time() - self._began
            self.retitle()

    def _take(self, event: Row) -> None:
        rows = event["rows"]
        self.show_results(event, self.wanted)
        self.said = event["status"].lower()
        if event["ended"]:
            self._tell_cost(event["statistics"], len(rows))
            problem = refusal(event["status"])
            if problem is not None:
                self.fail(problem)
            elif not rows:
                self.console.say("Nothing matches in this range.")

    def _tell_cost(self, statistics: Row, rows: int) -> None:
        """Put the true figures where the estimate stood, and the estimate behind them."""
        guess = self.guess()
        true = price(float(statistics.get("bytesScanned") or 0))
        self.said = f"{rows:,} rows · {dollars(true)}"
        told = f"{scanned(statistics, rows)} · estimated {sized(guess.bytes)}"
        self.notice.say([(" ".join(self.wanted.split()), ""), (told, "")], alone=False)

    def action_stop(self) -> None:
        """Stop the query; what it found stays."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._took = time.time() - self._began
            self.said = "stopped: not all was read"
            self.workers.cancel_group(self, "query")
            self.retitle()

    def fail(self, problem: Problem) -> None:
        """Show a problem; where the query is malformed, the place."""
        place = wrong(self.wanted, f"{problem.what} {problem.why}")
        self.said = "not run"
        if place is None or "Malformed" not in problem.code:
            self.notice.say(problem_lines(problem), alone=False)
        else:
            line, caret = pointed(self.wanted, place)
            self.notice.say(
                [
                    (
                        f"✗ Malformed at line {place.line}, position {place.position} · e edits",
                        "bad",
                    ),
                    (line, ""),
                    (caret, "bad"),
                ],
                alone=False,
            )
        self.retitle()

    def facts(self) -> tuple[str, str]:
        """How the query stands, what it scanned, what that costs."""
        if self._stream is None:
            found = f"/{self.filter_text} {self.grid.rows_shown} · " if self.filter_text else ""
            took = f" · {self._took:.0f} s" if self._took else ""
            return f"{found}{self.said}{took}", "bad" if self.said == "not run" else ""
        statistics = self.results.get("statistics") or {}
        count = float(statistics.get("bytesScanned") or 0)
        rows = len(self.results.get("rows") or ())
        return (
            f"{self.said} · {rows:,} rows · {sized(count)} · {dollars(price(count))} · "
            f"{time.time() - self._began:.0f} s · x stops"
        ), ""
