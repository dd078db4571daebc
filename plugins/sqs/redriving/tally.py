"""What is known of the messages of a redrive before any is sent: counted while they are looked through."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from awstui.plugin import Row

from .. import attributes as the
from ..message import shown, size
from ..scanning.spool import Spool
from .course import Goal
from .goals import Chosen, Goals
from .operation import Operation
from .outbox import SOON


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
        weight, goal = size(held), self.goals.of(message)
        self.count += 1
        self.bytes += weight
        self.homeless += not isinstance(goal, Goal)
        self.large += isinstance(goal, Goal) and weight > goal.limit
        ends = shown(message, retention=self.retention).expires
        self.soon += 0 < ends < now + SOON

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
