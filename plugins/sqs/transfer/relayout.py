"""JSON laid out otherwise without touching a single value: numbers keep their digits, strings their escapes."""

from __future__ import annotations

import json
import re
from typing import Any

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def data_of(text: str) -> Any:
    """The data of a JSON object or array; None for any other text."""
    if text.strip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def indented(text: str) -> str:
    """JSON with a field on each line."""
    out: list[str] = []
    depth = 0
    parts = _PART.findall(text)
    for place, part in enumerate(parts):
        following = parts[place + 1] if place + 1 < len(parts) else ""
        if part in ("{", "["):
            empty = following in ("}", "]")
            depth += not empty
            out.append(part if empty else part + "\n" + "  " * depth)
        elif part in ("}", "]"):
            empty = bool(place) and parts[place - 1] in ("{", "[")
            depth -= not empty
            out.append(part if empty else "\n" + "  " * depth + part)
        elif part == ",":
            out.append(",\n" + "  " * depth)
        else:
            out.append(": " if part == ":" else part)
    return "".join(out)


def compacted(text: str, like: str) -> str:
    """JSON on one line, with the spaces that the other has."""
    comma = ", " if re.search(r'[\w"}\]], ["\d{\[tfn-]', like) else ","
    colon = ": " if '": ' in like else ":"
    return "".join({",": comma, ":": colon}.get(part, part) for part in _PART.findall(text))


def to_edit(body: str) -> str:
    """A body as a person edits it: JSON on one line is laid out, any other text is left alone."""
    return indented(body) if "\n" not in body and data_of(body) is not None else body


def edited(body: str, typed: str) -> str:
    """The body that is meant: unchanged where nothing was changed, on one line where it was."""
    if typed == to_edit(body):
        return body
    if "\n" not in body and data_of(body) is not None and data_of(typed) is not None:
        return compacted(typed, like=body)
    return typed
