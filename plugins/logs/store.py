"""All lines of a tail in the order of their time: bounded by bytes, filtered in slices, never rebuilt.

Lines live in chunks. A new line usually goes behind the last; a late one goes into the chunk where it
belongs, and nothing else moves. What the filter found is kept for each chunk, so that a filter over a
million lines shows its first screenful at once and the rest as it is found.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, BinaryIO

from .ansi import plain
from .chunk import OVERHEAD, Chunk, Entry, Key

LINES = 1024
"""Lines of a chunk at most."""

BYTES = 512 * 1024
"""Bytes of text after which a chunk is full with fewer lines."""

MEMORY = 64 * 1024 * 1024
"""Bytes that lines may take in memory."""

SPOOL = 1024 * 1024 * 1024
"""Bytes that may lie in the spool file."""

OPEN = 4
"""Chunks at the end that stay open."""

UNPACKED = 12
"""Chunks whose lines are kept unpacked because they were looked at."""

Test = Callable[[str], bool]


class Store:
    """The lines of a tail."""

    def __init__(self, memory: int = MEMORY, spool: BinaryIO | None = None) -> None:
        """``spool`` is a file that takes what does not fit in memory, instead of dropping it."""
        self._memory, self._spool = memory, spool
        self._spooled = 0
        self._chunks: list[Chunk] = []
        self._size = 0
        self._read: OrderedDict[int, list[Entry]] = OrderedDict()
        self._test: Test | None = None
        self._needle = ""
        self._hides = True
        self._context = 0
        self._ends: list[int] | None = None
        self.dropped = 0
        """Lines that were given up because there was no room for them."""

        self.seconds: dict[int, list[int]] = {}
        """How many lines there were in each second: all, warnings, errors."""

    def __len__(self) -> int:
        return sum(map(len, self._chunks))

    @property
    def memory(self) -> int:
        """Bytes in memory."""
        return self._size

    # ---- taking in -----------------------------------------------------------------------------------

    def add(self, lines: Iterable[Sequence[Any]]) -> list[Entry]:
        """Take in lines, each where it belongs; those that do not go behind the last."""
        entries = sorted((Entry(*line) for line in lines), key=_key)
        self._count(entries)
        at = 0
        if self._chunks:
            at = bisect_right(entries, self._chunks[-1].last, key=_key)
        early, behind = entries[:at], entries[at:]
        self._insert(early)
        self._append(behind)
        self._ends = None
        self._bound()
        return early

    def _count(self, entries: list[Entry]) -> None:
        seconds = self.seconds
        for entry in entries:
            second = entry.at // 1000
            held = seconds.get(second)
            if held is None:
                held = seconds[second] = [0, 0, 0]
            held[0] += 1
            if entry.level > 2:
                held[entry.level - 2] += 1

    def _append(self, entries: list[Entry]) -> None:
        for run in _runs(entries):
            last = self._chunks[-1] if self._chunks else None
            room = last is not None and last.is_open
            if last is None or not room or len(last) + len(run) > LINES or last.size > BYTES:
                last = Chunk([])
                last.hits = array("H") if self._test is not None else None
                self._chunks.append(last)
                self._pack_behind()
            before = last.size
            if last.hits is not None and self._test is not None:
                self._note(last, run)
            last.extend(run)
            self._size += last.size - before

    def _note(self, chunk: Chunk, run: list[Entry]) -> None:
        assert chunk.hits is not None  # noqa: S101  asked for only where it was begun
        assert self._test is not None  # noqa: S101
        test, base = self._test, len(chunk)
        chunk.hits.extend(
            base + offset for offset, entry in enumerate(run) if test(plain(entry.message))
        )

    def _pack_behind(self) -> None:
        if len(self._chunks) > OPEN:
            self._resize(self._chunks[-OPEN - 1], Chunk.pack)

    def _resize(self, chunk: Chunk, change: Callable[[Chunk], object]) -> None:
        before = chunk.size
        change(chunk)
        self._size += chunk.size - before

    def _insert(self, entries: list[Entry]) -> None:
        """Put lines between others: each chunk they belong to is made anew, in pieces if need be."""
        while entries:
            index = max(0, bisect_right(self._chunks, entries[0].key, key=_first) - 1)
            if index == 0 and entries[0].key < self._chunks[0].first:
                # Older than all: so it is while the past is read, newest first.
                count = bisect_left(entries, self._chunks[0].first, key=_key)
                run, entries = entries[:count], entries[count:]
                self._chunks[0:0] = self._made(run)
                continue
            end = self._chunks[index + 1].first if index + 1 < len(self._chunks) else None
            count = len(entries) if end is None else max(1, bisect_left(entries, end, key=_key))
            run, entries = entries[:count], entries[count:]
            old = self._chunks[index]
            self._size -= old.size
            self._read.pop(id(old), None)
            merged = sorted([*old.entries(), *run], key=_key)
            self._chunks[index : index + 1] = self._made(merged)

    def _made(self, entries: list[Entry]) -> list[Chunk]:
        made = [Chunk(run) for run in _runs(entries)]
        self._size += sum(chunk.size for chunk in made)
        for chunk in made:
            if chunk.last < self._chunks[max(0, len(self._chunks) - OPEN)].first:
                self._resize(chunk, Chunk.pack)
        return made

    def _bound(self) -> None:
        """Move the oldest to disk, or give them up, until what is left fits."""
        at = 0
        while self._size > self._memory and at < len(self._chunks) - 1:
            oldest = self._chunks[at]
            if self._spool is None or self._spooled > SPOOL:
                self._chunks.pop(at)
                self._size -= oldest.size
                self.dropped += len(oldest)
                self._read.pop(id(oldest), None)
                continue
            if not oldest.is_spooled:
                file = self._spool
                before, here = oldest.size, oldest.spool(file)
                self._spooled += here
                self._size += oldest.size - before
            at += 1

    def clear(self) -> None:
        """Forget everything."""
        self._chunks.clear()
        self._read.clear()
        self.seconds.clear()
        self._size = self.dropped = 0
        self._ends = None

    # ---- the filter ----------------------------------------------------------------------------------

    def filter(
        self, test: Test | None, *, hides: bool = True, context: int = 0, needle: str = ""
    ) -> None:
        """Show only lines whose text passes, or only know them; :meth:`scan` does the work.

        ``needle`` is a plain word without which none passes: where it is not, nothing is unpacked.
        """
        if test is not self._test:
            for chunk in self._chunks:
                chunk.hits = None
            self._needle = needle if needle.isascii() else ""
        self._test, self._hides, self._context = test, hides, context
        self._ends = None

    def scan(self, seconds: float) -> bool:
        """Look on, newest first, for so long; True while there is more to look at."""
        if self._test is None:
            return False
        until, test, looked = time.perf_counter() + seconds, self._test, False
        for chunk in reversed(self._chunks):
            if chunk.hits is not None:
                continue
            if looked and time.perf_counter() > until:
                return True
            chunk.hits, looked = self._look_through(chunk, test), True
            self._ends = None
        return False

    def _look_through(self, chunk: Chunk, test: Test) -> array[int]:
        needle = self._needle
        if needle and not chunk.may_hold(needle.encode(), folds=needle == needle.lower()):
            return array("H")
        return array("H", (at for at, text in enumerate(chunk.texts()) if test(plain(text))))

    @property
    def hits(self) -> int:
        """How many lines pass the filter, as far as was looked."""
        return sum(len(chunk.hits) for chunk in self._chunks if chunk.hits is not None)

    # ---- rows: the lines that are shown --------------------------------------------------------------

    @property
    def rows(self) -> int:
        """How many lines are shown."""
        return self._sums()[-1]

    def _sums(self) -> list[int]:
        if self._ends is None:
            counts = (self._rows_of(index) for index in range(len(self._chunks)))
            self._ends = list(accumulate(counts, initial=0))
        return self._ends

    def _rows_of(self, index: int) -> int:
        if self._test is None or not self._hides:
            return len(self._chunks[index])
        return len(self._visible(index))

    def _visible(self, index: int) -> Sequence[int]:
        """The offsets of a chunk that are shown."""
        chunk = self._chunks[index]
        if self._test is None or not self._hides:
            return range(len(chunk))
        hits: Sequence[int] = chunk.hits if chunk.hits is not None else ()
        if not self._context:
            return hits
        around, reach = set[int](), self._context
        for hit in hits:
            around.update(range(max(0, hit - reach), min(len(chunk), hit + reach + 1)))
        for other, edge in ((index - 1, 0), (index + 1, len(chunk) - 1)):
            if 0 <= other < len(self._chunks) and self._chunks[other].hits:
                near = self._chunks[other]
                far = len(near) - near.hits[-1] if edge == 0 else near.hits[0] + 1  # type: ignore[index]
                spill = range(reach - far + 1)
                around.update(n if edge == 0 else edge - n for n in spill if n < len(chunk))
        return sorted(around)

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

    def _entries(self, index: int) -> list[Entry]:
        chunk = self._chunks[index]
        if chunk.is_open:
            return chunk.entries()
        held = self._read.get(id(chunk))
        if held is None:
            held = self._read[id(chunk)] = chunk.entries()
            if len(self._read) > UNPACKED:
                self._read.popitem(last=False)
        else:
            self._read.move_to_end(id(chunk))
        return held

    def row_of(self, key: Key) -> int:
        """The first row at or behind a place; the number of rows when there is none."""
        index = bisect_left(self._chunks, key, key=_last)
        if index == len(self._chunks):
            return self.rows
        offset = bisect_left(self._entries(index), key, key=_key)
        return self._sums()[index] + bisect_left(self._visible(index), offset)

    def walk(self, row: int, step: int) -> Iterator[tuple[int, int, int]]:
        """Rows from one on, forward or back, without unpacking: row, milliseconds, level."""
        if not 0 <= row < self.rows:
            return
        index, _ = self._at(row)
        sums = self._sums()
        while 0 <= index < len(self._chunks):
            chunk, visible = self._chunks[index], self._visible(index)
            at = row - sums[index]
            for place in range(at, len(visible) if step > 0 else -1, step):
                offset = visible[place]
                yield sums[index] + place, chunk.times[offset], chunk.levels[offset]
            index += step
            if 0 <= index < len(self._chunks):
                row = sums[index] if step > 0 else sums[index + 1] - 1

    def seek(self, row: int, step: int, text: str) -> int | None:
        """The next row, forward or back, whose message holds a text."""
        wanted, row = text.encode(), row + step
        sums = self._sums()
        while 0 <= row < self.rows:
            index, _ = self._at(row)
            if self._chunks[index].may_hold(wanted, folds=False):
                entries, visible = self._entries(index), self._visible(index)
                for place in range(row - sums[index], len(visible) if step > 0 else -1, step):
                    if text in entries[visible[place]].message:
                        return sums[index] + place
            row = sums[index + 1] if step > 0 else sums[index] - 1
        return None

    def snapshot(self) -> Iterator[Entry]:
        """The lines of all rows as they are now, whatever comes while they are gone through."""
        held = [(chunk, list(self._visible(n))) for n, chunk in enumerate(self._chunks)]
        for chunk, visible in held:
            entries = chunk.entries()
            yield from (entries[offset] for offset in visible)


def _runs(entries: list[Entry]) -> Iterator[list[Entry]]:
    """Entries in runs that fill a chunk at most."""
    start, size = 0, 0
    for place, entry in enumerate(entries):
        if place > start and (place - start >= LINES or size > BYTES):
            yield entries[start:place]
            start, size = place, 0
        size += len(entry.message) + OVERHEAD
    if start < len(entries):
        yield entries[start:]


def _key(entry: Entry) -> Key:
    return entry[:3]


def _first(chunk: Chunk) -> Key:
    return chunk.first


def _last(chunk: Chunk) -> Key:
    return chunk.last
