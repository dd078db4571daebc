"""Reads a resource as the engine does, for the tests of every plugin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest

from awstui.engine.reading import Reading
from awstui.plugin import Aws, Plugin, Row
from awstui.project import Projector
from awstui.ui.ends import moment
from awstui.ui.links import ways
from awstui.wire import Cell


@dataclass
class Shown:
    """One row as a person sees it."""

    raw: Row
    key: str
    cells: dict[str, Cell]
    tones: dict[str, str]
    links: dict[str, list[str]]
    """What each link that shows leads to; those under the row itself or into a view are not among them."""

    views: dict[str, tuple[list[str], float | None]]
    """The same for links into a view, with the moment to which they lead."""

    trouble: str


Show: TypeAlias = Callable[..., Awaitable[list[Shown]]]


@pytest.fixture
def show() -> Show:
    """What reads and packs the rows of a resource, in the operator's order."""
    return _show


async def _show(plugin: Plugin, name: str, aws: Aws, parent: Row | None = None) -> list[Shown]:
    resource = plugin.resource(name)
    projector = Projector(resource)

    async def told(*_: Any) -> None:
        return None

    reading = Reading(projector, aws, parent or {}, told)
    await reading.run()
    shown: list[tuple[tuple[Any, ...], Shown]] = []
    for key, row in reading.rows.items():
        problem = reading.trouble.get(key)
        packed = projector.pack(row, trouble=problem.what if problem else "")
        titles = [column.title for column in resource.columns]
        ways_there = [way for way in ways(plugin.name, resource, row) if way.targets]
        one = Shown(
            row,
            key,
            dict(zip(titles, packed.cells, strict=True)),
            dict(zip(titles, packed.tones, strict=True)),
            {way.link.title: list(way.targets) for way in ways_there if not way.link.view},
            {
                way.link.title: (list(way.targets), moment(way.link, row))
                for way in ways_there
                if way.link.view
            },
            packed.trouble,
        )
        shown.append((packed.order, one))
    if resource.order is not None:
        shown.sort(key=lambda pair: pair[0])
    return [one for _, one in shown]
