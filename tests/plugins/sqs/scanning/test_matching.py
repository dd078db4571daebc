"""Which lines of two texts are the same."""

from __future__ import annotations

import itertools
import random
from difflib import SequenceMatcher

import pytest

from plugins.sqs.scanning.matching import matches


def pairs(left: list[str], right: list[str]) -> list[tuple[int, int]]:
    """The pairs that were found."""
    return [pair for pair in matches(left, right) if pair is not None]


@pytest.mark.parametrize("seed", range(60))
def test_pairs_are_the_same_in_both_and_follow_one_another(seed: int) -> None:
    chance = random.Random(seed)
    signs = "abcdefgh"[: chance.randrange(2, 9)]
    left = chance.choices(signs, k=chance.randrange(40))
    right = [one for one in left if chance.random() < 0.8] + chance.choices(signs, k=5)
    found = pairs(left, right)
    assert all(left[a] == right[b] for a, b in found)
    assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(found))
    blocks = SequenceMatcher(a=left, b=right, autojunk=False).get_matching_blocks()
    assert len(found) >= 0.6 * sum(block.size for block in blocks)


def test_nothing_is_in_common_with_nothing() -> None:
    assert pairs([], ["a"]) == pairs(["a"], []) == pairs([], []) == pairs(["b"], ["a"]) == []


def test_however_much_differs_it_stops_to_breathe() -> None:
    chance = random.Random(1)
    left, right = ([f"{chance.randrange(40)}" for _ in range(5000)] for _ in range(2))
    longest = since = 0
    for pair in matches(left, right):
        since = 0 if pair is None else since + 1
        longest = max(longest, since)
    assert longest < 5000
    assert pairs(left, left) == [(at, at) for at in range(5000)]
