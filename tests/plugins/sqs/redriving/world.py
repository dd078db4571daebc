"""Two queues and a clock, with everything that can go wrong: SQS as documented, at no one's expense."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from awstui.plugin import Row
from plugins.sqs.redriving.digests import body_digest


class Lost(Exception):  # noqa: N818  no error: an answer that did not come
    """The answer did not come; the request may have been carried out."""


@dataclass
class Stored:
    """One message of the dead-letter queue."""

    ident: str
    body: str
    group: str
    visible_at: float = 0.0
    handle: str = ""


@dataclass
class World:
    """A dead-letter queue, a destination, and faults by chance."""

    count: int
    seed: int
    groups: int = 0
    """How many FIFO groups; 0: standard queues."""

    faults: float = 0.1
    now: float = 1_000_000.0
    dead: dict[str, Stored] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)
    """Group and body of what the destination has delivered, in its order."""

    acknowledgements: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.deduplication: dict[str, float] = {}
        self.numbers = 0
        for n in range(self.count):
            group = f"g{n % self.groups}" if self.groups else ""
            self.dead[f"m{n:04}"] = Stored(f"m{n:04}", f"body {n}", group)

    def passes(self) -> None:
        """Let a little time go by; now and then a lot."""
        self.now += self.chance.choice((0.01, 0.05, 0.2, 1.0))
        if self.chance.random() < self.faults / 10:
            self.now += self.chance.uniform(20, 200)

    def _unlucky(self) -> bool:
        return self.chance.random() < self.faults

    def receive(self, hold: float) -> list[Row]:
        """Up to ten visible messages; of a FIFO group only while none of it is in flight."""
        found: list[Stored] = []
        busy = {one.group for one in self.dead.values() if one.group and one.visible_at > self.now}
        visible = [one for one in self.dead.values() if one.visible_at <= self.now]
        if not self.groups:
            self.chance.shuffle(visible)
        for stored in visible:
            if stored.group in busy:
                continue
            found.append(stored)
            if len(found) == self.chance.randint(1, 10):
                break
        for stored in found:
            self.numbers += 1
            stored.handle, stored.visible_at = f"h{self.numbers}", self.now + hold
        if found and self._unlucky():
            raise Lost
        return [self._row(stored) for stored in found]

    def _row(self, stored: Stored) -> Row:
        system = {"MessageGroupId": stored.group} if stored.group else {}
        return {
            "MessageId": stored.ident,
            "ReceiptHandle": stored.handle,
            "Body": stored.body,
            "MD5OfBody": body_digest(stored.body),
            "Attributes": {"SentTimestamp": "1000", **system},
        }

    def send(self, entries: list[Row]) -> Row:
        """A batch: each entry is taken, refused for the moment, or refused for good."""
        if self._unlucky() and self.chance.random() < 0.5:
            raise Lost  # before it was carried out
        successful: list[Row] = []
        failed: list[Row] = []
        for entry in entries:
            if self._unlucky():
                lasting = self.chance.random() < 0.2
                failed.append({"Id": entry["Id"], "SenderFault": lasting, "Code": "No"})
                continue
            self.numbers += 1
            self._deliver(entry)
            body = entry["MessageBody"]
            successful.append(
                {"Id": entry["Id"], "MessageId": f"n{self.numbers}", "MD5OfMessageBody": body_digest(body)}
            )  # fmt: skip
        if self._unlucky():
            raise Lost
        return {"Successful": successful, "Failed": failed}

    def _deliver(self, entry: Row) -> None:
        known = entry.get("MessageDeduplicationId", "")
        if known and self.now - self.deduplication.get(known, -1e9) < 300:
            return
        if known:
            self.deduplication[known] = self.now
        self.taken.append((entry.get("MessageGroupId", ""), entry["MessageBody"]))

    def delete(self, entries: list[Row]) -> list[Row]:
        """A batch; an old handle is taken and does nothing, as SQS documents."""
        if self._unlucky() and self.chance.random() < 0.5:
            raise Lost
        failed: list[Row] = []
        for entry in entries:
            if self._unlucky():
                failed.append({"Id": entry["Id"], "Code": "InternalError"})
                continue
            for stored in list(self.dead.values()):
                mine = stored.handle == entry["ReceiptHandle"]
                if mine and stored.visible_at > self.now:  # else it is taken, and does nothing
                    del self.dead[stored.ident]
        if self._unlucky():
            raise Lost
        return failed

    def hide(self, entries: list[Row]) -> list[Row]:
        """Change visibility; refused for what is not in flight under that handle."""
        failed: list[Row] = []
        for entry in entries:
            match: Any = next(
                (
                    one
                    for one in self.dead.values()
                    if one.handle == entry["ReceiptHandle"] and one.visible_at > self.now
                ),
                None,
            )
            if match is None or self._unlucky():
                failed.append({"Id": entry["Id"], "Code": "MessageNotInflight"})
            else:
                match.visible_at = self.now + entry["VisibilityTimeout"]
        return failed

    def missing(self) -> set[str]:
        """What is in neither queue: must be nothing, ever."""
        there = {body for _, body in self.taken}
        here = {stored.body for stored in self.dead.values()}
        return {f"body {n}" for n in range(self.count)} - there - here
