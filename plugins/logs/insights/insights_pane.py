"""Insights over one or many groups: the query runs, its results and its price come as it does."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.ui.pane import problem_lines

from . import history
from .asking import Asking
from .command import scanned, sized
from .job import refusal
from .parts import AT_ONCE, Part, called
from .question import Question, dollars, pointed, price, wrong

if TYPE_CHECKING:
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
        self._parts: list[Part] = []
        self._is_asking = False
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
        self._parts, self._is_asking, self.said = self.places(), True, "asking"
        self.work(self._listen(self._parts), "query")

    def _remember(self) -> None:
        """Keep the query for the next time; a disk that takes nothing keeps nobody from asking."""
        try:
            history.remember(self.wanted, self.groups)
        except OSError as error:
            self.console.say(f"The query is not kept in the history: {error.strerror}.", "warn")

    async def _listen(self, parts: list[Part]) -> None:
        since, until = self.span()
        turns = asyncio.Semaphore(AT_ONCE)

        async def ask(part: Part) -> None:
            async with turns:
                try:
                    await self._hear(part, parts, since, until)
                except AwstuiError as error:
                    part.problem = error.problem

        try:
            await asyncio.gather(*map(ask, parts))
            self._end(parts)
        finally:
            if self._parts is parts and self._is_asking:
                self._is_asking, self._took = False, time.time() - self._began
            self.retitle()

    async def _hear(self, part: Part, parts: list[Part], since: float, until: float) -> None:
        """Ask in one place, and show all that there is whenever more of it comes."""
        part.stream = self.remote.job(
            part.target.ref, part.target.raw, "insights",
            query=self.wanted, groups=part.groups, since=since, until=until,
        )  # fmt: skip
        async for event in part.stream:
            if event["kind"] == "results":
                part.results = event
                self.show_results(parts, self.wanted)
                self.said = str(self.results["status"]).lower()
            self.retitle()
        part.stream = None

    def _end(self, parts: list[Part]) -> None:
        """Say what it all came to, once every place has answered or failed."""
        failed = [part for part in parts if part.problem is not None]
        if len(failed) == len(parts) and failed[0].problem is not None:
            raise AwstuiError(failed[0].problem)
        self.show_results(parts, self.wanted)
        rows = len(self.results["rows"])
        self._tell_cost(self.results["statistics"], rows, failed)
        problem = next(
            filter(None, (refusal(part.results.get("status", "")) for part in parts)), None
        )
        if problem is not None:
            self.fail(problem)
        elif not rows:
            self.console.say("Nothing matches in this range.")

    def _tell_cost(self, statistics: Row, rows: int, failed: list[Part]) -> None:
        """Put the true figures where the estimate stood, the estimate behind them, and what is missing."""
        guess = self.guess()
        true = price(float(statistics.get("bytesScanned") or 0))
        count = len(self._parts)
        lacks = f"! {count - len(failed)} of {count} places · " if failed else ""
        self.said = f"{lacks}{rows:,} rows · {dollars(true)}"
        told = f"{scanned(statistics, rows)} · estimated {sized(guess.bytes)}"
        said = [(" ".join(self.wanted.split()), ""), (told, "")]
        said += [
            (f"✗ {called(part.scope)}: {part.problem.what}", "bad")
            for part in failed
            if part.problem is not None
        ]
        self.notice.say(said, alone=False)

    def action_stop(self) -> None:
        """Stop the query; what it found stays."""
        if self._is_asking:
            for part in self._parts:
                if part.stream is not None:
                    part.stream.close()
                    part.stream = None
            self._is_asking = False
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
        if not self._is_asking:
            found = f"/{self.filter_text} {self.grid.rows_shown} · " if self.filter_text else ""
            took = f" · {self._took:.0f} s" if self._took else ""
            tone = "bad" if self.said == "not run" else "warn" if self.said.startswith("!") else ""
            return f"{found}{self.said}{took}", tone
        statistics = self.results.get("statistics") or {}
        count = float(statistics.get("bytesScanned") or 0)
        rows = len(self.results.get("rows") or ())
        return (
            f"{self.said} · {rows:,} rows · {sized(count)} · {dollars(price(count))} · "
            f"{time.time() - self._began:.0f} s · x stops"
        ), ""
