"""A text of any length that paints only the lines that are seen: describe, JSON, bodies, help."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from awstui.text import safe
from awstui.ui.filtering import EMPTY, Filter
from awstui.ui.lines_surface import Line, LinesSurface
from awstui.ui.lines_syntax import Token
from awstui.ui.lines_text import is_single

__all__ = ["Line", "Lines"]

MATCHES = 100_000
"""Matches of a search that are counted and can be gone to."""


class Match(NamedTuple):
    """Where a search found something."""

    line: int
    start: int
    end: int


def _key(keys: str, action: str, title: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, title, show=False, id=f"lines.{name}", tooltip=tooltip)


class Lines(LinesSurface, inherit_bindings=False):
    """The text view that everything long is shown in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("down,j", "move(1)", "Down", "down", "A line further"),
        _key("up,k", "move(-1)", "Up", "up", "A line back"),
        _key("pagedown,ctrl+f", "page(1)", "Page down", "page-down", "A screenful further"),
        _key("pageup,ctrl+b", "page(-1)", "Page up", "page-up", "A screenful back"),
        _key("home,g", "first", "Top", "first", "The beginning"),
        _key("end,G", "last", "End", "last", "The end"),
        _key("left", "shift(-1)", "Left", "left", "Scroll to the left"),
        _key("right", "shift(1)", "Right", "right", "Scroll to the right"),
        _key("w", "wrap", "Wrap", "wrap", "Wrap long lines, or let them run out to the right"),
        _key("n", "match(1)", "Next match", "next-match", "The next match of the search"),
        _key("N", "match(-1)", "Match before", "previous-match", "The match before"),
    ]

    class Found(Message):
        """A search, or a step in one, came to a match: the ``at``-th of ``total``; 0 when none."""

        def __init__(self, lines: Lines, at: int, total: int) -> None:
            super().__init__()
            self.lines, self.at, self.total = lines, at, total

        @property
        def control(self) -> Lines:
            """The text it happened in."""
            return self.lines

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        wrap: bool = False,
        cursor: bool = False,
        limit: int = 0,
        id: str | None = None,  # noqa: A002  Textual's own name
        classes: str | None = None,
    ) -> None:
        """``cursor`` shows one line as the current one; ``limit`` keeps only so many last lines."""
        super().__init__(wrap=wrap, id=id, classes=classes)
        self.cursor_line = 0 if cursor else None
        self.limit = limit
        self._raw: str | None = None
        self._wanted: Filter = EMPTY
        self._matches: list[Match] = []
        self._match = -1
        self.set_lines(lines)

    # ---- what the owner tells --------------------------------------------------------------------

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; the place is kept, so that a refresh does not move what is read."""
        self._raw = None
        special = {index: line for index, line in enumerate(lines) if line.tone or line.spans}
        self._have([safe(line.text) for line in lines], special, "")
        self._again()

    def set_text(self, text: str, syntax: str = "") -> None:
        """Show a text as it is; ``syntax`` is ``json`` or nothing."""
        self._raw = text
        self._have(safe(text, multiline=True).split("\n"), {}, syntax)
        self._again()

    def append(self, lines: Iterable[Line]) -> None:
        """Add lines at the end; who looks at the end goes on looking at it."""
        self._raw = None
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self._add(lines)
        if self.limit and len(self._texts) > self.limit:
            gone = len(self._texts) - self.limit
            y = self.scroll_offset.y - gone
            self._drop_first(gone)
            if not at_end:
                self._scroll(y=max(0, y))
        self._lie()
        self._again()
        if at_end:
            self._scroll(y=self.max_scroll_y)

    def clear(self) -> None:
        """Show nothing."""
        self.set_lines(())

    def copy_text(self) -> str:
        """The text as it was given, or the lines as they are shown."""
        return "\n".join(self._texts) if self._raw is None else self._raw

    def toggle_wrap(self) -> bool:
        """Wrap long lines or not; the first line that is seen stays. True when they wrap now."""
        line, _ = self._at(self.scroll_offset.y)
        self.wrap = not self.wrap
        self._lie()
        self._scroll(x=0, y=self._top(line))
        return self.wrap

    def search(self, wanted: Filter) -> int:
        """Mark what matches, and go to the first match from here on; how many there are."""
        self._wanted = wanted
        self._match = -1
        self._again()
        if self._matches:
            line, _ = self._at(self.scroll_offset.y)
            self._match = bisect_left(self._matches, Match(line, 0, 0)) % len(self._matches)
            self._go_to_match()
        self._strips.clear()
        self.refresh()
        self.post_message(self.Found(self, self._match + 1, len(self._matches)))
        return len(self._matches)

    @property
    def found(self) -> tuple[int, int]:
        """Which match is the current one, from 1, and how many there are."""
        return self._match + 1, len(self._matches)

    # ---- searching -------------------------------------------------------------------------------

    def _again(self) -> None:
        """Search again, because the text changed."""
        self._matches = list(self._find()) if self._wanted else []
        self._match = min(self._match, len(self._matches) - 1)
        if self.cursor_line is not None:
            self.cursor_line = max(0, min(self.cursor_line, len(self._texts) - 1))

    def _find(self) -> Iterable[Match]:
        wanted, count = self._wanted, 0
        for index, text in enumerate(self._texts):
            if not wanted.matches(text):
                continue
            spans = list(wanted.spans(text)) or [(0, 0)]
            for start, end in spans[: MATCHES - count]:
                yield Match(index, start, end)
            count += len(spans)
            if count >= MATCHES:
                return

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
        top, height, width = self.scroll_offset.y, self.size.height, self.size.width
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

    # ---- keys and mouse --------------------------------------------------------------------------

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

    def action_wrap(self) -> None:
        """Wrap long lines or not."""
        self.toggle_wrap()

    def go_to_line(self, line: int) -> None:
        """Bring a line into sight, the cursor on it where there is one."""
        line = max(0, min(line, len(self._texts) - 1))
        y, top, height = self._top(line), self.scroll_offset.y, max(1, self.size.height)
        if self.cursor_line is not None and self.cursor_line != line:
            self.cursor_line = line
            self._strips.clear()
            self.refresh()
        if y < top or self.cursor_line is None:
            self._scroll(y=y)
        elif y >= top + height:
            self._scroll(y=y - height + 1)

    def action_move(self, lines: int) -> None:
        """Move by lines."""
        if self.cursor_line is not None:
            self.go_to_line(self.cursor_line + lines)
        else:
            self._scroll(y=self.scroll_offset.y + lines)

    def action_page(self, pages: int) -> None:
        """Move by screenfuls, one line staying in sight."""
        step = pages * max(1, self.size.height - 1)
        if self.cursor_line is not None:
            self.go_to_line(self.cursor_line + step)
        else:
            self._scroll(y=self.scroll_offset.y + step)

    def action_first(self) -> None:
        """Go to the beginning."""
        self.go_to_line(0)
        self._scroll(x=0, y=0)

    def action_last(self) -> None:
        """Go to the end."""
        self.go_to_line(len(self._texts) - 1)
        self._scroll(y=self.max_scroll_y)

    def action_shift(self, direction: int) -> None:
        """Scroll sideways."""
        step = max(1, self.size.width // 3)
        self._scroll(x=max(0, self.scroll_offset.x + direction * step))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor, where there is one, on a line."""
        if self.cursor_line is not None and self._texts:
            line, _ = self._at(min(self.scroll_offset.y + event.y, self.virtual_size.height - 1))
            self.go_to_line(line)
