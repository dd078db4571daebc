"""A query that is asked in several places at once: what each answers, and one result of it all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from awstui.places import TITLES, telling
from awstui.plugin import Row
from awstui.wire import Problem, Scope

from .answer import number

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import Stream

AT_ONCE: Final = 8
"""Places that are asked at the same time."""

_SORT: Final = re.compile(r"\|\s*sort\s+(?:by\s+)?`?([@\w.]+)`?(?:\s+(asc|desc)\b)?", re.IGNORECASE)
_COUNTED: Final = ("bytesScanned", "recordsMatched", "recordsScanned")


@dataclass(slots=True)
class Part:
    """One account and region of a query: its groups, and what came of asking there."""

    target: Target
    """The row that the query is asked on there."""

    groups: list[str]
    known: dict[str, Row]
    """What is known of each group."""

    results: Row = field(default_factory=dict)
    problem: Problem | None = None
    """Why it was not asked, or not to its end."""

    stream: Stream | None = None
    """Where its answer comes from while it runs."""

    @property
    def scope(self) -> Scope:
        """Where it is."""
        return self.target.ref.scope

    @property
    def rows(self) -> list[Row]:
        """What it has found so far."""
        return self.results.get("rows") or []


def called(scope: Scope) -> str:
    """What a place is called in a sentence."""
    return f"{scope.profile or 'default'} {scope.region}".strip()


def merged(parts: Sequence[Part], query: str) -> tuple[Row, list[Part]]:
    """All that was found as one result, and of each row the part it is from.

    Rows say where they are from, and are in the order that the query asks for.
    """
    if len(parts) == 1:
        return parts[0].results, [parts[0]] * len(parts[0].rows)
    titles = telling(part.scope for part in parts)
    pairs = []
    for part in parts:
        words = (part.scope.profile or "default", part.scope.account, part.scope.region)
        said = dict(zip(TITLES, words, strict=True))
        where = {title: said[title] for title in titles}
        pairs += [({**where, **row}, part) for row in part.rows]
    _sort(pairs, query)
    statuses = {str(part.results.get("status") or "") for part in parts if part.results}
    one = {
        "kind": "results",
        "rows": [row for row, _ in pairs],
        "status": statuses.pop() if len(statuses) == 1 else "Running",
        "statistics": {name: sum(_count(part, name) for part in parts) for name in _COUNTED},
        "ended": all(part.results.get("ended") or part.problem for part in parts),
    }
    return one, [part for _, part in pairs]


def _count(part: Part, name: str) -> float:
    return float((part.results.get("statistics") or {}).get(name) or 0)


def _sort(pairs: list[tuple[Row, Part]], query: str) -> None:
    """Put what is sorted in each place in one order; without a ``sort`` lines come newest first."""
    found = _SORT.findall(query)
    name, way = found[-1] if found else ("@timestamp", "desc")
    if not found and not any("@timestamp" in row for row, _ in pairs):
        return

    def place(pair: tuple[Row, Part]) -> tuple[bool, Any]:
        held = pair[0].get(name)
        figure = number(held)
        return (False, figure) if figure is not None else (True, str(held or ""))

    pairs.sort(key=place, reverse=way.lower() == "desc")
