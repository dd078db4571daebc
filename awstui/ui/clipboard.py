"""How a text reaches the clipboard of the person's own terminal, also out of tmux and screen."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

COPY_LIMIT: Final = 74_000
"""Bytes that a terminal takes over OSC 52 before it ignores the rest."""

CHUNK: Final = 240
"""Characters that screen takes in one string of its own."""

ESC: Final = "\x1b"


def to_clipboard(text: str, environment: Mapping[str, str]) -> str:
    """What to write to the terminal.

    tmux obeys OSC 52 itself where ``set-clipboard`` is on, and hands on what is wrapped where
    ``allow-passthrough`` is: it gets both. screen hands on what is wrapped, a little at a time.
    """
    held = base64.b64encode(text.encode(errors="surrogateescape")).decode()
    plain = f"{ESC}]52;c;{held}\a"
    if "TMUX" in environment:
        return plain + f"{ESC}Ptmux;{plain.replace(ESC, 2 * ESC)}{ESC}\\"
    if "STY" in environment:
        parts = (plain[start : start + CHUNK] for start in range(0, len(plain), CHUNK))
        return "".join(f"{ESC}P{part}{ESC}\\" for part in parts)
    return plain
