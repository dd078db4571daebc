"""What is given to be shown becomes lines that may be seen: harmless, secrets hidden, some at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from awstui.masking import HIDDEN, Masking
from awstui.text import safe, safe_parts
from awstui.ui.lines_text import PART

LONG = 4 * PART
"""Characters from which one line is made part by part; its beginning is shown before the rest is ready."""

_LINE_BREAK = re.compile("\r\n|[\n\r]")


class Line(NamedTuple):
    """One line of text, how it feels, and parts of it that feel otherwise."""

    text: str
    tone: str = ""
    spans: tuple[tuple[int, int, str], ...] = ()
    """From, to and tone (or ``key``, ``string``, ``number``, ``literal``, ``strong``) of parts of
    the text as it is shown, after ``safe``."""


class Made(NamedTuple):
    """The next lines of a text."""

    texts: list[str]
    special: dict[int, Line]
    """Those of them that are not shown plainly, by their place among them."""

    is_head: bool = False
    """Whether they are but the beginning of one line: what comes next is all of it."""


NOTHING = Made([], {})


class Making:
    """Makes the lines of one text."""

    def __init__(self, *, revealed: bool) -> None:
        self.hidden = 0
        """How many secrets are hidden in what was made so far, or would be if they were not revealed."""

        self._revealed = revealed
        self._masking = Masking()

    def of_text(self, pieces: Iterable[str]) -> Iterator[Made]:
        """The lines of a text that comes in pieces, which may end anywhere."""
        for stretch in _whole_lines(pieces):
            if stretch is None:
                yield NOTHING
                continue
            rest = [stretch]
            if len(stretch) > LONG:
                first, *rest = _LINE_BREAK.split(stretch, maxsplit=1)
                yield from self._long(Line(first))
            for text in rest:
                yield Made(self._masked(safe(text, multiline=True).split("\n")), {})

    def of_lines(self, lines: Iterable[Line | None]) -> Iterator[Made]:
        """Lines that came as such: a line break within one is shown, not obeyed; None is none so far."""
        held: list[Line] = []
        size = 0
        for line in lines:
            if line is None:
                yield NOTHING
                continue
            if len(line.text) > LONG:
                yield self._some(held)
                yield from self._long(line)
                held, size = [], 0
                continue
            held.append(line)
            size += len(line.text) + 32
            if size >= PART:
                yield self._some(held)
                held, size = [], 0
        if held:
            yield self._some(held)

    def _some(self, lines: list[Line]) -> Made:
        plain = [safe(line.text) for line in lines]
        texts = self._masked(plain)
        special = {
            index: _toned(line, plain[index], texts[index])
            for index, line in enumerate(lines)
            if line.tone or line.spans
        }
        return Made(texts, special)

    def _masked(self, texts: list[str]) -> list[str]:
        """The lines as they may be seen at this moment."""
        shown = self._masking.lines(texts)
        if shown is not texts:
            pairs = ((new, old) for new, old in zip(shown, texts, strict=True) if new is not old)
            self.hidden += sum(new.count(HIDDEN) - old.count(HIDDEN) for new, old in pairs)
        return texts if self._revealed else shown

    def _long(self, line: Line) -> Iterator[Made]:
        """One long line: its head as soon as that may be seen, then the whole."""
        parts: list[str] = []
        for part in safe_parts(line.text):
            parts.append(part)
            yield NOTHING
        plain, shown = "".join(parts), list[str]()
        for part in self._masking.line_parts(plain):
            head = plain[:PART] if self._revealed else part
            yield NOTHING if shown else Made([head], {}, is_head=True)
            shown.append(part)
        masked = "".join(shown)
        self.hidden += masked.count(HIDDEN) - plain.count(HIDDEN)
        text = plain if self._revealed else masked
        yield Made([text], {0: _toned(line, plain, text)} if line.tone or line.spans else {})


def _toned(line: Line, plain: str, shown: str) -> Line:
    """A line without those parts of it that lie behind its first secret: they have moved."""
    if shown == plain:
        return line
    same = 0
    while plain[same : same + PART] == shown[same : same + PART]:
        same += PART
    pairs = zip(plain[same:], shown[same:], strict=False)
    same += next((at for at, (old, new) in enumerate(pairs) if old != new), 0)
    return line._replace(spans=tuple(span for span in line.spans if span[1] <= same))


def _whole_lines(pieces: Iterable[str]) -> Iterator[str | None]:
    """Stretches of whole lines, without the break at their end; None while there is none yet.

    Only the first line of a stretch can be long.
    """
    begun: list[str] = []
    ended = ""
    for piece in _sized(pieces):
        text = ended + piece
        ended = "\r" if text.endswith("\r") else ""  # half a line break, it may be
        text = text[: len(text) - len(ended)]
        cut = max(text.rfind("\n"), text.rfind("\r"))
        if cut < 0:
            begun.append(text)
            yield None
            continue
        before = cut - 1 if text[cut - 1 : cut + 1] == "\r\n" else cut
        yield "".join((*begun, text[:before]))
        begun = [text[cut + 1 :]]
    yield "".join((*begun, ended))


def _sized(pieces: Iterable[str]) -> Iterator[str]:
    """The same text in pieces of about the size that is made at once."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PART:
            text = "".join(held)
            yield from (text[at : at + PART] for at in range(0, size, PART))
            held, size = [], 0
    yield "".join(held)
