"""A file that takes what does not fit in memory: what nobody needs any more is written over."""

from __future__ import annotations

import os
from bisect import insort
from collections.abc import Callable
from typing import BinaryIO

MOST = 1024 * 1024 * 1024
"""Bytes that may lie in the file."""

STEP = 4096
"""Stretches of the file are as long as several of these: what one leaves, another fits into."""


class Stretch:
    """A part of the file; given back when nobody holds it any more."""

    __slots__ = ("_spool", "offset", "size")

    def __init__(self, spool: Spool, offset: int, size: int) -> None:
        self._spool, self.offset, self.size = spool, offset, size

    def read(self, at: int, count: int) -> bytes:
        """So many bytes from one of its own on."""
        return self._spool.read(self.offset + at, count)

    def __del__(self) -> None:
        """Whoever saves or looks through lines may hold them longer than the tail does."""
        self._spool.give_back(self.offset, self.size)


class Spool:
    """Hands out stretches of a file."""

    def __init__(self, opened: Callable[[], BinaryIO], most: int = MOST) -> None:
        """``opened`` makes the file once it is needed; ``most`` is how many bytes may lie in it."""
        self._opened, self._most = opened, most
        self._file: BinaryIO | None = None
        self._end = 0
        self._free: list[tuple[int, int]] = []
        """Stretches that are not in use, by where they begin: offset and size."""

        self.used = 0
        """Bytes in use."""

    def keep(self, data: bytes) -> Stretch | None:
        """Write something down; None when the file is as large as it may be. Raises when the disk is full."""
        size = -(-len(data) // STEP) * STEP
        offset = self._place(size)
        if offset is None:
            return None
        self.used += size
        stretch = Stretch(self, offset, size)
        self._write(data, offset)
        return stretch

    def _place(self, size: int) -> int | None:
        for number, (offset, free) in enumerate(self._free):
            if free >= size:
                self._free[number : number + 1] = (
                    [(offset + size, free - size)] if free > size else []
                )
                return offset
        if self._end + size > self._most:
            return None
        self._end += size
        return self._end - size

    def _write(self, data: bytes, offset: int) -> None:
        if self._file is None:
            self._file = self._opened()
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._file.fileno(), rest, offset)
            rest, offset = rest[written:], offset + written

    def read(self, offset: int, count: int) -> bytes:
        """Bytes of the file."""
        assert self._file is not None  # noqa: S101  what is read was written
        return os.pread(self._file.fileno(), count, offset)

    def give_back(self, offset: int, size: int) -> None:
        """What lies there is needed no more."""
        self.used -= size
        insort(self._free, (offset, size))
        joined: list[tuple[int, int]] = []
        for start, free in self._free:
            if joined and sum(joined[-1]) == start:
                joined[-1] = (joined[-1][0], joined[-1][1] + free)
            else:
                joined.append((start, free))
        if joined and sum(joined[-1]) == self._end:
            self._end = joined.pop()[0]
        self._free = joined

    def close(self) -> None:
        """Give the disk back."""
        if self._file is not None:
            self._file.close()
