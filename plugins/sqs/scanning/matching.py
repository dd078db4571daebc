"""Which lines of two texts are the same: by lines that are in each but once, between them step by step."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MOST = 500
"""Lines that may differ between two that are certain; where it is more, all of them count as different."""


class Stretch(NamedTuple):
    """From where to where in each of two texts."""

    left: int
    left_end: int
    right: int
    right_end: int


def matches(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int] | None]:
    """The pairs of lines that are the same, in their order; None now and then, for it may take long."""
    todo = [Stretch(0, len(left), 0, len(right))]
    while todo:
        yield None
        a, a_end, b, b_end = todo.pop()
        while a < a_end and b < b_end and left[a] == right[b]:
            yield a, b
            a, b = a + 1, b + 1
        same = 0
        while (
            a_end - same > a
            and b_end - same > b
            and left[a_end - 1 - same] == right[b_end - 1 - same]
        ):
            same += 1
        if same:
            todo.append(Stretch(a_end - same, a_end, b_end - same, b_end))
        rest = Stretch(a, a_end - same, b, b_end - same)
        if rest.left == rest.left_end or rest.right == rest.right_end:
            continue
        certain = _certain(left, right, rest)
        if certain:
            todo += reversed(list(_between(rest, certain)))
        else:
            yield from _stepwise(left, right, rest)


def _between(within: Stretch, certain: list[tuple[int, int]]) -> Iterator[Stretch]:
    """The stretches that begin where a certain pair is, and the one before the first."""
    starts = [(within.left, within.right), *certain]
    ends = [*certain, (within.left_end, within.right_end)]
    for (a, b), (a_end, b_end) in zip(starts, ends, strict=True):
        yield Stretch(a, a_end, b, b_end)


def _certain(left: Sequence[str], right: Sequence[str], within: Stretch) -> list[tuple[int, int]]:
    """The longest row of pairs of lines that are there but once in each, in the order of both."""
    a, a_end, b, b_end = within
    in_left, in_right = Counter(left[a:a_end]), Counter(right[b:b_end])
    places = {text: at for at, text in enumerate(right[b:b_end], b) if in_right[text] == 1}
    pairs = [
        (at, places[text])
        for at, text in enumerate(left[a:a_end], a)
        if in_left[text] == 1 and text in places
    ]
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [place]
        last[pile : pile + 1] = [number]
    row, number = list[tuple[int, int]](), last[-1] if last else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]


def _stepwise(
    left: Sequence[str], right: Sequence[str], within: Stretch
) -> Iterator[tuple[int, int] | None]:
    """The fewest steps from one to the other, as Myers finds them; nothing where they are too many."""
    a, a_end, b, b_end = within
    one, other = left[a:a_end], right[b:b_end]
    furthest, trace = {1: 0}, list[dict[int, int]]()
    for steps in range(min(MOST, len(one) + len(other)) + 1):
        yield None
        trace.append(dict(furthest))
        for way in range(-steps, steps + 1, 2):
            down = way == -steps or (way != steps and furthest[way - 1] < furthest[way + 1])
            x = furthest[way + 1] if down else furthest[way - 1] + 1
            y = x - way
            while x < len(one) and y < len(other) and one[x] == other[y]:
                x, y = x + 1, y + 1
            furthest[way] = x
            if x >= len(one) and y >= len(other):
                yield from ((a + x, b + y) for x, y in _back(trace, x, y))
                return


def _back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """The pairs on the way that was found, from its beginning."""
    pairs = []
    for steps in range(len(trace) - 1, -1, -1):
        furthest, way = trace[steps], x - y
        down = way == -steps or (way != steps and furthest[way - 1] < furthest[way + 1])
        from_way = way + 1 if down else way - 1
        from_x = furthest[from_way]
        from_y = from_x - from_way
        start = from_x if down else from_x + 1
        while x > start and x > 0 and y > 0:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = from_x, from_y
    return pairs[::-1]
