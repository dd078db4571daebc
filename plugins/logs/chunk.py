"""A run of neighbouring lines: open while lines come, packed when they do not, on disk when there are many."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeAlias

import msgspec

from .ansi import plain
from .spool import Spool, Stretch

Key: TypeAlias = tuple[int, int, int]
"""Where a line belongs: its time, when AWS took it in, and its number."""

Ident: TypeAlias = tuple[int, int, int, str, int]
"""What a line is, whenever it is read: its time, when it was taken in, group, stream, and its message's hash."""

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

    @property
    def ident(self) -> Ident:
        """What it is: the same when it is read again, where its number is another."""
        return self.at, self.taken, self.group, self.stream, hash(self.message)


class Place(NamedTuple):
    """Where in the spool file a chunk lies, and how long its two parts are."""

    stretch: Stretch
    meta: int
    texts: int


_message = attrgetter("message")

key_of = itemgetter(slice(3))
"""Where an entry belongs."""

first_of, last_of = attrgetter("first"), attrgetter("last")
"""Where the lines of a chunk begin and end."""

_encode = msgspec.msgpack.Encoder().encode
_texts: msgspec.msgpack.Decoder[list[str]] = msgspec.msgpack.Decoder(list[str])
_metas: msgspec.msgpack.Decoder[list[tuple[Any, ...]]] = msgspec.msgpack.Decoder(
    list[tuple[Any, ...]]
)

OVERHEAD = 200
"""Bytes that an open line takes beside its text."""

AT_HAND = 13
"""Bytes that stay in memory of each line: its time, its level, whether it passes and whether it is shown."""


def weights(entries: Iterable[Entry]) -> Iterator[int]:
    """Bytes that each line takes while it is unpacked."""
    return map(OVERHEAD.__add__, map(sys.getsizeof, map(_message, entries)))


class Chunk:
    """Lines in their order; what navigation needs stays at hand, texts may be packed or on disk."""

    __slots__ = (
        "_entries",
        "_packed",
        "_place",
        "first",
        "hits",
        "last",
        "levels",
        "seen",
        "size",
        "times",
        "weight",
    )

    def __init__(self, entries: list[Entry]) -> None:
        self._entries: list[Entry] | None = []
        self._packed: tuple[bytes, bytes] | None = None
        self._place: Place | None = None
        self.times: array[int] = array("q")
        self.levels = bytearray()
        self.hits: array[int] | None = None
        """Offsets that pass the filter; None while nobody has looked."""

        self.seen: array[int] | None = None
        """Offsets that are shown with the lines around each hit; None while nobody has counted."""

        self.first = self.last = FIRST
        self.size = 0
        """Bytes in memory."""

        self.weight = 0
        """Bytes in memory while it is unpacked."""

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
        self._grow(entries)

    def insert(self, entry: Entry, *, passes: bool) -> None:
        """Put a line between others; only while open."""
        assert self._entries is not None  # noqa: S101  others are made anew
        at = bisect_right(self._entries, entry.key, key=key_of)
        self._entries.insert(at, entry)
        self.times.insert(at, entry.at)
        self.levels.insert(at, entry.level)
        self.first, self.last = self._entries[0].key, self._entries[-1].key
        if self.hits is not None:
            place = bisect_left(self.hits, at)
            moved = array("H", (hit + 1 for hit in self.hits[place:]))
            self.hits = self.hits[:place] + array("H", [at] if passes else []) + moved
        self._grow([entry])

    def _grow(self, entries: Sequence[Entry]) -> None:
        self.weight += sum(weights(entries)) + AT_HAND * len(entries)
        self.size = self.weight

    def entries(self) -> list[Entry]:
        """All lines; unpacked each time they are not open."""
        if self._entries is not None:
            return self._entries
        pairs = zip(_metas.decode(self._raw(0)), _texts.decode(self._raw(1)), strict=True)
        return [Entry._make((*fields, text)) for fields, text in pairs]

    def plain_texts(self, needle: bytes = b"", *, folds: bool = False) -> list[str]:
        """The messages without their colours; none where certainly none of them holds an ASCII text."""
        if self._entries is not None:
            return [plain(entry.message) for entry in self._entries]
        raw = self._raw(1)
        if b"\x1b" in raw:
            return list(map(plain, _texts.decode(raw)))
        return _texts.decode(raw) if needle in (raw.lower() if needle and folds else raw) else []

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

    def spool(self, spool: Spool) -> bool:
        """Move the texts to disk; False when there is no room left. Raises when the disk is full."""
        self.pack()
        if self._packed is None:
            return False
        meta, texts = self._packed
        stretch = spool.keep(meta + texts)
        if stretch is None:
            return False
        self._place, self._packed = Place(stretch, len(meta), len(texts)), None
        self._measure()
        return True

    def _measure(self) -> None:
        held = sum(map(len, self._packed)) if self._packed else 0
        self.size = held + AT_HAND * len(self.times) + 600

    def _raw(self, part: int) -> bytes:
        """What was packed, unpacked: 0 is all but the messages, 1 the messages."""
        if self._packed is not None:
            return zlib.decompress(self._packed[part])
        assert self._place is not None  # noqa: S101  a chunk is open, packed or spooled
        stretch, meta, texts = self._place
        return zlib.decompress(stretch.read(meta, texts) if part else stretch.read(0, meta))
