"""What differs between two messages: canonical JSON beside each other, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from ..message import Shown, attributes

NEAR = 3
"""Lines alike that are shown beside what differs."""

LINES_MAX = 5000
"""Lines of a body that are compared: matching takes the square of it."""


class Difference(NamedTuple):
    """One line of a comparison."""

    sign: str
    """``-`` only in the first, ``+`` only in the second, a space in both, ``…`` for lines left out."""

    text: str


def canonical(held: Shown) -> list[str]:
    """A message as lines in which equal things look equal: keys sorted, attributes first."""
    lines = [f"{name} ({kind}): {value}" for name, kind, value in attributes(held.raw)]
    return [*lines, "", *_body(held.body.value)]


def _body(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.splitlines()[:LINES_MAX]
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    return text.splitlines()[:LINES_MAX]


def differences(one: Shown, other: Shown, near: int = NEAR) -> Iterator[Difference]:
    """What differs, with a few lines around it."""
    left, right = canonical(one), canonical(other)
    matcher = SequenceMatcher(a=left, b=right, autojunk=False)
    blocks = matcher.get_opcodes()
    for place, (tag, from_left, to_left, from_right, to_right) in enumerate(blocks):
        if tag == "equal":
            first, last = place == 0, place == len(blocks) - 1
            yield from _alike(left[from_left:to_left], near, first=first, last=last)
            continue
        for text in left[from_left:to_left]:
            yield Difference("-", text)
        for text in right[from_right:to_right]:
            yield Difference("+", text)


def _alike(lines: list[str], near: int, *, first: bool, last: bool) -> Iterator[Difference]:
    """Lines alike between two differences; a long stretch of them only at its ends."""
    head, tail = (0 if first else near), (0 if last else near)
    if len(lines) <= head + tail + 1:
        yield from (Difference(" ", text) for text in lines)
        return
    yield from (Difference(" ", text) for text in lines[:head])
    yield Difference("…", f"{len(lines) - head - tail} lines alike")
    yield from (Difference(" ", text) for text in lines[len(lines) - tail :] if tail)
