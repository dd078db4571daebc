"""The last door to a terminal that is not UTF-8: whatever is painted, in ASCII."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from awstui.ascii import in_ascii


class AsciiFilter(LineFilter):
    """Gives every painted line in ASCII; nothing before it needs to know what the terminal can show."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells in ASCII."""
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]
