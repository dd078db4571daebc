"""One redrive while it runs: what its workers share, what it is told, and how it stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from awstui.plugin import Aws, Row
from awstui.wire import Problem

from .clearing import Clearing
from .course import Course, Goal, Stays
from .goals import Chosen, Goals
from .intake import Intake
from .journal import Journal
from .ledger import Known, Ledger, State
from .operation import Operation
from .outbox import Outbox
from .pace import Pace
from .requests import Requests

IDLE = 0.2
"""Seconds after which a worker that has nothing to do looks again."""


@dataclass
class Run:
    """What the workers of one operation share."""

    aws: Aws
    row: Row
    operation: Operation
    goals: Goals
    journal: Journal
    ledger: Ledger
    retention: int = 0
    earlier: Mapping[str, Known] = field(default_factory=dict)
    """What redrives before this one have left in both queues, or may have."""

    resumed: bool = False
    """Whether an earlier process may have left messages hidden."""

    only_clears: bool = False
    """Whether nothing is sent: only what an earlier run has left is deleted."""

    ending: str = ""
    """Why it is to end before it is through; empty while it is not."""

    paused: bool = False
    problem: Problem | None = None
    """What ended it, where that was an error."""

    notes: list[str] = field(default_factory=list)
    """What a person has to know, to be taken from here."""

    def __post_init__(self) -> None:
        self.course = Course(self.operation, self.ledger, earlier=self.earlier)
        chosen = Chosen(self.operation.selection, self.retention)

        def judge(message: Row) -> Stays | Goal:
            if self.only_clears:
                return Stays("only what was sent before is deleted", wanted=False)
            if why := chosen.refuses(message):
                return Stays(why, wanted=False)
            return self.goals.of(message)

        self.intake = Intake(
            self.course, judge, retention=self.retention,
            waits_until=time.time() + self.operation.hold if self.resumed else 0.0,
        )  # fmt: skip
        self.outbox, self.clearing = Outbox(self.course), Clearing(self.course)
        self.pace = Pace(self.operation.rate, time.time(), canary=self.operation.canary)
        self.requests = Requests(self.aws, self.row, self.operation)
        self._stirred = asyncio.Event()

    def progress(self) -> Row:
        """How it goes at this moment."""
        now, counts, course = time.time(), self.ledger.counts(), self.course
        return {
            "kind": "progress",
            "op": self.operation.ident,
            "state": self._state,
            "held": len(course.claims),
            "waiting": course.pending,
            "sent": counts[State.SENT],
            "done": counts[State.DONE],
            "unknown": counts[State.UNKNOWN],
            "skipped": counts[State.SKIPPED],
            "bounced": len(self.ledger.bounced),
            "stay": len(course.stays),
            "rate": self.pace.rate(now),
            "canary": self.pace.left(now) if self.pace.is_watching else 0.0,
        }

    @property
    def _state(self) -> str:
        if self.ending:
            return "ending"
        if self.paused:
            return "paused"
        return "watching the canary" if self.pace.is_watching else "running"

    def taken_notes(self) -> list[str]:
        """What a person has to know and was not told yet."""
        notes, self.notes = self.notes, []
        return notes

    def end(self, why: str, problem: Problem | None = None) -> None:
        """End after what is under way; the first reason stands."""
        if not self.ending:
            self.ending, self.problem = why, problem
        self.stir()

    def stir(self) -> None:
        """Something changed: let whoever waits look again."""
        self._stirred.set()

    async def idle(self) -> None:
        """Wait until something has changed, or for a moment."""
        self._stirred.clear()
        try:
            async with asyncio.timeout(IDLE):
                await self._stirred.wait()
        except TimeoutError:
            return

    @property
    def watches_group(self) -> bool:
        """Whether a canary of a FIFO queue is out: nothing of its group may be held meanwhile."""
        return self.operation.is_fifo and self.pace.is_out

    @property
    def is_through(self) -> bool:
        """Whether nothing more is to be done but giving back."""
        return bool(self.ending) or bool(
            self.intake.over and not self.course.is_moving and not self.course.is_held_up
        )

    def add(self, lines: list[Row]) -> None:
        """Put lines into the journal; they are on disk with its next `sync`."""
        self.journal.add(lines)
        if lines:
            self.stir()
