"""A page of events and what reads one: where a following meets AWS."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from awstui.plugin import Row


class Page(NamedTuple):
    """One answer of FilterLogEvents."""

    events: list[Row]
    token: str = ""


class Fetch(Protocol):
    """Reads one page of a group: events stamped at or after ``start``, up to ``end`` when given."""

    async def __call__(
        self, start: int, token: str = "", *, newest_first: bool = False, end: int = 0
    ) -> Page:
        """The page after ``token``, or the first; raises AwstuiError."""


class Gap(NamedTuple):
    """A stretch of time that was not read, in milliseconds."""

    start: int
    end: int


def ms(seconds: float) -> int:
    """Seconds as AWS counts time."""
    return round(seconds * 1000)


def merged(gaps: list[Gap]) -> list[Gap]:
    """Gaps that touch as one, in the order of time."""
    found: list[Gap] = []
    for gap in sorted(gaps):
        if found and gap.start <= found[-1].end:
            found[-1] = Gap(found[-1].start, max(found[-1].end, gap.end))
        else:
            found.append(gap)
    return found
