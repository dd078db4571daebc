"""What is marked beyond what one question reaches is said, not dropped in silence."""

from __future__ import annotations

from awstui.ui.acting import Target
from awstui.wire import RowRef, Scope, pack
from plugins.logs.marked import by_place, together

HERE, THERE = Scope("shop", "eu-west-1", "1"), Scope("shop", "us-east-1", "1")


def marked(scope: Scope, count: int) -> list[Target]:
    """So many groups of one place."""
    refs = [RowRef(scope, "logs", "groups", f"/g{n}") for n in range(count)]
    return [Target(ref, pack({"logGroupName": ref.key})) for ref in refs]


def test_one_place_is_asked_and_the_others_are_named() -> None:
    here, there = marked(HERE, 3), marked(THERE, 2)
    chosen, said = together(here[0], [*there, *here])
    assert chosen == here
    assert said == ["2 marked elsewhere are left out: this asks shop eu-west-1 only."]


def test_every_place_is_told_apart_and_takes_no_more_than_a_query_does() -> None:
    here, there = marked(HERE, 60), marked(THERE, 2)
    places, said = by_place(here[0], [*there, *here], 50)
    assert places == [here[:50], there]
    assert said == [
        "Only the first 50 of 60 marked in shop eu-west-1 are asked: AWS takes no more."
    ]
    assert by_place(here[0], here[:50], 50) == ([here[:50]], [])
    assert by_place(here[0], here, 50)[1] == [
        "Only the first 50 of 60 marked are asked: AWS takes no more."
    ]
