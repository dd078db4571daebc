"""The jobs behind a tail pane: begun, listened to, and begun again from where they stopped."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.ui.pane import problem_lines
from awstui.wire import Problem

from . import moments
from .chunk import Entry
from .tail_jobs import jobs_of, labels
from .tail_lines import SLICE
from .tail_standing import AGAIN, Run, Standing
from .tailing import CADENCE

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import Stream

REPAINTS = 1 / 15
"""Seconds between two paints while lines pour in."""

WINDOW_MOST = 500_000
"""Lines of a window that are pulled at most: what is beyond outgrows a client."""


class Following(Standing):
    """The part of a tail that keeps its jobs going."""

    targets: list[Target]
    """The groups, or streams of one group; given by the list that opens the pane."""

    since = 0.0
    until = 0.0
    """When the window ends; 0 while it is followed for ever."""

    pattern = ""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.new = 0
        """Lines that came while somebody read elsewhere."""

        self._numbers, self._below = itertools.count(1), 0
        self._began = 0.0
        self._painting = False

    # ---- beginning -----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read anew: the range from its newest line back, then whatever comes."""
        self.stop()
        self.lines.stop_seeking()
        self.store.clear()
        self.new, self._began = 0, time.time()
        self.lines.missing = []
        self.lines.provisional.clear()
        self.lines.following, self.lines.endless = True, not self.until
        self.jobs = jobs_of(self.targets)
        self.names = labels(self.jobs.places)
        self.lines.look.groups = len(self.names)
        self.lines.looks_changed()
        self.note("left out", [(said, "warn") for said in self.jobs.said])
        if len(self.names) > 1:
            signs = (f"{self.lines.sign(n)} {name}" for n, name in enumerate(self.names))
            self.title = "Tail  " + "  ".join(signs)
        self._runs = [Run(job, self.since) for job in self.jobs.jobs]
        for run in self._runs:
            self._start(run)
        self.show_notes()
        self.retitle()

    def has_nothing(self) -> bool:
        """Whether nothing is followed, so that there are no lines below what is said."""
        return not self._runs

    def stop(self) -> None:
        """Follow no longer."""
        for run in self._runs:
            stream, run.stream = run.stream, None
            if stream is not None:
                stream.close()
        self._runs = []
        for source in ("stopped", "standing", "fault"):
            self.note(source, [])

    def _start(self, run: Run) -> None:
        if died := self.console.engine.died:
            self._stopped(run, Problem("The engine stopped.", why=died))
            return
        told = run.job.arguments(run.since, self.pattern)
        name = "between" if self.until else "follow"
        if self.until:
            told |= {"until": self.until, "most": WINDOW_MOST}
        run.problem = None
        target = run.job.target
        run.stream = self.remote.job(target.ref, target.raw, name, **told)
        self.work(self._listen(run, run.stream), f"tail-{run.job.first}")

    async def _listen(self, run: Run, stream: Stream) -> None:
        problem = Problem("The following ended by itself.")
        try:
            async for event in stream:
                if run.stream is not stream:
                    return  # begun anew meanwhile
                await self.heard(run, stream, event)
            if self.until:
                run.over = True
                self._arrived()
                return
        except AwstuiError as error:
            problem = error.problem
        except Exception as fault:
            problem = Problem(f"{type(fault).__name__}: {fault}", kind="fault")
            raise
        finally:
            if run.stream is stream and not run.over:
                stream.close()
                self._stopped(run, problem)
            self.retitle()

    async def heard(self, run: Run, stream: Stream, event: Row) -> None:
        """Take one event of a job."""
        match event["kind"]:
            case "lines":
                await self._take(run, stream, event["lines"])
            case "settled":
                self._settle(run, event["numbers"])
            case "state":
                run.state, run.wait = event, AGAIN[0]
                self.stand()
            case "trouble":
                self._say_standing(
                    [Problem(**event["problem"])], "It goes on as soon as that is over."
                )
            case "progress":
                self._say_standing([], "")
                self.retitle()

    # ---- stopping, and beginning again ---------------------------------------------------------------

    def _stopped(self, run: Run, problem: Problem) -> None:
        """Say that a job has stopped, and when it is begun again."""
        run.stream, run.problem, run.stopped = None, problem, time.time()
        since = moments.shown(self._again_from(run) * 1000, utc=self.lines.look.utc)[:8]
        again = f"It goes on by itself from {since}; nothing that came meanwhile is left out."
        said = [("✗ Following stopped.", "bad")]
        if not self.console.engine.died:
            said = [*problem_lines(problem), *said]
            again += f" Next try in {run.wait:.0f} s."
        self.note("stopped", [*said, (again, "")])

    def _again_from(self, run: Run) -> float:
        """What may have been seen late is read again: what is here already is known by what it is."""
        return max(self.since, run.polled - CADENCE.reach)

    def _go_on(self, *, at_once: bool = False) -> None:
        """Begin again what has stopped, from where it stopped."""
        now = time.time()
        if self.console.engine.died:
            return
        for run in self._runs:
            if run.problem is None or not (at_once or now >= run.stopped + run.wait):
                continue
            run.wait = min(AGAIN[1], run.wait * 2)
            run.since = self._again_from(run)
            run.known, run.claimed = self.store.newest, set()
            self._start(run)
        if not any(run.problem for run in self._runs):
            self.note("stopped", [])
            self.note("fault", [])

    def wake(self) -> None:
        """The pane is seen, or the engine runs again."""
        super().wake()
        self._go_on(at_once=True)
        self.show_notes()

    def tick(self, now: float) -> None:
        """Try again what has stopped."""
        super().tick(now)
        if any(run.problem for run in self._runs):
            self._go_on()

    # ---- lines ---------------------------------------------------------------------------------------

    async def _take(self, run: Run, stream: Stream, lines: list[list[Any]]) -> None:
        """Take in lines in steps: a key never waits for them."""
        self._number(run, lines)
        if run.known:
            lines = list(self._unknown(run, lines))
        if not self.lines.following:
            self.new += sum(1 for _ in self._new(run, lines))
        until = time.perf_counter() + SLICE
        for _ in self.lines.taking(lines):
            self._repaint()
            if time.perf_counter() > until:
                await asyncio.sleep(0)
                if run.stream is not stream:
                    return
                until = time.perf_counter() + SLICE

    def _number(self, run: Run, lines: list[list[Any]]) -> None:
        """Give lines their numbers among all of the tail, by which those of one moment stand."""
        for line in lines:
            line[2], line[3] = next(self._numbers), line[3] + run.job.first
            if line[4] < 0:
                run.provisional[-line[4]] = ident = Entry(*line).ident
                self.lines.provisional[ident] += 1
                line[4] = 0
        at, taken, _, group = lines[-1][:4]
        reading = not run.groups or run.groups[group - run.job.first]["reading"]
        at_once = lines[0][:2] == [at, taken]
        if (at_once and not reading) or not self.store.meets(at, taken, group):
            return
        # The past comes page by page, newest first: what a page cut in two goes before what is here.
        cut = [line for line in lines if line[:2] == [at, taken]]
        for line in cut[::-1]:
            line[2] = self._below = self._below - 1

    def _settle(self, run: Run, numbers: Iterable[int]) -> None:
        """Polls have brought lines that Live Tail has shown."""
        for number in numbers:
            if ident := run.provisional.pop(number, None):
                self.lines.confirm(ident)
        self._repaint()

    def _unknown(self, run: Run, lines: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """Lines that were not here before their job stopped; of two that are the same, each once."""
        for line in lines:
            if line[0] <= run.known:
                held = set(self.store.holds(Entry(*line).ident)) - run.claimed
                if held:
                    run.claimed.add(min(held))
                    self.lines.confirm(Entry(*line).ident)
                    continue
            yield line

    def _new(self, run: Run, lines: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """Lines that are shown and are news: not those of before that are only read as yet."""
        first, groups = run.job.first, run.groups
        for line in lines:
            at, taken, number, group, late = line[:5]
            reading = not groups or groups[group - first]["reading"]
            behind = (at, taken, number) > self.lines.left_at
            news = late or (behind and (not reading or at >= self._began * 1000))
            if news and self.store.passes(line[7]):
                yield line

    def _repaint(self) -> None:
        if not self._painting:
            self._painting = True
            self.set_timer(REPAINTS, self._paint)

    def _paint(self) -> None:
        self._painting = False
        self.say_what_is_hidden()
        self.lines.changed()
        self.retitle()
