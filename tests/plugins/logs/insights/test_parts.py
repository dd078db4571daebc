"""What several places answer is one result: in one order, summed up, each row with where it is from."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.plugin import Row
from awstui.ui.acting import Target
from awstui.wire import Problem, RowRef, Scope, pack
from plugins.logs.insights.answer import kinds
from plugins.logs.insights.parts import Part, called, merged


def part(region: str, rows: list[Row], *, profile: str = "shop", **results: Any) -> Part:
    """A place that has answered."""
    scope = Scope(profile, region, "123456789012" if profile == "shop" else "210987654321")
    target = Target(RowRef(scope, "logs", "groups", "/g"), pack({"logGroupName": "/g"}))
    told = {"rows": rows, "status": "Complete", "ended": True, "statistics": {"bytesScanned": 5.0}}
    return Part(target, ["/g"], {}, told | results)


def test_one_place_answers_as_it_did() -> None:
    only = part("eu-west-1", [{"n": "2"}, {"n": "1"}])
    one, sources = merged([only], "fields n")
    assert one is only.results
    assert sources == [only, only]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("fields n | sort n", ["2", "9", "10"]),
        ("fields n | sort n desc | limit 3", ["10", "9", "2"]),
        ("stats count(*) as c by n", ["9", "2", "10"]),  # as each place gave them
    ],
)
def test_rows_of_several_are_in_the_order_that_was_asked_for(query: str, order: list[str]) -> None:
    here, there = part("eu-west-1", [{"n": "9"}]), part("us-east-1", [{"n": "2"}, {"n": "10"}])
    one, sources = merged([here, there], query)
    assert [row["n"] for row in one["rows"]] == order
    assert {row["n"]: source.scope.region for row, source in zip(one["rows"], sources, strict=True)} == {
        "9": "eu-west-1", "2": "us-east-1", "10": "us-east-1",
    }  # fmt: skip
    assert {row["n"]: row["Region"] for row in one["rows"]}["9"] == "eu-west-1"
    assert one["statistics"]["bytesScanned"] == 10
    assert (one["status"], one["ended"]) == ("Complete", True)


def test_lines_come_newest_first_where_nothing_else_is_asked_for() -> None:
    early, late = (
        {"@timestamp": "2026-01-01 00:00:00.000"},
        {"@timestamp": "2026-01-02 00:00:00.000"},
    )
    one, _ = merged([part("eu-west-1", [early]), part("us-east-1", [late])], "fields @timestamp")
    assert [row["Region"] for row in one["rows"]] == ["us-east-1", "eu-west-1"]


def test_it_runs_while_one_does_and_ends_where_one_failed() -> None:
    running = part("us-east-1", [], status="Running", ended=False)
    one, _ = merged([part("eu-west-1", [{"n": "1"}]), running], "")
    assert (one["status"], one["ended"]) == ("Running", False)
    running.problem = Problem("denied")
    assert merged([part("eu-west-1", []), running], "")[0]["ended"]


def test_an_account_is_a_word_and_no_figure() -> None:
    one, _ = merged([part("eu-west-1", [{"n": "1"}]), part("eu-west-1", [], profile="pay")], "")
    assert one["rows"] == [{"Profile": "shop", "Account": "123456789012", "n": "1"}]
    assert kinds(one["rows"], ["Profile", "Account", "n"]) == ["text", "text", "number"]
    assert called(part("eu-west-1", []).scope) == "shop eu-west-1"
