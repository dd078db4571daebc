"""Rows, columns, kinds, charts and places of what Insights answers."""

from __future__ import annotations

import math

from plugins.logs.insights.answer import (
    Place,
    chart,
    columns,
    evened,
    group_named,
    grouped_by,
    kinds,
    place,
    row_of,
)

NOON = 1_715_947_200


def binned(minute: int, **more: str) -> dict[str, str]:
    return {"bin(5m)": f"2024-05-17 12:{minute:02d}:00.000", **more}


def test_rows_have_every_column_and_no_pointer() -> None:
    first = row_of([{"field": "a", "value": "1"}, {"field": "@ptr", "value": "p"}])
    rows = [first, {"b": "x"}]
    assert columns(rows) == ["a", "b"]
    assert evened(rows) == [{"a": "1", "b": None}, {"a": None, "b": "x"}]
    assert kinds(rows, ["a", "b"]) == ["number", "text"]


def test_counts_by_bin_make_series_with_gaps() -> None:
    rows = [
        binned(0, level="ERROR", n="3"), binned(15, level="ERROR", n="1"),
        binned(5, level="WARN", n="9"),
    ]  # fmt: skip
    made = chart(rows, "stats count(*) as n by bin(5m), level")
    assert (made.start, made.step) == (NOON, 300)
    assert [one.name for one in made.series] == ["WARN", "ERROR"]
    errors = made.series[1].values
    assert (errors[0], errors[3]) == (3, 1)
    assert math.isnan(errors[1])
    assert math.isnan(errors[2])


def test_several_figures_are_several_series() -> None:
    rows = [binned(0, most="4", least="1"), binned(5, most="6", least="2")]
    made = chart(rows, "stats max(x) as most, min(x) as least by bin(5m)")
    assert {one.name: one.values for one in made.series} == {"most": (4, 6), "least": (1, 2)}


def test_what_is_not_over_time_is_no_chart() -> None:
    assert not chart([{"level": "x", "n": "1"}], "stats count(*) as n by level")
    assert not chart([], "stats count(*) by bin(5m)")
    lines = [{"@timestamp": "2024-05-17 12:00:00.000", "n": "1"}]
    assert not chart(lines, "fields @timestamp, n")


def test_too_many_series_are_cut_and_counted() -> None:
    rows = [binned(0, path=str(n), n=str(n)) for n in range(20)]
    made = chart(rows, "stats count(*) as n by bin(5m), path")
    assert (len(made.series), made.left_out, made.series[0].name) == (12, 8, "19")


def test_what_is_grouped_by_is_a_name_even_when_it_is_a_number() -> None:
    query = "stats count(*) as n by bin(5m) as t, status, concat(a, b) as both | sort t"
    assert grouped_by(query) == ["t", "status", "both"]
    rows = [{"t": "2024-05-17 12:00:00.000", "status": "200", "n": "3"}]
    assert [(one.name, one.values) for one in chart(rows, query).series] == [("200", (3.0,))]


def test_a_result_knows_its_line() -> None:
    row = {
        "@timestamp": "2024-05-17 12:00:00.120", "@logStream": "s", "@log": "123456789012:/a/b",
    }  # fmt: skip
    assert place(row, ["/a/b", "/c"]) == Place("/a/b", "s", NOON * 1000 + 120)
    assert place({**row, "@log": ""}, ["/a/b"]) == Place("/a/b", "s", NOON * 1000 + 120)
    assert place({**row, "@log": ""}, ["/a/b", "/c"]) is None
    assert place({"count(*)": "3"}, ["/a/b"]) is None
    far = "arn:aws:logs:eu-west-1:000000000000:log-group:/a/b:*"
    assert group_named("000000000000:/a/b", [far, "/c"]) == far
