"""The cursor of a tail: following until somebody moves, then standing still while more comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from .chunk import FIRST, Entry, Key
from .shown import Look
from .store import Store
from .surface import Surface

WHEEL: Final = 3
"""Lines that a notch of the wheel moves."""


def key(keys: str, action: str, title: str, name: str, tooltip: str) -> Binding:
    """A binding that the line of keys does not name."""
    return Binding(keys, action, title, show=False, id=f"tail.{name}", tooltip=tooltip)


class Anchor(NamedTuple):
    """Where somebody reads, by lines instead of rows: rows move when late lines come."""

    cursor: Key
    top: Key
    piece: int


class Walking(Surface):
    """Lines that can be walked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("down,j", "move(1)", "Down", "down", "A line further"),
        key("up,k", "move(-1)", "Up", "up", "A line back; following stops"),
        key("pagedown,ctrl+f", "page(1)", "Page down", "page-down", "A screenful further"),
        key("pageup,ctrl+b", "page(-1)", "Page up", "page-up", "A screenful back; following stops"),
        key("home,g", "first", "Oldest", "first", "The oldest line there is"),
        key("end,G", "follow", "Follow", "follow",
            "The newest line, and follow; what comes over 10 minutes late is not looked for"),
        Binding("space", "pause", "pause", id="tail.pause", tooltip="Stand still, or follow again"),
        key("left", "shift(-1)", "Left", "left", "Scroll to the left"),
        key("right", "shift(1)", "Right", "right", "Scroll to the right"),
    ]  # fmt: skip

    class Moved(Message):
        """Another line is the current one, or following began or ended."""

        def __init__(self, *, following: bool) -> None:
            super().__init__()
            self.following = following

    def __init__(self, store: Store, look: Look) -> None:
        super().__init__(store, look)
        self.endless = True
        """Whether more comes behind the last line: only then does scrolling to the end follow."""

        self.left_at: Key = FIRST
        """The newest line there was when following ended."""

        self._anchor: Anchor | None = None

    # ---- lines come ----------------------------------------------------------------------------------

    def take(self, lines: Iterable[Sequence[Any]]) -> int:
        """Take in lines; how many more are shown than before. What is read stays where it is."""
        rows = self.store.rows
        for _ in self.taking(lines):
            pass
        return self.store.rows - rows

    def taking(self, lines: Iterable[Sequence[Any]]) -> Iterator[None]:
        """Take in lines in steps, between which keys may be looked at."""
        steps = self.store.adding(lines)
        while True:
            anchor = self.standing()
            try:
                next(steps)
            except StopIteration:
                return
            finally:
                self.restore(anchor)
            yield

    def standing(self) -> Anchor | None:
        """Where somebody reads; None while following. A filter that shows nothing changes nothing of it."""
        rows = self.store.rows
        if self.following:
            return None
        if self._anchor is None and rows:
            cursor, top = min(self.cursor, rows - 1), min(self._top[0], rows - 1)
            self._anchor = Anchor(
                self.store.entry(cursor).key, self.store.entry(top).key, self._top[1]
            )
        return self._anchor

    def restore(self, anchor: Anchor | None) -> None:
        """Go back to where somebody read, now that rows are others."""
        self._anchor = anchor
        if anchor is not None:
            last = max(0, self.store.rows - 1)
            self.cursor = min(last, self.store.row_of(anchor.cursor))
            self._top = (min(last, self.store.row_of(anchor.top)), anchor.piece)
        self._screen = None

    def _moved(self) -> None:
        """Somebody has moved: it is read elsewhere."""
        self._anchor = None
        self.changed()
        self.post_message(self.Moved(following=self.following))

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
        self.following, self.left_at = False, self.store.last
        self._moved()

    def show(self, row: int) -> None:
        """Bring a row into sight, the cursor on it."""
        self.detach()
        rows, height = self.store.rows, self.height
        self.cursor = row = max(0, min(row, rows - 1))
        if not rows or not height:
            return
        screen = self.lay()
        seen = sum(1 for at, _, _ in screen if at == row)
        if seen < min(height, len(self.block(row).pieces)):
            up = self._up_from(row, height)
            above = not screen or row <= screen[0][0] or up[0][0] == row
            self._top = (row, 0) if above else (up[0][0], up[0][2])
        self._moved()

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
        self._moved()

    def action_move(self, by: int) -> None:
        """Move by a line; through a line that is higher than the screen piece by piece."""
        if not self.store.rows:
            return
        self.detach()
        screen = self.lay()
        edge = screen[-1] if by > 0 else screen[0]
        rest = len(edge[1].pieces) - 1 - edge[2] if by > 0 else edge[2]
        if edge[0] == self.cursor and rest and len(edge[1].pieces) > self.height:
            self.scroll_pieces(by)
        else:
            self.show(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move by screenfuls, one line staying in sight."""
        if not self.store.rows:
            return
        self.scroll_pieces(by * max(1, self.height - 1))
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
        self._moved()

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
        """Look further on; at the end follow, where more comes."""
        event.stop()
        if not self.following and self.store.rows:
            self.scroll_pieces(WHEEL)
            if self.endless and self.lay()[-1][0] == self.store.rows - 1:
                self.action_follow()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a line."""
        screen, y = self.lay(), event.y - self.heading
        if 0 <= y < len(screen):
            self.detach()
            self.show(screen[y][0])
