"""Lines of a label and what it says, the labels as one column."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from awstui.text import safe
from awstui.ui.lines import Line
from awstui.ui.tone import glyph


def labelled(said: Iterable[tuple[str, str, str]], heading: str = "") -> list[Line]:
    """Each label, its text and how that feels; a tone that matters shows its glyph, too."""
    rows = [(safe(label), safe(text), tone) for label, text, tone in said]
    width = max((cell_len(label) for label, _, _ in rows), default=0)
    lines = [Line(heading.upper(), "strong")] if heading else []
    for label, text, tone in rows:
        sign = glyph(tone) if tone in ("bad", "warn") else " "
        start = f" {sign} {label}{' ' * (width - cell_len(label))}  "
        spans = [(3, 3 + len(label), "muted")]
        if tone:
            spans.append((len(start), len(start) + len(text), tone))
        lines.append(Line(start + text, "", tuple(spans)))
    return lines
