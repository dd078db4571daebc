"""What stands in a title line: as much of it as there is room for, the most important last to go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Fact(NamedTuple):
    """One thing to say."""

    text: str
    rank: int
    """How soon it may go when there is no room: the highest first, 0 never."""

    short: str = ""
    """The same in fewer words."""


def cut(text: str, most: int) -> str:
    """So many characters of a text at most; empty when it is empty."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def fit(facts: Iterable[Fact], room: int) -> str:
    """Facts in their order, shortened and then left out from the least important on."""
    shown = [fact for fact in facts if fact.text]
    for rank in sorted({fact.rank for fact in shown}, reverse=True):
        if _length(shown) <= room:
            break
        shown = [
            fact._replace(text=fact.short) if fact.rank == rank and fact.short else fact
            for fact in shown
        ]
    for rank in sorted({fact.rank for fact in shown if fact.rank}, reverse=True):
        if _length(shown) <= room:
            break
        shown = [fact for fact in shown if fact.rank != rank]
    return " · ".join(fact.text for fact in shown)


def _length(facts: list[Fact]) -> int:
    return sum(len(fact.text) + 3 for fact in facts) - 3
