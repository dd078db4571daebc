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
from typing import Any

from awstui import paths
from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.wire import Problem

from .ledger import Ledger, added_up
from .operation import Operation, from_plain

VERSION = 1
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
        paths.private(path.parent)
        # Not truncated, not shared: what is there stays, what comes goes to its end.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._thread = ThreadPoolExecutor(1, "redrive-journal")
        self._pending: list[bytes] = []
        self._added = self._synced = 0
        self._turn = asyncio.Lock()
        self._end_torn_line()

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever written to it."""
        return os.fstat(self._file).st_size == 0 and not self._pending

    def _end_torn_line(self) -> None:
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    def add(self, lines: Iterable[Row]) -> None:
        """Append lines; they are on disk with the next that has to be."""
        encoded = [encoded_line(line) for line in lines]
        self._pending += encoded
        self._added += len(encoded)

    async def sync(self) -> None:
        """Put every line added so far on disk; raises when the disk does not take it."""
        wanted = self._added
        async with self._turn:  # whoever waits here finds its lines written by the one before
            if self._synced >= wanted:
                return
            chunk, self._pending = self._pending, []
            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(self._thread, self._write, b"".join(chunk)))
            self._synced += len(chunk)

    def _write(self, held: bytes) -> None:
        view = memoryview(held)
        try:
            while view:
                view = view[os.write(self._file, view) :]
            os.fsync(self._file)
        except OSError as error:
            raise AwsError(
                Problem(
                    "The journal of the redrive cannot be written, so nothing more is sent.",
                    why=str(error.strerror),
                    do=f"Make room where {folder()} is, and resume.",
                )
            ) from error

    def close(self) -> None:
        """Write what is left, as well as it goes, and close."""
        self._thread.shutdown(wait=True)
        try:
            if self._pending:
                self._write(b"".join(self._pending))
        finally:
            os.close(self._file)


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


def lines_in(path: Path) -> Iterable[Row]:
    """The lines of a journal; what a crash has torn is left out."""
    with path.open("rb") as held:
        for raw in held:
            try:
                line = json.loads(raw, object_hook=_as_bytes)
            except ValueError:
                continue  # torn: its request was never sent, for that waits until the line is whole
            if isinstance(line, dict):
                yield line


def first_line(operation: Operation) -> Row:
    """What a journal begins with."""
    return {"kind": "operation", "version": VERSION, "operation": operation.plain()}


def read(path: Path) -> tuple[Operation, Ledger]:
    """The operation of a journal, and what became of its messages."""
    lines = iter(lines_in(path))
    head = next(lines, None)
    if not head or head.get("kind") != "operation":
        raise AwsError(Problem(f"{path.stem} is no journal of a redrive.", kind="fault"))
    if int(head.get("version", 0)) > VERSION:
        raise AwsError(Problem(f"{path.stem} was written by a newer awstui.", kind="refused"))
    return from_plain(head["operation"]), added_up(lines)
