"""All lines of a tail: bounded by bytes, filtered in slices, searched in slices, never rebuilt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import sub
from typing import NamedTuple, TypeAlias

from .chunk import Key, first_of, key_of, last_of
from .holding import MEMORY
from .level import ERROR, WARN
from .sifting import Sifting
from .spool import Spool

Search: TypeAlias = Iterator[Key | None]
"""Goes on for a while with each step: None while nothing is found, then where it is."""


class Counts(NamedTuple):
    """How many lines there are in a stretch of time."""

    all: int = 0
    warn: int = 0
    bad: int = 0


class Store(Sifting):
    """The lines of a tail, and what is looked for among them."""

    def __init__(self, memory: int = MEMORY, spool: Spool | None = None) -> None:
        """``spool`` takes what does not fit in memory, instead of dropping it."""
        super().__init__(memory, spool)

    # ---- searches over the rows: forward or back from a line ---------------------------------------

    def _stretches(self, key: Key, step: int) -> Iterator[tuple[int, Sequence[int], range]]:
        """Chunk after chunk: its place, the offsets shown, and which of those are beyond the line.

        Between two of them lines may come and go: the next is looked for anew by where it stands.
        """
        while True:
            if step > 0:
                index = bisect_right(self._chunks, key, key=last_of)
            else:
                index = bisect_left(self._chunks, key, key=first_of) - 1
            if not 0 <= index < len(self._chunks):
                return
            chunk, visible = self._chunks[index], self._visible(index)
            low, high = 0, len(visible)
            if step > 0 and key >= chunk.first:
                low = bisect_left(visible, bisect_right(self._entries(index), key, key=key_of))
            elif step < 0 and key <= chunk.last:
                high = bisect_left(visible, bisect_left(self._entries(index), key, key=key_of))
            key = chunk.last if step > 0 else chunk.first
            yield index, visible, range(low, high)

    def _key_at(self, index: int, offset: int) -> Key:
        return self._entries(index)[offset].key

    def next_of_level(self, key: Key, step: int, level: int = ERROR) -> Search:
        """The next line of a level."""
        for index, visible, places in self._stretches(key, step):
            levels = self._chunks[index].levels
            if level in levels:
                for place in places[::step]:
                    if levels[visible[place]] == level:
                        yield self._key_at(index, visible[place])
                        return
            yield None

    def next_hit(self, key: Key, step: int) -> Search:
        """The next line that passes the filter."""
        for index, visible, places in self._stretches(key, step):
            hits = self._hits(index)
            if places and hits:
                low, high = visible[places[0]], visible[places[-1]]
                inside = hits[bisect_left(hits, low) : bisect_right(hits, high)]
                if inside:
                    yield self._key_at(index, inside[0 if step > 0 else -1])
                    return
            yield None

    def next_with(self, key: Key, step: int, text: str) -> Search:
        """The next line whose message holds a text."""
        wanted = text.encode()
        for index, visible, places in self._stretches(key, step):
            if places and self._chunks[index].may_hold(wanted, folds=False):
                entries = self._entries(index)
                for place in places[::step]:
                    if text in entries[visible[place]].message:
                        yield entries[visible[place]].key
                        return
            yield None

    def next_after_pause(self, key: Key, step: int, pause: int) -> Search:
        """The next line before which nothing came for so many milliseconds."""
        # Back from a line, that line is no answer itself: the pause before it was found already.
        edge = [key[0]] if step > 0 else []
        for index, visible, places in self._stretches(key, step):
            times = self._chunks[index].times
            if isinstance(visible, range):
                inside = times[places.start : places.stop].tolist()
            else:
                inside = [times[visible[place]] for place in places]
            every = edge + inside if step > 0 else inside + edge
            if max(map(sub, every[1:], every), default=0) >= pause:
                pairs = list(pairwise(every))[::step]
                yield next(after for before, after in pairs if after - before >= pause), -1, 0
                return
            if inside:
                edge = inside[-1:] if step > 0 else inside[:1]
            yield None

    # ---- over time -----------------------------------------------------------------------------------

    def first_at(self, at: int) -> int:
        """The time of the first line at or after a time in milliseconds; that time when there is none."""
        index = bisect_left(self._chunks, (at, -1, 0), key=last_of)
        if index == len(self._chunks):
            return at
        times = self._chunks[index].times
        return times[bisect_left(times, at)]

    def counts(self, edges: Sequence[int]) -> list[Counts]:
        """How many lines there are between each two of some times in milliseconds, shown or not."""
        marks = []
        for edge in edges:
            index = bisect_left(self._chunks, (edge, -1, 0), key=last_of)
            inside = index < len(self._chunks)
            marks.append((index, bisect_left(self._chunks[index].times, edge) if inside else 0))
        return [self._count_between(*pair) for pair in pairwise(marks)]

    def _count_between(self, start: tuple[int, int], end: tuple[int, int]) -> Counts:
        every = warn = bad = 0
        for index in range(start[0], min(end[0] + 1, len(self._chunks))):
            levels = self._chunks[index].levels
            low = start[1] if index == start[0] else 0
            high = end[1] if index == end[0] else len(levels)
            every += high - low
            warn += levels.count(WARN, low, high)
            bad += levels.count(ERROR, low, high)
        return Counts(every, warn, bad)
