"""One redrive as a person asked for it: out of where, to where, which messages, how fast."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from awstui.plugin import Row

from .. import around

HOLD = 120
"""Seconds for which messages are claimed: twice a send and a delete, and a margin."""

HOLD_LEAST, HOLD_MOST = 5, 43_200

RATE = 10
"""Messages each second where nobody says."""

RATE_MOST = 10_000
"""Messages each second that may be asked for."""

RESEND_WITHIN = 280.0
"""Seconds in which a FIFO message may be sent again under its deduplication id: SQS knows it for 300."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages: all that every part says yes to."""

    ids: tuple[str, ...] = ()
    """These messages; empty: any."""

    filter: str = ""
    """What is typed to choose messages, as ``scanning.filters`` reads it: a regex, or JMESPath after ``?``."""

    group: str = ""
    """The key of a group of messages alike."""

    count: int = 0
    """So many at most; 0: all."""

    @property
    def is_all(self) -> bool:
        """Whether it selects every message of the queue."""
        return self == Selection()


@dataclass(frozen=True, slots=True)
class Edit:
    """What is sent instead of a message's own body, and attributes where they are given."""

    body: str
    attributes: Mapping[str, Row] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One redrive; its id ties together journal, deduplication and what a person reads."""

    ident: str
    queue: str
    """The URL of the dead-letter queue."""

    arn: str
    """Its ARN: whose it is, and where."""

    to: str = ""
    """The URL of the destination; empty: each message's own source."""

    to_arn: str = ""

    selection: Selection = field(default_factory=Selection)
    edits: Mapping[str, Edit] = field(default_factory=dict)
    """By message id."""

    rate: float = RATE
    """Messages each second at most."""

    canary: float = 0.0
    """Seconds to watch the first one before more are sent; 0: no canary."""

    hold: int = HOLD
    keep: bool = False
    """Whether the originals stay: a copy is sent, and a person deletes them once it has proved good."""

    started: float = 0.0
    profile: str = ""
    endpoint: str = ""

    @property
    def name(self) -> str:
        """The name of the dead-letter queue."""
        return self.arn.rsplit(":", 1)[-1]

    @property
    def region(self) -> str:
        """Where the queue is."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """Whose the queue is."""
        return self.arn.split(":")[4]

    @property
    def is_fifo(self) -> bool:
        """Whether order is kept; both ends are of one type."""
        return self.arn.endswith(".fifo")

    @property
    def within(self) -> float:
        """Seconds that one send, or one delete, may take: both fit twice into a claim."""
        return max(1.0, min(20.0, self.hold / 5))

    def deduplication(self, message_id: str) -> str:
        """The id a FIFO queue knows a message of this operation by.

        Never that of the dead letter: SQS takes a send under an id it has seen within five minutes,
        and does not deliver it.
        """
        return hashlib.sha256(f"{self.ident}|{message_id}".encode()).hexdigest()[:64]

    def plain(self) -> Row:
        """As it is journaled."""
        return asdict(self)


def rate_of(asked: Any) -> float:
    """The rate a person asked for; the usual one where they did not."""
    text = str(asked if asked is not None else "").strip()
    if not text:
        return RATE
    if not text.isdigit() or not 1 <= int(text) <= RATE_MOST:
        raise around.refused(f"The rate is a whole number from 1 to {RATE_MOST:,}, not {text}.")
    return int(text)


def new_ident() -> str:
    """A name for an operation that no other has."""
    return secrets.token_hex(4)


def from_plain(held: Row) -> Operation:
    """The operation that was journaled; what a newer version wrote beside is ignored."""
    known: dict[str, Any] = {
        one.name: held[one.name] for one in fields(Operation) if one.name in held
    }
    chosen = dict(known.get("selection") or {})
    chosen["ids"] = tuple(chosen.get("ids") or ())
    names = {one.name for one in fields(Selection)}
    known["selection"] = Selection(
        **{name: value for name, value in chosen.items() if name in names}
    )
    known["edits"] = {
        ident: Edit(str(edit["body"]), edit.get("attributes"))
        for ident, edit in (known.get("edits") or {}).items()
    }
    return Operation(**known)
