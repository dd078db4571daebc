"""A scan without the network: how wide, how long, when it is over, and whether that was all."""

from __future__ import annotations

from dataclasses import dataclass, field

from awstui.plugin import Row

from ..attributes import counted
from ..peek import BATCH, EMPTY_POLLS

RECEIVERS_MIN, RECEIVERS_MAX = 4, 8
"""How many receives are under way at once."""

EACH = 20
"""Messages a second that one receiver is sure to bring, even over a slow line: what the hold is made of."""

SPARE = 60
"""Seconds that messages are hidden longer than the scan is thought to take."""

HOLD_MAX = 3600
WANT_MAX = 100_000
"""SQS lets about 120,000 messages be in flight; consumers of a source queue need some of them."""

EMPTY_ROUNDS = 2
"""Rounds of polls, one after the other, that must come back empty before nothing more is believed to come."""

MARGIN = 10.0
"""Seconds before the first message would show up again at which no more is received."""


def receivers(about: int) -> int:
    """How many receives to have under way for about so many messages."""
    return max(RECEIVERS_MIN, min(RECEIVERS_MAX, about // 100))


def hold_for(about: int, asked: int = 0) -> int:
    """For how many seconds to hide messages: as long as the scan is thought to take, and a minute."""
    seconds = asked or -(-about // (receivers(about) * EACH)) + SPARE
    return max(2 * int(MARGIN), min(HOLD_MAX, seconds))


@dataclass(frozen=True, slots=True)
class Found:
    """How a scan ended."""

    seen: int
    about: int
    complete: bool
    why: str

    @property
    def sentence(self) -> str:
        """What every view made from it says: how many, and that it is not all."""
        if self.complete:
            return f"complete: {counted(self.seen)}"
        return f"incomplete: {self.seen:,} of about {self.about:,}"


@dataclass(slots=True)
class Scan:
    """A scan under way: fed with what came, it says when to stop."""

    about: int
    """How many could be received when it began, as far as the queue's counts say."""

    hidden: int
    """How many others held, or were delayed, when it began."""

    hold: int
    started: float
    fifo: bool = False
    want: int = WANT_MAX
    seen: set[str] = field(default_factory=set)
    polls: int = 0
    empties: int = 0
    _looked: float = 0.0
    """When the last round of empty polls ended, or the last message came."""

    _rounds: int = 0
    _repeats: int = 0

    @property
    def width(self) -> int:
        """How many receives to have under way: fewer once nothing comes any more."""
        return min(EMPTY_POLLS, receivers(self.about)) if self.empties else receivers(self.about)

    def take(self, messages: list[Row], began: float, now: float) -> list[Row]:
        """Take in what a receive brought that began and ended then; what of it is new."""
        self.polls += 1
        fresh = {str(message["MessageId"]): message for message in messages}
        new = [message for ident, message in fresh.items() if ident not in self.seen]
        self.seen.update(fresh)
        if new:
            self.empties = self._rounds = self._repeats = 0
            self._looked = now
        elif messages:
            self._repeats += 1
        else:
            self.empties += 1
            # Polls at the same time look at the same moment: they are one round.
            if began >= self._looked:
                self._rounds, self._looked = self._rounds + 1, now
        return new

    def stop(self, now: float) -> str:
        """Why no more is to be received, as a sentence; empty while there is more to ask for."""
        if len(self.seen) >= self.want:
            return f"No more than {self.want:,} are looked at."
        if self.is_drained:
            return f"Nothing more came in {self.empties} long polls."
        if self._repeats >= EMPTY_POLLS:
            return "The same ones come again."
        if now - self.started >= self.hold - MARGIN:
            return f"The {self.hold} s for which they are hidden are over."
        return ""

    @property
    def is_drained(self) -> bool:
        """Whether it stopped because nothing more came."""
        return self.empties >= EMPTY_POLLS and self._rounds >= EMPTY_ROUNDS

    def found(self, why: str, visible: int) -> Found:
        """How it ended; ``visible`` is how many the queue says could still be received.

        Counts lag: where as many were seen as the queue held at the start, it may say what it likes.
        """
        seen = len(self.seen)
        rest = 0 if self.is_drained and seen >= self.about else visible
        about = max(seen + rest, self.about if not self.is_drained else seen) + self.hidden
        complete = self.is_drained and about == seen
        return Found(seen, about, complete, why if complete else self._why(why, rest))

    def _why(self, why: str, rest: int) -> str:
        parts = [why]
        if self.fifo and rest:
            parts.append(
                f"FIFO: of each group no more than {BATCH} can be seen, the rest waits behind them."
            )
        elif self.is_drained and rest:
            parts.append(f"The queue says that about {rest:,} more are there.")
        if self.hidden:
            parts.append(f"About {self.hidden:,} are in flight elsewhere, or delayed.")
        return " ".join(parts)
