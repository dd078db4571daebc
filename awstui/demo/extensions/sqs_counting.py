"""What SQS counts of its queues: messages sent, received and deleted, minute by minute."""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import TypeAlias

from moto.sqs.models import Message, Queue

KEPT = 14 * 24 * 60
"""Minutes that are kept."""

SENT, RECEIVED, DELETED, EMPTY = (
    "NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted",
    "NumberOfEmptyReceives",
)  # fmt: skip
COUNTED = (SENT, RECEIVED, DELETED, EMPTY)

Minutes: TypeAlias = deque[tuple[int, Counter[str]]]


def counts(queue: Queue) -> Minutes:
    """The minutes in which something was counted, the oldest first."""
    held: Minutes = queue.__dict__.setdefault("counts", deque(maxlen=KEPT))
    return held


def tally(queue: Queue, what: str, number: int = 1) -> None:
    """Count something that happens now; hold the queue's lock."""
    minute, held = int(time.time() // 60), counts(queue)
    if not held or held[-1][0] != minute:
        held.append((minute, Counter()))
    held[-1][1][what] += number


def arrived(message: Message) -> float:
    """When a message came to its queue, in epoch seconds: SQS counts a dead letter's age from its death."""
    return float(getattr(message, "died_at", 0.0) or (message.sent_timestamp or 0) / 1000)


def die(message: Message) -> None:
    """Remember that a message came to its dead-letter queue at this moment."""
    message.died_at = time.time()  # type: ignore[attr-defined]
