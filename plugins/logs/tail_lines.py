"""The lines of a tail with a cursor: following until somebody moves, then standing still while more comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from .chunk import Entry, Key
from .level import ERROR
from .surface import QUIET, Surface

_UUID: Final = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE
)
_NAMED: Final = re.compile(
    r"(?:request|trace|correlation|order|invocation|transaction)[_-]?id\"?\s*[=:]\s*\"?([\w-]{6,})",
    re.IGNORECASE,
)
WHEEL: Final = 3
"""Lines that a notch of the wheel moves."""


def _key(keys: str, action: str, title: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, title, show=False, id=f"tail.{name}", tooltip=tooltip)


class Anchor(NamedTuple):
    """Where somebody reads, by lines instead of rows: rows move when late lines come."""

    cursor: Key
    top: Key
    piece: int


class TailLines(Surface):
    """Lines that can be walked, searched by kind, unfolded and marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("down,j", "move(1)", "Down", "down", "A line further"),
        _key("up,k", "move(-1)", "Up", "up", "A line back; following stops"),
        _key("pagedown,ctrl+f", "page(1)", "Page down", "page-down", "A screenful further"),
        _key("pageup,ctrl+b", "page(-1)", "Page up", "page-up", "A screenful back; following stops"),
        _key("home,g", "first", "Oldest", "first", "The oldest line there is"),
        _key("end,G", "follow", "Follow", "follow", "The newest line, and follow from there"),
        Binding("space", "pause", "pause", id="tail.pause", tooltip="Stand still, or follow again"),
        _key("left", "shift(-1)", "Left", "left", "Scroll to the left"),
        _key("right", "shift(1)", "Right", "right", "Scroll to the right"),
        _key("enter", "unfold", "Unfold", "unfold", "All of the line, JSON indented; again folds it"),
        Binding("e", "level(1)", "error", id="tail.error", tooltip="The next error"),
        _key("E", "level(-1)", "Error before", "error-before", "The error before"),
        Binding("r", "request(1)", "request", id="tail.request",
                tooltip="The next line with the request id of this one"),
        _key("R", "request(-1)", "Request before", "request-before", "The line before with its request id"),
        _key("right_parenthesis", "pause_in_time(1)", "Next pause", "pause-next", "Where it goes on after a pause"),
        _key("left_parenthesis", "pause_in_time(-1)", "Pause before", "pause-before", "The pause before"),
        Binding("m", "mark", "mark", show=False, id="tail.mark", tooltip="Mark the line, or take the mark off"),
        _key("apostrophe", "next_mark", "Next mark", "next-mark", "The next marked line, round and round"),
        _key("n", "match(1)", "Next match", "next-match", "The next line that matches"),
        _key("N", "match(-1)", "Match before", "match-before", "The line before that matches"),
    ]  # fmt: skip

    class Moved(Message):
        """Another line is the current one, or following began or ended."""

    class Said(Message):
        """Something to be said in passing, such as that there is no further error."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    request = ""
    """The id that ``r`` goes after."""

    # ---- lines come ----------------------------------------------------------------------------------

    def take(self, lines: Iterable[Sequence[Any]]) -> int:
        """Take in lines; how many more are shown than before. What is read stays where it is."""
        anchor, rows = self.standing(), self.store.rows
        inserted = self.store.add(lines)
        more = self.store.rows - rows
        if inserted:
            self._blocks.clear()  # what stands between lines may be another now
        self.restore(anchor)
        return more

    def standing(self) -> Anchor | None:
        """Where somebody reads; None while following."""
        rows = self.store.rows
        if self.following or not rows:
            return None
        cursor, top = min(self.cursor, rows - 1), min(self._top[0], rows - 1)
        return Anchor(self.store.entry(cursor).key, self.store.entry(top).key, self._top[1])

    def restore(self, anchor: Anchor | None) -> None:
        """Go back to where somebody read, now that rows are others."""
        if anchor is not None:
            last = max(0, self.store.rows - 1)
            self.cursor = min(last, self.store.row_of(anchor.cursor))
            self._top = (min(last, self.store.row_of(anchor.top)), anchor.piece)
        self._screen = None

    # ---- moving --------------------------------------------------------------------------------------

    def current(self) -> Entry | None:
        """The line the cursor is on; the newest while following."""
        rows = self.store.rows
        if not rows:
            return None
        return self.store.entry(rows - 1 if self.following else min(self.cursor, rows - 1))

    def detach(self) -> None:
        """Stand still: what is on screen stays there while more comes."""
        if not self.following:
            return
        screen = self.lay()
        if screen:
            row, _, piece = screen[0]
            self._top, self.cursor = (row, piece), screen[-1][0]
        self.following = False
        self.changed()
        self.post_message(self.Moved())

    def show(self, row: int) -> None:
        """Bring a row into sight, the cursor on it."""
        self.detach()
        rows, height = self.store.rows, self.size.height
        self.cursor = row = max(0, min(row, rows - 1))
        if not rows or not height:
            return
        screen = self.lay()
        seen = sum(1 for at, _, _ in screen if at == row)
        if seen < len(self.block(row).pieces) and (seen < height):
            if not screen or row <= screen[0][0]:
                self._top = (row, 0)
            else:
                up = self._up_from(row, height)
                self._top = (up[0][0], up[0][2])
                if up[0][0] == row:
                    self._top = (row, 0)
        self.changed()
        self.post_message(self.Moved())

    def scroll_pieces(self, by: int) -> None:
        """Move what is seen by lines of the screen, the cursor staying in sight."""
        self.detach()
        row, piece = self._top
        for _ in range(abs(by)):
            pieces = len(self.block(row).pieces)
            if by > 0 and piece + 1 < pieces:
                piece += 1
            elif by > 0 and row + 1 < self.store.rows:
                row, piece = row + 1, 0
            elif by < 0 and piece:
                piece -= 1
            elif by < 0 and row:
                row -= 1
                piece = len(self.block(row).pieces) - 1
        self._top = (row, piece)
        self._screen = None
        screen = self.lay()
        if screen:
            self._top = (screen[0][0], screen[0][2])
            self.cursor = max(screen[0][0], min(self.cursor, screen[-1][0]))
        self.changed()
        self.post_message(self.Moved())

    def action_move(self, by: int) -> None:
        """Move by a line; through a line that is higher than the screen piece by piece."""
        if not self.store.rows:
            return
        self.detach()
        screen = self.lay()
        edge = screen[-1] if by > 0 else screen[0]
        rest = len(edge[1].pieces) - 1 - edge[2] if by > 0 else edge[2]
        if edge[0] == self.cursor and rest and len(edge[1].pieces) > self.size.height:
            self.scroll_pieces(by)
        else:
            self.show(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move by screenfuls, one line staying in sight."""
        if not self.store.rows:
            return
        self.scroll_pieces(by * max(1, self.size.height - 1))
        screen = self.lay()
        self.show(screen[-1][0] if by > 0 else screen[0][0])

    def action_first(self) -> None:
        """Go to the oldest line."""
        self.show(0)
        self._top = (0, 0)
        self.changed()

    def action_follow(self) -> None:
        """Follow what comes."""
        self.following = True
        self.changed()
        self.post_message(self.Moved())

    def action_pause(self) -> None:
        """Stand still, or follow again."""
        if self.following:
            self.detach()
        else:
            self.action_follow()

    def action_shift(self, direction: int) -> None:
        """Scroll sideways."""
        step = max(1, self.size.width // 3)
        longest = max((len(b.pieces[n].text.text) for _, b, n in self.lay()), default=0)
        self._x = max(0, min(self._x + direction * step, max(0, longest - step)))
        self._strips.clear()
        self.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look further back."""
        event.stop()
        if self.store.rows:
            self.scroll_pieces(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look further on; at the end follow."""
        event.stop()
        if not self.following and self.store.rows:
            self.scroll_pieces(WHEEL)
            if self.lay()[-1][0] == self.store.rows - 1:
                self.action_follow()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a line."""
        screen = self.lay()
        if event.y < len(screen):
            self.detach()
            self.show(screen[event.y][0])

    # ---- going to what is meant ----------------------------------------------------------------------

    def action_level(self, step: int) -> None:
        """Go to the next error, or the one before."""
        start = self._from(step)
        found = (row for row, _, level in self.store.walk(start, step) if level == ERROR)
        self._go(next(found, None), "error", step)

    def action_request(self, step: int) -> None:
        """Go to the next line with the request id of this one, or the line before."""
        entry = self.current()
        if entry is None:
            return
        if not self.request or self.request not in entry.message:
            self.request = request_of(entry.message)
        if not self.request:
            self.post_message(self.Said("No request id is to be seen in this line."))
            return
        row = self.store.seek(self._from(step) - step, step, self.request)
        self._go(row, f"line with {self.request}", step)

    def action_pause_in_time(self, step: int) -> None:
        """Go to where it goes on after a pause."""
        before: tuple[int, int] | None = None
        found: int | None = None
        for row, at, _ in self.store.walk(self._from(0), step):
            if before is not None and abs(at - before[1]) >= QUIET * 1000:
                candidate = row if step > 0 else before[0]
                if candidate != self._from(0):
                    found = candidate
                    break
            before = (row, at)
        self._go(found, f"pause of {QUIET:.0f} s", step)

    def action_match(self, step: int) -> None:
        """Go to the next line that matches, where others are shown, too."""
        row = self._from(step)
        while 0 <= row < self.store.rows:
            if self.store.is_hit(row):
                self.show(row)
                return
            row += step
        self._go(None, "match", step)

    def _from(self, step: int) -> int:
        return (self.store.rows - 1 if self.following else self.cursor) + step

    def _go(self, row: int | None, what: str, step: int) -> None:
        if row is None:
            self.post_message(
                self.Said(f"No {what} {'further on' if step > 0 else 'before this'}.")
            )
        else:
            self.show(row)

    def go_to_time(self, at: int) -> None:
        """Go to the first line at a time or after it, in milliseconds."""
        self.show(self.store.row_of((at, 0, 0)))

    # ---- the current line ----------------------------------------------------------------------------

    def action_unfold(self) -> None:
        """Show all of a line, or one line of it."""
        entry = self.current()
        if entry is None:
            return
        self.unfolded ^= {entry.number}
        self.detach()
        self._blocks.clear()
        self._screen = None
        self.show(self.cursor)

    def action_mark(self) -> None:
        """Mark the line, or take the mark off."""
        entry = self.current()
        if entry is None:
            return
        if entry.number in self.marks:
            del self.marks[entry.number]
        else:
            self.marks[entry.number] = (entry.key, "")
        self._strips.clear()
        self.refresh()

    def action_next_mark(self) -> None:
        """Go to the next marked line."""
        entry = self.current()
        places = sorted(key for key, _ in self.marks.values())
        if entry is None or not places:
            self.post_message(self.Said("No line is marked; m marks one."))
            return
        later = [key for key in places if key > entry.key]
        self.show(self.store.row_of((later or places)[0]))


def request_of(message: str) -> str:
    """The request id in a line: one that is called so, else anything that looks like one."""
    if named := _NAMED.search(message[:20_000]):
        return named[1]
    found = _UUID.search(message[:20_000])
    return found[0] if found else ""
