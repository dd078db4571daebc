"""A redrive at the edge of the network: claims, sends and deletes in parallel, each step on disk first."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws, Row
from awstui.wire import Problem

from .claims import BATCH, Batch, Claim, handles
from .clearing import Clearing
from .course import Course, Goal
from .goals import Chosen, Goals
from .intake import Intake
from .journal import Journal
from .ledger import Known, Ledger, State
from .operation import Operation
from .outbox import Outbox
from .pace import Pace
from .requests import Requests, outcome

CLAIMERS, SENDERS = 12, 24
"""How many requests of a kind are under way at once, at most."""

AHEAD, AHEAD_WATCHING = 400, 2000
"""How many are held for us at once: enough to send, more where it is watched what comes back."""

IDLE = 0.2
"""Seconds after which a worker that has nothing to do looks again."""

EXTEND = 4
"""A claim is extended when less than this part of its hold is left: one in so many."""


@dataclass
class Runner:
    """One operation under way."""

    aws: Aws
    row: Row
    operation: Operation
    goals: Goals
    journal: Journal
    ledger: Ledger
    retention: int = 0
    earlier: Mapping[str, Known] = field(default_factory=dict)
    """What redrives before this one have left in both queues, or may have."""

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
        chosen = Chosen(self.operation.selection)

        def judge(message: Row) -> str | Goal:
            if self.only_clears:
                return "only what was sent before is deleted"
            return chosen.refuses(message) or self.goals.of(message)

        self.intake = Intake(self.course, judge, retention=self.retention)
        self.outbox, self.clearing = Outbox(self.course), Clearing(self.course)
        self.pace = Pace(self.operation.rate, time.time(), canary=self.operation.canary)
        self.requests = Requests(self.aws, self.row, self.operation)
        self._stirred = asyncio.Event()

    # ---- as a whole ----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until nothing is left to do, or it is told to end."""
        now = time.time()
        self._add(self.course.noted(
            [{"kind": "begun", "at": now}, *self.ledger.doubts(fifo=self.operation.is_fifo, now=now)]
        ))  # fmt: skip
        await self.journal.sync()
        await self._take_over()
        wide = max(1, math.ceil(self.operation.rate / 50))
        async with asyncio.TaskGroup() as group:
            for number in range(min(CLAIMERS, wide)):
                group.create_task(self._claim(number))
            for _ in range(min(SENDERS, wide)):
                group.create_task(self._work())
            group.create_task(self._keep())

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

    async def _idle(self) -> None:
        """Wait until something has changed, or for a moment."""
        self._stirred.clear()
        try:
            async with asyncio.timeout(IDLE):
                await self._stirred.wait()
        except TimeoutError:
            return

    @property
    def is_through(self) -> bool:
        """Whether nothing more is to be done but giving back."""
        return bool(self.ending) or bool(
            self.intake.over and not self.course.is_moving and not self._busy
        )

    @property
    def _busy(self) -> bool:
        return any(claim.busy for claim in self.course.claims.values())

    def _add(self, lines: list[Row]) -> None:
        self.journal.add(lines)
        if lines:
            self.stir()

    # ---- claiming ------------------------------------------------------------------------------------

    async def _claim(self, number: int) -> None:
        while not self.is_through:
            if not self._may_claim(number):
                await self._idle()
                continue
            asked = time.time()
            try:
                messages = await self._receive()
            except AwsError as error:
                if outcome(error) in ("later", "unknown"):
                    await asyncio.sleep(IDLE)
                    continue
                self.end(error.problem.what, error.problem)
                return
            self._add(self.intake.take(messages, asked, time.time()))

    def _may_claim(self, number: int) -> bool:
        """Whether this claimer is to ask now: only the first goes on where nothing comes."""
        if self.paused or self._is_full or (number and self.intake.empties):
            return False
        # A canary's redrive goes on looking for what comes back.
        return not self.intake.over or bool(self.operation.canary and not number)

    async def _receive(self) -> list[Row]:
        """One receive; one that was not answered is repeated where that costs nothing."""
        attempt = self.requests.attempt()
        try:
            return await self.requests.receive(attempt)
        except AwsError as error:
            if outcome(error) != "unknown":
                raise
        if self.operation.is_fifo:  # under the same name the same messages come again
            return await self.requests.receive(attempt)
        self.notes.append(
            "A receive was not answered: up to 10 messages may be hidden"
            f" for {self.operation.hold} s, and come then."
        )
        return []

    @property
    def _is_full(self) -> bool:
        ahead = AHEAD_WATCHING if self.pace.is_watching else AHEAD
        return self.course.pending >= ahead

    # ---- sending and deleting ------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self.is_through:
            try:
                if not await self._step():
                    await self._idle()
            except AwsError as error:
                self.end(error.problem.what, error.problem)

    async def _step(self) -> bool:
        """Delete what may be deleted, else send what may be sent; whether there was something."""
        now = time.time()
        if claims := self.clearing.deletes(now):
            await self.delete(claims)
            return True
        self._add(self.outbox.late(now))
        most = 0 if self.paused else min(BATCH, self.pace.most(now))
        batch = self.outbox.batch(now, most) if most else None
        if batch is None:
            return False
        self.pace.spend(len(batch.claims))
        if any(claim.deadline - now < 2 * self.operation.within for claim in batch.claims):
            await self._hold_on(batch)
            return True
        await self._pair(batch)
        return True

    async def _pair(self, batch: Batch) -> None:
        """Send, and delete what was acknowledged: the journal before, between and after."""
        self._add(self.outbox.journal(batch, time.time()))
        try:
            await self.journal.sync()
        except AwsError as error:
            self.outbox.refused(batch, error.problem.what, time.time(), lasting=False)
            raise
        await self._send(batch)
        await self.journal.sync()
        if claims := self.clearing.acknowledged(batch):
            await self.delete(claims)

    async def _send(self, batch: Batch) -> None:
        try:
            answer = await self.requests.send(batch)
        except AwsError as error:
            self._failed(batch, error)
        except asyncio.CancelledError:
            self._add(self.outbox.unanswered(batch, "awstui ended before the answer", time.time()))
            raise
        else:
            self._add(self.outbox.answered(batch, answer, time.time()))

    def _failed(self, batch: Batch, error: AwsError) -> None:
        what, now = error.problem.what, time.time()
        match outcome(error):
            case "unknown":
                self._add(self.outbox.unanswered(batch, what, now))
            case "never":
                self._add(self.outbox.refused(batch, what, now, lasting=True))
            case "stop":
                self._add(self.outbox.refused(batch, what, now, lasting=False))
                self.end(what, error.problem)
            case _:
                self._add(self.outbox.refused(batch, what, now, lasting=False))

    async def delete(self, claims: list[Claim]) -> None:
        """Delete what was acknowledged; what fails is tried again."""
        try:
            failed = await self.requests.delete(handles(claims))
        except AwsError as error:
            self.clearing.undeleted(claims, time.time())
            if outcome(error) == "stop":
                self.end(error.problem.what, error.problem)
            return
        except asyncio.CancelledError:
            self.clearing.undeleted(claims, 0.0)
            raise
        self._add(self.clearing.deleted(claims, failed, time.time()))

    async def _hold_on(self, batch: Batch) -> None:
        """Extend claims that are near their end; one that has ended is not sent, for it comes again."""
        gone = await self._extended(batch.claims)
        self.intake.again(self.outbox.unsent(batch, dropped=gone))

    async def _extended(self, claims: list[Claim]) -> list[Claim]:
        """Extend up to ten claims; those that have ended instead."""
        asked = time.time()
        try:
            failed = await self.requests.hide(claims, self.operation.hold)
        except AwstuiError:
            return [claim for claim in claims if claim.deadline <= time.time()]
        wrong = {int(entry["Id"]) for entry in failed}
        fine = [claim for number, claim in enumerate(claims) if number not in wrong]
        self._add(self.clearing.extended(fine, asked + self.operation.hold))
        return [claim for number, claim in enumerate(claims) if number in wrong]

    async def _keep(self) -> None:
        """Keep claims from ending, forget those that have, and look at what comes back."""
        while not self.is_through:
            now = time.time()
            near = self.clearing.ending(now, self.operation.hold / EXTEND)
            if near:
                for claim in near:
                    claim.busy = True
                gone = await self._extended(near)
                for claim in near:
                    claim.busy = False
                self.intake.again(self.course.drop(gone))
            self.intake.again(self.clearing.drop_expired(time.time()))
            self._watch()
            if not near:
                await self._idle()

    def _watch(self) -> None:
        if not self.operation.canary:
            return
        counts = self.ledger.counts()
        sent = counts[State.SENT] + counts[State.DONE]
        why = self.pace.look(
            time.time(), sent=sent, bounced=len(self.ledger.bounced), out=counts[State.JOURNALED]
        )
        if why:
            self.end(why)

    # ---- before and after ----------------------------------------------------------------------------

    async def _take_over(self) -> None:
        """What another process has left hidden: deleted where it was acknowledged, else released."""
        now = time.time()
        held = {i: one for i, one in self.ledger.handles.items() if one.until > now + 1.0}
        for chosen, taken in ((True, (State.SENT,)), (False, ())):
            idents = [i for i in held if (self.ledger.state(i) is State.SENT) is chosen]
            for start in range(0, len(idents), BATCH):
                part = idents[start : start + BATCH]
                entries = [
                    {"Id": str(number), "ReceiptHandle": held[ident].handle}
                    for number, ident in enumerate(part)
                ]
                await self._take_over_part(part, entries, delete=bool(taken))

    async def _take_over_part(self, idents: list[str], entries: list[Row], *, delete: bool) -> None:
        delete = delete and not self.operation.keep
        try:
            if delete:
                failed = await self.requests.delete(entries)
            else:
                failed = await self.requests.hide_entries(
                    [entry | {"VisibilityTimeout": 0} for entry in entries]
                )
        except AwsError:
            return  # they come by themselves when their hold is over
        wrong = {str(entry.get("Id")) for entry in failed}
        fine = [ident for number, ident in enumerate(idents) if str(number) not in wrong]
        late = [i for i in fine if self.ledger.handles[i].until <= time.time()]
        if delete:
            lines: list[Row] = [{"kind": "done", "id": i} for i in fine if i not in late]
        else:
            lines = [{"kind": "released", "ids": fine}]
        self._add(self.course.noted(lines))

    async def tidy(self, why: str, *, over: bool) -> None:
        """Delete what is acknowledged, give back all else; ``over`` when nothing is left to resume."""
        self.clearing.hurry()
        while claims := self.clearing.deletes(time.time()):
            await self.delete(claims)
        releases = self.clearing.releases(time.time())
        await asyncio.gather(*(self._release(claims) for claims in releases))
        if over:
            now = time.time()
            self._add(self.course.noted(self.ledger.doubts(fifo=False, now=now)))
            self._add(self.course.noted([{"kind": "ended", "why": why, "at": now}]))
        await self.journal.sync()

    async def _release(self, claims: list[Claim]) -> None:
        try:
            await self.requests.hide(claims, 0)
        except AwstuiError:
            return  # they become visible when their hold is over
        self._add(self.clearing.released(claims))
