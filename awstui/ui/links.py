"""From a row to the rows it names: which links show, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from awstui.plugin import Link, Resource, Row
from awstui.project import called, short, values_of
from awstui.wire import PackedRow, RowsState, Scope, Source


class Way(msgspec.Struct, frozen=True):
    """A link that this row has."""

    link: Link
    plugin: str
    resource: str
    targets: tuple[str, ...]
    """Keys or ARNs of the other rows; empty when the row itself is the parent."""


def ways(plugin: str, resource: Resource, row: Row) -> list[Way]:
    """The links of a row that lead somewhere."""
    found = []
    for link in resource.links:
        targets = _targets(link, row)
        if targets is not None:
            owner, _, name = link.to.rpartition(".")
            found.append(Way(link, owner or plugin, name, targets))
    return found


def _targets(link: Link, row: Row) -> tuple[str, ...] | None:
    if not link.where:
        return ()
    return tuple(values_of(link.where, row)) or None


class Goal(msgspec.Struct):
    """Rows that a person wants to be led to, until they are there or are known to be missing."""

    wanted: tuple[str, ...] = ()
    """Their keys or ARNs; empty once they were found."""

    near: Scope | None = None
    """Where the person comes from: of rows of one name those there are meant."""

    then: Link | None = None
    """The link of the row to follow once that is found, such as the one to its logs."""

    at: float | None = None
    """The moment to go to there, in epoch seconds."""

    def found(
        self,
        rows: Mapping[tuple[Scope, str], PackedRow],
        places: Sequence[Source],
        states: Mapping[Scope, RowsState],
    ) -> list[tuple[Scope, str]]:
        """The rows that are meant; none while more of them may come."""
        near = _whence(self.near, [place.scope for place in places])
        return meant(self.wanted, rows, near, whole=is_whole(places, states))


def to_view(resource: Resource) -> Link | None:
    """The link by which what a row of a resource has written is seen; None where it has none."""
    return next((link for link in resource.links if link.view), None)


def only(rows: Iterable[PackedRow]) -> str:
    """The filter that shows just these rows."""
    names = dict.fromkeys(re.escape(name_of(row)) for row in rows)
    return "^(" + "|".join(names) + r")(\s|$)"


def is_whole(places: Sequence[Source], states: Mapping[Scope, RowsState]) -> bool:
    """Whether every place has been read, or has said why not."""
    over = all(state.phase in ("ready", "failed") for state in states.values())
    return over and len(states) >= len(places)


def _whence(near: Scope | None, scopes: list[Scope]) -> Scope | None:
    """The place whose rows come before the others': that of the person, of the same profile, or the only one."""
    if near is None:
        return scopes[0] if len(scopes) == 1 else None
    if near in scopes:
        return near
    return next((scope for scope in scopes if scope.profile == near.profile), None)


def meant(
    wanted: tuple[str, ...],
    rows: Mapping[tuple[Scope, str], PackedRow],
    near: Scope | None,
    *,
    whole: bool,
) -> list[tuple[Scope, str]]:
    """The rows that go by these names; none while more of them may come.

    A name says nothing of whose it is: where the person comes from has it before the others, and where
    none of them does all that have it are meant. An ARN says it.
    """
    found: list[tuple[Scope, str]] = []
    for name in wanted:
        named = [key for key, row in rows.items() if name in (row.key, row.arn)] or [
            key for key, row in rows.items() if name in (name_of(row), short(row.key))
        ]
        own = [key for key in named if key[0] == near]
        if name.startswith("arn:"):
            own = own or named[:1]
        if not own and not whole:
            return []
        found += own or named
    return found


def name_of(row: PackedRow) -> str:
    """What a person calls a row."""
    return called(row.key, row.cells[0] if row.cells else None)
