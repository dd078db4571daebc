"""The filter over the lines of a tail: in slices, what it found kept for each chunk, never looked for twice."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from .ansi import plain
from .chunk import Chunk, Entry, Key, key_of, last_of
from .holding import Test
from .spool import Spool
from .taking import Taking


class Sifting(Taking):
    """Lines, of which only some are shown: those are the rows."""

    def __init__(self, memory: int, spool: Spool | None) -> None:
        super().__init__(memory, spool)
        self._needle = ""
        self._hides = True
        self._context = 0
        self._ends: list[int] | None = None

    # ---- the filter ----------------------------------------------------------------------------------

    def filter(
        self, test: Test | None, *, hides: bool = True, context: int = 0, needle: str = ""
    ) -> None:
        """Show only lines whose text passes, or only know them; :meth:`scan` does the work.

        ``needle`` is a plain word without which none passes: where it is not, nothing is unpacked.
        """
        anew = test is not self._test
        self._needle = needle if needle.isascii() else ""
        self._test, self._hides, self._context = test, hides, context
        for chunk in self._chunks:
            chunk.seen = None
            if anew:
                chunk.hits = None
        self._ends = None

    def scan(self, seconds: float) -> bool:
        """Look on, newest first, for so long; True while there is more to look at."""
        if self._test is None:
            return False
        until, looked = time.perf_counter() + seconds, False
        for index in range(len(self._chunks) - 1, -1, -1):
            if self._is_sifted(self._chunks[index]):
                continue
            if looked and time.perf_counter() > until:
                return True
            self._hits(index)
            self._changed(index, index + 1)
            looked = True
        return False

    def _is_sifted(self, chunk: Chunk) -> bool:
        counted = chunk.seen is not None or not (self._context and self._hides)
        return chunk.hits is not None and counted

    def _hits(self, index: int) -> array[int]:
        """What passes in a chunk, looked for unless that was done."""
        chunk, test = self._chunks[index], self._test
        if chunk.hits is None and test is not None:
            chunk.hits = self._look_through(chunk, test)
            self._changed(index, index + 1)
        return chunk.hits if chunk.hits is not None else array("H")

    def _look_through(self, chunk: Chunk, test: Test) -> array[int]:
        needle = self._needle
        texts = chunk.plain_texts(needle.encode(), folds=needle == needle.lower())
        return array("H", (at for at, text in enumerate(texts) if test(text)))

    def passes(self, message: str) -> bool:
        """Whether a line with this message is shown for its own sake."""
        return self._test is None or not self._hides or self._test(plain(message))

    @property
    def hits(self) -> int:
        """How many lines pass the filter, as far as was looked."""
        return sum(len(chunk.hits) for chunk in self._chunks if chunk.hits is not None)

    @property
    def sifted(self) -> bool:
        """Whether all was looked at."""
        return self._test is None or all(map(self._is_sifted, self._chunks))

    # ---- which lines of a chunk are shown ------------------------------------------------------------

    def _changed(self, start: int, stop: int) -> None:
        self._ends = None
        if self._test is None or not self._context or not self._hides:
            return
        for index in range(start, stop):
            if self._chunks[index].hits is not None:
                self._chunks[index].seen = self._around(index)
        for near in (range(start - 1, -1, -1), range(stop, len(self._chunks))):
            for index, _ in self._within(near):
                if self._chunks[index].seen is not None:
                    self._chunks[index].seen = self._around(index)

    def _within(self, near: range) -> Iterator[tuple[int, int]]:
        """Neighbours of which a line is near enough to be context, and how many lines lie between."""
        between = 0
        for index in near:
            if between >= self._context:
                return
            yield index, between
            between += len(self._chunks[index])

    def _visible(self, index: int) -> Sequence[int]:
        """The offsets of a chunk that are shown."""
        chunk = self._chunks[index]
        if self._test is None or not self._hides:
            return range(len(chunk))
        found = chunk.seen if self._context else chunk.hits
        return found if found is not None else ()

    def _around(self, index: int) -> array[int]:
        """The offsets of a chunk that are hits or near one, be that in another chunk."""
        reach, size = self._context, len(self._chunks[index])
        around = set[int]()
        for hit in self._chunks[index].hits or ():
            around.update(range(max(0, hit - reach), min(size, hit + reach + 1)))
        for near, between in self._within(range(index - 1, -1, -1)):
            if hits := self._chunks[near].hits:
                away = len(self._chunks[near]) - hits[-1] + between
                around.update(range(min(size, reach - away + 1)))
        for near, between in self._within(range(index + 1, len(self._chunks))):
            if hits := self._chunks[near].hits:
                around.update(range(max(0, size - reach + hits[0] + between), size))
        return array("H", sorted(around))

    # ---- rows ----------------------------------------------------------------------------------------

    @property
    def rows(self) -> int:
        """How many lines are shown."""
        return self._sums()[-1]

    def _sums(self) -> list[int]:
        if self._ends is None:
            counts = (len(self._visible(index)) for index in range(len(self._chunks)))
            self._ends = list(accumulate(counts, initial=0))
        return self._ends

    def _at(self, row: int) -> tuple[int, int]:
        sums = self._sums()
        index = bisect_right(sums, row) - 1
        return index, self._visible(index)[row - sums[index]]

    def entry(self, row: int) -> Entry:
        """The line of a row."""
        index, offset = self._at(row)
        return self._entries(index)[offset]

    def is_hit(self, row: int) -> bool:
        """Whether the line of a row passes the filter itself."""
        index, offset = self._at(row)
        hits = self._chunks[index].hits
        if hits is None:
            return False
        at = bisect_left(hits, offset)
        return at < len(hits) and hits[at] == offset

    def row_of(self, key: Key) -> int:
        """The first row at or behind a place; the number of rows when there is none."""
        index = bisect_left(self._chunks, key, key=last_of)
        if index == len(self._chunks):
            return self.rows
        offset = 0
        if key > self._chunks[index].first:
            offset = bisect_left(self._entries(index), key, key=key_of)
        return self._sums()[index] + bisect_left(self._visible(index), offset)

    def snapshot(self) -> Iterator[Entry]:
        """The lines of all rows as they are now, whatever comes while they are gone through."""
        held = []
        for index, chunk in enumerate(self._chunks):
            visible = self._visible(index)
            # What may still grow is copied: its lines only ever come behind these.
            held.append((chunk, visible[:] if chunk.is_open else visible))
        for chunk, visible in held:
            entries = chunk.entries()
            yield from (entries[offset] for offset in visible)
