"""Reads a resource as the engine does, for the tests of every plugin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest

from awstui.engine.reading import Reading
from awstui.plugin import Aws, Plugin, Row
from awstui.project import Projector, values_of
from awstui.wire import Cell


@dataclass
class Shown:
    """One row as a person sees it."""

    raw: Row
    key: str
    cells: dict[str, Cell]
    tones: dict[str, str]
    links: dict[str, list[str]]
    """What each link that shows leads to; a link under the row itself is not among them."""

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
        links = {one.title: values_of(one.where, row) for one in resource.links if one.where}
        one = Shown(
            row,
            key,
            dict(zip(titles, packed.cells, strict=True)),
            dict(zip(titles, packed.tones, strict=True)),
            {title: found for title, found in links.items() if found},
            packed.trouble,
        )
        shown.append((packed.order, one))
    if resource.order is not None:
        shown.sort(key=lambda pair: pair[0])
    return [one for _, one in shown]
