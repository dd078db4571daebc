"""The part of a text that is seen: its lines, how they lie, and how they are painted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from awstui.ui.lines_laying import LaidLines
from awstui.ui.lines_syntax import LONG, JsonLine, Token, json_tokens
from awstui.ui.lines_text import PART, Ruler, is_single
from awstui.ui.theme import component_style


class LinesSurface(LaidLines, inherit_bindings=False):
    """A scrollable text; nothing is measured, wrapped or coloured before it is seen."""

    DEFAULT_CSS = """
    LinesSurface {
        width: 1fr; height: 1fr; background: $background; color: $foreground;
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;

        & > .lines--key { color: $text-primary; }
        & > .lines--string { color: $foreground; }
        & > .lines--number, & > .lines--literal { color: $text-accent; text-style: bold; }
        & > .lines--strong { text-style: bold; }
        & > .lines--good { color: $text-success; }
        & > .lines--warn { color: $text-warning; }
        & > .lines--bad { color: $text-error; }
        & > .lines--muted { color: $foreground-muted; }
        & > .lines--cursor { background: $primary 20%; text-style: bold; }
        & > .lines--match { background: $warning 30%; text-style: underline; }
        & > .lines--match-current { text-style: reverse; }

        &:ansi > .lines--muted { color: ansi_default; text-style: dim; }
        &:ansi > .lines--cursor { background: ansi_default; text-style: bold; }
        &:ansi > .lines--match { background: ansi_default; text-style: underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--key", "lines--string", "lines--number", "lines--literal", "lines--strong",
        "lines--good", "lines--warn", "lines--bad", "lines--muted", "lines--cursor",
        "lines--match", "lines--match-current",
    }  # fmt: skip

    def __init__(
        self,
        *,
        wrap: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(wrap=wrap, id=id, classes=classes)
        self.cursor_line: int | None = None
        self._syntax = ""
        self._rulers: LRUCache[int, Ruler] = LRUCache(16)
        self._json: LRUCache[int, JsonLine] = LRUCache(16)
        self._strips: LRUCache[tuple[int, int, int], Strip] = LRUCache(512)
        self._unread: tuple[JsonLine, int] | None = None
        """A line of JSON that is still to be read up to a place, for its colours."""

        self._sums: dict[str, Style] = {}

    # ---- what is known of the lines ----------------------------------------------------------------

    def _forget(self) -> None:
        self._unread = None
        self._rulers.clear()
        self._json.clear()
        self._strips.clear()

    def _forget_line(self, line: int) -> None:
        self._rulers.discard(line)
        self._json.discard(line)
        self._strips.clear()

    def _step(self) -> bool:
        return super()._step() or self._read_some()

    def _read_some(self) -> bool:
        """Read some more of a long line of JSON, up to what is on screen."""
        if self._unread is None:
            return False
        line, place = self._unread
        if line.read_towards(place, PART):
            self._unread = None
            self._strips.clear()
            self.refresh()
        return True

    def _forget_strips(self) -> None:
        self._strips.clear()

    def _ruler(self, line: int) -> Ruler:
        ruler = self._rulers.get(line)
        if ruler is None:
            ruler = self._rulers[line] = Ruler(self._texts[line])
        return ruler

    # ---- painting --------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget the styles: the theme changed."""
        self._sums.clear()
        self._strips.clear()
        super().notify_style_update()

    def _component(self, name: str) -> Style:
        held = self._sums.get(name)
        if held is None:
            held = self._sums[name] = component_style(self, f"lines--{name}")
        return held

    def render_line(self, y: int) -> Strip:
        """Paint one line of the screen."""
        width, base = self.size.width, self.rich_style
        x, at = (0 if self._wrapping else self.scroll_offset.x), self.scroll_offset.y + y
        if at >= self._height():
            return Strip.blank(width, base)
        held = self._strips.get((at, x, width))
        if held is None:
            line, part = self._at(at)
            held = self._paint(line, part, x, width)
            self._strips[at, x, width] = held
        return held

    def _paint(self, line: int, part: int, x: int, width: int) -> Strip:
        text, base, skip = self._texts[line], self.rich_style, 0
        special = self._special.get(line)
        if (
            special is not None
            and special.tone
            and f"lines--{special.tone}" in self.COMPONENT_CLASSES
        ):
            base += self._component(special.tone)
        if line == self.cursor_line:
            base += self._component("cursor")
        if self._wrapping is not None:
            start, end = self._wrapping.part(line, part, text)
        elif is_single(text[: x + width]):
            start, end = x, x + width
        else:
            start, reached = self._ruler(line).at(x)
            end, skip = start + 2 * width, x - reached
        strip = Strip(self._segments(line, start, min(end, len(text)), base))
        if skip:
            strip = strip.crop(skip, strip.cell_length)
        return strip.adjust_cell_length(width, base)

    def _segments(self, line: int, start: int, end: int, base: Style) -> list[Segment]:
        """A stretch of a line in runs of one style; later layers lie over earlier ones."""
        text = self._texts[line]
        layers = [*self._tokens(line, start, end), *self._marked(line, start, end)]
        if not layers:
            return [Segment(text[start:end], base)]
        names: list[str] = [""] * max(0, end - start)
        for first, last, name in layers:
            low, high = max(first, start) - start, min(last, end) - start
            names[low:high] = [name] * max(0, high - low)
        segments, run = [], 0
        for place in range(1, len(names) + 1):
            if place == len(names) or names[place] != names[run]:
                name = names[run]
                style = base + self._component(name) if name else base
                segments.append(Segment(text[start + run : start + place], style))
                run = place
        return segments

    def _tokens(self, line: int, start: int, end: int) -> Iterable[Token]:
        if self._syntax == "json":
            text = self._texts[line]
            if len(text) < LONG:
                yield from json_tokens(text)
            else:
                held = self._json.get(line)
                if held is None:
                    held = self._json[line] = JsonLine(text)
                if held.read_towards(start, PART):
                    yield from held.tokens(start, end)
                else:  # it is painted plainly until it is known where a token begins
                    self._unread = held, start
                    self.call_later(self._catch_up)
        special = self._special.get(line)
        if special is not None:
            for first, last, name in special.spans:
                if f"lines--{name}" in self.COMPONENT_CLASSES:
                    yield first, last, name

    def _marked(self, line: int, start: int, end: int) -> Sequence[Token]:
        """What is marked in a stretch of a line beyond its own looks."""
        return ()
