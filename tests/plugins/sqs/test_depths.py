"""Growth is told from the unrest of a busy queue, and is forgotten when it is old."""

from __future__ import annotations

import pytest

from plugins.sqs.depths import Depths


def told(*held: int, dead: bool = False, every: float = 10.0) -> tuple[int, float] | None:
    """What is said after the last of several readings."""
    now = 0.0
    depths, grown = Depths(lambda: now), None
    for count in held:
        now += every
        grown = depths.grown(("orders",), count, dead=dead)
    return grown


@pytest.mark.parametrize(
    ("held", "dead", "grown"),
    [
        ((412,), True, None),
        ((412, 412, 412), True, None),
        ((0, 0, 1), True, (1, 20.0)),
        ((412, 414, 414, 414, 415), True, (3, 40.0)),
        ((412, 414, 400), True, None),
        ((412, 414, 400, 401), True, (1, 10.0)),
        ((100, 105, 130), False, None),
        ((100, 105, 130, 150), False, (50, 30.0)),
        ((100, 150, 90, 160, 80, 170), False, None),
        ((1000, 1010, 1020, 1030, 1040), False, None),
        ((0, 2, 4, 6, 8), False, None),
    ],
)
def test_growth_is_what_never_fell(
    held: tuple[int, ...], dead: bool, grown: tuple[int, float] | None
) -> None:
    assert told(*held, dead=dead) == grown


def test_what_stands_still_again_for_long_grows_no_more() -> None:
    assert told(1, *[5] * 7, dead=True, every=120.0) == (4, 840.0)
    assert told(1, *[5] * 8, dead=True, every=120.0) is None


def test_queues_are_told_apart() -> None:
    depths = Depths(lambda: 0.0)
    depths.grown(("a", "orders"), 1, dead=True)
    assert depths.grown(("b", "orders"), 5, dead=True) is None
