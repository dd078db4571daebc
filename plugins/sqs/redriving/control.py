"""A redrive and whoever watches it from another process: what it is told, and how it goes just now.

Two small files beside the journals, for their owner alone, as long as it runs: lines are added to the one,
the other is replaced twice a second. Neither is needed to go on after a crash; the journal is.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

from awstui import paths
from awstui.plugin import Row

from .journal import folder

SHOWN = 0.5
"""Seconds between two times that it is written how it goes."""

WORDS = ("pause", "go", "cancel", "passed", "rate", "stay")
"""What a redrive can be told."""


class Control:
    """The end of the process that runs the operation."""

    def __init__(self, ident: str) -> None:
        """Begin to listen; what an earlier process was told is forgotten."""
        self._told, self._now = _paths(ident)
        paths.private(self._told.parent)
        self._told.unlink(missing_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.fdopen(os.open(self._told, flags, 0o600), "rb")
        self._shown = 0.0

    def heard(self) -> list[Row]:
        """What was told since the last time; half a line waits for its other half."""
        said: list[Row] = []
        while raw := self._file.readline():
            if not raw.endswith(b"\n"):
                self._file.seek(-len(raw), os.SEEK_CUR)
                break
            with contextlib.suppress(ValueError):
                if isinstance(line := json.loads(raw), dict):
                    said.append(line)
        return said

    def show(self, progress: Row) -> None:
        """Say how it goes, unless that was said just before."""
        if time.monotonic() - self._shown < SHOWN:
            return
        self._shown = time.monotonic()
        beside = self._now.with_suffix(".new")
        with contextlib.suppress(OSError):  # nobody sees how it goes; it goes on all the same
            file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(file, "wb") as held:
                held.write(json.dumps(progress).encode())
            beside.replace(self._now)

    def close(self) -> None:
        """Hear and say no more."""
        self._file.close()
        for path in (self._told, self._now, self._now.with_suffix(".new")):
            path.unlink(missing_ok=True)


def say(ident: str, what: Row) -> bool:
    """Tell the process that runs an operation something; whether there is one that listens."""
    told, _ = _paths(ident)
    try:
        file = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        os.write(file, json.dumps(what).encode() + b"\n")
    finally:
        os.close(file)
    return True


def now(ident: str) -> Row:
    """How an operation goes that runs in any process; nothing while that was not said yet."""
    try:
        held = json.loads(_paths(ident)[1].read_bytes())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _paths(ident: str) -> tuple[Path, Path]:
    place = folder() / "live"
    return place / f"{ident}.told", place / f"{ident}.now"
