"""A line over time in braille dots: two to the right and four up in each cell."""

from __future__ import annotations

import math
from collections.abc import Sequence

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a braille sign, from the top row to the bottom one."""

_EMPTY = 0x2800


def line(values: Sequence[float], width: int, height: int, top: float = 0.0) -> list[str]:
    """Rows of braille, the highest first; NaN is a gap.

    ``top`` is the value at the upper edge, the largest one when 0; the lower edge is 0. Where there are more
    values than dots each dot is the largest of those it stands for, so that no peak is lost.
    """
    across, up = 2 * width, 4 * height
    points = squeezed(values, across)
    highest = top or max((value for value in points if not math.isnan(value)), default=0.0) or 1.0
    cells = [[_EMPTY] * width for _ in range(height)]
    before: int | None = None
    for place in range(across):
        value = points[place * len(points) // across] if points else math.nan
        if math.isnan(value):
            before = None
            continue
        at = round(max(0.0, min(1.0, value / highest)) * (up - 1))
        low, high = sorted((at, at if before is None else before))
        for dot in range(low, high + 1):
            row = up - 1 - dot
            cells[row // 4][place // 2] |= DOTS[row % 4][place % 2]
        before = at
    return ["".join(map(chr, row)) for row in cells]


def squeezed(values: Sequence[float], most: int) -> list[float]:
    """At most so many values, each the largest of those it stands for."""
    each = max(1, math.ceil(len(values) / most))
    groups = (values[at : at + each] for at in range(0, len(values), each))
    return [max((v for v in group if not math.isnan(v)), default=math.nan) for group in groups]
