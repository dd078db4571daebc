"""Drives a redrive through a :class:`World`, one request after the other, and may die at any of them."""

from __future__ import annotations

from collections.abc import Iterable

from awstui.plugin import Row
from plugins.sqs.redriving.claims import Batch, Claim, handles
from plugins.sqs.redriving.clearing import Clearing
from plugins.sqs.redriving.course import Course, Goal
from plugins.sqs.redriving.intake import Intake
from plugins.sqs.redriving.ledger import Ledger
from plugins.sqs.redriving.operation import Operation
from plugins.sqs.redriving.outbox import Outbox
from tests.plugins.sqs.redriving.world import Lost, World


def added_up(lines: Iterable[Row]) -> Ledger:
    """The ledger that these lines of a journal make."""
    ledger = Ledger()
    for line in lines:
        ledger.take(line)
    return ledger


class Died(Exception):  # noqa: N818  no error: what the test does to it
    """The process was killed."""


class Driver:
    """One process of a redrive: begins with what is on disk, adds to it."""

    def __init__(self, world: World, operation: Operation, disk: list[Row], *, dies: float) -> None:
        self.world, self.operation, self.disk, self.dies = world, operation, disk, dies
        self.unwritten: list[Row] = []
        ledger = added_up(disk)
        for line in ledger.doubts(fifo=operation.is_fifo, now=world.now):
            ledger.take(line)
            disk.append(line)
        self.course = Course(operation, ledger)
        goal = Goal("there", 1000)
        self.intake = Intake(self.course, lambda message: goal)
        self.outbox, self.clearing = Outbox(self.course), Clearing(self.course)

    def add(self, lines: list[Row], *, sync: bool = False) -> None:
        self.unwritten += lines
        if sync:
            self.disk += self.unwritten
            self.unwritten = []

    def step(self) -> None:
        """Something happened, or time went by: look that nothing is lost; the process may die here."""
        assert not self.world.missing()
        self.world.passes()
        if self.world.chance.random() < self.dies:
            # What was not yet on disk may have come there in part, in its order.
            self.disk += self.unwritten[: self.world.chance.randint(0, len(self.unwritten))]
            raise Died

    def run(self) -> None:
        """Until nothing is left to do."""
        for _ in range(5000):
            if self.intake.over and not self.course.is_moving:
                break
            if not self.intake.over:
                self.receive()
            self.send()
            self.delete()
            self.step()
            self.intake.again(self.clearing.drop_expired(self.world.now))
        else:
            raise AssertionError("it does not end")
        for claims in self.clearing.releases(self.world.now):
            self.world.hide(handles(claims, 0))
            self.add(self.clearing.released(claims))
            self.course.drop(claims)
            self.step()
        self.add(self.course.noted(self.course.ledger.doubts(fifo=False, now=self.world.now)))
        self.add([{"kind": "ended", "why": self.intake.over}], sync=True)

    def look_whether_empty(self) -> None:
        """Ask for the counts, as the claimers do."""
        if self.intake.seems_empty(self.world.now):
            self.intake.counted(0, 0, self.world.now)

    def receive(self) -> None:
        asked = self.world.now
        self.step()
        try:
            came = self.world.receive(self.operation.hold)
        except Lost:
            return
        self.step()
        self.add(self.intake.take(came, asked, self.world.now))
        self.look_whether_empty()

    def send(self) -> None:
        now = self.world.now
        self.add(self.outbox.late(now))
        batch = self.outbox.batch(now, self.world.chance.randint(1, 10))
        if batch is None:
            return
        if any(claim.deadline - now < 2 * self.operation.within for claim in batch.claims):
            self._put_off(batch)
            return
        self.add(self.outbox.journal(batch, now), sync=True)
        self.step()
        dedup = self.operation.deduplication if self.operation.is_fifo else lambda ident: ""
        entries = [claim.entry(n, dedup(claim.ident)) for n, claim in enumerate(batch.claims)]
        try:
            answer = self.world.send(entries)
        except Lost:
            self.step()
            self.add(self.outbox.unanswered(batch, "no answer", self.world.now), sync=True)
            return
        self.step()
        self.add(self.outbox.answered(batch, answer, self.world.now), sync=True)
        self._deleted(self.clearing.acknowledged(batch))

    def _put_off(self, batch: Batch) -> None:
        gone = []
        for claim in batch.claims:
            asked = self.world.now
            if self.world.hide(handles([claim], self.operation.hold)):
                gone.append(claim)
            else:
                claim.deadline = asked + self.operation.hold
        self.intake.again(self.outbox.unsent(batch, dropped=gone))
        self.step()

    def delete(self) -> None:
        self._deleted(self.clearing.deletes(self.world.now))

    def _deleted(self, claims: list[Claim]) -> None:
        if not claims:
            return
        self.step()
        try:
            failed = self.world.delete(handles(claims))
        except Lost:
            self.clearing.undeleted(claims, self.world.now)
            return
        self.step()
        self.add(self.clearing.deleted(claims, failed, self.world.now))
