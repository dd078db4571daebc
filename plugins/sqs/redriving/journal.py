"""The journal of an operation: what is done to which message, on disk before it is done.

One file of JSON lines for each operation, for its owner alone. It is recovery, undo and audit in one: it
holds every message whole, to the bit. A last line that a crash has torn is no line.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

from awstui import paths
from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.wire import Problem

from ..book import Book
from .ledger import Ledger, NotSoError
from .operation import Operation, from_plain

VERSION = 1

TAIL = 4096
"""Bytes at the end of a journal in which its last line is, unless that holds a message."""

_BYTES = "$base64"


def folder() -> Path:
    """Where the journals are."""
    return paths.state_folder() / "redrive"


def path_of(ident: str) -> Path:
    """The journal of one operation; refuses a name that is none."""
    if not ident.isalnum():
        raise AwsError(Problem(f"{ident!r} is no operation.", kind="refused"))
    return folder() / f"{ident}.jsonl"


class Journal:
    """The open journal of an operation that runs."""

    def __init__(self, path: Path) -> None:
        self._book = Book(path)
        self._thread = ThreadPoolExecutor(1, "redrive-journal")
        self._pending: list[bytes] = []
        self._added = self._synced = 0
        self._turn = asyncio.Lock()

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever written to it."""
        return not self._book.size and not self._pending

    def add(self, lines: Iterable[Row]) -> None:
        """Append lines; they are on disk with the next that has to be."""
        encoded = [encoded_line(line) for line in lines]
        self._pending += encoded
        self._added += len(encoded)

    async def sync(self) -> None:
        """Put every line added so far on disk; raises when the disk does not take it.

        Lines that it did not take stay first in the row: nobody's lines are on disk before theirs are.
        """
        wanted = self._added
        async with self._turn:  # whoever waits here finds its lines written by the one before
            if self._synced >= wanted:
                return
            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(self._thread, self._write))

    def _write(self) -> None:
        """Write what waits; runs in the thread, so that one who gives up waiting changes nothing."""
        chunk = self._pending[:]
        try:
            self._book.append(b"".join(chunk))
        except OSError as error:
            raise AwsError(
                Problem(
                    "The journal of the redrive cannot be written, so nothing more is sent.",
                    why=str(error.strerror),
                    do=f"Make room where {folder()} is, and resume.",
                )
            ) from error
        del self._pending[: len(chunk)]
        self._synced += len(chunk)

    def close(self) -> None:
        """Write what is left, as well as it goes, and close."""
        self._thread.shutdown(wait=True)
        try:
            if self._pending:
                self._write()
        finally:
            self._book.close()


def encoded_line(line: Row) -> bytes:
    """One line of the journal."""
    return json.dumps(line, default=_as_base64, separators=(",", ":")).encode() + b"\n"


def _as_base64(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return {_BYTES: base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} cannot be journaled")


def _as_bytes(held: dict[str, Any]) -> Any:
    if held.keys() == {_BYTES} and isinstance(held[_BYTES], str):
        return base64.b64decode(held[_BYTES])
    return held


class Reading:
    """A journal read as it grows: what was read once is not read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at, self._file = 0, 0
        self._operation: Operation | None = None
        self._ledger = Ledger()

    def look(self) -> tuple[Operation, Ledger]:
        """The operation, and what became of its messages by now; raises where that cannot be told."""
        with self._opened() as held:
            about = os.fstat(held.fileno())
            if about.st_ino != self._file or about.st_size < self._at:
                self._at, self._file = 0, about.st_ino
                self._operation, self._ledger = None, Ledger()
            held.seek(self._at)
            try:
                for raw in held:
                    if (line := _line_of(raw)) is not None:
                        self._take(line)
                    elif not raw.endswith(b"\n"):
                        break  # it is being written
                    self._at += len(raw)
            except (NotSoError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise self._unreadable(str(error)) from error
        if self._operation is None:
            raise self._unreadable("it does not begin as a journal does")
        return self._operation, self._ledger

    def _opened(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except FileNotFoundError as error:
            raise AwsError(
                Problem(f"There is no redrive {self._path.stem} on this machine.", kind="refused")
            ) from error

    def _take(self, line: Row) -> None:
        if self._operation is not None:
            self._ledger.take(line)
        elif line.get("kind") != "operation":
            raise self._unreadable("it does not begin as a journal does")
        elif int(line.get("version", 0)) > VERSION:
            raise self._unreadable("it was written by a newer awstui")
        else:
            self._operation = from_plain(line["operation"])

    def _unreadable(self, why: str) -> AwsError:
        self._file = 0  # the next look begins anew
        return _unreadable(self._path, why)


def _unreadable(path: Path, why: str) -> AwsError:
    return AwsError(
        Problem(
            f"The journal {path} of a redrive cannot be read: {why}.",
            why="What that redrive has left in both queues is not known without it.",
            do=f"Look at it, then move it out of {path.parent}.",
            kind="fault",
        )
    )


def _line_of(raw: bytes) -> Row | None:
    """A line of a journal; None for one that a crash has torn.

    Its request was never sent, for that waits until the line is whole. A part of a line is no JSON.
    """
    try:
        line = json.loads(raw, object_hook=_as_bytes)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def lines_in(path: Path) -> Iterable[Row]:
    """The lines of a journal; what a crash has torn is left out."""
    with path.open("rb") as held:
        yield from filter(None, map(_line_of, held))


def first_line(operation: Operation) -> Row:
    """What a journal begins with."""
    return {"kind": "operation", "version": VERSION, "operation": operation.plain()}


def last_line(journal: Ledger, why: str, now: float) -> Row:
    """What a journal ends with; ``open`` is how many messages are, or may be, in both queues."""
    return {"kind": "ended", "why": why, "at": now, "open": len(journal.left_open())}


def read(path: Path) -> tuple[Operation, Ledger]:
    """The operation of a journal, and what became of its messages."""
    return Reading(path).look()


def arn_in(path: Path) -> str:
    """The ARN of the queue that a journal is about, by its first line alone; raises as `read` does."""
    with path.open("rb") as held:
        head = _line_of(held.readline())
    try:
        return str((head or {})["operation"]["arn"])
    except (KeyError, TypeError) as error:
        raise _unreadable(path, "it does not begin as a journal does") from error


def leaves_nothing(path: Path) -> bool:
    """Whether a journal ends by saying that nothing of it is in both queues; reads only its end."""
    with path.open("rb") as held:
        held.seek(max(0, path.stat().st_size - TAIL))
        lines = held.read().splitlines(keepends=True)
    last = _line_of(lines[-1]) if lines and lines[-1].endswith(b"\n") else None
    return last is not None and last.get("kind") == "ended" and last.get("open") == 0
