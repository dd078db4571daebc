"""Whether what a plugin's functions do agrees with the service models: rows made from samples of answers."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any

import jmespath

from awstui.engine.contract import operations_of, result_key
from awstui.engine.reading import listing
from awstui.engine.reads import is_read
from awstui.plugin import Plugin, Resource, Row
from awstui.project import Projector
from awstui.registry import above
from awstui.testing import ANY, FakeAws, sample

ROWS = 3
"""Rows of a list that are looked at; a sample has one of each kind."""


NO_ROWS = "its functions make no rows of samples"


class SampleAws(FakeAws):
    """Answers every read with a sample of what the operation returns, and notes what is none."""

    def __init__(self, service: str) -> None:
        super().__init__({}, service=service)
        self.complaints: dict[str, None] = {}
        """What was asked that AWS does not know."""

    def at(self, *, service: str = "", region: str = "", deadline: float = 0.0) -> SampleAws:
        """The same at another service or region, noting in the same place."""
        other = copy.copy(self)
        other.service, other.region = service or self.service, region or self.region
        return other

    async def rows(self, operation: str, pick: str = "", /, **arguments: Any) -> AsyncIterator[Any]:
        """The rows in the sample, found as the engine finds them."""
        async for page in self.pages(operation, **arguments):
            where = pick or result_key(self.service, operation)
            for row in (jmespath.search(where, page) if where else None) or ():
                yield row

    def _answer(self, operation: str, arguments: Row) -> list[Any]:
        self.calls.append((operation, arguments))
        model = operations_of(self.service).get(operation)
        if model is None:
            self.complaints[f"{self.service} has no operation {operation!r}"] = None
            return [{}]
        if not is_read(self.service, model.name):
            self.complaints[f"{operation} is called, but it is no read"] = None
        takes = model.input_shape.members if model.input_shape else {}
        for name in sorted(set(arguments) - set(takes)):
            self.complaints[f"{operation} takes no argument {name!r}"] = None
        return [sample(model.output_shape)]


async def check_rows(plugin: Plugin) -> list[str]:
    """What is wrong with the rows that a plugin's functions make, and with what they ask for."""
    found = []
    for resource in plugin.resources:
        aws = SampleAws(plugin.botocore_name)
        try:
            complaints = [what async for what in _complaints(aws, plugin, resource)]
        except Exception as error:  # noqa: BLE001  whatever a plugin's function raises is told
            complaints = [f"its functions fail on samples: {type(error).__name__}: {error}"]
        found += [
            f"{plugin.name}.{resource.name}: {what}" for what in (*aws.complaints, *complaints)
        ]
    return found


async def _complaints(aws: SampleAws, plugin: Plugin, resource: Resource) -> AsyncIterator[str]:
    rows = await _made(aws, plugin, resource)
    if not rows:
        yield NO_ROWS
    projector = Projector(resource)
    for row in rows:
        if trouble := projector.pack(row).trouble:
            yield trouble
        if callable(resource.describe):
            await resource.describe(aws, row)
    for column in resource.columns:
        path = column.value or f'"{column.title}"'
        if isinstance(path, str) and rows and not any(_found(path, row) for row in rows):
            yield f"column {column.title!r} finds nothing in any row"


async def _made(aws: SampleAws, plugin: Plugin, resource: Resource) -> list[Row]:
    """Rows as its functions make them, under the rows of the lists above it, and under its own."""
    parent: Row = {}
    for level in above(plugin, resource):
        over = await _rows(aws, level, parent)
        if not over:
            return []
        parent = over[0]
    rows = await _rows(aws, resource, parent)
    if resource.child == resource.name:
        rows += await _rows(aws, resource, rows[-1])
    return rows


def _found(path: str, row: Row) -> bool:
    """Whether an expression finds something; of a map of unknown keys nobody can say that it does not."""
    over = path.rpartition(".")[0]
    held = jmespath.search(over, row) if over else None
    unknown = isinstance(held, dict) and set(held) <= {ANY}
    return unknown or jmespath.search(path, row) is not None


async def _rows(aws: SampleAws, resource: Resource, parent: Row) -> list[Row]:
    """Rows of a resource, enriched and settled."""
    rows = [row async for row in listing(Projector(resource), aws, parent)]
    rows = list(islice(rows, ROWS))
    if resource.enrich is not None:
        rows = [await resource.enrich(aws, row) for row in rows]
    if resource.settle is not None:
        changed = {Projector(resource).key(row): row for row in resource.settle(rows)}
        rows = [changed.get(Projector(resource).key(row), row) for row in rows]
    return rows
