"""A text of any length that paints only the lines that are seen: describe, JSON, bodies, help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from awstui.masking import HIDDEN, mask_lines
from awstui.text import safe
from awstui.ui.lines_search import SearchedLines
from awstui.ui.lines_surface import Line

__all__ = ["Line", "Lines"]


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
        self.hidden = 0
        """How many secrets are hidden in it."""

        self._given: tuple[Sequence[Line], str, str] = ((), "", "")
        self.set_lines(lines)

    # ---- what the owner tells --------------------------------------------------------------------

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; the place is kept, so that a refresh does not move what is read."""
        self._given = (lines, "", "")
        plain = [safe(line.text) for line in lines]
        texts = self._masked(plain)
        special = {
            index: line
            if texts[index] == plain[index]
            else _outside(line, plain[index], texts[index])
            for index, line in enumerate(lines)
            if line.tone or line.spans
        }
        self._have(texts, special, "")
        self._again()

    def set_text(self, text: str, syntax: str = "") -> None:
        """Show a text as it is; ``syntax`` is ``json`` or nothing."""
        self._given = ((), text, syntax)
        self._have(self._masked(safe(text, multiline=True).split("\n")), {}, syntax)
        self._again()

    def reveal(self, *, wanted: bool) -> None:
        """Show what looks like a secret, or hide it again."""
        if wanted == self.revealed:
            return
        self.revealed = wanted
        lines, text, syntax = self._given
        if lines:
            self.set_lines(lines)
        else:
            self.set_text(text, syntax)

    def _masked(self, texts: list[str]) -> list[str]:
        """The lines as they may be seen at this moment."""
        shown = mask_lines(texts)
        self.hidden = 0
        if shown is not texts:
            pairs = ((new, old) for new, old in zip(shown, texts, strict=True) if new is not old)
            self.hidden = sum(new.count(HIDDEN) - old.count(HIDDEN) for new, old in pairs)
        return texts if self.revealed else shown

    def clear(self) -> None:
        """Show nothing."""
        self.set_lines(())

    def copy_text(self) -> str:
        """The text as it was given, secrets and all, or the lines as they are shown."""
        return self._given[1] or "\n".join(self._texts)

    def toggle_wrap(self) -> bool:
        """Wrap long lines or not; the first line that is seen stays. True when they wrap now."""
        line, _ = self._at(self.scroll_offset.y)
        self.wrap = not self.wrap
        self._lie()
        self._scroll(x=0, y=self._top(line))
        return self.wrap

    # ---- keys and mouse --------------------------------------------------------------------------

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


def _outside(line: Line, plain: str, masked: str) -> Line:
    """A line without those parts of it that lie behind its first secret: they have moved."""
    pairs = zip(plain, masked, strict=False)
    same = next((at for at, (old, new) in enumerate(pairs) if old != new), 0)
    return line._replace(spans=tuple(span for span in line.spans if span[1] <= same))
