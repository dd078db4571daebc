"""A file of JSON lines that only grows: each line is whole and on disk, or not there at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from awstui import paths


class Book:
    """The open file of one writer, for its owner alone; what a crash has torn is ended, not continued."""

    def __init__(self, path: Path, *, alone: bool = False) -> None:
        """Open it, or begin it where it is not there yet.

        ``alone`` keeps other processes out until it is closed; BlockingIOError where one has it.
        """
        paths.private(path.parent)
        self.path, is_new = path, not path.exists()
        # Not truncated: what is there stays, what comes goes to its end.
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self.file = os.open(path, flags, 0o600)
        if alone:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.close()
                raise
        if is_new:
            _sync_folder(path.parent)  # else a power cut may take the file with all its lines
        self._whole = os.fstat(self.file).st_size
        """Bytes of it that are whole lines."""

        if self._whole and os.pread(self.file, 1, self._whole - 1) != b"\n":
            self.append(b"\n")

    @property
    def size(self) -> int:
        """Bytes that are on disk."""
        return self._whole

    def append(self, lines: bytes) -> None:
        """Put these lines on disk, or raise OSError and leave nothing of them.

        A part that could not be taken back is taken back before anything else is written: a line that
        followed it would be glued to it, and could not be read.
        """
        if os.fstat(self.file).st_size != self._whole:
            os.ftruncate(self.file, self._whole)
        try:
            left = memoryview(lines)
            while left:
                left = left[os.write(self.file, left) :]
            os.fsync(self.file)
        except OSError:
            with contextlib.suppress(OSError):  # the next append tries once more, and says so
                os.ftruncate(self.file, self._whole)
            raise
        self._whole += len(lines)

    def close(self) -> None:
        """Close the file."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1


def _sync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(held)
    finally:
        os.close(held)
