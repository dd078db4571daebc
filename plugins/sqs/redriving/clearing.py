"""The clearing of a redrive: deleting what was acknowledged, and giving back what was not sent."""

from __future__ import annotations

from collections.abc import Iterable

from awstui.plugin import Row

from .claims import BATCH, Batch, Claim, tens
from .course import BACK_OFF, TRIES, Course
from .ledger import State


class Clearing:
    """Deletes only what the destination has; all else becomes visible again where it was."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def acknowledged(self, batch: Batch) -> list[Claim]:
        """What of a batch is to be deleted, now that its acknowledgements are on disk."""
        return [claim for claim in batch.claims if claim.ident in self._course.taken]

    def deletes(self, now: float) -> list[Claim]:
        """What to delete next: acknowledged there, and hidden for us long enough to delete it here."""
        due = [
            claim
            for claim in self._course.taken.values()
            if not claim.busy and claim.not_before <= now < claim.deadline
        ]
        for claim in due[:BATCH]:
            claim.busy = True
        return due[:BATCH]

    def deleted(self, claims: list[Claim], failed: Iterable[Row], now: float) -> list[Row]:
        """Note what a delete did; one that came too late may have done nothing, whatever it says."""
        wrong = {str(entry.get("Id")): entry for entry in failed}
        lines: list[Row] = []
        self._course.moved_at = now
        for number, claim in enumerate(claims):
            claim.busy = False
            if str(number) in wrong:
                claim.tries += 1
                claim.not_before = now + BACK_OFF * claim.tries
                if claim.tries >= TRIES:
                    self._course.drop([claim])  # it comes again, and goes then
                continue
            self._course.drop([claim])
            if now < claim.deadline and self._course.ledger.state(claim.ident) is State.SENT:
                lines.append({"kind": "done", "id": claim.ident})
        return self._course.noted(lines)

    def undeleted(self, claims: list[Claim], now: float) -> None:
        """No answer came to a delete: it is asked again; a message deleted twice is deleted once."""
        for claim in claims:
            claim.busy = False
            claim.tries += 1
            claim.not_before = now + BACK_OFF * claim.tries

    def hurry(self) -> None:
        """What has still to be deleted is tried once more, and now."""
        for claim in self._course.claims.values():
            claim.not_before = 0.0

    def extended(self, claims: Iterable[Claim], until: float) -> list[Row]:
        """Note that these are hidden for longer."""
        keys = {}
        for claim in claims:
            claim.deadline = until
            keys[claim.ident] = claim.handle
        return self._course.noted(
            [{"kind": "held", "until": until, "handles": keys}] if keys else []
        )

    def ending(self, now: float, within: float) -> list[Claim]:
        """Claims that would become visible within so many seconds, and are not to."""
        return [
            claim for claim in self._course.claims.values() if now < claim.deadline < now + within
        ]

    def drop_expired(self, now: float) -> list[str]:
        """Forget what has become visible by itself; returns what has still to be sent, once it comes again."""
        gone = [one for one in self._course.claims.values() if one.deadline <= now and not one.busy]
        return self._course.drop(gone)

    def releases(self, now: float) -> list[list[Claim]]:
        """What to make visible again at the end, ten at a time: all but what is to be deleted."""
        return list(tens(
            claim
            for claim in self._course.claims.values()
            if claim.deadline > now and claim.ident not in self._course.taken
        ))  # fmt: skip

    def released(self, claims: list[Claim]) -> list[Row]:
        """Note that these are visible again."""
        idents = [claim.ident for claim in claims]
        return self._course.noted([{"kind": "released", "ids": idents}] if idents else [])
