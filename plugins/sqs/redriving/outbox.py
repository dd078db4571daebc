"""The outbox of a redrive: what to send next, and what an answer, or none, means for each message."""

from __future__ import annotations

import math
from collections.abc import Iterable

from awstui.plugin import Row

from .claims import Batch, Claim
from .course import BACK_OFF, TRIES, Course, Stays
from .digests import attributes_digest, body_digest
from .operation import RESEND_WITHIN


def is_of_key(code: str) -> bool:
    """Whether a code is about the KMS key: that is no fault of a message, and ends the operation."""
    return "kms" in code.lower() and "throttl" not in code.lower()


SOON = 3600.0
"""Seconds before its end from which a message goes before the others."""


class Outbox:
    """Sends each message once; of a FIFO group one at a time, and none after one that failed."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def batch(self, now: float, most: int) -> Batch | None:
        """What to send next; None when nothing can go at this moment."""
        batch: Batch | None = None
        passed: set[str] = set()
        fifo = self._course.operation.is_fifo
        barred = self._course.groups_busy | self._course.groups_stopped
        for claim in self._ready(now):
            if fifo:
                if claim.group in passed:
                    continue
                passed.add(claim.group)  # one that has to wait holds up those behind it
                if claim.group in barred:
                    continue
            if claim.busy or claim.not_before > now:
                continue
            batch = batch or Batch(claim.to)
            if batch.takes(claim):
                batch.add(claim)
                if fifo:
                    self._course.groups_busy.add(claim.group)
            if len(batch.claims) >= most:
                break
        return batch if batch and batch.claims else None

    def _ready(self, now: float) -> list[Claim]:
        """What waits, as it came; what expires soon before the others."""
        ready = list(self._course.waiting.values())
        if any(0 < claim.expires < now + SOON for claim in ready):
            ready.sort(
                key=lambda claim: claim.expires if 0 < claim.expires < now + SOON else math.inf
            )
        return ready

    def late(self, now: float) -> list[Row]:
        """Give up what may have been taken, and was not sent again while that was safe."""
        lines: list[Row] = []
        for claim in [one for one in self._course.waiting.values() if one.doubtful]:
            if claim.busy:
                continue
            if now - self._course.ledger.known[claim.ident].first_sent > RESEND_WITHIN:
                lines += self._course.unknown(claim, "no answer came in time to send it again")
        return self._course.noted(lines)

    def until(self, batch: Batch) -> float:
        """When a send of these has to be over: while they are hidden for us, and a FIFO queue knows them."""
        ends = [claim.deadline for claim in batch.claims]
        if self._course.operation.is_fifo:
            known = self._course.ledger.known
            ends += [known[claim.ident].first_sent + RESEND_WITHIN for claim in batch.claims]
        return min(ends)

    def journal(self, batch: Batch, now: float) -> list[Row]:
        """What must be on disk before these are sent."""
        return self._course.noted(
            [
                {
                    "kind": "journaled", "id": claim.ident, "at": now, "to": batch.to,
                    "group": claim.group, "likeness": claim.likeness, "message": claim.message,
                    **({"body": claim.body, "attributes": claim.attributes} if claim.edit else {}),
                }
                for claim in batch.claims
            ]
        )  # fmt: skip

    def answered(self, batch: Batch, answer: Row, now: float) -> list[Row]:
        """What a send's answer says of each message; only what is acknowledged may be deleted.

        That stays busy: it is deleted once these lines are on disk, and by nobody else before.
        """
        taken = {entry["Id"]: entry for entry in answer.get("Successful") or []}
        refused = {entry["Id"]: entry for entry in answer.get("Failed") or []}
        lines: list[Row] = []
        for number, claim in enumerate(batch.claims):
            if entry := taken.get(str(number)):
                lines += self._acknowledged(claim, entry, now)
            elif entry := refused.get(str(number)):
                why = str(entry.get("Message") or entry.get("Code") or "refused")
                lasting = bool(entry.get("SenderFault")) and not is_of_key(str(entry.get("Code")))
                lines += self._refused(claim, why, now, lasting=lasting)
            else:
                lines += self._course.unknown(claim, "the answer did not name it")
        return self._freed(batch, self._course.noted(lines))

    def refused(self, batch: Batch, why: str, now: float, *, lasting: bool) -> list[Row]:
        """The whole send was refused: AWS answered that it took none."""
        lines: list[Row] = []
        for claim in batch.claims:
            lines += self._refused(claim, why, now, lasting=lasting)
        return self._freed(batch, self._course.noted(lines))

    def parted(self, batch: Batch, why: str, now: float) -> list[Row]:
        """The send was refused for what one of them is: each goes by itself, and the one is found."""
        for claim in batch.claims:
            claim.alone = True
        return self.refused(batch, why, now, lasting=len(batch.claims) == 1)

    def unanswered(self, batch: Batch, why: str, now: float) -> list[Row]:
        """No answer came: a FIFO queue may be asked again under the same ids, a standard one not."""
        lines: list[Row] = []
        for claim in batch.claims:
            claim.tries += 1
            first = self._course.ledger.known[claim.ident].first_sent
            if (
                self._course.operation.is_fifo
                and claim.tries < TRIES
                and now - first < RESEND_WITHIN
            ):
                claim.doubtful, claim.not_before = True, now + BACK_OFF * 2 ** (claim.tries - 1)
            else:
                lines += self._course.unknown(claim, why)
        return self._freed(batch, self._course.noted(lines))

    def unsent(self, batch: Batch, *, dropped: Iterable[Claim] = ()) -> list[str]:
        """Put back what was not sent; what is dropped is visible to others by now. Its ids are returned."""
        self._freed(batch, [])
        return self._course.drop(list(dropped))

    def _acknowledged(self, claim: Claim, entry: Row, now: float) -> list[Row]:
        if entry.get("MD5OfMessageBody") != body_digest(claim.body):
            return self._course.unknown(
                claim, "the destination does not say that it took this body"
            )
        if (entry.get("MD5OfMessageAttributes") or "") != attributes_digest(claim.attributes):
            return self._course.unknown(
                claim, "the destination does not say that it took these attributes"
            )
        del self._course.waiting[claim.ident]
        if not self._course.operation.keep:
            self._course.taken[claim.ident] = claim
        new = str(entry.get("MessageId", ""))
        return [{"kind": "sent", "id": claim.ident, "new": new, "at": now}]

    def _refused(self, claim: Claim, why: str, now: float, *, lasting: bool) -> list[Row]:
        claim.tries += 1
        if lasting or claim.tries >= TRIES:
            if claim.doubtful:
                return self._course.unknown(claim, f"a send of it was never answered, then: {why}")
            self._course.chosen -= 1
            return self._course.stay(claim, Stays(why, lasting=True))
        claim.not_before = now + BACK_OFF * 2 ** (claim.tries - 1)
        if claim.doubtful:
            return []  # still on its way, under the same id
        return [{"kind": "refused", "id": claim.ident, "why": why}]

    def _freed(self, batch: Batch, lines: list[Row]) -> list[Row]:
        for claim in batch.claims:
            claim.busy = claim.ident in self._course.taken
            self._course.groups_busy.discard(claim.group)
        return lines
