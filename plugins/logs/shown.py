"""A line as it is shown: made harmless, its colours kept, JSON unfolded or cut down to chosen fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec
from rich.style import Style

from awstui.masking import Masking, hide, mask, masked
from awstui.packing import json_pieces
from awstui.text import safe
from awstui.ui.lines_text import breaks
from awstui.wire import as_json

from .ansi import coloured
from .chunk import Entry
from .columns import Columns

PARSED: Final = 64 * 1024
"""Characters up to which a line is looked at as JSON while it is painted."""

LONGEST: Final = 64 * 1024
"""Characters of a line that are made showable while it is on one line; unfolded it may be longer."""

SLACK: Final = 4096
"""Characters beyond the last shown that are looked at, so that no secret is cut in two and shown."""

GLYPHS: Final = "●▲■◆▼★◉✚◇○"
"""What stands for each group, so that colour is not all that tells them apart."""


@dataclass(slots=True)
class Look:
    """How lines are to look."""

    wrap: bool = False
    utc: bool = False
    fields: tuple[str, ...] = ()
    """Fields of JSON lines that are shown instead of all."""

    groups: int = 1
    revealed: bool = False
    """Whether what looks like a secret is shown as it is."""


class Shown(NamedTuple):
    """A text made showable, and where which style of its own begins."""

    text: str
    runs: tuple[tuple[int, Style], ...] = ()
    is_json: bool = False
    more: int = 0
    """How many lines follow that are not shown."""

    left: int = 0
    """How many characters follow that are not shown."""


def shown(text: str, *, revealed: bool = False, most: int = LONGEST) -> Shown:
    """A text from outside: its colours as styles, secrets hidden, everything else harmless."""
    made = _harmless(text[: most + SLACK], revealed=revealed)
    left = max(0, len(text) - most)
    return made._replace(text=made.text[:most], left=left) if left else made


def _harmless(text: str, *, revealed: bool) -> Shown:
    found = coloured(text)
    hidden = found.text if revealed else mask(found.text)
    if not found.runs or hidden != found.text:
        return Shown(safe(hidden))  # where one is hidden, colours no longer stand where they did
    parts, runs, length = [], [], 0
    ends = [*(at for at, _ in found.runs[1:]), len(found.text)]
    parts.append(safe(found.text[: found.runs[0][0]]))
    length += len(parts[0])
    for (start, style), end in zip(found.runs, ends, strict=True):
        runs.append((length, style))
        parts.append(safe(found.text[start:end]))
        length += len(parts[-1])
    return Shown("".join(parts), tuple(runs))


def folded(entry: Entry, columns: Columns | None = None, *, revealed: bool = False) -> Shown:
    """A message on one line: chosen fields of JSON, JSON made compact, or the first line there is."""
    message = entry.message.rstrip("\r\n")
    is_json = message[:1] == "{" and len(message) <= PARSED
    if is_json and (columns or "\n" in message):
        value = parsed(message)
        if value is not None:
            value = value if revealed else masked(value)
            if columns and (chosen := columns.row(value)):
                return Shown(chosen)
            message = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    end = message.find("\n")
    first = message if end < 0 else message[:end]
    made = shown(first.rstrip("\r"), revealed=revealed)
    return made._replace(is_json=message[:1] == "{", more=0 if end < 0 else message.count("\n"))


class Unfolded(NamedTuple):
    """All of a message, line by line; none is made before it is taken, for there may be many."""

    lines: Iterator[str]
    is_json: bool
    length: int
    """The characters of all lines; of JSON in which secrets are hidden those it has without hiding."""


def unfolded(entry: Entry, *, revealed: bool = False) -> Unfolded:
    """A message as it came, or as indented JSON."""
    message = entry.message.rstrip("\r\n")
    value = parsed(message) if message[:1] in "{[" else None
    if value is not None:
        whole = as_json(value)
        pieces = json_pieces(value, None if revealed else hide)
        return Unfolded(_lines_of(pieces), is_json=True, length=len(whole) - whole.count("\n"))
    lines = [line.rstrip("\r") for line in message.split("\n")]
    shown = iter(lines) if revealed else _masked(lines)
    return Unfolded(shown, is_json=False, length=sum(map(len, lines)))


def _lines_of(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text that comes in pieces."""
    begun = ""
    for piece in pieces:
        *whole, begun = (begun + piece).split("\n")
        yield from whole
    yield begun


def _masked(lines: list[str], together: int = 256) -> Iterator[str]:
    masking = Masking()
    for at in range(0, len(lines), together):
        yield from masking.lines(lines[at : at + together])


def parsed(message: str) -> dict[str, Any] | list[Any] | None:
    """A message that is JSON; a prefix such as a time and an id before the brace is no JSON."""
    try:
        value = msgspec.json.decode(message)  # several times as quick, but it knows no NaN
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return _parsed_by_python(message)
    return value if isinstance(value, dict | list) else None


def _parsed_by_python(message: str) -> dict[str, Any] | list[Any] | None:
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def parts(text: str, width: int, most: int) -> tuple[list[tuple[int, int]], int]:
    """From and to of each line of a text that is wrapped, ``most`` at most; the characters left over."""
    head = text[: width * most]  # no line holds more than that; what lies beyond is not measured
    starts = list(breaks(head, width))
    wrapped = list(zip(starts, [*starts[1:], len(head)], strict=True))[:most]
    return wrapped, len(text) - wrapped[-1][1]
