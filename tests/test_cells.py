"""Cells read as an operator reads them, and sort as they mean."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from rich.cells import cell_len

from awstui import cells
from awstui.wire import Cell

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("cell", "kind", "shown"),
    [
        (None, "text", "–"),
        ("", "text", "–"),
        ("orders", "text", "orders"),
        ("a\x1b[2Jb\nc", "state", "a␛[2Jb⏎c"),
        (True, "text", "yes"),
        (False, "number", "no"),
        (123456789012, "text", "123456789012"),
        (1204, "number", "1,204"),
        (-1204, "number", "-1,204"),
        (0.25, "number", "0.25"),
        (12.5, "number", "12.5"),
        (1234.56, "number", "1,234.6"),
        (3.0, "number", "3"),
        (math.nan, "number", "–"),
        (math.inf, "number", "∞"),
        ("many", "number", "many"),
        (0, "bytes", "0 B"),
        (1023, "bytes", "1,023 B"),
        (1024, "bytes", "1 KiB"),
        (1_258_291, "bytes", "1.2 MiB"),
        (1024 * 1024 - 1, "bytes", "1 MiB"),
        (50 * 2**30, "bytes", "50 GiB"),
        (-2048, "bytes", "-2 KiB"),
        (NOW - 2, "age", "2 s"),
        (NOW - 12 * 60, "age", "12 m"),
        (NOW - 3 * 3600, "age", "3 h"),
        (NOW - 47 * 3600, "age", "47 h"),
        (NOW - 3 * 86400, "age", "3 d"),
        (NOW - 1200 * 86400, "age", "3 y"),
        (NOW + 3 * 3600 + 1, "age", "in 3 h"),
        (NOW + 0.5, "age", "0 s"),
        (math.nan, "age", "–"),
        (0, "duration", "0 s"),
        (0.35, "duration", "350 ms"),
        (2.5, "duration", "2.5 s"),
        (200, "duration", "3 m 20 s"),
        (7200, "duration", "2 h"),
        (2 * 86400 + 4 * 3600 + 59, "duration", "2 d 4 h"),
        (59.9, "duration", "1 m"),
        ([0, 1, 2, 4], "spark", "▁▃▅█"),
        ([0.0, 0.0], "spark", "▁▁"),
        ([], "spark", "–"),
        (1e300, "time", "–"),
    ],
)
def test_shown(cell: Cell, kind: str, shown: str) -> None:
    assert cells.show(cell, kind, NOW) == shown


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("utc")
def test_a_time_is_the_clock_today_and_the_date_before() -> None:
    assert cells.show(NOW - 60, "time", NOW) == "22:12:20"
    assert cells.show(NOW - 86400, "time", NOW) == "11-13 22:13"
    assert cells.show(NOW - 400 * 86400, "time", NOW) == "2022-10-10"


@pytest.mark.usefixtures("utc")
def test_every_kind_takes_every_value() -> None:
    odd: list[Any] = [
        None, "", "x", "\x1b", 0, -1, 1.5, math.nan, math.inf, -math.inf, True, [], [1.0, None],
        [math.nan], [-1.0], 10**30, -1e300, {"a": 1},
    ]  # fmt: skip
    for kind in ("text", "number", "bytes", "age", "time", "duration", "state", "spark", "odd"):
        for value in odd:
            shown = cells.show(value, kind, NOW)
            assert shown
            assert shown.isprintable()


@pytest.mark.parametrize(
    ("kind", "values", "in_order"),
    [
        ("text", ["b", "A", None, ""], ["A", "b", None, ""]),
        ("number", [3, None, 1.5, math.nan], [1.5, 3, None, math.nan]),
        ("age", [NOW - 9, NOW - 1, None], [NOW - 1, NOW - 9, None]),
        ("time", [2, 1], [1, 2]),
        ("spark", [[5.0], [1.0, 1.0]], [[1.0, 1.0], [5.0]]),
    ],
)
def test_sorted_by_what_it_means(kind: str, values: list[Cell], in_order: list[Cell]) -> None:
    def key(cell: Cell) -> tuple[bool, Any]:
        held = cells.sort_key(cell, kind)
        return (held is None, 0 if held is None else held)

    assert str(sorted(values, key=key)) == str(in_order)


@pytest.mark.parametrize(
    "text", ["orders", "待ち行列の名前", "e\u0301e\u0301e\u0301", "\U0001f600\U0001f600", "a待b"]
)
@pytest.mark.parametrize("right", [False, True])
def test_fitted_text_takes_its_cells_exactly(text: str, right: bool) -> None:
    for width in range(12):
        assert cell_len(cells.fit(text, width, right=right)) == width


@pytest.mark.parametrize("text", ["0123456789abcdef", "待ち行列の名前", "a待b待c待d"])
def test_an_id_is_cut_in_its_middle(text: str) -> None:
    for width in range(20):
        cut = cells.cut_middle(text, width)
        assert cell_len(cut) <= width
        if 3 <= width < cell_len(text):
            assert "…" in cut
    assert cells.cut_middle("0123456789abcdef", 7) == "012…def"
    assert cells.cut_middle("short", 5) == "short"


def test_only_digits_stand_at_the_right_edge() -> None:
    kinds = ("text", "number", "bytes", "age", "time", "duration", "state", "spark")
    assert [kind for kind in kinds if cells.is_right(kind)] == [
        "number",
        "bytes",
        "age",
        "duration",
    ]
