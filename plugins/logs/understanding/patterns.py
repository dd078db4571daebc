"""Error lines grouped by their pattern: what differs from one to the next is masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from awstui.plugin import Row

from ..ansi import plain
from ..ids import UUID
from ..level import WARN, WORDS, level_of
from ..naming import identity

LOOKED_AT: Final = 600
"""Characters of a line that make its pattern."""

MOST: Final = 2000
"""Patterns that are told apart; what comes beyond is counted together."""

OTHER: Final = "other patterns"

_MASKS: Final = (
    ("<time>", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"),
    ("<time>", r"\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"),
    ("<time>", r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b"),
    ("<uuid>", rf"\b{UUID}\b"),
    ("<email>", r"\b[\w.+-]+@[\w-]+\.[\w.]+\b"),
    ("<ip>", r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
    ("<hex>", r"\b0x[0-9a-fA-F]+\b"),
    ("<hex>", r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,}\b"),
    ("<id>", r"\b(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{16,}\b"),
    ("<n>", r"(?<![A-Za-z_<\d])[-+]?\d+(?:[.,]\d+)*"),
)  # fmt: skip
_MASK: Final = re.compile("|".join(f"({pattern})" for _, pattern in _MASKS))
_WORDS: Final = [word for word, _ in _MASKS]
_FIELDS: Final = ("message", "msg", "errorMessage", "error", "err", "event")


@lru_cache(maxsize=4096)
def masked(text: str) -> str:
    """A text with everything that is of one occasion only masked: times, ids, addresses, numbers."""
    return _MASK.sub(lambda found: _WORDS[(found.lastindex or 1) - 1], text)


def pattern_of(message: str) -> str:
    """What a line and others like it have in common."""
    text = plain(message).strip()
    if text.startswith("{"):
        text = _said_in_json(text)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return ""
    # Of a trace of Python only the end says what was wrong.
    first = lines[-1] if lines[0].startswith("Traceback") else lines[0]
    return masked(" ".join(first[:LOOKED_AT].split()))


def _said_in_json(text: str) -> str:
    try:
        told: Any = json.loads(text)
    except ValueError:
        return text
    kind = told.get("errorType") or told.get("exception") or ""
    for name in _FIELDS:
        said = told.get(name)
        if isinstance(said, dict):
            said = said.get("message")
        if isinstance(said, str) and said:
            return f"{kind}: {said}" if isinstance(kind, str) and kind else said
    return text


@dataclass(slots=True)
class Pattern:
    """One pattern, how often it was met and when."""

    text: str
    level: int
    sample: str
    first: int
    last: int
    count: int = 0
    streams: set[str] = field(default_factory=set)


class Patterns:
    """The patterns of warnings and errors."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], Pattern] = {}

    def take(self, event: Row) -> None:
        """Count a line, when it is a warning or an error."""
        message = str(event["message"])
        level = level_of(plain(message))
        if level < WARN:
            return
        text, at = pattern_of(message), int(event["timestamp"])
        if (level, text) not in self._found and len(self._found) >= MOST:
            text = OTHER
        held = self._found.get((level, text))
        if held is None:
            held = self._found[level, text] = Pattern(text, level, message, at, at)
        held.count += 1
        if at >= held.last:
            held.last, held.sample = at, message
        held.first = min(held.first, at)
        held.streams.add(str(event.get("logStreamName", "")))

    def all(self) -> Iterator[Pattern]:
        """Errors before warnings, the most frequent first."""
        return iter(sorted(self._found.values(), key=lambda one: (-one.level, -one.count)))


def as_row(held: Pattern, group: Row) -> Row:
    """A pattern as a row under its log group."""
    return {
        "pattern": held.text,
        "level": WORDS[held.level],
        "count": held.count,
        "first": held.first,
        "last": held.last,
        "streams": len(held.streams),
        "sample": held.sample,
        **identity(group),
    }
