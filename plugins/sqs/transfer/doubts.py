"""Messages that were sent by hand and never answered: kept whole, so that they are not sent twice by mistake."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path

from awstui import paths
from awstui.plugin import Row

from ..book import Book
from ..redriving.digests import likeness
from .jsonl import to_line

RECENT = 14 * 86_400.0
"""Seconds for which a queue can keep a message: what is older is there no more."""


def place() -> Path:
    """The file in which they are."""
    return paths.state_folder() / "resent" / "unknown.jsonl"


def keep(to: Row, message: Row) -> None:
    """Remember that a message may have been taken."""
    line = {"at": time.time(), "to": to["QueueUrl"], "like": _like(message)}
    with closing(Book(place())) as book:
        book.append(to_line(message, **line).encode() + b"\n")


def known(to: Row, message: Row) -> float:
    """When such a message was last sent there without an answer; 0 when it never was."""
    found = 0.0
    if place().exists():
        with place().open(encoding="utf-8") as held:
            for text in held:
                found = max(found, _when(text, to, message))
    return found if time.time() - found < RECENT else 0.0


def _when(text: str, to: Row, message: Row) -> float:
    try:
        held = json.loads(text)
        same = held["to"] == to["QueueUrl"] and held["like"] == _like(message)
        return float(held["at"]) if same else 0.0
    except (ValueError, KeyError, TypeError):
        return 0.0  # a line that was cut when its process was killed


def _like(message: Row) -> str:
    return likeness(str(message["Body"]), message.get("MessageAttributes") or {})
