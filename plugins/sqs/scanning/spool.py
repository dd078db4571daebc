"""The messages of one scan in a file that only its owner can read: what memory should not hold."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from awstui import paths, wire
from awstui.plugin import Row

from ..message import shown
from .groups import likeness

CAP = 256 * 1024 * 1024
"""Bytes of bodies that one scan keeps; of what comes after it size and hash are kept."""

WHOLE, HANDED = 256 * 1024, 64 * 1024 * 1024
"""Bytes of a body that is handed on whole, and of all of them; the interface keeps those in memory."""

HEAD = 16 * 1024
"""Characters that are handed on of any other; the rest is read from the file when it is looked at."""

_NAME = re.compile(r"scan-(\d+)-\d+\.sqlite(-wal|-shm|-journal)?")
_numbers = itertools.count(1)


class Spool:
    """One file of messages, in the order in which they came."""

    def __init__(self, path: Path, cap: int = CAP) -> None:
        """Open what :meth:`create` made, here or in another process."""
        self.path, self._cap = path, cap
        self._kept = self._handed = 0
        self.left_out = 0
        """How many bodies did not fit under the cap."""

        self._db = sqlite3.connect(path, isolation_level=None)

    @classmethod
    def create(cls, folder: Path | None = None, cap: int = CAP) -> Spool:
        """A new file, 0600, among those of scans; what processes left that are no more goes away."""
        place = paths.private(folder or paths.cache_folder() / "scans")
        _sweep(place)
        path = place / f"scan-{os.getpid()}-{next(_numbers)}.sqlite"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        spool = cls(path, cap)
        spool._db.execute("PRAGMA journal_mode=WAL")
        spool._db.execute("PRAGMA synchronous=OFF")
        spool._db.execute(
            "CREATE TABLE message (id TEXT PRIMARY KEY, body BLOB, bytes INTEGER, sha256 TEXT, rest BLOB)"
        )
        return spool

    def add(self, messages: Iterable[Row]) -> list[Row]:
        """Keep messages; what is handed on of each: whole, or with the head of its body."""
        rows, briefs = [], []
        for message in messages:
            body = str(message.get("Body", ""))
            packed = body.encode(errors="surrogatepass")
            digest = hashlib.sha256(packed).hexdigest()
            fits = self._kept + len(packed) <= self._cap
            self._kept += len(packed) if fits else 0
            self.left_out += not fits
            rest = {name: held for name, held in message.items() if name not in _OURS}
            rows.append(
                (
                    message["MessageId"],
                    packed if fits else None,
                    len(packed),
                    digest,
                    wire.pack(rest),
                )
            )
            if fits and len(packed) <= WHOLE and self._handed + len(packed) <= HANDED:
                self._handed += len(packed)
                briefs.append(rest | {"Body": body})
            else:
                briefs.append(_brief(rest, body, len(packed), digest, fits=fits))
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)", rows)
        return briefs

    def get(self, ident: str) -> Row | None:
        """A message whole; without ``Body`` when it did not fit."""
        found = self._db.execute(
            "SELECT body, bytes, sha256, rest FROM message WHERE id = ?", (ident,)
        ).fetchone()
        return None if found is None else _message(found)

    def __iter__(self) -> Iterator[Row]:
        """Every message whole, in the order in which they came."""
        for found in self._db.execute(
            "SELECT body, bytes, sha256, rest FROM message ORDER BY rowid"
        ):
            yield _message(found)

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM message").fetchone()[0])

    def close(self, *, remove: bool = False) -> None:
        """Close the file, and delete it when nobody is to look at it any more."""
        self._db.close()
        if remove:
            for end in ("", "-wal", "-shm", "-journal"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


_OURS = ("Body", "ReceiptHandle", "ResponseMetadata")
"""What is kept elsewhere, or is worth nothing once it was released."""


def _brief(rest: Row, body: str, size: int, digest: str, *, fits: bool) -> Row:
    """What is handed on of a message whose body is long: its head, and what all of it says of its group."""
    return rest | {
        "Body": body[:HEAD],
        "BodyBytes": size,
        "BodySha256": digest,
        "BodyKept": fits,
        "Likeness": tuple(likeness(shown(rest | {"Body": body}))),
    }


def _message(found: tuple[bytes | None, int, str, bytes]) -> Row:
    body, size, digest, rest = found
    message: Row = wire.unpack(rest)
    if body is None:
        return message | {"BodyBytes": size, "BodySha256": digest, "BodyKept": False}
    return message | {"Body": body.decode(errors="surrogatepass")}


def _sweep(folder: Path) -> None:
    """Delete what a process left that did not end in order."""
    for path in folder.iterdir():
        found = _NAME.fullmatch(path.name)
        if found and not paths.lives(int(found[1])):
            path.unlink(missing_ok=True)
