"""How grave a line is, by the words people and libraries log with."""

from __future__ import annotations

import re
from typing import Final

from awstui.plugin import Tone

from .ansi import plain

NONE, DEBUG, INFO, WARN, ERROR = range(5)

WORDS: Final = ("", "DEBUG", "INFO", "WARN", "ERROR")
TONES: Final[tuple[Tone, ...]] = ("", "muted", "", "warn", "bad")

LOOKED_AT: Final = 1000
"""Characters of a line in which its level is looked for: a body may talk of errors, its head decides."""

_NAMES: Final = {
    "trace": DEBUG, "debug": DEBUG, "fine": DEBUG, "verbose": DEBUG,
    "info": INFO, "information": INFO, "notice": INFO,
    "warn": WARN, "warning": WARN,
    "error": ERROR, "err": ERROR, "fatal": ERROR, "critical": ERROR, "severe": ERROR,
    "panic": ERROR, "alert": ERROR, "emergency": ERROR,
    "10": DEBUG, "20": DEBUG, "30": INFO, "40": WARN, "50": ERROR, "60": ERROR,
}  # fmt: skip
_FIELD: Final = re.compile(
    r"""(?:"(?:level|levelname|severity|log\.level|lvl)"\s*:\s*"?|\b(?:level|severity|lvl)=\"?)([A-Za-z]+|\d0\b)"""
)
_WORD: Final = re.compile(
    r"(?:^|[\s\[(|])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)(?=[\s\])|:,.]|$)"
)
_GRAVE: Final = re.compile(
    r"\b(?:ERROR|FATAL|CRITICAL|panic|Traceback \(most|[A-Za-z.]*(?:Exception|Error)\b:?|Task timed out"
    r"|Status: (?:timeout|error))"
)


def level_of(message: str) -> int:
    """What a line says of itself; else how it sounds."""
    head = plain(message[:LOOKED_AT])
    if found := _FIELD.search(head):
        named = _NAMES.get(found[1].lower())
        if named is not None:
            return named
    if word := _WORD.search(head):
        return _NAMES[word[1].lower()]
    return ERROR if _GRAVE.search(head) else NONE
