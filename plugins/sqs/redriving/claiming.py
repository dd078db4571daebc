"""Claiming: messages are received, hidden for us, and judged."""

from __future__ import annotations

import asyncio
import contextlib
import time

from awstui.errors import AwsError
from awstui.plugin import Row

from .. import around
from .. import attributes as the
from .keeping import given_back
from .requests import outcome
from .run import IDLE, Run

AHEAD, AHEAD_WATCHING = 400, 2000
"""How many are held for us at once: enough to send, more where it is watched what comes back."""

COUNT_WITHIN = 5.0
"""Seconds that asking for the counts of a queue may take."""

GLANCE = 1.0
"""Seconds between two looks at the groups of a FIFO queue for a canary that came back."""


class Claiming:
    """Receives as long as there is room for what comes."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def work(self, number: int) -> None:
        """Be the claimer of that number until the run is through."""
        while not self._run.is_through:
            if self._run.watches_group:
                if number or not await self._let_go():
                    await self._run.idle()
                    continue
            elif not self._may_claim(number):
                await self._run.idle()
                continue
            asked = time.time()
            try:
                messages = await self._receive()
            except AwsError as error:
                if outcome(error) in ("later", "unknown"):
                    await asyncio.sleep(IDLE)
                    continue
                self._run.end(error.problem.what, error.problem)
                return
            self._run.add(self._run.intake.take(messages, asked, time.time()))
            if self._run.intake.over and not messages:
                await (
                    self._run.idle()
                )  # what is looked for may be long in coming, and not every server waits
            if not number and self._run.intake.seems_empty(time.time()):
                await self._count()

    async def _count(self) -> None:
        """Ask what SQS counts before a queue is called empty; where it does not say, it is."""
        row: Row = {}
        with contextlib.suppress(AwsError):
            row = await around.fresh(self._run.aws.at(deadline=COUNT_WITHIN), self._run.row)
        self._run.intake.counted(the.waiting(row), the.in_flight(row), time.time())

    async def _let_go(self) -> bool:
        """Give back all that is held, and wait a moment; whether all of it is visible by now.

        Of a FIFO group nothing comes while we hold one of it: a canary that came back would never be seen.
        """
        if self._run.course.is_held_up:
            return False
        self._run.intake.again(await given_back(self._run))
        await asyncio.sleep(GLANCE)
        return not self._run.is_through

    def _may_claim(self, number: int) -> bool:
        """Whether this claimer is to ask now: only the first goes on where nothing comes."""
        if self._run.paused or self._is_full or (number and self._run.intake.empties):
            return False
        # A canary's redrive goes on looking for what comes back.
        return not self._run.intake.over or bool(self._run.operation.canary and not number)

    async def _receive(self) -> list[Row]:
        """One receive; one that was not answered is repeated where that costs nothing."""
        attempt = self._run.requests.attempt()
        try:
            return await self._run.requests.receive(attempt)
        except AwsError as error:
            if outcome(error) != "unknown":
                raise
        if self._run.operation.is_fifo:  # under the same name the same messages come again
            return await self._run.requests.receive(attempt)
        self._run.notes.append(
            "A receive was not answered: up to 10 messages may be hidden"
            f" for {self._run.operation.hold} s, and come then."
        )
        return []

    @property
    def _is_full(self) -> bool:
        ahead = AHEAD_WATCHING if self._run.pace.is_watching else AHEAD
        return self._run.course.pending >= ahead
