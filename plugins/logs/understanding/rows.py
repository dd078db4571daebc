"""Invocations and error patterns as rows under a log group, and the lines of one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Final

from awstui.plugin import Aws, Column, Resource, Row, Tone

from ..following import fetcher
from ..level import TONES, WORDS, level_of
from ..listing import line_tone, one_line, refuse_unreadable, tail_at
from ..moments import shown
from ..naming import group_of, identity
from . import invocations as the
from .patterns import Patterns, as_row, pattern_of

REACH: Final = 86400.0
"""Seconds back that are read at most."""

LINES: Final = 20_000
"""Lines that are read at most, the newest first: what is beyond outgrows a client."""

PAGES: Final = 60
"""Pages that are read at most, empty ones included."""

MARGIN: Final = 60_000
"""Milliseconds around an invocation in which its lines are looked for."""


async def recent(aws: Aws, group: Row) -> AsyncIterator[list[Row]]:
    """The newest lines of a group, page after page, the newest first, until enough was read."""
    refuse_unreadable(group)
    fetch = fetcher(aws, group_of(group, aws.account))
    start, token, count = round((time.time() - REACH) * 1000), "", 0
    for _ in range(PAGES):
        page = await fetch(start, token, newest_first=True)
        count += len(page.events)
        if page.events:
            yield page.events
        if not page.token or page.token == token or count >= LINES:
            return
        token = page.token


async def list_invocations(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """The newest invocations of a function, the newest first; lines older than a day are not read."""
    found: list[Row] = []
    async for events in recent(aws, parent):
        found += events
        gatherer = the.Gatherer()
        for event in the.in_order(found):
            gatherer.take(event)
        for held in gatherer.all():
            yield the.as_row(held, parent)
    if len(found) >= LINES:
        yield _unread(parent, found, "requestId") | {"logStreamName": "", "status": ""}


async def list_patterns(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Patterns of warnings and errors; lines older than a day are not read."""
    patterns, found = Patterns(), 0
    last: list[Row] = []
    async for events in recent(aws, parent):
        last, found = events, found + len(events)
        for event in events:
            patterns.take(event)
        for held in patterns.all():
            yield as_row(held, parent)
    if found >= LINES:
        yield _unread(parent, last, "pattern") | {"level": "", "count": None}


def _unread(group: Row, events: list[Row], named: str) -> Row:
    """The row that says that older lines were not read."""
    oldest = min(int(event["timestamp"]) for event in events)
    said = f"lines before {shown(oldest)} were not read; Insights reads all of them (Q)"
    return {named: said, **identity(group), "start": 0, "unread": oldest}


async def lines_of_invocation(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """The lines of one invocation, in the order in which they were written."""
    fetch = fetcher(aws, group_of(parent, aws.account), streams=[parent["logStreamName"]])
    found, token = [], ""
    for _ in range(PAGES):
        page = await fetch(parent["start"] - MARGIN, token, end=parent["end"] + MARGIN)
        found += page.events
        if not page.token or page.token == token:
            break
        token = page.token
    gatherer = the.Gatherer()
    for number, event in enumerate(the.in_order(found)):
        held = gatherer.take(event)
        if held is not None and held.request_id == parent["requestId"]:
            yield {**event, "nth": number, **identity(parent)}


async def lines_of_pattern(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """The newest lines of a pattern."""
    number = 0
    async for events in recent(aws, parent):
        for event in events:
            if WORDS[level_of(event["message"])] == parent["level"] and (
                pattern_of(event["message"]) == parent["pattern"]
            ):
                number += 1
                yield {**event, "nth": number, **identity(parent)}


def _began(row: Row) -> int | None:
    return row["start"] or None


def _level_tone(row: Row) -> Tone:
    return TONES[WORDS.index(row["level"])] if row.get("level") in WORDS else ""


def _init(row: Row) -> float | None:
    return None if row.get("initMs") is None else float(row["initMs"]) / 1000


def _took(row: Row) -> float | None:
    return None if row.get("durationMs") is None else float(row["durationMs"]) / 1000


def _billed(row: Row) -> float | None:
    return None if row.get("billedMs") is None else float(row["billedMs"]) / 1000


def _error_line(row: Row) -> str | None:
    return one_line({"message": row["error"]}) if row.get("error") else None


def _status_tone(row: Row) -> Tone:
    return the.status_tone(row) if row["status"] else "muted"


LINE_COLUMNS: Final = (
    Column("Time", "timestamp", kind="time", rank=0),
    Column("Line", one_line, rank=0, tone=line_tone),
)

invocations = Resource(
    name="invocations",
    title="Invocations",
    rows=list_invocations,
    given={"logGroupName": "logGroupName"},
    key=("requestId", "logStreamName"),
    child="invocation-lines",
    every=30.0,
    order=lambda row: (-row["start"],),
    columns=(
        Column("Began", _began, kind="time", rank=0),
        Column("Status", "status", kind="state", rank=0, tone=_status_tone),
        Column("Took", _took, kind="duration", rank=0),
        Column("Billed", _billed, kind="duration", rank=4),
        Column("Init", _init, kind="duration", rank=2),
        Column("Memory", the.memory, rank=1, tone=the.memory_tone),
        Column("Errors", "errors", kind="number", rank=3),
        Column("Request", "requestId", rank=0),
        Column("Error", _error_line, rank=1, tone=_status_tone),
    ),
    links=(tail_at("start"),),
)

invocation_lines = Resource(
    name="invocation-lines",
    title="Lines of the invocation",
    rows=lines_of_invocation,
    given={"requestId": "requestId"},
    key=("timestamp", "nth"),
    every=0.0,
    columns=LINE_COLUMNS,
    links=(tail_at("timestamp"),),
)

patterns = Resource(
    name="patterns",
    title="Error patterns",
    rows=list_patterns,
    given={"logGroupName": "logGroupName"},
    key=("level", "pattern"),
    child="pattern-lines",
    every=60.0,
    order=lambda row: (-WORDS.index(row["level"]), -(row["count"] or 0)),
    columns=(
        Column("Count", "count", kind="number", rank=0),
        Column("Level", "level", kind="state", rank=0, tone=_level_tone),
        Column("Last", "last", kind="age", rank=0),
        Column("First", "first", kind="age", rank=1),
        Column("Streams", "streams", kind="number", rank=3),
        Column("Sample", lambda row: one_line({"message": row.get("sample", "")}), rank=4),
        Column("Pattern", "pattern", rank=0, tone=_level_tone),
    ),
    links=(tail_at("last"),),
)

pattern_lines = Resource(
    name="pattern-lines",
    title="Lines of the pattern",
    rows=lines_of_pattern,
    given={"pattern": "pattern"},
    key=("timestamp", "nth"),
    every=0.0,
    columns=LINE_COLUMNS,
    links=(tail_at("timestamp"),),
)

RESOURCES: Final = (invocations, invocation_lines, patterns, pattern_lines)
