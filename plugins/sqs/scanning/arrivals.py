"""When messages came: counts over time, in as many parts as there is room for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Arrivals(NamedTuple):
    """How many came in each part of a stretch of time."""

    counts: list[int]
    first: float
    last: float
    """Epoch seconds of the first and the last; both 0 when there are none."""

    @property
    def part(self) -> float:
        """Seconds of one part."""
        return (self.last - self.first) / len(self.counts) if self.counts else 0.0


def arrivals(moments: Iterable[float], parts: int) -> Arrivals:
    """Count moments in so many equal parts, from the first to the last of them."""
    known = [moment for moment in moments if moment > 0]
    if not known or parts < 1:
        return Arrivals([], 0.0, 0.0)
    first, last = min(known), max(known)
    counts = [0] * (parts if last > first else 1)
    width = (last - first) / len(counts) or 1.0
    for moment in known:
        counts[min(len(counts) - 1, int((moment - first) / width))] += 1
    return Arrivals(counts, first, last)
