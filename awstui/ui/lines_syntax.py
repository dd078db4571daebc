"""Colours of JSON, found only for what is on screen."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, TypeAlias

Token: TypeAlias = tuple[int, int, str]
"""From, to, and what it is: key, string, number or literal."""

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"?'
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})(?P<colon>\s*:)?"
    r"|(?P<number>-?\b\d[\d.eE+-]*)|(?P<literal>\b(?:true|false|null)\b)",
    re.DOTALL,
)
LONG: Final = 4096
"""Characters from which a line is read in stretches, each beginning where a token ended."""


def json_tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of a line of JSON, from a place where one may begin."""
    for found in _TOKEN.finditer(text, start):
        kind = found.lastgroup or ""
        if kind == "colon":
            yield *found.span("string"), "key"
        else:
            yield *found.span(kind), kind


class JsonLine:
    """A long line of JSON that is read as far as somebody looks, and from near there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        self._done = False

    def tokens(self, start: int, end: int) -> Iterator[Token]:
        """The tokens that touch a stretch of the line."""
        self._read_to(start)
        at = self._starts[bisect_right(self._starts, start) - 1]
        for token in json_tokens(self._text, at):
            if token[0] >= end:
                return
            if token[1] > start:
                yield token

    def read_towards(self, place: int, most: int) -> bool:
        """Read on to a place, so many characters at most; whether what is there is known."""
        self._read_to(min(place, self._starts[-1] + most))
        return self._done or self._starts[-1] + LONG > place

    def _read_to(self, place: int) -> None:
        if self._done or self._starts[-1] + LONG > place:
            return
        for _, end, _ in json_tokens(self._text, self._starts[-1]):
            if end - self._starts[-1] >= LONG:
                self._starts.append(end)
                if end > place:
                    return
        self._done = True
