"""One redrive for each queue at a time, whoever began it: a lock that ends with its process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from awstui import paths
from awstui.errors import AwsError
from awstui.wire import Problem

from .journal import folder
from .operation import Operation

LOOKED_AT = 0.001
"""Seconds after which it is tried again while somebody looks whether there is a lock."""


class Lock:
    """Holds the lock of a queue until it is closed, or the process is gone."""

    def __init__(self, operation: Operation) -> None:
        """Take it, or raise with the name of the operation that has it."""
        path = _path(operation)
        paths.private(path.parent)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _taken(self._file):
            other = os.pread(self._file, 64, 0).decode(errors="replace").strip()
            os.close(self._file)
            raise AwsError(
                Problem(
                    f"Another redrive out of {operation.name} is running: {other or 'unknown'}.",
                    why="Two at once would send the same messages.",
                    do="Wait until it is over, or end it first.",
                    kind="refused",
                )
            )
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, operation.ident.encode(), 0)

    def close(self) -> None:
        """Let others have it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _taken(file: int) -> bool:
    """Take the lock, unless another has it: one who only looks has it with others, and for a moment."""
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        time.sleep(LOOKED_AT)


def holder(operation: Operation) -> str:
    """The id of the operation that runs out of the same queue; empty when none does."""
    try:
        held = os.open(_path(operation), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(held, 64, 0).decode(errors="replace").strip()
    finally:
        os.close(held)
    return ""


def _path(operation: Operation) -> Path:
    name = f"{operation.account}.{operation.region}.{operation.name}.lock"
    return folder() / "locks" / name
