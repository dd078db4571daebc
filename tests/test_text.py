"""Nothing that a terminal would obey passes the one door to the screen."""

from __future__ import annotations

import unicodedata

import pytest

from awstui.text import safe

UNSAFE = [
    *range(0x20), 0x7F, *range(0x80, 0xA0), 0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010),
    *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE1000), *range(0xD800, 0xE000),
]  # fmt: skip


@pytest.mark.parametrize("multiline", [False, True])
def test_no_unsafe_character_passes(multiline: bool) -> None:
    for code in UNSAFE:
        shown = safe(f"a{chr(code)}b", multiline=multiline)
        if multiline and code in (0x0A, 0x0D):
            assert shown == "a\nb"
            continue
        assert chr(code) not in shown, hex(code)
        assert shown.startswith("a")
        assert shown.endswith("b")
        assert len(shown) > 2, f"{code:#x} vanished instead of being shown"


def test_no_control_or_format_character_of_unicode_is_left() -> None:
    left = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in {"Cc", "Cs"} and chr(code) in safe(chr(code))
    ]
    assert left == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]52;c;UFdORUQ=\x07", "␛]52;c;UFdORUQ=␇"),
        ("\x1b]2;title\x1b\\", "␛]2;title␛\\"),
        ("\x1b[c\x1b[>q\x1b[18t", "␛[c␛[>q␛[18t"),
        ("\x1b[?1049l", "␛[?1049l"),
        ("a\x00b", "a␀b"),
        ("a\x7fb", "a␡b"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("\ufeffbom", "\\ufeffbom"),
        ("soft\xadhyphen", "soft\\xadhyphen"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\\u200d\U0001f469"),
        ("a\tb", "a   b"),
    ],
)
def test_what_is_obeyed_becomes_what_is_seen(raw: str, shown: str) -> None:
    assert safe(raw) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "",
        "[/var/task]",
        "[@click=app.quit]x[/]",
        "ünïcode",
        "待ち行列",
        "e\u0301",
        "\U0001f600",
        "\xa0",
    ],
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_line_break_stays_only_where_it_is_meant() -> None:
    assert safe("a\nb\r\nc\rd") == "a⏎b⏎c⏎d"
    assert safe("a\nb\r\nc\rd", multiline=True) == "a\nb\nc\nd"


def test_tabs_become_as_many_spaces_as_asked() -> None:
    assert safe("a\tb", tab=8) == "a       b"


def test_anything_can_be_shown() -> None:
    assert safe(None) == "None"
    assert safe(ValueError("no \x1b[2J")) == "no ␛[2J"


def test_what_is_safe_stays_the_same_when_made_safe_again() -> None:
    every = "".join(map(chr, UNSAFE))
    once = safe(every)
    assert safe(once) == once
