"""Colours that a line brings along: kept as styles, while everything else in it is made harmless."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from rich.color import Color
from rich.style import Style

from awstui.text import safe

_SGR: Final = re.compile(r"\x1b\[([0-9;:]*)m")
_ON: Final = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_OFF: Final = {
    22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",),
}  # fmt: skip


class Coloured(NamedTuple):
    """A text without its colour sequences, and where which style begins."""

    text: str
    runs: tuple[tuple[int, Style], ...] = ()
    """From which character on which style holds, in order; none at the beginning."""


def plain(text: str) -> str:
    """The text without colours; other control characters stay, and are shown as pictures later."""
    return _SGR.sub("", text) if "\x1b" in text else text


def harmless(text: str) -> str:
    """The text without colours, its lines and tabs kept, all else that a terminal would obey made visible."""
    return "\t".join(safe(part, multiline=True) for part in plain(text).split("\t"))


def coloured(text: str) -> Coloured:
    """Take the colours out of a text."""
    if "\x1b" not in text:
        return Coloured(text)
    parts, runs, at, length, style = [], [], 0, 0, Style.null()
    for found in _SGR.finditer(text):
        parts.append(text[at : found.start()])
        length += found.start() - at
        at = found.end()
        style = _after(style, found[1])
        runs.append((length, style))
    parts.append(text[at:])
    return Coloured("".join(parts), tuple(runs))


@lru_cache(maxsize=1024)
def _after(style: Style, codes: str) -> Style:
    """A style once a sequence was obeyed. Blinking and hiding are not: a line must be readable."""
    numbers = [int(code) if code else 0 for code in re.split("[;:]", codes)][:32]
    place = 0
    while place < len(numbers):
        number = numbers[place]
        if number in (38, 48):
            colour, used = _extended(numbers[place + 1 :])
            if colour is not None:
                style += Style(color=colour) if number == 38 else Style(bgcolor=colour)
            place += used
        else:
            style = _changed(style, number)
        place += 1
    return style


def _changed(style: Style, number: int) -> Style:
    if number == 0:
        return Style.null()
    what: dict[str, Any] = dict.fromkeys(_OFF.get(number, ()), False)
    if number in _ON:
        what[_ON[number]] = True
    for first, where in ((30, "color"), (40, "bgcolor")):
        if first <= number <= first + 7:
            what[where] = Color.from_ansi(number - first)
        elif first + 60 <= number <= first + 67:
            what[where] = Color.from_ansi(number - first - 52)
        elif number == first + 9:
            what[where] = Color.default()
    return style + Style(**what) if what else style


def _extended(rest: list[int]) -> tuple[Color | None, int]:
    if rest[:1] == [5] and len(rest) > 1:
        return (Color.from_ansi(rest[1]) if rest[1] < 256 else None), 2
    if rest[:1] == [2] and len(rest) > 3:
        red, green, blue = (min(255, value) for value in rest[1:4])
        return Color.from_rgb(red, green, blue), 4
    return None, len(rest)
