"""How a line of a tail is painted: its head, its text in its own colours, what matches, what is said behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from awstui.filtering import EMPTY, Filter
from awstui.text import safe
from awstui.ui.lines_syntax import LONG, json_tokens
from awstui.ui.lines_text import Ruler, is_single
from awstui.ui.theme import component_style
from awstui.ui.tone import glyph

from . import moments
from .chunk import Entry, Ident
from .level import TONES
from .pieces import Block, Piece
from .shown import GLYPHS, Look, Shown

NEAR = 400
"""Characters around what is seen in which matches are looked for, in a line of any length."""

RULE = "─"
"""What stands before and after what is said between two lines."""

PROVISIONAL = "~"
"""What stands behind the time of a line that Live Tail has brought and no poll yet."""

COLOURS = ("g0", "g1", "g2", "g3", "g4")


class Painting(Widget, can_focus=True):
    """Paints pieces of lines."""

    DEFAULT_CSS = """
    Painting {
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

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.wanted: Filter = EMPTY
        self.marks: dict[Ident, str] = {}
        """Marked lines, each with the note on it."""

        self.provisional: Counter[Ident] = Counter()
        """How many of each line Live Tail has brought that no poll has brought yet."""

        self._x = 0
        self._sums: dict[str, Style] = {}
        self._signs = tuple(glyph(tone) or " " for tone in TONES)

    def sign(self, group: int) -> str:
        """What stands for a group."""
        return GLYPHS[group % len(GLYPHS)]

    @property
    def before(self) -> int:
        """Cells of mark, time, group and level."""
        return 14 + (2 if self.look.groups > 1 else 0) + 2

    def component(self, name: str) -> Style:
        """What a part is painted with."""
        held = self._sums.get(name)
        if held is None:
            held = self._sums[name] = component_style(self, f"tail--{name}")
        return held

    def paint(self, block: Block, number: int, *, at_cursor: bool) -> Strip:
        """One piece of a line, as wide as the screen."""
        width, base = self.size.width, self.rich_style
        piece, entry = block.pieces[number], block.entry
        if piece.between:
            said = f" {RULE * 2} {piece.text.text} "
            return Strip([Segment(said + RULE * 4, base + self.component("muted"))]
                         ).adjust_cell_length(width, base)  # fmt: skip
        if at_cursor:
            base += self.component("cursor")
        head = self._head(entry, base) if piece.head else [Segment(" " * self.before, base)]
        if at_cursor:
            head[0] = Segment("▌" + head[0].text[1:], head[0].style)
        tail = self._tail(entry, piece, base) if piece.head else []
        room = width - self.before - sum(segment.cell_length for segment in tail)
        text = self._text(entry, piece, base, max(1, room))
        return Strip([*head, *text, *tail]).adjust_cell_length(width, base)

    def paint_heading(self, text: str) -> Strip:
        """The names of the chosen fields over their columns."""
        base = self.rich_style + self.component("muted")
        width = self.size.width - self.before
        strip = Strip([Segment(text, base)])
        strip = strip.crop(min(self._x, strip.cell_length)).adjust_cell_length(max(1, width), base)
        return Strip([Segment(" " * self.before, base), *strip])

    def _head(self, entry: Entry, base: Style) -> list[Segment]:
        mark = "◆" if self.marks and entry.ident in self.marks else " "
        unsure = self.provisional and entry.ident in self.provisional
        when = f"{mark}{moments.shown(entry.at, utc=self.look.utc)}{PROVISIONAL if unsure else ' '}"
        segments = [Segment(when, base + self.component("muted"))]
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
        if piece.text.left and piece.end < 0:
            said += f" +{piece.text.left:,} characters"
        if entry.late:
            said += f"  late +{moments.brief(entry.late / 1000)}"
        if self.marks and (note := self.marks.get(entry.ident)):
            said += f"  {safe(note)}"
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
