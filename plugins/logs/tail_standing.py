"""How the jobs behind a tail pane stand: how far each has come, what is in its way, what it has not read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awstui.plugin import Row
from awstui.ui.pane import problem_lines
from awstui.wire import Problem

from . import moments
from .chunk import Ident
from .tail_jobs import Job, Jobs, Place
from .tail_keys import OnLines

if TYPE_CHECKING:
    from awstui.ui.remote import Stream

AGAIN = (5.0, 60.0)
"""Seconds after which what has stopped is begun again, first and at most."""


@dataclass(slots=True, eq=False)
class Run:
    """One job as it goes."""

    job: Job
    since: float
    stream: Stream | None = None
    state: Row | None = None
    """What it last said of itself."""

    over: bool = False
    """Whether it came to its end: all of a range is read."""

    problem: Problem | None = None
    """Why it stopped."""

    stopped: float = 0.0
    wait: float = AGAIN[0]
    known: int = 0
    """The time, in milliseconds, up to which lines may be here that it brings again."""

    claimed: set[int] = field(default_factory=set)
    """The lines here that it has brought again."""

    provisional: dict[int, Ident] = field(default_factory=dict)
    """The lines that Live Tail has brought and no poll yet, by their numbers."""

    @property
    def groups(self) -> list[Row]:
        """How each of its groups stands."""
        groups: list[Row] = self.state["groups"] if self.state else []
        return groups

    @property
    def polled(self) -> float:
        """Up to when all is here that came in time."""
        return min((group["polled"] for group in self.groups), default=self.since)


class Standing(OnLines):
    """The part of a tail that says how its jobs stand."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.jobs = Jobs()
        self.names: list[str] = []
        """What each group is called, by its number."""

        self._runs: list[Run] = []

    @property
    def standings(self) -> list[Row]:
        """How each group stands."""
        return [group for run in self._runs for group in run.groups]

    @property
    def places(self) -> list[Place]:
        """Where each group is, by its number."""
        return self.jobs.places

    def group_name(self, number: int) -> str:
        """What the group of a number is called."""
        return self.names[number] if number < len(self.names) else ""

    def stand(self) -> None:
        """Show what the jobs say of themselves."""
        problems = [Problem(**state["problem"]) for state in self.standings if state["problem"]]
        again = f"Asking again; what comes meanwhile is not lost. Lag {self.lag():.0f} s."
        self._say_standing(problems, again)
        missing = [one for run in self._runs if run.state for one in self._missing(run, run.state)]
        if missing != self.lines.missing:
            self.lines.missing = missing
            self.lines.looks_changed()
        if not any(state["reading"] for state in self.standings):
            self._arrived()
        self.retitle()

    def _say_standing(self, problems: list[Problem], again: str) -> None:
        """Say the worst of what is in the way, and how it goes on."""
        said: list[tuple[str, str]] = []
        if problems:
            worst = next((p for p in problems if p.kind != "throttled"), problems[0])
            said = [*problem_lines(worst), (again, "muted")]
        self.note("standing", said)

    def _missing(self, run: Run, state: Row) -> Iterator[tuple[int, int, str]]:
        """The stretches that a job has not read, and what is said there."""
        utc = self.lines.look.utc

        def of(number: int) -> str:
            return f" of {self.group_name(run.job.first + number)}" if len(self.names) > 1 else ""

        for number, start, end in state["gaps"]:
            span = moments.stretch(start, end, utc=utc)
            why = "more comes than can be pulled at once"
            yield start, end, f"{span}{of(number)} not read yet: {why}"
        for number, start, end in state["unread"]:
            before = moments.shown(end, utc=utc)[:8]
            yield (
                start,
                end,
                f"before {before}{of(number)} not read: too much to pull; i asks Insights",
            )

    def _arrived(self) -> None:
        """All of the range is there."""

    def lag(self) -> float:
        """By how many seconds the slowest group may be behind."""
        told = [run.polled for run in self._runs if run.state]
        return max(0.0, time.time() - min(told)) if told else 0.0
