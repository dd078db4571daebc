"""Describe shows any raw value as an aligned outline."""

from __future__ import annotations

import datetime as dt

from awstui.ui.outline import outline


def test_fields_align_and_nest() -> None:
    value = {"Name": "orders", "Attributes": {"Depth": 3}, "Tags": ["a", "b"], "Empty": {}}
    assert list(outline(value)) == [
        "Name        orders",
        "Attributes",
        "  Depth  3",
        "Tags",
        "  - a",
        "  - b",
        "Empty       –",
    ]


def test_json_in_a_string_is_unfolded_and_other_text_stays() -> None:
    assert list(outline({"Policy": '{"maxReceiveCount": 5}'})) == ["Policy", "  maxReceiveCount  5"]
    assert list(outline({"Path": "[/var/task]"})) == ["Path  [/var/task]"]


def test_times_bytes_and_nothing() -> None:
    at = dt.datetime(2024, 5, 17, 12, 0, 1, 5, tzinfo=dt.UTC)
    assert list(outline({"At": at})) == ["At  2024-05-17 12:00:01+00:00"]
    assert list(outline({"B": b"\x1b\x00"})) == ["B  2 bytes: 1b 00"]
    assert list(outline({"N": None})) == ["N  –"]


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    lines = list(outline({"Evil\x1b[2J": "a\x1b]52;c;x\x07\nnext"}))
    assert not any("\x1b" in line or "\x07" in line for line in lines)
    assert lines[1].strip() == "next"
