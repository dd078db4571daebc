"""What describe shows: any raw value as an aligned outline, the exact times beside the ages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from awstui.text import safe

INDENT = "  "


def outline(value: Any, indent: int = 0) -> Iterator[str]:
    """The lines of a value: fields aligned, lists with dashes, JSON in strings unfolded."""
    if isinstance(value, dict):
        yield from _fields(value, indent)
    elif isinstance(value, list):
        for held in value:
            yield from _entry(held, indent)
    else:
        yield from _scalar(value, indent)


def _fields(value: dict[str, Any], indent: int) -> Iterator[str]:
    pad = INDENT * indent
    width = min(32, max((len(str(name)) for name in value), default=0))
    for name, given in value.items():
        held = _unfolded(given)
        label = safe(name)
        if _flat(held):
            shown = list(_scalar(held, 0)) or [""]
            yield f"{pad}{label:<{width}}  {shown[0]}"
            for more in shown[1:]:
                yield f"{pad}{'':<{width}}  {more}"
        elif not held:
            yield f"{pad}{label:<{width}}  –"
        else:
            yield f"{pad}{label}"
            yield from outline(held, indent + 1)


def _entry(held: Any, indent: int) -> Iterator[str]:
    pad = INDENT * indent
    lines = list(outline(_unfolded(held), 0))
    for index, line in enumerate(lines or ["–"]):
        yield f"{pad}{'- ' if index == 0 else '  '}{line}"


def _flat(held: Any) -> bool:
    return not isinstance(held, dict | list)


def _unfolded(held: Any) -> Any:
    """A policy or a definition arrives as JSON in a string; its parts are what one wants to read."""
    if isinstance(held, str) and held[:1] in "{[" and len(held) > 1:
        try:
            return json.loads(held)
        except ValueError:
            return held
    return held


def _scalar(value: Any, indent: int) -> Iterator[str]:
    pad = INDENT * indent
    if isinstance(value, dt.datetime):
        yield pad + value.isoformat(sep=" ", timespec="seconds")
    elif value is None or value == "":
        yield pad + "–"
    elif isinstance(value, bytes):
        yield f"{pad}{len(value)} bytes: {value[:64].hex(' ')}"
    else:
        for line in safe(value, multiline=True).split("\n"):
            yield pad + line
