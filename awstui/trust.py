"""Whose code is run: the user's own or the system's, where nobody else can have put it."""

from __future__ import annotations

import importlib.machinery
import os
import stat
from pathlib import Path
from typing import Any


class RefusedError(Exception):
    """A place that code must not be run from; says why and what to do."""


def check(path: Path) -> None:
    """Refuse what somebody else could have written, or could put another thing in the place of."""
    if not path.is_absolute():
        raise RefusedError(f"{path} is not absolute, and nothing is run from the current directory")
    _check_one(path, path.stat())
    for above in path.resolve().parents:
        about = above.stat()
        if (
            not about.st_mode & stat.S_ISVTX
        ):  # where that is set, others cannot replace what is ours
            _check_one(above, about)


def check_all(folder: Path) -> None:
    """Refuse a package of which anything could be somebody else's: sources, compiled or not, and links."""
    check(folder)
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise RefusedError(f"{path} leads elsewhere: a package is whole in its own folder")
        _check_one(path, path.stat())


def _check_one(path: Path, about: os.stat_result) -> None:
    if about.st_uid not in (os.getuid(), 0):
        raise RefusedError(f"{path} belongs to another user: what is in it is not run")
    if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RefusedError(f"{path} can be written by others: chmod go-w {path}")


class Loader(importlib.machinery.SourceFileLoader):
    """Runs the very bytes that were checked, and nothing that was compiled before."""

    def path_stats(self, path: Any) -> Any:
        """Nothing compiled is looked for, nor left."""
        raise OSError(f"{path} is read as it is")

    def get_data(self, path: Any) -> bytes:
        """The file, if what is open is still nobody else's."""
        with open(path, "rb") as file:  # noqa: PTH123  what is checked is what is open
            _check_one(Path(path), os.fstat(file.fileno()))
            return file.read()
