"""The part of a tail that is seen: laid out from one line on, so that nothing depends on how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip
from textual.widget import Widget

from awstui.ui.filtering import EMPTY, Filter
from awstui.ui.lines_syntax import LONG, json_tokens
from awstui.ui.lines_text import Ruler, is_single
from awstui.ui.theme import component_style
from awstui.ui.tone import glyph

from . import moments
from .chunk import Entry, Key
from .level import TONES
from .shown import GLYPHS, Look, Shown, folded, parts, unfolded
from .store import Store

RULE = "─"
"""What stands before and after what is said between two lines."""

QUIET = 60.0
"""Seconds without a line after which the pause itself is shown."""

NEAR = 400
"""Characters around what is seen in which matches are looked for, in a line of any length."""

COLOURS = ("g0", "g1", "g2", "g3", "g4")


class Piece(NamedTuple):
    """One line of the screen that belongs to a line of the log."""

    text: Shown
    start: int = 0
    end: int = 0
    head: bool = True
    """Whether time, group and level stand before it."""

    between: bool = False
    """Whether it stands between two lines and says what is missing there."""


class Block(NamedTuple):
    """A line of the log as it lies on the screen."""

    entry: Entry
    pieces: tuple[Piece, ...]


class Surface(Widget, can_focus=True):
    """Paints lines of a store; what is above and below the screen is never touched."""

    DEFAULT_CSS = """
    Surface {
        width: 1fr; height: 1fr; background: $background; color: $foreground;

        & > .tail--key { color: $text-primary; }
        & > .tail--string { color: $foreground; }
        & > .tail--number, & > .tail--literal { color: $text-accent; }
        & > .tail--warn { color: $text-warning; }
        & > .tail--bad { color: $text-error; }
        & > .tail--muted { color: $foreground-muted; }
        & > .tail--cursor { background: $primary 20%; }
        & > .tail--match { background: $warning 30%; text-style: underline; }
        & > .tail--g0 { color: $text-primary; }
        & > .tail--g1 { color: $text-accent; }
        & > .tail--g2 { color: $text-success; }
        & > .tail--g3 { color: $text-warning; }
        & > .tail--g4 { color: $text-secondary; }

        &:ansi > .tail--muted { color: ansi_default; text-style: dim; }
        &:ansi > .tail--cursor { background: ansi_default; text-style: bold; }
        &:ansi > .tail--match { background: ansi_default; text-style: underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tail--key", "tail--string", "tail--number", "tail--literal", "tail--warn", "tail--bad",
        "tail--muted", "tail--cursor", "tail--match",
        "tail--g0", "tail--g1", "tail--g2", "tail--g3", "tail--g4",
    }  # fmt: skip

    def __init__(self, store: Store, look: Look) -> None:
        super().__init__()
        self.store, self.look = store, look
        self.wanted: Filter = EMPTY
        self.unfolded: set[int] = set()
        self.marks: dict[int, tuple[Key, str]] = {}
        """Marked lines by number: where each is, and the note on it."""

        self.missing: list[tuple[int, int, str]] = []
        """Stretches that were not read: from, to (milliseconds) and what is said there."""

        self.following = True
        self.cursor = 0
        """The row of the current line."""

        self._top = (0, 0)
        """The row at the top of the screen, and which of its pieces."""

        self._x = 0
        self._screen: list[tuple[int, Block, int]] | None = None
        self._blocks: LRUCache[tuple[int, int], Block] = LRUCache(256)
        self._strips: LRUCache[tuple[int, int, bool], Strip] = LRUCache(512)
        self._sums: dict[str, Style] = {}
        self._signs = tuple(glyph(tone) or " " for tone in TONES)

    def sign(self, group: int) -> str:
        """What stands for a group."""
        return GLYPHS[group % len(GLYPHS)]

    # ---- what changed --------------------------------------------------------------------------------

    def changed(self) -> None:
        """Lines have come or gone: lay out again."""
        self._screen = None
        self.refresh()

    def looks_changed(self) -> None:
        """Lines look otherwise than before."""
        self._blocks.clear()
        self._strips.clear()
        self.changed()

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
    def _before(self) -> int:
        """Cells of mark, time, group and level."""
        return 14 + (2 if self.look.groups > 1 else 0) + 2

    def block(self, row: int) -> Block:
        """A row as it lies on the screen."""
        entry = self.store.entry(row)
        before = self.store.entry(row - 1) if row else None
        key = (entry.number, before.number if before else 0)
        held = self._blocks.get(key)
        if held is None:
            held = self._blocks[key] = Block(entry, tuple(self._pieces(entry, before)))
        return held

    def _pieces(self, entry: Entry, before: Entry | None) -> Iterator[Piece]:
        for said in self._between(entry, before):
            yield Piece(Shown(said), 0, len(said), between=True)
        width = max(10, self.size.width - self._before)
        if entry.number in self.unfolded:
            for number, text in enumerate(unfolded(entry, revealed=self.look.revealed)):
                for start, end in parts(text.text, width)[:100]:
                    yield Piece(text, start, end, head=number == 0 and start == 0)
            return
        text = folded(entry, self.look.fields, revealed=self.look.revealed)
        if not self.look.wrap:
            yield Piece(text, 0, -1)
            return
        for start, end in parts(text.text, width)[:100]:
            yield Piece(text, start, end, head=start == 0)

    def _between(self, entry: Entry, before: Entry | None) -> Iterator[str]:
        """What is to be said between two lines: what is missing there, how long nothing came, the day."""
        if before is None:
            if self.store.dropped:
                yield f"… {self.store.dropped:,} earlier lines dropped: no room for them"
            yield from (said for start, end, said in self.missing if end <= entry.at)
            yield moments.shown(entry.at, utc=self.look.utc, day=True)[:10]
            return
        yield from (said for start, end, said in self.missing if before.at < end <= entry.at)
        pause = (entry.at - before.at) / 1000
        if pause >= QUIET and not self.wanted:
            yield f"quiet for {moments.brief(pause)}"
        days = [moments.shown(at, utc=self.look.utc, day=True)[:10] for at in (before.at, entry.at)]
        if days[0] != days[1]:
            yield days[1]

    def lay(self) -> list[tuple[int, Block, int]]:
        """What each line of the screen shows: the row, its block, and which piece of it."""
        if self._screen is None:
            self._screen = self._laid()
        return self._screen

    def _laid(self) -> list[tuple[int, Block, int]]:
        height, rows = self.size.height, self.store.rows
        if not rows or not height:
            return []
        if self.following:
            self.cursor = rows - 1
            return self._up_from(rows - 1, height)
        row, piece = min(self._top[0], rows - 1), self._top[1]
        screen: list[tuple[int, Block, int]] = []
        while row < rows and len(screen) < height:
            block = self.block(row)
            screen += [(row, block, number) for number in range(len(block.pieces))]
            if piece:
                del screen[: min(piece, len(screen) - 1)]
                piece = 0
            row += 1
        if len(screen) < height:
            return self._up_from(rows - 1, height)
        return screen[:height]

    def _up_from(self, row: int, height: int) -> list[tuple[int, Block, int]]:
        """A screen that ends with a row."""
        screen: list[tuple[int, Block, int]] = []
        while row >= 0 and len(screen) < height:
            block = self.block(row)
            screen[:0] = [(row, block, number) for number in range(len(block.pieces))]
            row -= 1
        return screen[-height:]

    # ---- painting ------------------------------------------------------------------------------------

    def component(self, name: str) -> Style:
        """What a part is painted with."""
        held = self._sums.get(name)
        if held is None:
            held = self._sums[name] = component_style(self, f"tail--{name}")
        return held

    def render_line(self, y: int) -> Strip:
        """Paint one line of the screen."""
        width, base, screen = self.size.width, self.rich_style, self.lay()
        if y >= len(screen):
            return Strip.blank(width, base)
        row, block, number = screen[y]
        at_cursor = row == self.cursor and not self.following
        key = (block.entry.number, number, at_cursor)
        held = self._strips.get(key)
        if held is None:
            held = self._paint(row, block, number, at_cursor=at_cursor)
            self._strips[key] = held
        return held

    def _paint(self, row: int, block: Block, number: int, *, at_cursor: bool) -> Strip:
        width, base, piece, entry = (
            self.size.width,
            self.rich_style,
            block.pieces[number],
            block.entry,
        )
        if piece.between:
            said = f" {RULE * 2} {piece.text.text} "
            return Strip([Segment(said + RULE * 4, base + self.component("muted"))]
                         ).adjust_cell_length(width, base)  # fmt: skip
        if at_cursor:
            base += self.component("cursor")
        head = self._head(entry, base) if piece.head else [Segment(" " * self._before, base)]
        if at_cursor:
            head[0] = Segment("▌" + head[0].text[1:], head[0].style)
        tail = self._tail(entry, piece, base) if piece.head else []
        room = width - self._before - sum(segment.cell_length for segment in tail)
        text = self._text(entry, piece, base, max(1, room))
        return Strip([*head, *text, *tail]).adjust_cell_length(width, base)

    def _head(self, entry: Entry, base: Style) -> list[Segment]:
        mark = "◆" if entry.number in self.marks else " "
        segments = [
            Segment(
                f"{mark}{moments.shown(entry.at, utc=self.look.utc)} ",
                base + self.component("muted"),
            )
        ]
        if self.look.groups > 1:
            colour = COLOURS[entry.group % len(COLOURS)]
            sign = GLYPHS[entry.group % len(GLYPHS)]
            segments.append(Segment(f"{sign} ", base + self.component(colour)))
        tone = TONES[entry.level]
        style = base + self.component(tone) if tone in ("warn", "bad") else base
        sign = self._signs[entry.level] if tone in ("warn", "bad") else " "
        segments.append(Segment(f"{sign} ", style))
        return segments

    def _tail(self, entry: Entry, piece: Piece, base: Style) -> list[Segment]:
        said = f" +{piece.text.more}" if piece.text.more else ""
        if entry.late:
            said += f"  late +{moments.brief(entry.late / 1000)}"
        if note := self.marks.get(entry.number, ((0, 0, 0), ""))[1]:
            said += f"  {note}"
        return [Segment(said + " ", base + self.component("muted"))] if said else []

    def _text(self, entry: Entry, piece: Piece, base: Style, room: int) -> list[Segment]:
        text, start, end, skip = piece.text.text, piece.start, piece.end, 0
        if end < 0:
            x = self._x
            if is_single(text[: x + room]):
                start, end = x, x + room
            else:
                start, reached = Ruler(text).at(x)
                end, skip = start + room, x - reached
        tone = TONES[entry.level]
        if tone in ("warn", "bad", "muted"):
            base += self.component(tone)
        strip = Strip(self._segments(piece.text, start, min(end, len(text)), base))
        if skip:
            strip = strip.crop(skip, strip.cell_length)
        return list(strip.adjust_cell_length(room, base))

    def _segments(self, shown: Shown, start: int, end: int, base: Style) -> list[Segment]:
        """A stretch of a text in runs of one style: its own colours, JSON, then what matches."""
        size = max(0, end - start)
        styles: list[Style] = [base] * size
        for place, (at, style) in enumerate(shown.runs):
            until = shown.runs[place + 1][0] if place + 1 < len(shown.runs) else len(shown.text)
            low, high = max(at, start) - start, min(until, end) - start
            if high > low:
                styles[low:high] = [base + style] * (high - low)
        for first, last, name in self._layers(shown, start, end):
            low, high = max(first, start) - start, min(last, end) - start
            if high > low:
                added = self.component(name)
                styles[low:high] = [style + added for style in styles[low:high]]
        segments, run = [], 0
        for place in range(1, size + 1):
            if place == size or (styles[place] is not styles[run] and styles[place] != styles[run]):
                segments.append(Segment(shown.text[start + run : start + place], styles[run]))
                run = place
        return segments

    def _layers(self, shown: Shown, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        if shown.is_json and len(shown.text) <= LONG:
            for first, last, name in json_tokens(shown.text):
                if last > start and first < end and name != "string":
                    yield first, last, name
        if self.wanted:
            low = max(0, start - NEAR)
            for first, last in self.wanted.spans(shown.text[low : end + NEAR]):
                yield low + first, low + last, "match"
