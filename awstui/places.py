"""What tells the rows of several profiles and regions apart."""

from __future__ import annotations

from collections.abc import Iterable

from awstui.wire import Scope

TITLES = ("Profile", "Account", "Region")
"""What may stand after the first column, where it differs from row to row."""


def telling(scopes: Iterable[Scope]) -> tuple[str, ...]:
    """The titles of what differs between these places."""
    found = list(scopes)
    several = (len({s.profile for s in found}) > 1, len({s.region for s in found}) > 1)
    return tuple(
        title
        for title, wanted in zip(TITLES, (several[0], several[0], several[1]), strict=True)
        if wanted
    )
