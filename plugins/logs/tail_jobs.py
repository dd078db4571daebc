"""What a tail of several rows comes to: which groups, asked for by which jobs, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from awstui.plugin import Row
from awstui.wire import Scope

from .following import MOST
from .listing import NOT_READABLE, is_infrequent
from .naming import group_of, shown_name

if TYPE_CHECKING:
    from awstui.ui.acting import Target

STREAMS = 100
"""Streams of a group that AWS takes in one call at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """A group and where it is."""

    scope: Scope
    name: str
    asked: str
    """What AWS is asked for: the name, or the ARN of what another account owns."""

    shown: str
    """What a person calls it."""


@dataclass(slots=True)
class Job:
    """The groups of one place, which one job of the engine follows."""

    target: Target
    """The row that the job is opened on."""

    first: int
    """The number of its first group among all of the tail."""

    places: list[Place]
    streams: list[str] = field(default_factory=list)

    def arguments(self, since: float, pattern: str) -> dict[str, Any]:
        """What the job gets, but for how long it reads."""
        return {
            "groups": [place.asked for place in self.places],
            "since": since, "pattern": pattern, "streams": self.streams,
        }  # fmt: skip


@dataclass(slots=True)
class Jobs:
    """All that a tail follows."""

    jobs: list[Job] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What is left out, and why."""

    @property
    def places(self) -> list[Place]:
        """The groups in the order of their numbers."""
        return [place for job in self.jobs for place in job.places]


def jobs_of(targets: Sequence[Target]) -> Jobs:
    """How rows of groups, or streams of a group, are followed together."""
    rows = [(target, target.row) for target in targets]
    refused = [row for _, row in rows if (row.get("logGroupClass") or "") in NOT_READABLE]
    readable = [(target, row) for target, row in rows if row not in refused]
    made = Jobs(said=[_unreadable(row) for row in refused])
    places = list(dict.fromkeys(_place(target, row) for target, row in readable))
    if len(places) > MOST:
        made.said.append(f"Only the first {MOST} of {len(places)} are followed together.")
        places = places[:MOST]
    for scope in dict.fromkeys(place.scope for place in places):
        of_scope = [place for place in places if place.scope == scope]
        mine = [(t, row) for t, row in readable if _place(t, row) in of_scope]
        streams = [str(name) for _, row in mine if (name := row.get("logStreamName"))]
        if len(streams) > STREAMS:
            made.said.append(
                f"Only the first {STREAMS} of {len(streams)} streams are followed: AWS takes no more "
                "in one call. The whole group has them all."
            )
        first = sum(len(job.places) for job in made.jobs)
        made.jobs.append(Job(mine[0][0], first, of_scope, streams[:STREAMS]))
    return made


def labels(places: Sequence[Place]) -> list[str]:
    """What each group is called: its name, and where it is if another has that name, too."""
    alike = Counter(place.shown for place in places)
    return [
        f"{place.shown} ({_where(place, places)})" if alike[place.shown] > 1 else place.shown
        for place in places
    ]


def _where(place: Place, places: Sequence[Place]) -> str:
    """What tells a place from others where a group is called the same."""
    scopes = {one.scope for one in places if one.shown == place.shown}
    regions, accounts = {s.region for s in scopes}, {s.account for s in scopes}
    told = [place.scope.region] if len(regions) > 1 else []
    if len(accounts) > 1:
        told.append(place.scope.account)
    elif len(scopes) > len(regions):
        told.append(place.scope.profile)
    return " ".join(told)


def _place(target: Target, row: Row) -> Place:
    scope = target.ref.scope
    return Place(
        scope,
        str(row["logGroupName"]),
        group_of(row, scope.account),
        shown_name(row, scope.account),
    )


def _unreadable(row: Row) -> str:
    named = row.get("logGroupClass")
    refused = (
        f"{row['logGroupName']} cannot be tailed: AWS has no FilterLogEvents for its class {named}"
    )
    reads = "; CloudWatch Logs Insights reads it: i asks Insights" if is_infrequent(row) else ""
    return f"{refused}{reads}."
