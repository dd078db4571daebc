"""A line of braille dots stands where its values are."""

from __future__ import annotations

import math

from awstui.ui.chart import line, squeezed


def test_a_rise_goes_from_the_lower_left_to_the_upper_right() -> None:
    rows = line([0, 1, 2, 3], width=2, height=1)
    assert rows == ["⣠⠞"]


def test_a_gap_is_left_empty_and_a_peak_is_not_lost() -> None:
    assert line([1, math.nan], width=2, height=1)[0][1] == "\u2800"
    many = [0.0] * 1000
    many[417] = 9.0
    assert max(squeezed(many, 40)) == 9.0
    assert any(sign != "\u2800" for sign in line(many, width=20, height=3)[0])


def test_zero_lies_on_the_lower_edge_and_nothing_known_is_nothing() -> None:
    rows = line([0.0, 0.0], width=3, height=2)
    assert rows == ["\u2800" * 3, "⣀⣀⣀"]
    assert line([], width=2, height=1) == ["\u2800" * 2]


def test_the_upper_edge_can_be_given() -> None:
    assert line([1.0, 1.0], width=1, height=1, top=2.0) != line([1.0, 1.0], width=1, height=1)
