"""Sending and deleting: one pair of requests after the other, each step on disk before the next."""

from __future__ import annotations

import asyncio
import time

from awstui.errors import AwsError

from .claims import BATCH, Batch, Claim, handles
from .keeping import extended
from .requests import key_trouble, outcome
from .run import Run


class Pairing:
    """Sends what may be sent, and deletes what was acknowledged."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def work(self) -> None:
        """Go on until the run is through."""
        while not self._run.is_through:
            try:
                if not await self._step():
                    await self._run.idle()
            except AwsError as error:
                self._run.end(error.problem.what, error.problem)

    async def _step(self) -> bool:
        """Delete what may be deleted, else send what may be sent; whether there was something."""
        now = time.time()
        if claims := self._run.clearing.deletes(now):
            await self.delete(claims)
            return True
        self._run.add(self._run.outbox.late(now))
        most = 0 if self._run.paused else min(BATCH, self._run.pace.most(now))
        batch = self._run.outbox.batch(now, most) if most else None
        if batch is None:
            return False
        self._run.pace.spend(len(batch.claims))
        if any(claim.deadline - now < 2 * self._run.operation.within for claim in batch.claims):
            await self._hold_on(batch)
            return True
        await self._pair(batch)
        return True

    async def _pair(self, batch: Batch) -> None:
        """Send, and delete what was acknowledged: the journal before, between and after."""
        self._run.add(self._run.outbox.journal(batch, time.time()))
        try:
            await self._run.journal.sync()
        except AwsError as error:
            self._run.add(
                self._run.outbox.refused(batch, error.problem.what, time.time(), lasting=False)
            )
            raise
        until = self._run.outbox.until(batch)
        if until - time.time() < self._run.operation.within:
            # The disk took too long: it is known that nothing was sent, and it is looked at anew.
            self._run.add(
                self._run.outbox.refused(batch, "too late to send it", time.time(), lasting=False)
            )
            return
        await self._send(batch, until)
        await self._run.journal.sync()
        if claims := self._run.clearing.acknowledged(batch):
            await self.delete(claims)

    async def _send(self, batch: Batch, until: float) -> None:
        try:
            answer = await self._run.requests.send(batch, until)
        except AwsError as error:
            self._failed(batch, error)
        except asyncio.CancelledError:
            self._run.add(
                self._run.outbox.unanswered(batch, "awstui ended before the answer", time.time())
            )
            raise
        else:
            self._run.add(self._run.outbox.answered(batch, answer, time.time()))
            if problem := key_trouble(answer):
                self._run.end(problem.what, problem)

    def _failed(self, batch: Batch, error: AwsError) -> None:
        what, now = error.problem.what, time.time()
        match outcome(error):
            case "unknown":
                self._run.add(self._run.outbox.unanswered(batch, what, now))
            case "never":
                self._run.add(self._run.outbox.parted(batch, what, now))
            case "stop":
                self._run.add(self._run.outbox.refused(batch, what, now, lasting=False))
                self._run.end(what, error.problem)
            case _:
                self._run.add(self._run.outbox.refused(batch, what, now, lasting=False))

    async def delete(self, claims: list[Claim]) -> None:
        """Delete what was acknowledged; what fails is tried again."""
        try:
            until = min(claim.deadline for claim in claims)
            failed = await self._run.requests.delete(handles(claims), until)
        except AwsError as error:
            self._run.clearing.undeleted(claims, time.time())
            if outcome(error) == "stop":
                self._run.end(error.problem.what, error.problem)
            return
        except asyncio.CancelledError:
            self._run.clearing.undeleted(claims, 0.0)
            raise
        self._run.add(self._run.clearing.deleted(claims, failed, time.time()))

    async def _hold_on(self, batch: Batch) -> None:
        """Extend claims that are near their end; one that has ended is not sent, for it comes again."""
        gone = await extended(self._run, batch.claims)
        self._run.intake.again(self._run.outbox.unsent(batch, dropped=gone))
        if any(claim.deadline - time.time() < self._run.operation.within for claim in batch.claims):
            await self._run.idle()  # it could not be asked: not again at once
