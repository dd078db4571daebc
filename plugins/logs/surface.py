"""The part of a tail that is seen: laid out from one line on, so that nothing depends on how many there are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from textual.cache import LRUCache
from textual.strip import Strip

from .chunk import Entry, Ident
from .columns import Columns
from .painting import Painting
from .pieces import Block, Piece, behind, between, dropped, pieces
from .shown import Look
from .store import Store

Laid = list[tuple[int, Block, int]]
"""What each line of the screen shows: the row, its block, and which piece of it."""


class Surface(Painting):
    """Paints lines of a store; what is above and below the screen is never touched."""

    def __init__(self, store: Store, look: Look) -> None:
        super().__init__(look)
        self.store = store
        self.unfolded: set[Ident] = set()
        self.missing: list[tuple[int, int, str]] = []
        """Stretches that were not read: from, to (milliseconds) and what is said there."""

        self.following = True
        self.cursor = 0
        """The row of the current line."""

        self._top = (0, 0)
        """The row at the top of the screen, and which of its pieces."""

        self._columns = Columns()
        self._screen: Laid | None = None
        self._numbers = itertools.count()
        self._blocks: LRUCache[tuple[int, int | None, int, bool], Block] = LRUCache(256)
        self._strips: LRUCache[tuple[int, int, bool], Strip] = LRUCache(512)

    # ---- what changed --------------------------------------------------------------------------------

    def changed(self) -> None:
        """Lines have come or gone: lay out again."""
        self._screen = None
        self.refresh()

    def confirm(self, ident: Ident) -> None:
        """A poll has brought a line that Live Tail had brought, too."""
        if ident in self.provisional:
            self.provisional[ident] -= 1
            if not self.provisional[ident]:
                del self.provisional[ident]
                self._strips.clear()

    def looks_changed(self) -> None:
        """Lines look otherwise than before."""
        if self._columns.names != self.look.fields:
            self._columns = Columns(self.look.fields)
        self._forget()
        self.changed()

    def _forget(self) -> None:
        self._blocks.clear()
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Forget the styles: the theme changed."""
        self._sums.clear()
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Lay out for another size."""
        self.looks_changed()

    # ---- layout --------------------------------------------------------------------------------------

    @property
    def heading(self) -> int:
        """Lines of the screen above the lines of the log."""
        return 1 if self._columns.names else 0

    @property
    def height(self) -> int:
        """Lines of the screen that show the log."""
        return max(0, self.size.height - self.heading)

    def block(self, row: int) -> Block:
        """A row as it lies on the screen."""
        entry = self.store.entry(row)
        before = self.store.entry(row - 1) if row else None
        is_last = bool(self.missing) and row == self.store.rows - 1
        dropped = 0 if before else self.store.dropped
        key = (entry.number, before.number if before else None, dropped, is_last)
        held = self._blocks.get(key)
        if held is None:
            laid = list(self._pieces(entry, before))
            if is_last:
                laid += behind(entry, self.missing)
            held = self._blocks[key] = Block(entry, tuple(laid), next(self._numbers))
        return held

    def _pieces(self, entry: Entry, before: Entry | None) -> Iterator[Piece]:
        look, store = self.look, self.store
        if before is None and store.dropped:
            yield dropped(store.dropped, store.why)
        yield from between(
            entry, before, missing=self.missing, utc=look.utc, pauses=not self.wanted
        )
        yield from pieces(
            entry,
            width=max(10, self.size.width - self.before),
            look=look,
            columns=self._columns if self._columns.names else None,
            unfolds=bool(self.unfolded) and entry.ident in self.unfolded,
        )

    def lay(self) -> Laid:
        """What each line of the screen shows."""
        if self._screen is None:
            self._screen = self._laid()
            if self._columns.grew:
                # What was laid out before a column grew stands askew.
                self._columns.grew = False
                self._forget()
                self._screen = self._laid()
        return self._screen

    def _laid(self) -> Laid:
        height, rows = self.height, self.store.rows
        if not rows or not height:
            return []
        if self.following:
            self.cursor = rows - 1
            return self._up_from(rows - 1, height)
        row, piece = min(self._top[0], rows - 1), self._top[1]
        screen: Laid = []
        while row < rows and len(screen) < height:
            block = self.block(row)
            count = len(block.pieces)
            first = min(piece, count - 1)
            last = min(count, first + height - len(screen))
            screen += [(row, block, number) for number in range(first, last)]
            row, piece = row + 1, 0
        return screen if len(screen) == height else self._up_from(rows - 1, height)

    def _up_from(self, row: int, height: int) -> Laid:
        """A screen that ends with a row."""
        screen: Laid = []
        while row >= 0 and len(screen) < height:
            block = self.block(row)
            count = len(block.pieces)
            first = max(0, count - height + len(screen))
            screen[:0] = [(row, block, number) for number in range(first, count)]
            row -= 1
        return screen

    # ---- painting ------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Paint one line of the screen."""
        screen, y = self.lay(), y - self.heading
        if y < 0:
            return self.paint_heading(self._columns.heading())
        if y >= len(screen):
            return Strip.blank(self.size.width, self.rich_style)
        row, block, number = screen[y]
        at_cursor = row == self.cursor and not self.following
        key = (block.number, number, at_cursor)
        held = self._strips.get(key)
        if held is None:
            held = self._strips[key] = self.paint(block, number, at_cursor=at_cursor)
        return held
