"""A queue as AWS really behaves where emulators do not: sampling, duplicates, lives, visibility."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from awstui.plugin import Row


@dataclass
class Stored:
    """One message in the model."""

    ident: str
    receives: int = 0
    visible_at: float = 0.0
    handle: str = ""
    group: str = ""


@dataclass
class ModelQueue:
    """Receives as AWS documents them: what a poll returns is a sample; the same may come twice."""

    count: int
    seed: int
    lives: int = 0
    groups: int = 0
    duplicates: float = 0.0
    dead: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.messages = [
            Stored(f"m{n}", group=f"g{n % self.groups}" if self.groups else "")
            for n in range(self.count)
        ]
        self.handles = 0

    def receive(self, most: int, hold: float, now: float) -> list[Row]:
        """One long poll: fewer than asked at will, sometimes the same message twice."""
        visible = [m for m in self.messages if m.visible_at <= now and not self._blocked(m, now)]
        if not self.groups:
            self.chance.shuffle(visible)
        chosen = visible[: self.chance.randint(1, most)] if visible else []
        found: list[Row] = []
        for message in chosen:
            if self.lives and message.receives >= self.lives:
                self.messages.remove(message)
                self.dead.append(message.ident)
                continue
            found.append(self._given(message, hold, now))
            if len(found) < most and self.chance.random() < self.duplicates:
                found.append(self._given(message, hold, now))
        return found

    def _blocked(self, message: Stored, now: float) -> bool:
        """A FIFO group with a message in flight gives no other."""
        return bool(message.group) and any(
            other.group == message.group and other.visible_at > now for other in self.messages
        )

    def _given(self, message: Stored, hold: float, now: float) -> Row:
        self.handles += 1
        message.receives += 1
        message.visible_at = now + hold
        message.handle = f"h{self.handles}"
        return {
            "MessageId": message.ident,
            "ReceiptHandle": message.handle,
            "Body": "{}",
            "Attributes": {"ApproximateReceiveCount": str(message.receives)},
        }

    def release(self, entries: list[Row], now: float) -> list[Row]:
        """A batch that makes visible again; an old handle is refused, as FIFO queues do."""
        failed: list[Row] = []
        for entry in entries:
            match = next((m for m in self.messages if m.handle == entry["ReceiptHandle"]), None)
            if match is None:
                failed.append({"Id": entry["Id"], "Code": "ReceiptHandleIsInvalid"})
            elif match.visible_at <= now:
                failed.append(
                    {"Id": entry["Id"], "Code": "AWS.SimpleQueueService.MessageNotInflight"}
                )
            else:
                match.visible_at = now
        return failed

    def hidden(self, now: float) -> list[str]:
        """What nobody else can see at this moment."""
        return [m.ident for m in self.messages if m.visible_at > now]

    def most_receives(self) -> int:
        """How often the most-received message was received."""
        return max((m.receives for m in self.messages), default=0)


def queue(name: str = "orders", **attributes: Any) -> Row:
    """A queue's row as the list makes it."""
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{name}"
    filled = {"QueueArn": arn, "ApproximateNumberOfMessages": 0, "MessageRetentionPeriod": 345600}
    url = f"http://127.0.0.1/123456789012/{name}"
    return {"QueueUrl": url, "QueueName": name, "Attributes": filled | attributes}


def arn(name: str) -> str:
    """The ARN of a queue made by :func:`queue`."""
    return f"arn:aws:sqs:eu-west-1:123456789012:{name}"
