"""What became of each message of an operation, and what may follow: the journal's lines, added up.

The same lines that go to disk are taken in here, so that what a crash leaves behind is read back by the
code that wrote it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from awstui.plugin import Row

from .operation import RESEND_WITHIN


class State(StrEnum):
    """Where a message of an operation stands."""

    CLAIMED = "claimed"
    """Hidden for us, and not sent."""

    JOURNALED = "journaled"
    """On disk, and on its way: whether it was taken is not known yet."""

    SENT = "sent"
    """The destination has acknowledged it; only now may it be deleted."""

    UNKNOWN = "unknown"
    """It was sent and no answer came: neither deleted nor sent again by itself."""

    DONE = "done"
    """Acknowledged there, and deleted here."""

    RELEASED = "released"
    """Visible again, where it was."""

    SKIPPED = "skipped"
    """It stays where it is, and ``why`` says why."""


class NotSoError(Exception):
    """A step that must never happen: a fault of ours, and better a stop than a lost message."""


_FROM: dict[str, frozenset[State | None]] = {
    # "journaled" twice: a FIFO message that is sent again under the same id.
    "journaled": frozenset({None, State.CLAIMED, State.RELEASED, State.JOURNALED}),
    "sent": frozenset({State.JOURNALED}),
    "unknown": frozenset({State.JOURNALED}),
    "refused": frozenset({State.JOURNALED}),
    "skipped": frozenset({None, State.CLAIMED, State.RELEASED, State.JOURNALED, State.SKIPPED}),
    "done": frozenset({State.SENT}),
    "adopted": frozenset({None}),
}
_TO = {
    "journaled": State.JOURNALED,
    "sent": State.SENT,
    "unknown": State.UNKNOWN,
    "refused": State.CLAIMED,
    "skipped": State.SKIPPED,
    "done": State.DONE,
    "adopted": State.SENT,
}
_OPEN = (State.SENT, State.UNKNOWN, State.JOURNALED)
"""Where a message is, or may be, in both queues."""


@dataclass(slots=True)
class Known:
    """What is known of one message."""

    state: State
    why: str = ""
    new_id: str = ""
    likeness: str = ""
    first_sent: float = 0.0
    """When it first went out under its deduplication id; epoch seconds."""

    sent_at: float = 0.0
    """When its acknowledgement came."""

    group: str = ""
    stops: bool = False
    """Whether nothing of its FIFO group may follow it: that would change the order."""


@dataclass(slots=True)
class Handle:
    """The key to a message that is hidden for us."""

    handle: str
    until: float
    """Epoch seconds, counted from before the request that brought it."""


@dataclass(slots=True)
class Ledger:
    """Every message of an operation that was more than looked at."""

    known: dict[str, Known] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    """From the id of what was sent to the id of the message it was sent for."""

    handles: dict[str, Handle] = field(default_factory=dict)
    """What was hidden for us when the last line was written."""

    likenesses: dict[str, float] = field(default_factory=dict)
    """From what a sent message holds to when such a one first went out; epoch seconds."""

    bounced: set[str] = field(default_factory=set)
    """Ids under which sent messages came back."""

    ended: str = ""
    """Why the operation is over; empty while it is not."""

    _by_state: dict[State, dict[str, None]] = field(default_factory=dict)
    """The ids in each state, in the order in which they came to it."""

    def take(self, line: Row) -> None:
        """Take one line of the journal in; raises :class:`NotSoError` on a step that must never be."""
        kind = str(line.get("kind", ""))
        match kind:
            case "held":
                until = float(line["until"])
                for ident, handle in line["handles"].items():
                    self.handles[ident] = Handle(handle, until)
            case "released":
                for ident in line["ids"]:
                    self.handles.pop(ident, None)
                    known = self.known.get(ident)
                    if known is not None and known.state is State.CLAIMED:
                        self._move(ident, known, State.RELEASED)
            case "bounced":
                self.bounced.add(line["id"])
            case "ended":
                self.ended = str(line["why"])
            case "begun":
                self.ended = ""
            case _ if kind in _TO:
                self._step(kind, line)

    def _step(self, kind: str, line: Row) -> None:
        ident = str(line["id"])
        known = self.known.get(ident)
        before = known.state if known else None
        if before not in _FROM[kind]:
            raise NotSoError(f"{ident} is {before}, and cannot become {kind}")
        if known is None:
            known = self.known[ident] = Known(State.CLAIMED)
        self._move(ident, known, _TO[kind])
        known.why = str(line.get("why", ""))
        known.group = str(line.get("group", known.group))
        known.stops = bool(line.get("stops")) or kind == "unknown"
        if kind == "adopted":
            known.new_id = str(line["new"])
            self.copies[known.new_id] = ident
        elif kind == "journaled":
            known.first_sent = known.first_sent or float(line["at"])
            known.likeness = str(line["likeness"])
            self.likenesses.setdefault(known.likeness, known.first_sent)
        elif kind == "refused":
            known.first_sent = 0.0  # refused: the destination knows nothing of it
        elif kind == "sent":
            known.new_id, known.sent_at = str(line["new"]), float(line["at"])
            self.copies[known.new_id] = ident
        elif kind == "done":
            self.handles.pop(ident, None)

    def _move(self, ident: str, known: Known, state: State) -> None:
        self._by_state.get(known.state, {}).pop(ident, None)
        self._by_state.setdefault(state, {})[ident] = None
        known.state = state

    def state(self, ident: str) -> State | None:
        """Where a message stands; None when it was no more than looked at."""
        known = self.known.get(ident)
        return known.state if known else None

    def counts(self) -> Counter[str]:
        """How many stand where, by the state's word; ``bounced`` beside."""
        counted = Counter(
            {state.value: len(held) for state, held in self._by_state.items() if held}
        )
        counted["bounced"] = len(self.bounced)
        return counted

    def idents(self, *states: State) -> list[str]:
        """The ids of those in these states, of each in the order in which they came to it."""
        return [ident for state in states for ident in self._by_state.get(state, ())]

    def count(self, *states: State) -> int:
        """How many are in these states."""
        return sum(len(self._by_state.get(state, ())) for state in states)

    def left_open(self) -> dict[str, Known]:
        """What is, or may be, in both queues: another redrive out of the same queue has to know."""
        return {ident: self.known[ident] for ident in self.idents(*_OPEN)}

    def stopped(self) -> set[str]:
        """The FIFO groups of which nothing more may be sent."""
        return {known.group for known in self.known.values() if known.stops and known.group}

    def doubts(self, *, fifo: bool, now: float) -> list[Row]:
        """The lines that settle what was left on its way; to be journaled before going on, and at the end.

        What was on its way to a standard queue may have arrived, so it is neither deleted nor sent again.
        A FIFO queue takes it once, if it comes again in time.
        """
        lines = []
        for ident in self.idents(State.JOURNALED):
            if not (fifo and now - self.known[ident].first_sent < RESEND_WITHIN):
                why = "no answer came"
                lines.append({"kind": "unknown", "id": ident, "why": why, "at": now})
        return lines
