"""JSON that is written piece by piece is the JSON that is written at once."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from awstui.masking import HIDDEN, Hiding, masked
from awstui.packing import as_json, json_pieces


def anything(chance: random.Random, depth: int = 0) -> Any:
    """Some value that JSON can hold."""
    kind = chance.randrange(9 if depth < 4 else 6)
    if kind < 6:
        return (None, True, chance.randrange(10**6), chance.random(), 'é"\n\x1b', "")[kind]
    held = [anything(chance, depth + 1) for _ in range(chance.randrange(5))]
    return {f"k{at}\t": one for at, one in enumerate(held)} if kind < 8 else held


@pytest.mark.parametrize("seed", range(50))
def test_the_pieces_are_the_whole(seed: int) -> None:
    value = [anything(random.Random(seed)) for _ in range(4)]
    assert "".join(json_pieces(value)) == as_json(value)


def test_what_is_odd_is_written_all_the_same() -> None:
    value = {"at": dt.datetime(2024, 5, 17, tzinfo=dt.UTC), "bytes": b"a\x00", 5: {1}, "t": (1, [])}
    assert "".join(json_pieces(value)) == as_json(value)
    assert "".join(json_pieces([float("nan"), "\ud800"])) == '[\n  NaN,\n  "\ud800"\n]'
    deep: Any = 1
    for _ in range(20_000):
        deep = [deep]
    assert sum(piece.count("[") for piece in json_pieces(deep)) == 20_000


def test_a_long_value_comes_in_many_pieces_and_no_sooner_than_asked() -> None:
    seen = 0

    def each(value: Any, _name: str) -> Any:
        nonlocal seen
        seen += 1
        return value

    pieces = json_pieces(list(range(100_000)), each)
    next(pieces)
    assert seen < 200
    assert sum(1 for _ in pieces) > 1000


def test_secrets_are_hidden_and_counted_as_they_come() -> None:
    raw = {
        "SecretString": "a", "Environment": {"Variables": {"STRIPE": "e", "B": "f"}},
        "OptionSettings": [{"Namespace": "n", "OptionName": "DB", "Value": "f"}],
        "Messages": [{"Body": "AKIAIOSFODNN7EXAMPLE", "Size": 3}],
    }  # fmt: skip
    hiding = Hiding()
    assert "".join(json_pieces(raw, hiding)) == as_json(masked(raw))
    assert hiding.hidden == 5 == as_json(masked(raw)).count(HIDDEN)
    assert "".join(json_pieces(raw, Hiding(revealed=True))) == as_json(raw)
