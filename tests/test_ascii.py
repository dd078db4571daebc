"""A terminal that is not UTF-8 gets every sign in ASCII, and none of another width."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from awstui import ascii as plain
from awstui.ascii import UNKNOWN, in_ascii, speaks_unicode

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("environment", "speaks"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "en_US.utf8"}, True),
        ({"LANG": "C.UTF-8", "PYTHONIOENCODING": "latin-1"}, False),
        ({"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8:replace"}, True),
        ({"LANG": "C.UTF-8", "TERM": "linux"}, False),
    ],
)
def test_what_a_terminal_shows_is_told_by_its_environment(
    environment: dict[str, str], speaks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANG")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert speaks_unicode() is speaks


@pytest.mark.parametrize(("mode", "speaks"), [(1, False), (0, True)])
def test_what_python_puts_in_place_of_the_c_locale_is_not_believed(
    mode: int, speaks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Flags:
        utf8_mode = mode

    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_CTYPE", "C.UTF-8")
    monkeypatch.setattr(sys, "flags", Flags)
    assert speaks_unicode() is speaks


def signs() -> set[str]:
    """Every sign in a text of ours that may be shown."""
    found: set[str] = set()
    for path in [*(ROOT / "awstui").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]:
        if "demo" in path.parts or path.name in {
            "ascii.py",
            "text.py",
            "sending.py",
            "lines_text.py",
        }:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {sign for sign in node.value if not sign.isascii() and sign.isprintable()}
    return found - {"\u0130"}


def test_each_sign_of_ours_has_its_likeness() -> None:
    shown = signs()
    assert {"✗", "·", "▌", "→", "▁"} <= shown
    assert {sign for sign in shown if in_ascii(sign) == UNKNOWN} == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("▌✗ orders … 3 → dlq", ">x orders ~ 3 > dlq"),
        ("┌─┐│└┘ ▁▂▃▄▅▆▇█ ␛ ⏎", "+-+|++ _.:-=+*# ^ $"),
        ("⠀⠁⡇⣿", " .:#"),
        ("Zażółć 待ち", "Za???? ????"),
        ("e\u0301", "e"),
    ],
)
def test_a_text_in_ascii_is_as_wide_as_before(text: str, shown: str) -> None:
    assert in_ascii(text) == shown
    assert len(shown) == cell_len(text)


def test_no_likeness_is_wider_than_a_cell() -> None:
    assert {len(like) for like in plain._LIKE.values()} == {1}
    assert all(cell_len(sign) == 1 for sign in plain._LIKE)
