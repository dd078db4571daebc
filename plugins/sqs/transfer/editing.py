"""Many messages edited at once: as the lines of a file, each checked before any of them is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from awstui import paths
from awstui.plugin import Row

from .. import around
from ..message import size
from ..sending import ATTRIBUTES_MAX, SIZE_MAX, forbidden
from .jsonl import LineError, message_of, parsed
from .relayout import data_of
from .trash import Trash

SHOWN = 5
"""How many lines that cannot be sent are told one by one."""

AROUND, LONGEST = 16, 48
"""Characters of a body that a preview shows on each side of a change, and of what changed."""


@dataclass(slots=True)
class Edited:
    """What a file of edited messages says."""

    edits: dict[str, Row] = field(default_factory=dict)
    """By message id the ``body`` and the ``attributes``; None of those: they stay as they are."""

    problems: list[str] = field(default_factory=list)
    """What cannot be sent, each a sentence that begins with the number of its line."""

    def told(self) -> list[str]:
        """The first problems, and how many there are beside."""
        more = len(self.problems) - SHOWN
        return self.problems[:SHOWN] + (
            [f"{more:,} more lines cannot be sent."] if more > 0 else []
        )


def read(
    lines: Iterable[str | bytes], original: Callable[[str], Row | None] | None = None
) -> Edited:
    """The edits in these lines; where what they were is known, they are compared with that.

    A line names its message by ``MessageId``. Its body and, where it has some, its attributes are what is
    sent; nothing else of a message can be edited. A message without a line is none of them.
    """
    found = Edited()
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            ident, edit = _edit(parsed(text), original)
        except LineError as error:
            found.problems.append(f"Line {number}: {error}.")
            continue
        if ident in found.edits:
            found.problems.append(f"Line {number}: {ident} was on a line before it.")
        found.edits[ident] = edit
    return found


def _edit(held: Row, original: Callable[[str], Row | None] | None) -> tuple[str, Row]:
    """The id on a line, and what is to be sent instead of that message; raises why that cannot be."""
    ident, message = str(held.get("MessageId") or ""), message_of(held, edited=True)
    wrong = _wrong(message) if ident else "it has no MessageId"
    if not wrong and original is not None:
        wrong = _unmeant(message, original(ident))
    if wrong:
        raise LineError(wrong)
    attributes = message["MessageAttributes"] if "MessageAttributes" in held else None
    return ident, {"body": message["Body"], "attributes": attributes}


def _wrong(message: Row) -> str:
    """Why no queue would take a message; empty when one would."""
    attributes = message["MessageAttributes"]
    if not message["Body"]:
        return "its body is empty, and SQS does not take that"
    for text in (message["Body"], *(one.get("StringValue", "") for one in attributes.values())):
        if sign := forbidden(text):
            return f"SQS does not take the character {sign}"
    if len(attributes) > ATTRIBUTES_MAX:
        return f"a message takes {ATTRIBUTES_MAX} attributes, not {len(attributes)}"
    if (weight := size(message)) > SIZE_MAX:
        return f"it has {weight:,} bytes, and SQS takes {SIZE_MAX:,}"
    return ""


def _unmeant(message: Row, before: Row | None) -> str:
    """What a person did not mean, as far as that can be seen; empty when there is nothing."""
    if before is None:
        return f"{message['MessageId']} is not among those that were to be edited"
    if breaks(str(before.get("Body", "")), message["Body"]):
        return "its body was JSON, and is not any more"
    was = before.get("Attributes") or {}
    changed = [
        name for name, now in (message.get("Attributes") or {}).items() if was.get(name) != now
    ]
    return f"{changed[0]} was changed: only body and MessageAttributes can be" if changed else ""


def breaks(before: str, after: str) -> bool:
    """Whether a body was JSON and is not any more."""
    return before != after and data_of(before) is not None and data_of(after) is None


def is_changed(message: Row, body: str, attributes: Row | None) -> bool:
    """Whether an edit is another message than the one that it is of."""
    held = message.get("MessageAttributes") or {}
    return message.get("Body") != body or (attributes is not None and attributes != held)


def replaced(messages: Iterable[Row], find: str, by: str) -> tuple[list[Row], int]:
    """The messages with what matches in their bodies replaced, and how many that changed.

    Refuses an expression that cannot be read.
    """
    made: list[Row] = []
    count = 0
    try:
        pattern = re.compile(find)
        for message in messages:
            body = pattern.sub(by, str(message["Body"]))
            count += body != message["Body"]
            made.append(message | {"Body": body})
    except (re.error, IndexError) as error:
        raise around.refused(f"It is no regular expression: {error}.") from error
    return made, count


def difference(before: str, after: str) -> str:
    """Where two texts differ, in one line: a little of what is around it, what was, and what is."""
    start, limit = 0, min(len(before), len(after))
    while start < limit and before[start] == after[start]:
        start += 1
    end = 0
    while end < limit - start and before[-1 - end] == after[-1 - end]:
        end += 1
    parts = (_part(text, start, len(text) - end) for text in (before, after))
    return " → ".join(parts)


def _part(text: str, start: int, stop: int) -> str:
    head, tail = max(0, start - AROUND), min(len(text), stop + AROUND)
    inner = text[start:stop]
    if len(inner) > LONGEST:
        inner = f"{inner[: LONGEST // 2]} … {inner[-LONGEST // 2 :]}"
    return (
        f"{'…' if head else ''}{text[head:start]}{inner}{text[stop:tail]}"
        f"{'…' if tail < len(text) else ''}"
    )


# ---- the file ----------------------------------------------------------------------------------------


def folder() -> Path:
    """Where the files are that many messages are edited in."""
    return paths.state_folder() / "edits"


def begun(queue: str, messages: Iterable[Row]) -> Path:
    """A file of these messages, one a line, for its owner alone; on disk when this returns."""
    file = Trash(queue, folder())
    file.keep(messages, queue)
    file.close()
    return file.path


def digest_of(path: Path) -> str:
    """Tells whether a file is still what it was when it was planned with."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kept(path: str, digest: str) -> dict[str, Row]:
    """The edits of a file that was checked; refuses one that has changed since."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise around.refused(f"The edited messages cannot be read: {error}.") from error
    if hashlib.sha256(raw).hexdigest() != digest:
        raise around.refused(f"{path} has changed since it was checked.", do="Edit it once more.")
    found = read(raw.splitlines())
    if found.problems:
        raise around.refused(found.problems[0])
    return found.edits
