"""Queries that were asked are kept and read again, whatever characters they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.logs.insights import history


@pytest.mark.parametrize("query", ["fields a", "like /\u2028x\x85/", "like /\udcff/", "a\n| b"])
def test_a_query_comes_back_as_it_was(world: Path, query: str) -> None:
    history.remember("fields before", ["/g"], at=1.0)
    history.remember(query, ["/g"], at=2.0)
    assert [one.query for one in history.past()] == [query, "fields before"]


def test_lines_of_another_hand_are_passed_over(world: Path) -> None:
    history.remember("fields a", ["/g"])
    with history.file().open("ab") as file:
        file.write(b"\xff\xfe\n{}\n")
    history.remember("fields b", ["/g"])
    assert [one.query for one in history.past()] == ["fields b", "fields a"]
