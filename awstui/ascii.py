"""What a terminal that shows nothing but ASCII gets instead of every other sign, cell for cell."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import Final

from rich.cells import get_character_cell_size

UNKNOWN: Final = "?"
"""What stands for a sign that has no likeness: another letter would be another name."""

_LIKE: Final = {
    "·": ".", "…": "~", "–": "-", "—": "-", "×": "x", "±": "~", "∞": "8", "≤": "<", "≥": ">", "≠": "!",
    "✗": "x", "✓": "+", "›": ">", "‹": "<", "«": "<", "»": ">", "⏎": "$", "␡": "^", "\xa0": " ",
    "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "•": "*", "□": "#", "�": "?",
    "←": "<", "→": ">", "↑": "^", "↓": "v", "↔": "=", "↵": "$", "⇄": "=",
    "●": "*", "▲": "^", "■": "#", "◆": "%", "▼": "v", "★": "&", "◉": "@", "✚": "+", "◇": "<", "○": "o",
    "▶": ">", "▸": ">", "▾": "v", "◀": "<", "◂": "<",
    "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#",
    "▌": ">", "▐": "|", "▊": "|", "▎": "|", "▉": "|", "▋": "|", "▍": "|", "▏": "|", "▕": "|",
    "▔": "-", "▀": "-", "░": ".", "▒": ":", "▓": "#",
    "─": "-", "━": "-", "═": "=", "╌": "-", "╍": "-", "┄": "-", "┅": "-", "╴": "-", "╶": "-", "╸": "-", "╺": "-",
    "│": "|", "┃": "|", "║": "|", "╎": "|", "╏": "|", "┆": "|", "┇": "|", "╵": "|", "╷": "|", "╹": "|", "╻": "|",
}  # fmt: skip
_PICTURES: Final = range(0x2400, 0x2427)
_BOX: Final = range(0x2500, 0x2580)
_BRAILLE: Final = range(0x2800, 0x2900)
_COERCED: Final = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})


def speaks_unicode() -> bool:
    """Whether the terminal shows more than ASCII, as far as the environment tells.

    Where no locale is set at all it is taken to be UTF-8, as Python takes it. A Linux console has letters,
    but few of the signs.
    """
    environment = os.environ
    if environment.get("TERM", "").startswith("linux"):
        return False
    coded = environment.get("PYTHONIOENCODING", "").partition(":")[0]
    of_characters = environment.get("LC_CTYPE", "")
    if sys.flags.utf8_mode and of_characters in _COERCED and "PYTHONUTF8" not in environment:
        of_characters = ""  # Python itself has put it there, in place of one that is ASCII
    locale = environment.get("LC_ALL") or of_characters or environment.get("LANG", "")
    return all("utf" in said.lower() for said in (coded, locale) if said)


def for_terminal(text: str) -> str:
    """The text as the terminal can show it."""
    return text if text.isascii() or speaks_unicode() else in_ascii(text)


@lru_cache(maxsize=4096)
def in_ascii(text: str) -> str:
    """The text in ASCII, as wide as before."""
    return text if text.isascii() else "".join(map(_like, text))


@lru_cache(maxsize=4096)
def _like(sign: str) -> str:
    """A sign of ASCII that is like another."""
    code = ord(sign)
    if code < 0x80:
        return sign
    if code in _BRAILLE:
        return " .:#"[min(3, ((code - _BRAILLE.start).bit_count() + 1) // 2)]
    like = _LIKE.get(sign) or ("^" if code in _PICTURES else "+" if code in _BOX else UNKNOWN)
    return like * get_character_cell_size(sign)
