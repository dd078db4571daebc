"""What differs between two messages: canonical JSON beside each other, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from ..message import Shown, attributes
from .matching import matches

NEAR = 3
"""Lines alike that are shown beside what differs."""

LINES_MAX = 5000
"""Lines of a body that are compared."""


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


def differences(one: Shown, other: Shown, near: int = NEAR) -> Iterator[Difference | None]:
    """What differs, with a few lines around it; None now and then while it is being found out."""
    left, right = canonical(one), canonical(other)
    alike: list[str] = []
    at_left = at_right = 0
    for pair in chain(matches(left, right), [(len(left), len(right))]):
        if pair is None:
            yield None
            continue
        if (at_left, at_right) != pair:
            yield from _alike(alike, near, first=len(alike) == at_left == at_right, last=False)
            alike = []
            yield from (Difference("-", text) for text in left[at_left : pair[0]])
            yield from (Difference("+", text) for text in right[at_right : pair[1]])
        alike += left[pair[0] : pair[0] + 1]
        at_left, at_right = pair[0] + 1, pair[1] + 1
    first = len(alike) == len(left) == len(right)
    yield from _alike(alike, near, first=first, last=True)


def _alike(lines: list[str], near: int, *, first: bool, last: bool) -> Iterator[Difference]:
    """Lines alike between two differences; a long stretch of them only at its ends."""
    head, tail = (0 if first else near), (0 if last else near)
    if len(lines) <= head + tail + 1:
        yield from (Difference(" ", text) for text in lines)
        return
    yield from (Difference(" ", text) for text in lines[:head])
    yield Difference("…", f"{len(lines) - head - tail} lines alike")
    yield from (Difference(" ", text) for text in lines[len(lines) - tail :] if tail)
