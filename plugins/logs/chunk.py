"""A run of neighbouring lines: open while lines come, packed when they do not, on disk when there are many."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import msgspec

Key: TypeAlias = tuple[int, int, int]
"""Where a line belongs: its time, when AWS took it in, and its number."""

FIRST: Key = (-(1 << 62), 0, 0)


class Entry(NamedTuple):
    """One line of a tail."""

    at: int
    taken: int
    number: int
    group: int
    late: int
    level: int
    stream: str
    message: str

    @property
    def key(self) -> Key:
        """Where it belongs."""
        return self.at, self.taken, self.number


class Place(NamedTuple):
    """Where in the spool file a chunk lies."""

    offset: int
    meta: int
    texts: int


_encode = msgspec.msgpack.Encoder().encode
_texts: msgspec.msgpack.Decoder[list[str]] = msgspec.msgpack.Decoder(list[str])
_metas: msgspec.msgpack.Decoder[list[tuple[Any, ...]]] = msgspec.msgpack.Decoder(
    list[tuple[Any, ...]]
)

OVERHEAD = 160
"""Bytes that an open line takes beside its text."""


class Chunk:
    """Lines in their order; what navigation needs stays at hand, texts may be packed or on disk."""

    __slots__ = (
        "_entries",
        "_packed",
        "_place",
        "_spool",
        "first",
        "hits",
        "last",
        "levels",
        "size",
        "times",
    )

    def __init__(self, entries: list[Entry]) -> None:
        self._entries: list[Entry] | None = []
        self._packed: tuple[bytes, bytes] | None = None
        self._place: Place | None = None
        self._spool: BinaryIO | None = None
        self.times: array[int] = array("q")
        self.levels = bytearray()
        self.hits: array[int] | None = None
        """Offsets that pass the filter; None while nobody has looked."""

        self.first = self.last = FIRST
        self.size = 0
        """Bytes in memory."""

        self.extend(entries)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def is_open(self) -> bool:
        """Whether its lines are at hand unpacked."""
        return self._entries is not None

    @property
    def is_spooled(self) -> bool:
        """Whether its texts are on disk."""
        return self._place is not None

    def extend(self, entries: Sequence[Entry]) -> None:
        """Add lines behind the last; only while open."""
        assert self._entries is not None  # noqa: S101  the store opens before it adds
        if not entries:
            return
        self._entries += entries
        self.times.extend(entry.at for entry in entries)
        self.levels += bytes(entry.level for entry in entries)
        self.first, self.last = self._entries[0].key, self._entries[-1].key
        self.size += sum(len(entry.message) + OVERHEAD for entry in entries)

    def entries(self) -> list[Entry]:
        """All lines; unpacked each time they are not open."""
        if self._entries is not None:
            return self._entries
        pairs = zip(_metas.decode(self._raw(0)), _texts.decode(self._raw(1)), strict=True)
        return [Entry._make((*fields, text)) for fields, text in pairs]

    def texts(self) -> list[str]:
        """The messages alone."""
        if self._entries is not None:
            return [entry.message for entry in self._entries]
        return _texts.decode(self._raw(1))

    def may_hold(self, needle: bytes, *, folds: bool) -> bool:
        """Whether any message may hold an ASCII text, colours left out; certain only when it says no."""
        if self._entries is not None:
            return True
        raw = self._raw(1)
        return b"\x1b" in raw or needle in (raw.lower() if folds else raw)

    def pack(self) -> None:
        """Make it small: a line is read far less often than it is kept."""
        if self._entries is None:
            return
        meta = zlib.compress(_encode([entry[:7] for entry in self._entries]), 1)
        texts = zlib.compress(_encode([entry.message for entry in self._entries]), 1)
        self._packed, self._entries = (meta, texts), None
        self._measure()

    def spool(self, file: BinaryIO) -> int:
        """Move the texts to the end of a file; how many bytes that takes there."""
        self.pack()
        if self._packed is None:
            return 0
        meta, texts = self._packed
        offset = file.seek(0, 2)
        file.write(meta)
        file.write(texts)
        self._place, self._spool, self._packed = Place(offset, len(meta), len(texts)), file, None
        self._measure()
        return len(meta) + len(texts)

    def _measure(self) -> None:
        held = sum(map(len, self._packed)) if self._packed else 0
        self.size = held + 9 * len(self.times) + 500

    def _raw(self, part: int) -> bytes:
        """What was packed, unpacked: 0 is all but the messages, 1 the messages."""
        if self._packed is not None:
            return zlib.decompress(self._packed[part])
        assert self._spool is not None  # noqa: S101  a chunk is open, packed or spooled
        assert self._place is not None  # noqa: S101
        offset, meta, texts = self._place
        self._spool.seek(offset + part * meta)
        return zlib.decompress(self._spool.read(texts if part else meta))
