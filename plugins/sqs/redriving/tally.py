"""What is known of the messages of a redrive before any is sent: counted while they are looked through."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from awstui.plugin import Row

from .. import attributes as the
from ..message import shown, size
from ..scanning.spool import Spool
from ..transfer.editing import breaks, difference, is_changed
from .course import Goal
from .goals import Chosen, Goals
from .operation import Edit, Operation
from .outbox import SOON

PREVIEWS = 3
"""How many edits are shown as they were and as they are."""


@dataclass(slots=True)
class Tally:
    """Counts of what was chosen, and of what was not."""

    operation: Operation
    goals: Goals
    retention: int
    count: int = 0
    others: int = 0
    """How many were looked at and not chosen."""

    bytes: int = 0
    large: int = 0
    homeless: int = 0
    """How many do not go because nobody knows where to."""

    soon: int = 0
    """How many expire within the hour."""

    changed: int = 0
    same: int = 0
    """How many of those with an edit are another message by it, and how many are what they were."""

    broken: int = 0
    """How many were JSON, and are not as they were edited."""

    previews: list[str] = field(default_factory=list)

    def look(self, messages: Iterable[Row]) -> Tally:
        """Take these in."""
        chosen, now = Chosen(self.operation.selection, self.retention), time.time()
        for message in messages:
            if chosen.refuses(message):
                self.others += 1
            else:
                self._take(message, now)
        return self

    def _take(self, message: Row, now: float) -> None:
        edit = self.operation.edits.get(str(message["MessageId"]))
        held = message if edit is None else message | {"Body": edit.body, "BodyBytes": 0}
        if edit is not None and edit.attributes is not None:
            held |= {"MessageAttributes": edit.attributes}
        if edit is not None and "Body" in message:
            self._compare(message, edit)
        weight, goal = size(held), self.goals.of(message)
        self.count += 1
        self.bytes += weight
        self.homeless += not isinstance(goal, Goal)
        self.large += isinstance(goal, Goal) and weight > goal.limit
        ends = shown(message, retention=self.retention).expires
        self.soon += 0 < ends < now + SOON

    def _compare(self, message: Row, edit: Edit) -> None:
        """Count what an edit did, and keep the first for a person to see."""
        attributes = None if edit.attributes is None else dict(edit.attributes)
        if not is_changed(message, edit.body, attributes):
            self.same += 1
            return
        self.changed += 1
        before = str(message["Body"])
        self.broken += breaks(before, edit.body)
        if len(self.previews) < PREVIEWS:
            said = difference(before, edit.body) if before != edit.body else "its attributes"
            self.previews.append(f"{str(message['MessageId'])[:8]}: {said}")

    def edited(self) -> Iterator[str]:
        """What became of those that were edited."""
        if self.changed or self.same:
            yield f"{self.changed:,} changed, {self.same:,} as they were."
        if self.broken:
            was = "body that was JSON is" if self.broken == 1 else "bodies that were JSON are"
            yield f"Beware: {self.broken:,} {was} not any more."
        yield from self.previews

    def lines(self) -> Iterator[str]:
        """What a person should know of it."""
        if self.count:
            yield f"They have {self.bytes:,} bytes, {self.bytes // self.count:,} each."
        if self.others:
            yield f"{the.counted(self.others)} that were looked at stay: they are not chosen."
        if self.large:
            yield f"{the.counted(self.large)} too large for where they go: they stay."
        if self.homeless:
            yield f"{the.counted(self.homeless)} of unknown source: they stay; name a destination."
        if self.soon:
            yield f"{the.counted(self.soon)} would expire within the hour: they go first."


def spooled(path: str, idents: Iterable[str]) -> Iterator[Row]:
    """The messages that a scan has on disk: these, or all of them where none is named."""
    if not Path(path).is_file():
        return
    with closing(Spool(Path(path))) as spool:
        named = list(idents)
        yield from filter(None, map(spool.get, named)) if named else spool
