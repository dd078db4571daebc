"""From a row to the rows it names: which links show, and where they lead."""

from __future__ import annotations

from dataclasses import dataclass

from awstui.plugin import Link, Resource, Row
from awstui.project import values_of


@dataclass(frozen=True, slots=True)
class Way:
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
