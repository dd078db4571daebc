"""A text reaches the terminal's clipboard through tmux and screen as well."""

from __future__ import annotations

import base64
import re

import pytest

from awstui.ui.clipboard import CHUNK, to_clipboard

TEXT = "orders-dlq é \udc80 " * 100
PLAIN = re.compile(r"\x1b\]52;c;([\w+/=]+)\a")


def taken(written: str) -> str:
    """What a terminal's clipboard holds once this was written to it."""
    found = PLAIN.fullmatch(written)
    assert found, written
    return base64.b64decode(found[1]).decode(errors="surrogateescape")


def test_a_terminal_is_asked_directly() -> None:
    assert taken(to_clipboard(TEXT, {})) == TEXT


def test_tmux_gets_it_for_itself_and_to_hand_on() -> None:
    own, _, wrapped = to_clipboard(TEXT, {"TMUX": "/tmp/tmux,1,0"}).partition("\x1bPtmux;")
    assert taken(own) == TEXT
    assert wrapped.endswith("\x1b\\")
    assert taken(wrapped.removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == TEXT


@pytest.mark.parametrize("text", ["", TEXT])
def test_screen_gets_it_in_strings_that_it_takes(text: str) -> None:
    parts = re.findall(
        r"\x1bP(.*?)\x1b\\", written := to_clipboard(text, {"STY": "1.pts"}), re.DOTALL
    )
    assert "".join(f"\x1bP{part}\x1b\\" for part in parts) == written
    assert max(map(len, parts)) <= CHUNK
    assert "".join(parts) == to_clipboard(text, {})
