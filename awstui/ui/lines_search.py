"""Searching a text: what matches is marked, and gone to from one to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from rich.cells import cell_len
from textual.message import Message

from awstui.filtering import EMPTY, Filter
from awstui.ui.lines_surface import LinesSurface
from awstui.ui.lines_syntax import Token
from awstui.ui.lines_text import PART, is_single

MATCHES = 100_000
"""Matches of a search that are counted and can be gone to."""


class Match(NamedTuple):
    """Where a search found something."""

    line: int
    start: int
    end: int


class SearchedLines(LinesSurface, inherit_bindings=False):
    """Lines in which something is looked for."""

    class Found(Message, namespace="lines"):
        """A search, or a step in one, came to a match: the ``at``-th of ``total``; 0 when none."""

        def __init__(self, lines: SearchedLines, at: int, total: int) -> None:
            super().__init__()
            self.lines, self.at, self.total = lines, at, total

        @property
        def control(self) -> SearchedLines:
            """The text it happened in."""
            return self.lines

    def __init__(
        self,
        *,
        wrap: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(wrap=wrap, id=id, classes=classes)
        self._wanted: Filter = EMPTY
        self._matches: list[Match] = []
        self._match = -1
        self._searched = 0
        """How many lines are looked through."""

        self._looks_from: int | None = None
        """The line from which the first match is to be gone to."""

        self._told_of = True

    def search(self, wanted: Filter) -> int:
        """Mark what matches, and go to the first match from here on; how many there are so far.

        In a long text the rest of them are found in time; ``Found`` tells once all are.
        """
        self._wanted = wanted
        self._match, self._told_of = -1, False
        self._looks_from = self._at(self.scroll_offset.y)[0]
        self._search_again()
        self._catch_up()
        self._strips.clear()
        self.refresh()
        return len(self._matches)

    @property
    def found(self) -> tuple[int, int]:
        """Which match is the current one, from 1, and how many there are."""
        return self._match + 1, len(self._matches)

    def _forget(self) -> None:
        super()._forget()
        self._search_again()

    def _search_again(self) -> None:
        self._matches, self._searched = [], 0

    def _step(self) -> bool:
        return super()._step() or self._find_some()

    def _find_some(self) -> bool:
        """Look through some more lines."""
        there = len(self._texts) - self._has_head
        if not self._wanted or self._searched >= there or len(self._matches) >= MATCHES:
            return False
        left = PART
        while self._searched < there and left > 0:
            left -= self._find_in(self._searched)
            self._searched += 1
        if self._looks_from is not None:
            at = bisect_left(self._matches, Match(self._looks_from, 0, 0))
            if at < len(self._matches):
                self._begin_at(at)
        return True

    def _find_in(self, line: int) -> int:
        """Look through a line; how long that took, in characters of plain text."""
        text, wanted = self._texts[line], self._wanted
        if not wanted.matches(text):
            return len(text) + 1
        spans = list(islice(wanted.spans(text), MATCHES - len(self._matches))) or [(0, 0)]
        self._matches += [Match(line, start, end) for start, end in spans]
        return len(text) + 32 * len(spans)

    def _begin_at(self, match: int) -> None:
        self._looks_from, self._match = None, match
        self._resize_surface()
        self._go_to_match()

    def _finish(self) -> None:
        super()._finish()
        self._match = min(self._match, len(self._matches) - 1)
        if self.cursor_line is not None:
            self.cursor_line = max(0, min(self.cursor_line, len(self._texts) - 1))
        if self._looks_from is not None and self._matches:
            self._begin_at(0)
        self._looks_from = None
        if not self._told_of:
            self._told_of = True
            self.post_message(self.Found(self, self._match + 1, len(self._matches)))

    def _marked(self, line: int, start: int, end: int) -> Sequence[Token]:
        if not self._matches:
            return ()
        marked: list[Token] = []
        at = bisect_left(self._matches, Match(line, 0, 0))
        if end - start < len(self._texts[line]):
            at = max(at, bisect_left(self._matches, Match(line, start, 0)) - 1)
        for place in range(at, len(self._matches)):
            match = self._matches[place]
            if match.line != line or match.start >= end:
                break
            name = "match-current" if place == self._match else "match"
            marked.append((match.start, match.end, name))
        return marked

    def _go_to_match(self) -> None:
        match = self._matches[self._match]
        if self.cursor_line is not None:
            self.cursor_line = match.line
        y = self._top(match.line)
        if self._wrapping is not None:
            y += self._wrapping.part_of(match.line, match.start)
        top, height = self.scroll_offset.y, self.size.height
        width = self.scrollable_content_region.width
        if not top <= y < top + height:
            self._scroll(y=max(0, y - height // 3))
        if self._wrapping is None:
            cell = self._cell_of(match.line, match.start)
            left = self.scroll_offset.x
            if not left <= cell <= left + width - min(width, match.end - match.start):
                self._scroll(x=0 if cell < width * 2 // 3 else max(0, cell - width // 3))

    def _cell_of(self, line: int, character: int) -> int:
        text = self._texts[line]
        if is_single(text[:character]):
            return character
        return (
            self._ruler(line).cell_of(character) if len(text) > 256 else cell_len(text[:character])
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave ``n`` and ``N`` to others while nothing is searched for."""
        return bool(self._matches) if action == "match" else True

    def action_match(self, step: int) -> None:
        """Go to the next match, or the one before, round and round."""
        self._match = (self._match + step) % len(self._matches)
        self._strips.clear()
        self._go_to_match()
        self.refresh()
        self.post_message(self.Found(self, self._match + 1, len(self._matches)))
