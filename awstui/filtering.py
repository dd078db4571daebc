"""What is typed after ``/``: a regex, ``!`` the inverse of one, ``-f`` a fuzzy search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

Score: TypeAlias = tuple[int, int, int]
"""How well a fuzzy search fits: how spread out, how late, in how long a text. Less is better."""

_SPECIAL: Final = frozenset(r".^$*+?{}[]\|()")
_ESCAPED: Final = re.compile(r"\\.")
_RANKED: Final = 512
"""Characters that a fuzzy search looks at: a name, not a message body."""


class FilterError(ValueError):
    """The filter cannot be read; its text says why."""


class Filter:
    """One filter, compiled once; ``matches`` is meant for a hundred thousand calls."""

    __slots__ = ("_span", "fuzzy", "inverse", "matches", "text", "word")

    def __init__(
        self, text: str, *, span: re.Pattern[str] | None, test: Callable[[str], bool],
        inverse: bool = False, fuzzy: bool = False, word: str = "",
    ) -> None:  # fmt: skip
        self.text, self.inverse, self.fuzzy = text, inverse, fuzzy
        self.word = word
        """What a text has to hold, or must not when it is the inverse, where that is all; else empty."""

        self.matches = test
        """Whether a text passes."""

        self._span = span

    def __bool__(self) -> bool:
        return self._span is not None

    @property
    def folds(self) -> bool:
        """Whether small letters stand for capitals, too."""
        return self._span is not None and bool(self._span.flags & re.IGNORECASE)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def score(self, text: str) -> Score | None:
        """How well a text fits a fuzzy search, less is better; None when it does not fit."""
        found = None if self._span is None else self._span.search(text[:_RANKED])
        if found is None:
            return None
        start, end = found.span()
        return (end - start, start, len(text))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a text matches, for marking it; nothing for an inverse filter."""
        if self._span is None or self.inverse:
            return
        end_before = -1
        for found in self._span.finditer(text):
            start, end = found.span()
            if end > start >= end_before:
                yield start, end
                end_before = end


def parse(text: str) -> Filter:
    """Read a filter; raises :class:`FilterError` with a sentence when the regex is none."""
    stripped = text.strip()
    if stripped == "-f" or stripped.startswith("-f "):
        return _fuzzy(text, stripped[2:].strip())
    inverse = stripped.startswith("!")
    return _regex(text, stripped[1:].lstrip() if inverse else stripped, inverse=inverse)


def words_of(cells: Iterable[object]) -> str:
    """What a filter looks through in a row: its cells of words, each on a line, numbers left out."""
    return "\n".join([cell for cell in cells if type(cell) is str])


def _anything(_text: str) -> bool:
    return True


EMPTY: Final = Filter("", span=None, test=_anything)
"""The filter that lets everything pass."""


def _regex(text: str, pattern: str, *, inverse: bool) -> Filter:
    if not pattern:
        return Filter(text, span=None, test=_anything)
    folds = _ESCAPED.sub("", pattern) == _ESCAPED.sub("", pattern).lower()
    try:
        # A row's cells are lines here, so that ^ and $ are the ends of a cell.
        span = re.compile(pattern, re.MULTILINE | (re.IGNORECASE if folds else 0))
        plain = re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise FilterError(_complaint(pattern, error)) from None
    test = _test(pattern, plain, folds=folds)
    word = pattern if _SPECIAL.isdisjoint(pattern) and "\n" not in pattern else ""
    if inverse:
        return Filter(text, span=span, test=lambda seen: not test(seen), inverse=True, word=word)
    return Filter(text, span=span, test=test, word=word)


def _test(pattern: str, plain: re.Pattern[str], *, folds: bool) -> Callable[[str], bool]:
    """The quickest test there is for a pattern.

    A plain word needs only ``in``; a lower-case regex is run on lowered text, because ``re`` looks
    for a literal beginning only where case matters.
    """
    search = plain.search
    if _SPECIAL.isdisjoint(pattern):
        if folds:
            return lambda text: pattern in text.lower()
        return lambda text: pattern in text
    if folds:
        return lambda text: search(text.lower()) is not None
    return lambda text: search(text) is not None


def _fuzzy(text: str, wanted: str) -> Filter:
    letters = wanted.replace(" ", "")
    if not letters:
        return Filter(text, span=None, test=_anything)
    folds = letters == letters.lower()
    steps = [re.escape(letter) for letter in letters]
    chain = steps[0] + "".join(
        f"[^{re.escape(letter)}]*?{step}"
        for letter, step in zip(letters[1:], steps[1:], strict=True)
    )
    span = re.compile(chain, re.IGNORECASE if folds else 0)
    search = re.compile(chain).search
    if folds:
        test: Callable[[str], bool] = lambda seen: search(seen[:_RANKED].lower()) is not None  # noqa: E731
    else:
        test = lambda seen: search(seen[:_RANKED]) is not None  # noqa: E731
    return Filter(text, span=span, test=test, fuzzy=True)


def _complaint(pattern: str, error: Exception) -> str:
    """Why a regex cannot be read, and where."""
    if isinstance(error, re.error):
        where = f" at character {error.pos + 1}" if error.pos is not None else ""
        return f"not a regex: {error.msg}{where}"
    return f"not a regex: {pattern[:40]} is too much"
