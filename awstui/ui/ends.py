"""The pane at the end of a link: a list, or a view over the rows that it names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Link, Resource, Row, View
from awstui.project import Projector, reader, short, to_seconds
from awstui.registry import title_of
from awstui.ui.links import Goal, Way
from awstui.ui.target import Target
from awstui.wire import Problem, RowRef, pack

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui
    from awstui.ui.pane import Pane


def moment(link: Link, row: Row) -> float | None:
    """The moment of a row to which a link leads, in epoch seconds; None without one."""
    return to_seconds(reader(link.at)(row)) if link.at else None


def listed(console: AwsTui, here: Target, way: Way) -> Pane:
    """The list to which a link of a row leads, the cursor on the rows that it names."""
    plugin, resource = console.registry.resource(f"{way.plugin}.{way.resource}")
    return console.guide.resource_pane(
        plugin,
        resource,
        parent=None if way.targets else here,
        goal=Goal(way.targets, here.ref.scope),
    )


async def viewed(console: AwsTui, here: Target, way: Way, at: float | None = None) -> Pane:
    """The view to which a link of a row leads; an error where there is nothing to show.

    ``at`` is the moment to go to where the row itself has none.
    """
    plugin, resource = console.registry.resource(f"{way.plugin}.{way.resource}")
    scope = here.ref.scope
    aws = console.remote.aws(scope, plugin.botocore_name)
    rows = await found(aws, resource, way.targets)
    if not rows:
        names = ", ".join(map(short, way.targets))
        what = f"No {title_of(resource).lower()} belong to {names}."
        why = f"None of those in {scope.region} does, as far as AWS tells."
        raise AwstuiError(Problem(what, why=why, kind="missing"))
    view = next(view for view in resource.views if view.name == way.link.view)
    ends = [
        Target(RowRef(scope, plugin.name, resource.name, key), pack(row))
        for key, row in rows.items()
    ]
    its_own = moment(way.link, here.row)
    return seen(view, ends[0], ends, at if its_own is None else its_own)


async def found(aws: Aws, resource: Resource, wanted: Iterable[str]) -> dict[str, Row]:
    """The rows that a link into a view names, by their keys."""
    assert resource.find is not None  # noqa: S101  the contract of links into views
    key = Projector(resource).key
    return {key(row): row for name in wanted async for row in resource.find(aws, name)}


def seen(
    view: View,
    here: Target,
    targets: list[Target],
    at: float | None = None,
    *,
    row: Row | None = None,
) -> Pane:
    """A view over a row, or over several where it takes them, at a moment.

    ``row`` is the row with what is known of it beside what its list has told.
    """
    pane = view.make(here.row if row is None else row)
    pane.bound_to = here.ref.scope
    pane.moment = at
    pane.target = here  # type: ignore[attr-defined]
    if view.many:
        pane.targets = targets  # type: ignore[attr-defined]
    return pane
