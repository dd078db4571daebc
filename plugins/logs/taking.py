"""Taking in the lines of a tail, each where it belongs.

A new line usually goes behind the last; a late one goes into the chunk where it belongs, and nothing
else moves.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterable, Iterator, Sequence
from math import ceil
from typing import Any

from .ansi import plain
from .chunk import Chunk, Entry, Key, first_of, key_of, weights
from .holding import Holding

LINES = 1024
"""Lines of a chunk at most."""

BYTES = 512 * 1024
"""Bytes of lines after which a chunk is full with fewer lines."""

OPEN = 4
"""Chunks at the end that stay open."""

FEW = 16
"""Lines that are put into an open chunk one by one; for more it is made anew."""


class Taking(Holding):
    """Takes in lines, and notes which of them pass the filter."""

    def add(self, lines: Iterable[Sequence[Any]]) -> list[Entry]:
        """Take in lines, each where it belongs; those that do not go behind the last."""
        steps = self.adding(lines)
        while True:
            try:
                next(steps)
            except StopIteration as over:
                early: list[Entry] = over.value
                return early

    def adding(self, lines: Iterable[Sequence[Any]]) -> Generator[None, None, list[Entry]]:
        """Take in lines chunk by chunk; between two steps all is in order and may be looked at."""
        entries = sorted(map(self._entry, lines), key=key_of)
        fits = bisect_right(entries, self._gone, key=key_of) if self.dropped else 0
        self.dropped += fits
        at = bisect_right(entries, self._chunks[-1].last, key=key_of) if self._chunks else 0
        early, behind = entries[fits : max(at, fits)], entries[max(at, fits) :]
        for run in _runs(behind):
            self._append(run)
            self._bound()
            yield
        rest = early
        while rest:
            rest = self._insert(rest)
            self._bound()
            yield
        return early

    def _entry(self, line: Sequence[Any]) -> Entry:
        stream = line[6]  # one string for all lines of a stream
        return Entry._make((*line[:6], self._streams.setdefault(stream, stream), line[7]))

    def _append(self, run: list[Entry]) -> None:
        last = self._chunks[-1] if self._chunks else None
        if last is None or not last.is_open or len(last) + len(run) > LINES or last.size > BYTES:
            last = Chunk([])
            last.hits = array("H") if self._test is not None else None
            self._chunks.append(last)
            self._pack(len(self._chunks) - OPEN - 1)
        if last.hits is not None and self._test is not None:
            last.hits.extend(self._passing(run, len(last)))
        before = last.size
        last.extend(run)
        self._size += last.size - before
        self._count += len(run)
        self._changed(len(self._chunks) - 1, len(self._chunks))

    def _passing(self, run: Sequence[Entry], base: int = 0) -> Iterator[int]:
        test = self._test
        assert test is not None  # noqa: S101  asked for only while there is a filter
        return (base + at for at, entry in enumerate(run) if test(plain(entry.message)))

    def _insert(self, entries: list[Entry]) -> list[Entry]:
        """Put lines that belong to one chunk there; the lines that are left."""
        index = max(0, bisect_right(self._chunks, entries[0].key, key=first_of) - 1)
        older = bool(self._chunks) and entries[0].key < self._chunks[0].first
        # Older than all is what comes while the past is read, newest first.
        beyond = 0 if older else index + 1
        count = len(entries)
        if beyond < len(self._chunks):
            count = max(1, bisect_left(entries, self._chunks[beyond].first, key=key_of))
        run, rest = entries[:count], entries[count:]
        full = not self._chunks or (
            len(run) + len(self._chunks[0]) > LINES or self._chunks[0].weight > BYTES
        )
        if not self._chunks or (older and full):
            self._replace(0, 0, self._made([(entry, None) for entry in run], known=True))
            return rest
        old = self._chunks[index]
        if len(run) <= FEW and old.is_open and len(old) + len(run) <= LINES:
            self._slip_in(index, run)
            return rest
        hits = set(old.hits or ())
        pairs: list[tuple[Entry, bool | None]] = [
            (entry, at in hits) for at, entry in enumerate(old.entries())
        ]
        pairs += [(entry, None) for entry in run]
        pairs.sort(key=_pair)
        self._replace(index, index + 1, self._made(pairs, known=old.hits is not None))
        return rest

    def _slip_in(self, index: int, run: list[Entry]) -> None:
        """Put a few lines into an open chunk that has room for them."""
        chunk, test = self._chunks[index], self._test
        before = chunk.size
        for entry in run:
            chunk.insert(entry, passes=test is not None and test(plain(entry.message)))
        self._size += chunk.size - before
        self._count += len(run)
        self._changed(index, index + 1)

    def _made(self, pairs: list[tuple[Entry, bool | None]], *, known: bool) -> list[Chunk]:
        """Chunks of lines, each with whether it passes the filter; None: nobody has looked."""
        made, test, start = [], self._test, 0
        for run in _runs([entry for entry, _ in pairs], evenly=True):
            chunk = Chunk(run)
            if known and test is not None:
                flags = pairs[start : start + len(run)]
                chunk.hits = array("H", (
                    at for at, (entry, passes) in enumerate(flags)
                    if passes or (passes is None and test(plain(entry.message)))
                ))  # fmt: skip
            start += len(run)
            made.append(chunk)
        return made

    def _replace(self, start: int, stop: int, made: list[Chunk]) -> None:
        """Put chunks in the place of others, packed unless more is likely to come to them."""
        for old in self._chunks[start:stop]:
            self._forget(old)
        self._chunks[start:stop] = made
        self._size += sum(chunk.size for chunk in made)
        self._count += sum(map(len, made))
        for index in range(start, start + len(made) + 1):
            if 0 < index < len(self._chunks) - OPEN:
                self._pack(index)
        self._changed(start, start + len(made))

    def _pack(self, index: int) -> None:
        if index > 0:  # the first stays open, as the last do: the past comes before it
            self._resize(self._chunks[index], Chunk.pack)


def _runs(entries: list[Entry], *, evenly: bool = False) -> Iterator[list[Entry]]:
    """Entries in runs that fill a chunk at most; of one length, so that none is tiny."""
    most = ceil(len(entries) / max(1, ceil(len(entries) / LINES))) if evenly else LINES
    start, size = 0, 0
    for place, weight in enumerate(weights(entries)):
        if place > start and (place - start >= most or size > BYTES):
            yield entries[start:place]
            start, size = place, 0
        size += weight
    if start < len(entries):
        yield entries[start:]


def _pair(pair: tuple[Entry, bool | None]) -> Key:
    return pair[0][:3]
