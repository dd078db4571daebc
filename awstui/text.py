"""The one door to the screen: text from outside, made harmless and visible."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
_TAGS = b"\xf3\xa0"
"""How the invisible tags and selectors begin, which Python calls printable."""

_LINE_BREAKS = re.compile("\r\n|[\n\r]")


def safe(text: object, *, multiline: bool = False, tab: int = 4) -> str:
    r"""Make text from outside showable: what a terminal would obey becomes a glyph that shows it.

    Control characters become their pictures (``␛``), C1 controls, bidirectional and invisible
    characters their escapes (``\u202e``), tabs ``tab`` spaces; a line break stays only where
    ``multiline`` says so, else it is ``⏎``. Neither Textual nor Rich does any of this.
    """
    shown = text if isinstance(text, str) else str(text)
    if _harmless(shown):
        return shown
    if multiline and "\t" not in shown and "\r" not in shown and _harmless(shown.replace("\n", "")):
        return shown
    shown = _LINE_BREAKS.sub("\n" if multiline else "⏎", shown)
    return _UNSAFE.sub(_picture, shown.expandtabs(tab))


def safe_parts(text: str, *, part: int = 16 * 1024, tab: int = 4) -> Iterator[str]:
    """The same of one line, part by part: for one that is too long to be made showable at once."""
    start = column = 0
    while start < len(text):
        end = start + part
        end += text[end - 1 : end + 1] == "\r\n"  # which is one line break
        shown = text[start:end]
        if _harmless(shown):
            column = (column + len(shown)) % tab
        else:
            expanded = (" " * column + _LINE_BREAKS.sub("⏎", shown)).expandtabs(tab)
            shown = _UNSAFE.sub(_picture, expanded[column:])
            column = len(expanded) % tab
        yield shown
        start = end


def _harmless(text: str) -> bool:
    """Whether nothing in it is to be replaced, as far as can be told at once: a long text takes a while."""
    return text.isprintable() and (text.isascii() or _TAGS not in text.encode())


def _picture(found: re.Match[str]) -> str:
    """The visible stand-in of one character."""
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
