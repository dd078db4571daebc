"""The intake of a redrive: what a receive brought, and what is to become of each message."""

from __future__ import annotations

from collections.abc import Iterable

from awstui.plugin import Row

from .claims import Claim
from .course import Course, Goal, Judge, Stays
from .digests import damage
from .ledger import State
from .operation import RESEND_WITHIN

EMPTY_POLLS = 3
"""Long polls in a row that must come back empty before a queue is called empty."""


class Intake:
    """Judges each message that is received."""

    def __init__(
        self, course: Course, judge: Judge, *, retention: int = 0, waits_until: float = 0.0
    ) -> None:
        """``retention`` is for how many seconds the queue keeps a message.

        ``waits_until`` is when what an earlier process may have hidden comes: it is waited for.
        """
        self._waits_until = waits_until
        self._course, self._judge, self._retention = course, judge, retention
        known = course.ledger.idents(State.DONE, State.UNKNOWN, State.SKIPPED)
        self.missing = set(course.operation.selection.ids).difference(known)
        """The ids that were chosen and have not been seen."""

        self.empties, self._enough = 0, EMPTY_POLLS
        """How many polls in a row have come back empty, and how many of them say that a queue is."""

        self.still = self.hidden = 0
        """About how many SQS counted as waiting, and as in flight with others, when nothing more came."""

        self._heard_at = 0.0
        self.over = ""
        """Why nothing more is to be received; empty while there may be more."""

    def take(self, messages: Iterable[Row], asked_at: float, now: float) -> list[Row]:
        """Take in what a receive brought: each is to be sent, to be deleted, or held until the end."""
        came = list(messages)
        self._count(asked_at, now, came=bool(came))
        lines: list[Row] = []
        deadline = asked_at + self._course.operation.hold
        for message in came:
            ident, handle = str(message["MessageId"]), str(message["ReceiptHandle"])
            if held := self._course.claims.get(ident):
                # The newest handle: SQS may take an old one and do nothing.
                held.handle, held.deadline = handle, deadline
                continue
            self._course.claims[ident] = claim = Claim(
                message, handle, deadline, edit=self._course.operation.edits.get(ident)
            )
            lines += self._about(claim, now)
        if came:
            handles = {str(one["MessageId"]): one["ReceiptHandle"] for one in came}
            lines.append({"kind": "held", "until": deadline, "handles": handles})
        self._look_for_end(now)
        return self._course.noted(lines)

    def again(self, idents: Iterable[str]) -> None:
        """These have become visible before they were sent: look for them once more."""
        gone = set(idents)
        if gone:
            self.missing |= gone.intersection(self._course.operation.selection.ids)
            self.empties, self.over = 0, ""

    def _about(self, claim: Claim, now: float) -> list[Row]:
        self.missing.discard(claim.ident)
        lines = self._of_before(claim, now)
        if lines is not None:
            return lines
        found = self._goal(claim)
        if isinstance(found, Stays):
            return self._course.stay(claim, found)
        self._course.chosen += 1
        self._course.stays.pop(claim.ident, None)
        self._course.waiting[claim.ident], claim.to = claim, found.url
        if self._retention and claim.sent and not self._course.operation.is_fifo:
            claim.expires = claim.sent + self._retention
        return []

    def _of_before(self, claim: Claim, now: float) -> list[Row] | None:
        """What is to be noted of a message that is no news; None of one that is."""
        ident, state = claim.ident, self._course.ledger.state(claim.ident)
        known = self._course.earlier.get(ident)
        if state in (State.SENT, State.DONE):
            # Taken there: it is deleted here, however often it comes, and never sent again.
            return self._taken(claim, [])
        if state in (State.UNKNOWN, State.SKIPPED):
            return []
        if self._came_back(claim):
            self._course.stays[ident] = Stays("came back after it was sent")
            return [{"kind": "bounced", "id": ident}]
        if state is State.JOURNALED:
            return self._again(claim, now)
        if state is None and known is not None and known.state is State.SENT:
            return self._taken(claim, [{"kind": "adopted", "id": ident, "new": known.new_id}])
        return None

    def _goal(self, claim: Claim) -> Goal | Stays:
        found = self._judge(claim.message)
        if isinstance(found, Stays):
            return found
        if why := self._barred(claim):
            return why
        if wrong := damage(claim.message):
            return Stays(wrong, lasting=True)
        if claim.weight > found.limit:
            return Stays(f"larger than the {found.limit:,} bytes taken there", lasting=True)
        return found

    def _barred(self, claim: Claim) -> Stays | None:
        """Why a message that was chosen is not sent this time; None when it is."""
        operation = self._course.operation
        if operation.is_fifo and claim.group in self._course.groups_stopped:
            return Stays("another message of its group failed")
        if claim.ident in self._course.earlier and claim.ident not in operation.selection.ids:
            return Stays("sent before, and no answer came: choose it by its id to send it again")
        if 0 < operation.selection.count <= self._course.chosen:
            return Stays("as many as were asked for have gone", wanted=False)
        return None

    def _again(self, claim: Claim, now: float) -> list[Row]:
        """A FIFO message whose answer a crash has swallowed: once more under the same id, in time."""
        known, found = self._course.ledger.known[claim.ident], self._judge(claim.message)
        if isinstance(found, Stays) or now - known.first_sent > RESEND_WITHIN:
            return self._course.unknown(
                claim, "its answer was lost, and it is too late to send it again"
            )
        claim.to, claim.doubtful = found.url, True
        self._course.waiting[claim.ident] = claim
        return []

    def _taken(self, claim: Claim, lines: list[Row]) -> list[Row]:
        if not self._course.operation.keep:
            self._course.taken[claim.ident] = claim
        return lines

    def _came_back(self, claim: Claim) -> bool:
        """Whether this is what we sent, failed once more: by its id, or by what it holds and since when."""
        if claim.ident in self._course.ledger.copies:
            return True
        first = self._course.ledger.likenesses.get(claim.likeness, 0.0)
        return 0.0 < first < claim.sent

    def _count(self, asked_at: float, now: float, *, came: bool) -> None:
        """Count empty polls in a row: of those under way at once only one says something.

        Of a FIFO group nothing comes while we hold one of it, so nothing may have moved meanwhile either.
        """
        moved = self._course.is_moving or asked_at < self._course.moved_at
        if came:
            self.empties = 0
        elif asked_at < self._heard_at or (moved and self._course.operation.is_fifo):
            return
        else:
            self.empties += 1
        self._heard_at = now

    def seems_empty(self, now: float) -> bool:
        """Whether so many polls came back empty that the queue's counts are to be asked."""
        return not self.over and not self._course.awaits(now) and self.empties >= self._enough

    def counted(self, waiting: int, in_flight: int, now: float) -> None:
        """The queue is empty, unless SQS counts about so many: then it is looked longer, once.

        Of a FIFO queue it also counts what stands behind messages that we hold.
        """
        self.hidden = max(0, in_flight - len(self._course.claims))
        if self.hidden and now < self._waits_until:
            return
        if waiting and self._enough == EMPTY_POLLS and not self._course.operation.is_fifo:
            self._enough = EMPTY_POLLS * 3
            return
        self.still = waiting
        though = f", though SQS counts about {waiting:,} as waiting" if waiting else ""
        self.over = f"Nothing more came in {self._enough} long polls{though}."

    def _look_for_end(self, now: float) -> None:
        wanted = self._course.operation.selection
        if self.over or self._course.awaits(now):
            return
        if self._course.misses and self.empties < EMPTY_POLLS:
            return
        if wanted.ids and not self.missing:
            self.over = "All that were chosen have been found."
        elif 0 < wanted.count <= self._course.chosen:
            self.over = f"{wanted.count:,} were asked for."
