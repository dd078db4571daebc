"""The queries that were asked before, kept for their owner alone."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from awstui import paths

KEPT: Final = 200
"""Queries that are kept; the file is written anew when it holds twice as many."""


class Asked(NamedTuple):
    """A query that was asked."""

    query: str
    groups: tuple[str, ...]
    at: float


def file() -> Path:
    """Where they are kept."""
    return paths.state_folder() / "insights.jsonl"


def remember(query: str, groups: Sequence[str], at: float = 0.0) -> None:
    """Keep a query."""
    asked = Asked(query, tuple(groups), at or time.time())
    path = file()
    paths.private(path.parent)
    lines = _lines(path)
    if len(lines) >= 2 * KEPT:
        _write(path, [_line(one) for one in reversed(past())], os.O_TRUNC)
    _write(path, [_line(asked)], os.O_APPEND)


def past() -> list[Asked]:
    """The queries that are kept, the newest first, each once."""
    found: dict[str, Asked] = {}
    for line in reversed(_lines(file())):
        asked = _asked(line)
        if asked is not None:
            found.setdefault(asked.query, asked)
        if len(found) == KEPT:
            break
    return list(found.values())


def _lines(path: Path) -> list[str]:
    try:
        # Not split at what else ends a line for Python: a query may hold such characters.
        return path.read_text("utf-8", errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return []


def _line(asked: Asked) -> str:
    return json.dumps(asked._asdict(), ensure_ascii=False)


def _asked(line: str) -> Asked | None:
    """What a line says; None where a crash or another hand left something else."""
    try:
        told: Any = json.loads(line)
        return Asked(str(told["query"]), tuple(map(str, told["groups"])), float(told["at"]))
    except (ValueError, KeyError, TypeError):
        return None


def _write(path: Path, lines: Sequence[str], how: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("".join(f"{line}\n" for line in lines))
