"""A canary that came back where SQS does not show it: behind ten others of its FIFO group, it is counted."""

from __future__ import annotations

import contextlib
import math

from awstui.errors import AwstuiError
from awstui.plugin import Row

from .. import around
from .. import attributes as the
from .ledger import State
from .run import Run

EVERY = 2.0
"""Seconds between two looks at the counts of a queue that has grown, or cannot be asked."""

SETTLES = 60.0
"""Seconds for which the counts of SQS may lag behind."""

COUNT_WITHIN = 5.0
"""Seconds that asking for them may take."""


class Unseen:
    """Holds the others back as long as the dead-letter queue has more messages than it should."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._before, self._done = _total(run.row), run.ledger.count(State.DONE)
        self._since, self._asked = 0.0, -math.inf
        self.holds = False
        """Whether the canary may have come back, as far as the counts say, or they say nothing."""

    async def look(self, now: float) -> str:
        """Count once the canary was watched long enough; why to stop where it may have come back."""
        if not self._run.operation.is_fifo or not self._run.pace.is_due(now):
            return ""
        self._since = self._since or now
        if now - self._asked >= EVERY:
            self._asked = now
            more = await self._more()
            self.holds = more is None or more > 0
            if self.holds and now - self._since >= SETTLES:
                return _why(more)
        return ""

    async def _more(self) -> int | None:
        """By how much the queue has grown, beside what was deleted; None where nobody knows."""
        with contextlib.suppress(AwstuiError):
            door = self._run.aws.at(deadline=COUNT_WITHIN)
            gone = self._run.ledger.count(State.DONE) - self._done
            return _total(await around.fresh(door, self._run.row)) - (self._before - gone)
        return None


def _total(row: Row) -> int:
    return the.waiting(row) + the.in_flight(row) + the.delayed(row)


def _why(more: int | None) -> str:
    if more is None:
        return "Whether the canary came back is not known: the queue's counts cannot be read."
    return (
        f"The queue holds about {the.counted(more)} more than it did before the canary: that may have"
        " come back behind others of its group, where SQS does not show it."
    )
