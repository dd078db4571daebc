"""What describe shows: any raw value as an aligned outline, the exact times beside the ages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from awstui.packing import Each
from awstui.text import safe

INDENT = "  "


def _itself(value: Any, _name: str) -> Any:
    return value


def outline(value: Any, each: Each = _itself, name: str = "", indent: int = 0) -> Iterator[str]:
    """The lines of a value: fields aligned, lists with dashes, JSON in strings unfolded.

    ``each(value, name)`` says for every value what is shown in its place. No line is made before it is
    taken, so that a value of any size can be shown as far as somebody looks.
    """
    yield from _outlined(each(value, name), each, name, indent)


def _outlined(value: Any, each: Each, name: str, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _fields(value, each, indent)
    elif isinstance(value, list):
        for held in value:
            yield from _entry(each(held, name), each, name, indent)
    else:
        yield from _scalar(value, indent)


def _fields(value: dict[str, Any], each: Each, indent: int) -> Iterator[str]:
    pad = INDENT * indent
    width = min(32, max((len(str(name)) for name in value), default=0))
    for name, given in value.items():
        held = _unfolded(each(given, str(name)))
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
            yield from _outlined(held, each, str(name), indent + 1)


def _entry(held: Any, each: Each, name: str, indent: int) -> Iterator[str]:
    pad, dash = INDENT * indent, "- "
    for line in _outlined(_unfolded(held), each, name, 0):
        yield f"{pad}{dash}{line}"
        dash = INDENT
    if dash != INDENT:
        yield f"{pad}{dash}–"


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
