"""The grid's model does what a slow and simple one does, whatever happens to it."""

from __future__ import annotations

import random
from collections.abc import Hashable
from typing import Any

import pytest

from awstui.cells import comparable, sort_key
from awstui.filtering import Filter, parse
from awstui.ui import grid_model
from awstui.ui.grid_model import OPERATOR, GridModel, GridRow
from awstui.ui.grid_order import haystack
from awstui.wire import Cell

KINDS = ("text", "number", "age")


def row(key: Hashable, *cells: Cell, order: tuple[Cell, ...] = (), tone: str = "") -> GridRow:
    return GridRow(key, cells, (tone,), order)


class Naive:
    """Sorts and filters everything anew each time."""

    def __init__(self) -> None:
        self.rows: dict[Hashable, tuple[tuple[Cell, ...], tuple[Cell, ...]]] = {}
        self.column, self.reverse = OPERATOR, False
        self.filter: Filter = parse("")

    def view(self) -> list[Hashable]:
        shown = [
            k
            for k, (cells, _) in self.rows.items()
            if self.filter.matches(haystack(row(k, *cells)))
        ]
        keys = {key: self._key(*self.rows[key]) for key in shown}
        there = [key for key in shown if keys[key] is not None]
        there.sort(key=lambda key: _compared(keys[key]), reverse=self.reverse)
        return there + [key for key in shown if keys[key] is None]

    def _key(self, cells: tuple[Cell, ...], order: tuple[Cell, ...]) -> Any:
        if self.column != OPERATOR:
            return sort_key(cells[self.column], KINDS[self.column])
        return self.filter.score(haystack(row(0, *cells))) if self.filter.fuzzy else order


def _compared(key: Any) -> Any:
    return tuple(map(comparable, key)) if isinstance(key, tuple) else comparable(key)


def some_cells(chance: random.Random, *, mixed: bool) -> tuple[Cell, ...]:
    numbers: list[Cell] = [None, 0, 1, 2, 2.5, *(["?", ""] if mixed else [])]
    return (
        chance.choice(["a", "B", "ab", "", "c-1"]),
        chance.choice(numbers),
        chance.choice([None, 1.0, 2.0]),
    )


def some_order(chance: random.Random, *, mixed: bool) -> tuple[Cell, ...]:
    return (chance.randrange(3), chance.choice(["x", "y", *([None, 3] if mixed else [])]))


@pytest.mark.parametrize("share", [0, 2, 10**9], ids=["row by row", "either", "anew"])
@pytest.mark.parametrize("mixed", [False, True], ids=["one type", "mixed types"])
@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_the_naive_one(
    seed: int, mixed: bool, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid_model, "REBUILD_SHARE", share)
    chance, model, naive = random.Random(seed), GridModel(KINDS), Naive()
    for _ in range(250):
        turn = chance.randrange(10)
        if turn == 0:
            naive.column, naive.reverse = chance.randrange(-1, 3), chance.random() < 0.5
            model.sort(naive.column, reverse=naive.reverse)
        elif turn == 1:
            naive.filter = parse(chance.choice(["", "a", "!a", "B", "-f c1", "b|c"]))
            model.refilter(naive.filter)
        elif turn == 2 and model.view:
            model.move_to(chance.randrange(len(model.view)))
            model.mark([chance.randrange(len(model.view))], on=chance.random() < 0.7)
        else:
            removed = chance.sample(
                sorted(naive.rows, key=str), min(len(naive.rows), chance.randrange(3))
            )
            coming = [
                row(
                    chance.randrange(30),
                    *some_cells(chance, mixed=mixed),
                    order=some_order(chance, mixed=mixed),
                )
                for _ in range(chance.randrange(5))
            ]
            for key in removed:
                del naive.rows[key]
            for each in coming:
                naive.rows[each.key] = (each.cells, each.order)
            check_apply(model, coming, removed)
        assert [each.key for each in model.view] == naive.view()
        assert model.rows.keys() == naive.rows.keys()
        assert model.marks <= model.rows.keys()
        assert (model.cursor is None) == (not model.view)


def check_apply(model: GridModel, coming: list[GridRow], removed: list[Hashable]) -> None:
    """Apply, and hold the model to what it says it changed."""
    was = [(each.key, each.cells) for each in model.view]
    cursor = model.cursor_key
    change = model.apply(coming, removed)
    now = [(each.key, each.cells) for each in model.view]
    if [key for key, _ in was] != [key for key, _ in now]:
        assert change.moved
    before = dict(was)
    for key, cells in now:
        if key in before and cells != before[key] and key not in removed:
            assert key in change.touched
    shown = {key for key, _ in now}
    if cursor in shown and not model.follows_top:
        assert model.cursor_key == cursor


def cursor_of(model: GridModel) -> tuple[Hashable | None, int | None]:
    return model.cursor_key, model.cursor


def test_the_cursor_follows_the_top_until_it_is_moved() -> None:
    model = GridModel(KINDS)
    model.apply([row("b", order=(2,)), row("c", order=(3,))])
    assert cursor_of(model) == ("b", 0)
    model.apply([row("a", order=(1,))])
    assert cursor_of(model) == ("a", 0)
    model.move_to(1)
    model.apply([row("0", order=(0,))])
    assert cursor_of(model) == ("b", 2)


def test_a_cursor_whose_row_goes_stays_where_it_stood() -> None:
    model = GridModel(KINDS)
    model.apply([row(key, key) for key in "abcde"])
    model.move_to(2)
    model.apply(removed=["c"])
    assert cursor_of(model) == ("d", 2)
    model.move_to(3)
    model.apply(removed=["e"])
    assert cursor_of(model) == ("d", 2)
    model.apply(removed=["a", "b", "d"])
    assert model.cursor_key is None
    assert model.cursor is None


def test_a_row_that_comes_again_at_once_keeps_the_cursor() -> None:
    model = GridModel(KINDS)
    model.apply([row(key, key) for key in "abc"])
    model.move_to(1)
    model.apply([row("b", "again")], removed=["b"])
    assert model.cursor_key == "b"
    assert model.cursor == 2


def test_only_a_value_in_place_of_another_is_news() -> None:
    model = GridModel(KINDS)
    model.apply([row("a", "a", None, 1.0)])
    assert model.apply([row("a", "a", 5, 1.0)]).touched == {"a": ()}
    assert model.apply([row("a", "a", 6, 1.0)]).touched == {"a": (1,)}
    assert model.apply([row("a", "a", 6, 1.0)]).touched == {}
    assert model.apply([row("a", "a", 6, 1.0, tone="bad")]).touched == {"a": ()}


def test_marks_stay_through_filters_and_go_with_their_rows() -> None:
    model = GridModel(KINDS)
    model.apply([row(key, key) for key in ("a1", "b1", "a2", "b2")])
    model.mark([3, 0, 2], on=True)
    model.refilter(parse("b"))
    assert model.marked_keys() == ["b2", "a1", "a2"]
    model.apply(removed=["a1"])
    assert model.marked_keys() == ["b2", "a2"]
    model.mark([1], on=False)
    assert model.marked_keys() == ["a2"]


def test_the_source_of_a_row_is_the_latest() -> None:
    model = GridModel(KINDS)
    model.apply([GridRow("a", ("a",), source="old")])
    model.apply([GridRow("a", ("a",), source="new")])
    assert model.rows["a"].source == "new"


def test_replace_takes_out_what_is_not_named() -> None:
    model = GridModel(KINDS)
    model.apply([row(key, key) for key in "abc"])
    model.replace([row("c", "c"), row("d", "d")])
    assert [each.key for each in model.view] == ["c", "d"]


def test_a_hundred_thousand_rows_sort_and_filter() -> None:
    model = GridModel(KINDS)
    model.replace([row(i, f"queue-{i:06}", i % 1000, None) for i in range(100_000)])
    model.sort(1, reverse=True)
    assert [each.key for each in model.view[:2]] == [999, 1999]
    model.refilter(parse("77$"))
    assert len(model.view) == 1000
    model.apply([row("new", "new-77", 2000, None)])
    assert model.view[0].key == "new"
    assert model.place_of("new") == 0
