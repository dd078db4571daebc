"""A text of any length that paints only the lines that are seen: describe, JSON, bodies, help."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from awstui.ui.lines_making import Line, Making
from awstui.ui.lines_search import SearchedLines

__all__ = ["Line", "Lines"]

LAST = sys.maxsize
"""A line behind the last of any text."""


def _key(keys: str, action: str, title: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, title, show=False, id=f"lines.{name}", tooltip=tooltip)


class Lines(SearchedLines, inherit_bindings=False):
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

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        wrap: bool = False,
        cursor: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
        classes: str | None = None,
    ) -> None:
        """``cursor`` shows one line as the current one."""
        super().__init__(wrap=wrap, id=id, classes=classes)
        self.cursor_line = 0 if cursor else None
        self.revealed = False
        self._making = Making(revealed=False)
        self._given: list[Any] = []
        """The lines or the pieces of text that were taken so far."""

        self._rest: Iterator[Any] = iter(())
        """Those that are yet to be taken."""

        self._is_text = False
        self.set_lines(lines)

    @property
    def hidden(self) -> int:
        """How many secrets are hidden in it, as far as it is there."""
        return self._making.hidden

    # ---- what the owner tells --------------------------------------------------------------------

    def set_lines(self, lines: Iterable[Line | None]) -> None:
        """Show these lines; the place is kept, so that a refresh does not move what is read.

        They may be made while they are taken, no more of them than there is time for; one that takes long
        to make is None for a while.
        """
        self._show(lines, "", is_text=False)

    def set_text(self, text: str | Iterable[str], syntax: str = "") -> None:
        """Show a text as it is, or as it is made piece by piece; ``syntax`` is ``json`` or nothing."""
        self._show([text] if isinstance(text, str) else text, syntax, is_text=True)

    def _show(self, given: Iterable[Any], syntax: str, *, is_text: bool) -> None:
        self._given, self._rest, self._is_text = [], iter(given), is_text
        self._making = making = Making(revealed=self.revealed)
        self._syntax = syntax
        taken = self._taken()
        self._begin(making.of_text(taken) if is_text else making.of_lines(taken))

    def _taken(self) -> Iterator[Any]:
        """What is given, one after the other, and kept to be shown again in another way."""
        given, rest = self._given, self._rest
        for one in rest:
            given.append(one)
            yield one

    def reveal(self, *, wanted: bool) -> None:
        """Show what looks like a secret, or hide it again."""
        if wanted != self.revealed:
            self.revealed = wanted
            self._show(chain(self._given, self._rest), self._syntax, is_text=self._is_text)

    def clear(self) -> None:
        """Show nothing."""
        self.set_lines(())

    def copy_text(self) -> str:
        """The text as it was given, secrets and all, or the lines as they are shown."""
        if self._is_text:
            self._given += self._rest
            return "".join(self._given)
        while self._make_some():
            pass
        return "\n".join(self._texts)

    def toggle_wrap(self) -> bool:
        """Wrap long lines or not; the first line that is seen stays. True when they wrap now."""
        line, _ = self._at(self.scroll_offset.y)
        self.wrap = not self.wrap
        self._scroll(x=0)
        self._lie(line)
        return self.wrap

    # ---- keys and mouse --------------------------------------------------------------------------

    def action_wrap(self) -> None:
        """Wrap long lines or not."""
        self.toggle_wrap()

    def go_to_line(self, line: int) -> None:
        """Bring a line into sight, the cursor on it where there is one; as soon as it is there."""
        if not self.is_whole and line >= self._lying:
            self._awaited = line, self.scroll_offset.y
            return
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
        if not self.is_whole:
            self.go_to_line(LAST)

    def action_shift(self, direction: int) -> None:
        """Scroll sideways."""
        step = max(1, self.size.width // 3)
        self._scroll(x=max(0, self.scroll_offset.x + direction * step))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor, where there is one, on a line."""
        if self.cursor_line is not None and self._texts:
            line, _ = self._at(min(self.scroll_offset.y + event.y, self.virtual_size.height - 1))
            self.go_to_line(line)
