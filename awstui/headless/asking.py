"""``awstui ls`` and ``awstui describe``: the rows of a resource, read to the end, and one of them."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from awstui.cells import sort_key
from awstui.engine.guard import problem_of
from awstui.engine.reading import Reading, listing
from awstui.errors import AwstuiError
from awstui.filtering import FilterError, parse, words_of
from awstui.headless.exits import Exit
from awstui.headless.output import Output
from awstui.headless.table import Heading
from awstui.places import TITLES, telling
from awstui.plugin import Aws, Plugin, Resource, Row
from awstui.project import Projector, short
from awstui.registry import Registry, UnknownNameError, above, nested
from awstui.wire import PackedRow, Problem, Scope


class UsageError(Exception):
    """The command line asks for something that does not exist; its text is the line to print."""


def place(registry: Registry, arguments: argparse.Namespace) -> tuple[Plugin, Resource]:
    """The resource that SERVICE and RESOURCE name; ``sqs.queues`` may be one word."""
    try:
        return registry.resource(f"{arguments.service} {arguments.resource or ''}")
    except UnknownNameError as error:
        for broken in registry.broken:
            if broken.name == arguments.service:
                raise UsageError(f"{broken.name} did not load: {broken.error}") from None
        raise UsageError(str(error)) from None


async def ls(
    aws: Aws, plugin: Plugin, resource: Resource, arguments: argparse.Namespace, out: Output
) -> Exit:
    """Write every row, enriched and settled, in the operator's order or the one asked for."""
    return await ls_of((aws,), plugin, resource, arguments, out)


async def ls_of(
    doors: Sequence[Aws],
    plugin: Plugin,
    resource: Resource,
    arguments: argparse.Namespace,
    out: Output,
) -> Exit:
    """The same of several places at once, with the columns that tell them apart."""
    passes, order = _filter(arguments.filter), _order(resource, arguments.sort)
    listed = await asyncio.gather(
        *(_listed(aws, plugin, resource, arguments, out) for aws in doors),
        return_exceptions=len(doors) > 1,
    )
    titles = telling([Scope(aws.profile, aws.region, aws.account) for aws in doors])
    found: list[tuple[PackedRow, Row, tuple[str, ...]]] = []
    failed = parts = 0
    for aws, told in zip(doors, listed, strict=True):
        if isinstance(told, BaseException):
            out.note(f"{aws.profile} {aws.region}: {problem_of(told, plugin.name).what}")
            failed += 1
            continue
        words = dict(zip(TITLES, (aws.profile, aws.account, aws.region), strict=True))
        where = tuple(words[title] for title in titles)
        rows, missing = told
        if missing is not None:
            out.note(missing.what)
            parts += 1
        found += [(packed, raw, where) for packed, raw in rows if passes(words_of(packed.cells))]
    found.sort(key=lambda one: order(one[0]))
    if arguments.reverse:
        found.reverse()
    _write(resource, titles, found, out)
    troubled = [packed for packed, _, _ in found if packed.trouble]
    for row in troubled:
        out.note(f"{row.key}: {row.trouble}")
    if failed == len(doors):
        return Exit.FAILED
    return Exit.PARTIAL if troubled or failed or parts else Exit.OK


async def _listed(
    aws: Aws, plugin: Plugin, resource: Resource, arguments: argparse.Namespace, out: Output
) -> tuple[list[tuple[PackedRow, Row]], Problem | None]:
    """The rows, and why others are not among them."""
    projector = Projector(resource)
    parent = await parent_of(aws, plugin, resource, arguments.parent)
    reading = await _read(projector, aws, parent, out)
    trouble = {key: problem.what for key, problem in reading.trouble.items()}
    rows = [
        (projector.pack(row, trouble=trouble.get(key, "")), row)
        for key, row in reading.rows.items()
    ]
    return rows, reading.missing


def _write(
    resource: Resource,
    titles: Sequence[str],
    found: Sequence[tuple[PackedRow, Row, tuple[str, ...]]],
    out: Output,
) -> None:
    """Write the rows; where they are from comes after the first column."""
    headings = [Heading(column.title, column.kind) for column in resource.columns]
    headings[1:1] = [Heading(title) for title in titles]
    rows = [
        msgspec.structs.replace(
            packed,
            cells=(*packed.cells[:1], *where, *packed.cells[1:]),
            tones=(*packed.tones[:1], *("" for _ in where), *packed.tones[1:]),
        )
        for packed, _, where in found
    ]
    raws = [{**dict(zip(titles, where, strict=True)), **raw} for _, raw, where in found]
    out.rows(headings, rows, raws)


async def describe(
    aws: Aws, plugin: Plugin, resource: Resource, arguments: argparse.Namespace, out: Output
) -> Exit:
    """Write what describes one row, found by its key or ARN."""
    parent = await parent_of(aws, plugin, resource, arguments.parent)
    row = await find(Projector(resource), aws, parent, arguments.key)
    out.value(await _described(aws, resource, row))
    return Exit.OK


async def _described(aws: Aws, resource: Resource, row: Row) -> Any:
    if resource.describe is None:
        return row
    if callable(resource.describe):
        return await resource.describe(aws, row)
    asked = Projector(resource).describe_arguments(row)
    answer = await aws.read(resource.describe[0], **asked)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


async def _read(projector: Projector, aws: Aws, parent: Row, out: Output) -> Reading:
    async def told(keys: list[str]) -> None:
        total = len(reading.rows)
        filling = reading.listed_all and projector.resource.enrich is not None
        out.progress(
            reading.filled if filling else total,
            total if filling else 0,
            "filling" if filling else "listing",
        )

    reading = Reading(projector, aws, parent, told)
    try:
        await reading.run()
    except BaseExceptionGroup as group:
        raise _first(group) from group
    finally:
        out.end_progress()
    return reading


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended a reading; what it cancelled on its way says nothing."""
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


async def parent_of(aws: Aws, plugin: Plugin, resource: Resource, keys: Sequence[str]) -> Row:
    """The row under which to list: found level by level, from the top, by the keys given."""
    levels = above(plugin, resource)
    if not keys and not nested(plugin, resource):
        return {}
    if len(keys) != len(levels):
        under = " and ".join(f"--parent KEY of {plugin.name} {one.name}" for one in levels)
        needs = f"is listed under another row: {under}" if levels else "has no parent"
        raise UsageError(f"{plugin.name} {resource.name} {needs}")
    row: Row = {}
    for level, key in zip(levels, keys, strict=True):
        row = await find(Projector(level), aws, row, key)
    return row


async def find(projector: Projector, aws: Aws, parent: Row, key: str) -> Row:
    """The row of that key or ARN, enriched; the list is left as soon as it is met.

    Where there is none, the one row that people call so; several of them are refused.
    """
    found: list[Row] = []
    async for row in listing(projector, aws, parent):
        if key in (projector.key(row), projector.arn(row)):
            found = [row]
            break
        if key in (projector.called(row), short(projector.key(row))):
            found.append(row)
    if len(found) == 1:
        enrich = projector.resource.enrich
        return await enrich(aws, found[0]) if enrich else found[0]
    of = projector.resource.name
    if not found:
        raise AwstuiError(f"No row of {of} has the key {key!r}.")
    keys = ", ".join(map(projector.key, found))
    raise AwstuiError(f"{len(found)} rows of {of} are called {key!r}; their keys are {keys}.")


def _filter(pattern: str) -> Callable[[str], bool]:
    try:
        return parse(pattern).matches
    except FilterError as error:
        raise UsageError(f"--filter is {error}") from None


def _order(resource: Resource, title: str) -> Callable[[PackedRow], Any]:
    """The key to sort rows by: a column's, else the operator's order, else none."""
    if not title:
        return lambda row: tuple((part is None, _comparable(part)) for part in row.order)
    titles = [column.title.lower() for column in resource.columns]
    if title.lower() not in titles:
        raise UsageError(f"--sort takes one of: {', '.join(c.title for c in resource.columns)}")
    at = titles.index(title.lower())
    kind = resource.columns[at].kind

    def key(row: PackedRow) -> Any:
        found = sort_key(row.cells[at], kind)
        return (found is None, _comparable(found))

    return key


def _comparable(value: Any) -> tuple[bool, Any]:
    """Numbers before text, so that a column that holds both still sorts."""
    text = not isinstance(value, int | float)
    return (text, str(value or "") if text else value)
