"""Lines that Live Tail brings at once, merged with what polls bring later: pure, its clock is given to it.

Live Tail gives no event ids, samples, and drops lines without a word. So what it brings is provisional:
polls and sweeps go on, and each line of theirs is held against what was shown already.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from dataclasses import dataclass, field
from typing import NamedTuple

from awstui.plugin import Row

from .page import Gap

PRICE = 0.01
"""Dollars for each minute of a session."""

KEPT = 60_000
"""Milliseconds after AWS took a line in for which Live Tail may show it; later only polls do."""

UNSURE = 5_000
"""Milliseconds by which AWS's clock is not known: what it took in until then polls may have shown."""


class _Key(NamedTuple):
    """What tells lines apart that have no id."""

    group: int
    stream: str
    at: int
    message: bytes


@dataclass(slots=True)
class _Count:
    """How often one and the same line was brought and shown."""

    seen: int
    """When it came first, in milliseconds."""

    session: int
    live: int = 0
    """By this session of Live Tail."""

    polled: int = 0
    shown: int = 0
    waiting: list[int] = field(default_factory=list)
    """The numbers of those that Live Tail has shown and no poll has brought yet."""


class Ledger:
    """What was shown of each line; lines that are alike in everything are counted."""

    def __init__(self) -> None:
        self._counts: dict[_Key, _Count] = {}
        self._session = 0
        self._began: int | None = None
        self.provisional = 0
        """Lines that Live Tail has shown and no poll has brought yet."""

        self.settled: list[int] = []
        """The numbers of those that a poll has brought since somebody took them."""

        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        return len(self._counts)

    def open(self, now: int) -> None:
        """Keep count from this moment on; both here and below in milliseconds."""
        self._began = now

    def close(self) -> None:
        """Take nothing in any more; what is provisional is still waited for."""
        self._began = None

    def begin_session(self) -> None:
        """Another session may bring again what the one before has brought."""
        self._session += 1

    def live(self, group: int, event: Row, now: int) -> int:
        """Live Tail brings a line: its number where it is to be shown, else 0."""
        if not self._counts_for(event, now):
            return 0  # a poll may have shown it already, and its count is not kept
        count = self._count(_key(group, event), now)
        if count.session != self._session:
            count.session, count.live = self._session, 0
        count.live += 1
        if count.live <= count.shown:
            return 0
        count.shown += 1
        self.provisional += 1
        count.waiting.append(next(self._numbers))
        return count.waiting[-1]

    def polled(self, group: int, event: Row, now: int) -> bool:
        """A poll brings a line: whether it is to be shown, because Live Tail has not."""
        counts = self._counts_for(event, now)
        if not counts and not self.provisional:
            return True
        key = _key(group, event)
        if not counts and key not in self._counts:
            return True
        count = self._count(key, now)
        count.polled += 1
        if count.polled > count.shown:
            count.shown += 1
            return True
        self.provisional -= 1
        self.settled.append(count.waiting.pop(0))
        return False

    def forget(self, now: int, horizon: int) -> None:
        """Forget what neither Live Tail nor any poll, none going back before ``horizon``, brings again."""
        gone = []
        for key, count in self._counts.items():
            if count.seen >= now - KEPT:
                break  # in the order in which they came: the rest is newer
            if count.polled >= count.shown or max(key.at, count.seen) < horizon:
                gone.append(key)
        for key in gone:
            count = self._counts.pop(key)
            self.provisional -= max(0, count.shown - count.polled)

    def _counts_for(self, event: Row, now: int) -> bool:
        """Whether Live Tail may show a line, by when AWS took it in."""
        taken = int(event["ingestionTime"])
        return self._began is not None and taken >= max(self._began + UNSURE, now - KEPT)

    def _count(self, key: _Key, now: int) -> _Count:
        held = self._counts.get(key)
        if held is None:
            held = self._counts[key] = _Count(now, self._session)
        return held


def _key(group: int, event: Row) -> _Key:
    text = str(event["message"]).rstrip().encode("utf-8", "surrogatepass")
    said = hashlib.sha1(text, usedforsecurity=False).digest()
    return _Key(group, str(event["logStreamName"]), int(event["timestamp"]), said)


class Marks:
    """Stretches in which Live Tail did not bring all, until a sweep has read them."""

    LONGEST = 60_000
    """Milliseconds after which a stretch is read although it goes on."""

    def __init__(self) -> None:
        self._open: tuple[int, str] | None = None
        self._closed: list[tuple[Gap, str]] = []

    def begin(self, at: int, why: str) -> None:
        """Something is missing from here on."""
        if self._open is None:
            self._open = (at, why)

    def end(self, at: int) -> Gap | None:
        """Nothing is missing from here on; the stretch that is to be read now."""
        if self._open is None:
            return None
        gap, why = Gap(min(self._open[0], at), at), self._open[1]
        self._open = None
        self._closed.append((gap, why))
        return gap

    def go_on(self, at: int) -> Gap | None:
        """It is still missing: what of a long stretch is to be read meanwhile."""
        if self._open is None or at - self._open[0] < self.LONGEST:
            return None
        why = self._open[1]
        gap = self.end(at)
        self.begin(at, why)
        return gap

    def settle(self, swept: int) -> None:
        """A sweep that began at that time has read all before it."""
        self._closed = [(gap, why) for gap, why in self._closed if gap.end > swept]

    def told(self, now: int) -> list[tuple[int, int, str]]:
        """Each stretch, from and to, and why; the open one up to now."""
        open_ = [(self._open[0], now, self._open[1])] if self._open else []
        return [*((gap.start, gap.end, why) for gap, why in self._closed), *open_]


def cost(seconds: float) -> tuple[int, float]:
    """Minutes that were begun, and what they cost in dollars."""
    minutes = math.ceil(seconds / 60)
    return minutes, minutes * PRICE


class Names:
    """Finds a group by what Live Tail calls it: its ARN, its account and name, or its name."""

    def __init__(self, arns: list[str]) -> None:
        self._numbers: dict[str, int] = {}
        for number, arn in enumerate(arns):
            account, name = arn.split(":", 6)[4], arn.partition(":log-group:")[2]
            for called in (arn, f"{account}:{name}", name):
                self._numbers.setdefault(called, number)

    def number(self, identifier: str) -> int | None:
        """The number of a group; None for one that nobody asked for."""
        return self._numbers.get(identifier.removesuffix(":*"))


def arn_of(group: str, partition: str, region: str, account: str) -> str:
    """The ARN of a group as Live Tail takes it; empty where the account is not known."""
    if group.startswith("arn:"):
        return group.removesuffix(":*")
    return f"arn:{partition}:logs:{region}:{account}:log-group:{group}" if account else ""
