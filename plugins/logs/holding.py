"""The lines of a tail in the order of their time, in chunks, kept within bounds of memory and disk."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterator

from .chunk import FIRST, Chunk, Entry, Ident, Key, key_of, last_of
from .spool import Spool

MEMORY = 64 * 1024 * 1024
"""Bytes that lines may take in memory."""

UNPACKED = 8
"""The part of the memory that is for lines kept unpacked because they were looked at: an eighth."""

NEVER = -(1 << 62)
"""A number that stands before that of every line."""

NO_ROOM = "no room for them"

Test = Callable[[str], bool]


class Holding:
    """Chunks of lines: packed, on disk or given up as far as there is no room, the oldest first."""

    def __init__(self, memory: int = MEMORY, spool: Spool | None = None) -> None:
        """``spool`` takes what does not fit in memory, instead of dropping it."""
        self._unpacked = memory // UNPACKED
        self._memory, self._spool = memory - self._unpacked, spool
        self._chunks: list[Chunk] = []
        self._size = self._count = 0
        self._read: OrderedDict[Chunk, list[Entry]] = OrderedDict()
        self._read_size = 0
        self._streams: dict[str, str] = {}
        self._gone: Key = FIRST
        self._test: Test | None = None
        self.dropped = 0
        """Lines that were given up because there was no room for them."""

        self.why = NO_ROOM
        """Why lines were given up."""

    def __len__(self) -> int:
        return self._count

    @property
    def last(self) -> Key:
        """Where the newest line is."""
        return self._chunks[-1].last if self._chunks else FIRST

    @property
    def newest(self) -> int:
        """The time of the newest line in milliseconds; 0 when there is none."""
        return max(0, self.last[0])

    @property
    def memory(self) -> int:
        """Bytes in memory."""
        return self._size + self._read_size

    def clear(self) -> None:
        """Forget everything."""
        self._chunks.clear()
        self._read.clear()
        self._streams.clear()
        self._size = self._count = self._read_size = self.dropped = 0
        self._gone, self.why = FIRST, NO_ROOM
        self._changed(0, 0)

    def _changed(self, start: int, stop: int) -> None:
        """Chunks between two places are others than before."""
        raise NotImplementedError

    def _forget(self, chunk: Chunk) -> None:
        self._size -= chunk.size
        self._count -= len(chunk)
        if self._read.pop(chunk, None) is not None:
            self._read_size -= chunk.weight

    def _resize(self, chunk: Chunk, change: Callable[[Chunk], object]) -> None:
        before = chunk.size
        try:
            change(chunk)
        finally:
            self._size += chunk.size - before

    # ---- bounds --------------------------------------------------------------------------------------

    def _bound(self) -> None:
        """Move the oldest to disk, or give them up, until what is left fits."""
        while self._size > self._memory and len(self._chunks) > 1:
            if not self._spool_one():
                self._drop_oldest()

    def _spool_one(self) -> bool:
        """Move one chunk to disk; False when there is none to move, or no room."""
        spool = self._spool
        chunk = next((one for one in self._chunks[:-1] if not one.is_spooled), None)
        if spool is None or chunk is None:
            return False
        moved = False

        def move(one: Chunk) -> None:
            nonlocal moved
            moved = one.spool(spool)

        try:
            self._resize(chunk, move)
        except OSError as error:
            self.why = f"they could not be put on disk ({error.strerror})"
        return moved

    def _drop_oldest(self) -> None:
        oldest = self._chunks.pop(0)
        self._forget(oldest)
        self.dropped += len(oldest)
        self._gone = oldest.last
        self._changed(0, 0)

    # ---- reading -------------------------------------------------------------------------------------

    def _entries(self, index: int) -> list[Entry]:
        """The lines of a chunk, kept unpacked for a while."""
        chunk = self._chunks[index]
        if chunk.is_open:
            return chunk.entries()
        held = self._read.get(chunk)
        if held is None:
            held = self._read[chunk] = chunk.entries()
            self._read_size += chunk.weight
            while self._read_size > self._unpacked and len(self._read) > 1:
                oldest, _ = self._read.popitem(last=False)
                self._read_size -= oldest.weight
        else:
            self._read.move_to_end(chunk)
        return held

    def holds(self, ident: Ident) -> list[int]:
        """The numbers of the lines that are what is meant: two only where they are the same in all."""
        return [entry.number for entry in self._moment(*ident[:2]) if entry.ident == ident]

    def meets(self, at: int, taken: int, group: int) -> bool:
        """Whether there is a line of a group that was stamped and taken in at these moments."""
        return any(entry.group == group for entry in self._moment(at, taken))

    def _moment(self, at: int, taken: int) -> Iterator[Entry]:
        """The lines that were stamped and taken in at these moments."""
        key = (at, taken, NEVER)
        index = bisect_left(self._chunks, key, key=last_of)
        while index < len(self._chunks) and self._chunks[index].first[:2] <= key[:2]:
            entries = self._entries(index)
            for entry in entries[bisect_left(entries, key, key=key_of) :]:
                if entry[:2] != key[:2]:
                    break
                yield entry
            index += 1
