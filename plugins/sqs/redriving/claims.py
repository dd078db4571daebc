"""What is hidden for us: each message with the key to it, and until when that key is good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from awstui.plugin import Row

from ..message import size, whole
from ..transfer.entries import copied
from .digests import likeness
from .operation import Edit

BATCH = 10
"""The most that one request can carry."""

BATCH_BYTES = 1_048_576
"""The most that the bodies and attributes of one send may weigh together."""


@dataclass(slots=True)
class Claim:
    """One message that is hidden for us."""

    message: Row
    handle: str
    deadline: float
    """When it becomes visible again: the start of the request that hid it, and the hold."""

    to: str = ""
    """The URL it goes to; empty: it stays."""

    edit: Edit | None = None
    busy: bool = False
    """Whether a request about it is under way."""

    doubtful: bool = False
    """Whether a send of it was never answered: it may have been taken."""

    alone: bool = False
    """Whether it is sent by itself: one of those it was sent with was refused, and not by name."""

    tries: int = 0
    not_before: float = 0.0
    """When it may be tried again."""

    expires: float = 0.0
    """When its retention ends; 0 when that cannot be known."""

    ident: str = ""
    """What tells it from others; its handle changes with each receive."""

    weight: int = 0
    likeness: str = ""

    def __post_init__(self) -> None:
        self.ident = str(self.message["MessageId"])
        self.weight = size({"Body": self.body, "MessageAttributes": self.attributes})
        self.likeness = likeness(self.body, self.attributes)

    @property
    def system(self) -> Row:
        """What SQS says about it."""
        held: Row = self.message.get("Attributes") or {}
        return held

    @property
    def group(self) -> str:
        """Its message group; a standard queue may have one, too."""
        return str(self.system.get("MessageGroupId", ""))

    @property
    def body(self) -> str:
        """What is sent: edited, or as it came."""
        return self.edit.body if self.edit else str(self.message.get("Body", ""))

    @property
    def attributes(self) -> dict[str, Row]:
        """The sender's attributes as they are sent."""
        if self.edit and self.edit.attributes is not None:
            return dict(self.edit.attributes)
        return dict(self.message.get("MessageAttributes") or {})

    @property
    def sent(self) -> float:
        """When it was sent first, in epoch seconds; 0 when SQS did not say."""
        return whole(self.system.get("SentTimestamp")) / 1000

    def entry(self, number: int, deduplication: str = "") -> Row:
        """Its entry in a SendMessageBatch: everything that can be copied is."""
        sent = {"Body": self.body, "MessageAttributes": self.attributes, "Attributes": self.system}
        return {"Id": str(number), **copied(sent, deduplication)}


@dataclass(slots=True)
class Batch:
    """What one send carries, all to one queue."""

    to: str
    claims: list[Claim] = field(default_factory=list)
    weight: int = 0

    def takes(self, claim: Claim) -> bool:
        """Whether there is room for one more."""
        if self.claims and (claim.alone or self.claims[0].alone):
            return False
        fits = self.weight + claim.weight <= BATCH_BYTES
        return claim.to == self.to and len(self.claims) < BATCH and fits

    def add(self, claim: Claim) -> None:
        """Put one more in; from now on it is busy."""
        claim.busy = True
        self.claims.append(claim)
        self.weight += claim.weight


def tens(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """The claims in as many as one request can carry."""
    held = list(claims)
    for start in range(0, len(held), BATCH):
        yield held[start : start + BATCH]


def handles(claims: Iterable[Claim], visibility: int | None = None) -> list[Row]:
    """The entries of a batch that deletes, or that hides for another while."""
    more = {} if visibility is None else {"VisibilityTimeout": visibility}
    return [
        {"Id": str(number), "ReceiptHandle": claim.handle, **more}
        for number, claim in enumerate(claims)
    ]
