"""The engine's log: a file of its own, readable by its owner alone, and nothing on the terminal."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from awstui.masking import scrub
from awstui.paths import private

SIZE = 1_000_000
"""Bytes after which a new file is begun; three old ones are kept."""


class PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner may read."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  the stock class has no type for it
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        return super()._open()


class Masking(logging.Formatter):
    """Writes no secret down, whichever library speaks of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, its traceback included."""
        return scrub(super().format(record))


def log_to(path: Path) -> None:
    """Send warnings and worse of every library to the file; where that fails, nowhere."""
    handler: logging.Handler
    try:
        private(path.parent)
        handler = PrivateFile(path, maxBytes=SIZE, backupCount=3, delay=False)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(Masking("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
