"""The safe peek, without the network: what may be received, when to stop, what is held, what to release.

There is no way to look into a queue without receiving: each look costs a message one of its lives and
hides it for a while. So a peek is short, asked for, and gives back what it took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from awstui.plugin import Row

BATCH = 10
"""The most that one receive, or one release, can carry."""

EMPTY_POLLS = 3
"""Long polls in a row that must come back empty before a queue is called empty."""

REPEATS = 2
"""Receives that may bring mostly what is known already, before it is taken as the head going round."""

WANT_SOURCE, WANT_DEAD = 10, 100
"""How many are looked at where nobody says: few where consumers wait, more among dead letters."""

HOLD_SOURCE, HOLD_DEAD, HOLD_DEAD_MANY = 15, 30, 60
HOLD_MIN, HOLD_MAX = 5, 300

Verdict = Literal["ok", "warn", "refuse"]


@dataclass(frozen=True, slots=True)
class Preflight:
    """Whether to peek at all, and what the person has to know before."""

    verdict: Verdict
    why: tuple[str, ...]
    want: int
    hold: int
    lives: int
    fifo: bool
    dead_letter: bool
    limits: Mapping[str, int] = field(default_factory=dict)
    """How often a message may be received in each queue whose dead letters come here, by its name."""


def hold_for(*, dead_letter: bool, want: int, asked: int = 0, longest: int = HOLD_MAX) -> int:
    """How many seconds to keep messages: short where consumers wait, longer on a dead-letter queue."""
    if asked:
        return max(HOLD_MIN, min(longest, asked))
    if not dead_letter:
        return HOLD_SOURCE
    return HOLD_DEAD if want <= BATCH else HOLD_DEAD_MANY


def preflight(
    *,
    lives: int,
    fifo: bool,
    dead_letter: bool,
    want: int,
    consumers: int | None,
    peeks_before: int = 0,
    hold: int = 0,
    longest: int = HOLD_MAX,
    limits: Mapping[str, int] | None = None,
) -> Preflight:
    """Judge a peek by what it would cost.

    ``consumers`` is None where that could not be asked; ``want`` 0 is as many as fit the kind of queue.
    """
    verdict: Verdict = "ok"
    why: list[str] = []
    if lives and lives <= 2:
        verdict = "refuse"
        why.append(_spent(lives))
    elif lives:
        if lives <= 5 or peeks_before:
            verdict = "warn"
        why.append(f"It uses 1 of {lives} lives of every message shown.")
    if lives and peeks_before:
        why.append(f"You have peeked here {_times(peeks_before)} since this console opened.")
    want = want if want > 0 else WANT_DEAD if dead_letter else WANT_SOURCE
    seconds = hold_for(dead_letter=dead_letter, want=want, asked=hold, longest=longest)
    if fifo:
        verdict = "warn" if verdict == "ok" and not dead_letter else verdict
        why.append(
            f"FIFO: only the head of each group can be seen, and its consumers wait up to {seconds} s."
        )
    elif not lives or lives > 2:
        why.append(f"What is shown is hidden from everybody else for up to {seconds} s.")
    if consumers:
        noun = "function takes" if consumers == 1 else "functions take"
        why.append(f"{consumers} {noun} from this queue and may be faster.")
    return Preflight(verdict, tuple(why), want, seconds, lives, fifo, dead_letter, limits or {})


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _spent(lives: int) -> str:
    if lives == 1:
        return (
            "maxReceiveCount is 1: each message shown goes to the dead-letter queue,"
            " and its consumer never sees it."
        )
    return "maxReceiveCount is 2: a look takes half of what each message has, or its last life."


@dataclass(slots=True)
class Held:
    """A message that is hidden from others for us."""

    message: Row
    handle: str
    until: float
    """When it becomes visible again, in the time the peek is told: counted from before the request."""

    @property
    def ident(self) -> str:
        """What tells it from others; a receipt handle changes with each receive."""
        return str(self.message["MessageId"])


@dataclass(slots=True)
class Peek:
    """A peek under way: fed with what came, it says what to do next."""

    want: int
    hold: int
    started: float
    fifo: bool = False
    held: dict[str, Held] = field(default_factory=dict)
    empties: int = 0
    repeats: int = 0
    polls: int = 0

    @property
    def ask(self) -> int:
        """How many messages the next receive may bring."""
        return max(1, min(BATCH, self.want - len(self.held)))

    def take(self, messages: list[Row], asked_at: float) -> list[Row]:
        """Take in what a receive brought; returns what is new or newer, without repetitions."""
        self.polls += 1
        fresh: dict[str, Row] = {}
        known = 0
        for message in messages:
            ident = str(message["MessageId"])
            # The newest handle: SQS may accept an old one and do nothing.
            known += ident in self.held
            self.held[ident] = Held(message, message["ReceiptHandle"], asked_at + self.hold)
            fresh[ident] = message
        self.empties = 0 if messages else self.empties + 1
        self.repeats += bool(messages) and known * 2 > len(messages)
        return list(fresh.values())

    def stop(self, now: float) -> str:
        """Why no more is to be received, as a sentence; empty while there is more to ask for."""
        if len(self.held) >= self.want:
            return f"{self.want} were asked for."
        if self.empties >= EMPTY_POLLS:
            if self.held:
                return "That is all there is to see now."
            return f"Nothing came in {self.empties} long polls in a row."
        if now - self.started >= self.hold / 2:
            return f"Half of the {self.hold} s they are held for is over."
        if self.repeats >= REPEATS:
            return "The same ones come again: no more than the head of the queue can be reached."
        return ""

    def until(self) -> float:
        """When the first of what is held becomes visible again; 0 when nothing is held."""
        return min((held.until for held in self.held.values()), default=0.0)

    def drop_expired(self, now: float) -> list[str]:
        """Forget what has become visible by itself; returns their ids."""
        gone = [ident for ident, held in self.held.items() if held.until <= now]
        for ident in gone:
            del self.held[ident]
        return gone

    def releases(self) -> Iterator[tuple[list[str], list[Row]]]:
        """What to send to make everything held visible again: ids, and the entries of one batch."""
        idents = list(self.held)
        for start in range(0, len(idents), BATCH):
            chosen = idents[start : start + BATCH]
            yield (
                chosen,
                [
                    {
                        "Id": str(place),
                        "ReceiptHandle": self.held[ident].handle,
                        "VisibilityTimeout": 0,
                    }
                    for place, ident in enumerate(chosen)
                ],
            )

    def released(self, idents: list[str], failed: list[Row]) -> list[Row]:
        """Note what one batch of releases did; returns the failures that matter.

        Each HTTP 200 may hold failures. A handle that has expired, or a message that is not in flight
        any more, is visible already: that is what was wanted.
        """
        for ident in idents:
            self.held.pop(ident, None)
        return [entry for entry in failed if not is_visible_already(str(entry.get("Code", "")))]


def is_visible_already(code: str) -> bool:
    """Whether a release failed only because there was nothing left to release."""
    return code.rsplit(".", 1)[-1] in ("ReceiptHandleIsInvalid", "MessageNotInflight")
