"""Where a redrive stands, without the network: what is held, what stays and why.

Its three parts say what to do next: ``intake`` of what is received, ``outbox`` of what is sent, and
``clearing`` of what is deleted or given back. Every method that changes where a message stands returns the
journal's lines for it; whoever drives it writes them before the request they are about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from awstui.plugin import Row

from .claims import Claim
from .ledger import Known, Ledger, State
from .operation import RESEND_WITHIN, Operation

TRIES = 5
"""How often a request is sent that is refused for the moment."""

BACK_OFF = 1.0
"""Seconds before it is sent again; doubled each time."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A queue that takes messages."""

    url: str
    limit: int
    """Bytes of the largest message it takes."""

    arn: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    """A message is not to be sent."""

    why: str
    lasting: bool = False
    """Whether that holds for the operation, not only for this time."""

    wanted: bool = True
    """Whether it was to go: of what nobody has chosen nothing is left undone."""


Judge: TypeAlias = Callable[[Row], Stays | Goal]
"""Where a message goes, or the reason why it stays."""


@dataclass(slots=True)
class Course:
    """Where a redrive stands."""

    operation: Operation
    ledger: Ledger = field(default_factory=Ledger)
    claims: dict[str, Claim] = field(default_factory=dict)
    waiting: dict[str, Claim] = field(default_factory=dict)
    """Those of the claims that have still to be sent, in the order in which they came."""

    taken: dict[str, Claim] = field(default_factory=dict)
    """Those of the claims that the destination has, and that are to be deleted."""

    stays: dict[str, Stays] = field(default_factory=dict)
    """By id, why a message stays."""

    earlier: Mapping[str, Known] = field(default_factory=dict)
    """What redrives before this one have left in both queues, or may have."""

    moved_at: float = 0.0
    """When something was deleted last."""

    chosen: int = 0
    """How many are to go, or went."""

    groups_busy: set[str] = field(default_factory=set)
    groups_stopped: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.groups_stopped = self.ledger.stopped() if self.operation.is_fifo else set()
        states = (State.JOURNALED, State.SENT, State.DONE, State.UNKNOWN)
        self.chosen = self.ledger.count(*states)

    def noted(self, lines: list[Row]) -> list[Row]:
        """Take the lines into the ledger; returns them for the journal."""
        for line in lines:
            self.ledger.take(line)
        return lines

    def stay(self, claim: Claim, stays: Stays) -> list[Row]:
        """It is held until the end, so that it does not come again and again, and then released."""
        self.waiting.pop(claim.ident, None)
        self.stays[claim.ident] = stays
        if not stays.lasting:
            return []
        stops = self.operation.is_fifo
        if stops:
            self.groups_stopped.add(claim.group)
        return [
            {
                "kind": "skipped", "id": claim.ident, "why": stays.why, "group": claim.group,
                "stops": stops,
            }
        ]  # fmt: skip

    def unknown(self, claim: Claim, why: str) -> list[Row]:
        """What may have been taken is neither deleted nor sent again."""
        self.waiting.pop(claim.ident, None)
        self.stays[claim.ident] = Stays(why)
        if self.operation.is_fifo:
            self.groups_stopped.add(claim.group)
        return [{"kind": "unknown", "id": claim.ident, "why": why, "group": claim.group}]

    def drop(self, gone: list[Claim]) -> list[str]:
        """Forget claims that have ended; returns the ids of those that have still to be sent."""
        unsent = [claim for claim in gone if self.waiting.pop(claim.ident, None)]
        for claim in gone:
            self.claims.pop(claim.ident, None)
            self.taken.pop(claim.ident, None)
        for claim in unsent:
            if self.ledger.state(claim.ident) is not State.JOURNALED:
                self.chosen -= 1  # it is counted when it comes again
            if self.is_followed(claim):
                self.groups_stopped.add(claim.group)  # those behind it would overtake it
        return [claim.ident for claim in unsent]

    def is_followed(self, claim: Claim) -> bool:
        """Whether another of its FIFO group is held."""
        return self.operation.is_fifo and any(
            other.group == claim.group for other in self.claims.values()
        )

    @property
    def pending(self) -> int:
        """How many are held that have still to be sent."""
        return len(self.waiting)

    @property
    def is_moving(self) -> bool:
        """Whether something that is held has still to be sent, or to be deleted."""
        return bool(self.waiting or self.taken)

    @property
    def is_held_up(self) -> bool:
        """Whether something of what is held is being sent or deleted, or has still to be deleted."""
        return bool(self.taken) or any(claim.busy for claim in self.claims.values())

    def awaits(self, now: float) -> bool:
        """Whether one comes again that may be sent again: a FIFO message whose answer was lost."""
        return self.operation.is_fifo and any(
            now - self.ledger.known[ident].first_sent < RESEND_WITHIN
            for ident in self.ledger.idents(State.JOURNALED)
        )

    @property
    def misses(self) -> bool:
        """Whether one that is acknowledged there has still to come again, to be deleted."""
        return not self.operation.keep and any(
            ident not in self.taken for ident in self.ledger.idents(State.SENT)
        )

    def reasons(self) -> Counter[str]:
        """Why messages stay, and how many for each reason."""
        return Counter(stays.why for stays in self.stays.values())

    @property
    def left(self) -> int:
        """How many stay that were to go."""
        return sum(stays.wanted for stays in self.stays.values())
