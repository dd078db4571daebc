"""Messages edited by hand: on disk before they are sent, so that no edit is lost and none sent twice by mistake."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import closing
from pathlib import Path
from typing import Literal, TypeAlias

from awstui import paths
from awstui.plugin import Row

from .. import attributes as the
from ..book import Book
from ..redriving.digests import likeness
from .jsonl import LineError, from_line, to_line

RECENT = 14 * 86_400.0
"""Seconds for which a queue can keep a message: what is older is there no more."""

Standing: TypeAlias = Literal["kept", "sending", "sent", "refused", "dropped"]
"""How an edit stands: written down, on its way or never answered, taken, not taken, or not wanted."""


def place() -> Path:
    """The file in which they are, for its owner alone."""
    return paths.state_folder() / "resent" / "edits.jsonl"


def keep(to: Row, message: Row, *, of: str) -> str:
    """Have an edit of the message ``of`` on disk; its name. The same edit is kept once."""
    like = _like(message)
    for ident, held in _edits().items():
        if _is(held, to, like) and held["of"] == of and held["is"] in ("kept", "refused"):
            return ident
    ident = secrets.token_hex(8)
    told = {"edit": ident, "is": "kept", "of": of, "to": the.arn_of(to), "like": like}
    _write(to_line(message, at=time.time(), **told))
    return ident


def note(ident: str, standing: Standing, said: str = "") -> None:
    """Note how an edit stands, with its new id or the reason; on disk when this returns."""
    _write(json.dumps({"edit": ident, "is": standing, "said": said, "at": time.time()}))


def drop(of: str) -> None:
    """Edits of this message that were not sent are not wanted any more; they stay in the file."""
    for ident, held in _edits().items():
        if held["of"] == of and held["is"] in ("kept", "refused"):
            note(ident, "dropped")


def unsent(of: str) -> Row | None:
    """The last edit of a message that was not sent, with ``at``: as after a crash; None where there is none."""
    found = [one for one in _edits().values() if one["of"] == of]
    last = found[-1] if found else None
    if last is None or last["is"] not in ("kept", "refused"):
        return None
    try:
        return from_line(json.dumps(last)) | {"at": last["at"]}
    except LineError:
        return None  # it was changed by hand: a plan would refuse it, too


def in_doubt(to: Row, message: Row) -> float:
    """When such a message was last sent there without an answer; 0 when it never was."""
    like = _like(message)
    ats = (one["at"] for one in _edits().values() if _is(one, to, like) and one["is"] == "sending")
    return max(ats, default=0.0)


def sent(of: str) -> Row:
    """The last edit of a message that was taken: ``at``, ``to`` and ``said``, its new id; empty for none."""
    found = [one for one in _edits().values() if one["of"] == of and one["is"] == "sent"]
    return found[-1] if found else {}


def _edits() -> dict[str, Row]:
    """Every recent edit by its name, in the order in which they were begun."""
    found: dict[str, Row] = {}
    if not place().exists():
        return found
    limit = time.time() - RECENT
    with place().open(encoding="utf-8") as held:
        for text in held:
            try:
                line = json.loads(text)
                ident, _, at = line["edit"], line["is"], float(line["at"])
            except (ValueError, KeyError, TypeError):
                continue  # a line that was cut when its process was killed
            if "Body" in line and at > limit:
                found[ident] = line
            elif ident in found:
                found[ident] |= line
    return found


def _write(line: str) -> None:
    with closing(Book(place())) as book:
        book.append(line.encode() + b"\n")


def _is(held: Row, to: Row, like: str) -> bool:
    return bool(held["to"] == the.arn_of(to) and held["like"] == like)


def _like(message: Row) -> str:
    return likeness(str(message["Body"]), message.get("MessageAttributes") or {})
