"""The lines around a result: what its stream says before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row

from ..naming import named
from .answer import POINTER, Place, group_named, place, seconds

EACH: Final = 100
"""Lines before and after, at most."""

EMPTY_PAGES: Final = 5
"""Pages in a row that may be empty, which is normal."""


async def located(aws: Aws, row: Row, groups: Sequence[str]) -> Place:
    """Where a result comes from; AWS is asked for its line where its own fields do not say."""
    found = place(row, groups)
    if found is None and row.get(POINTER):
        answer = await aws.read("get_log_record", logRecordPointer=row[POINTER])
        told = answer.get("logRecord") or {}
        at = str(told.get("@timestamp") or "")
        moment = int(at) if at.isdecimal() else round(1000 * (seconds(at) or 0))
        group = group_named(str(told.get("@log") or ""), groups)
        if moment and group and told.get("@logStream"):
            found = Place(group, str(told["@logStream"]), moment)
    if found is None:
        raise AwstuiError("A counted row has no line of its own; Enter leads only to single lines.")
    return found


async def lines_around(aws: Aws, where: Place) -> list[Row]:
    """The lines of a stream around a moment, in order, those of the moment itself included."""
    given = {**named(where.group), "logStreamName": where.stream}
    before = await _some(aws, given | {"endTime": where.at}, forwards=False)
    after = await _some(aws, given | {"startTime": where.at}, forwards=True)
    # The moment itself is asked for once by each side, as far as servers agree on that.
    return [line for line in before if line["timestamp"] < where.at] + after


async def _some(aws: Aws, given: Row, *, forwards: bool) -> list[Row]:
    found: list[Row] = []
    token: dict[str, str] = {}
    empty = 0
    follow = "nextForwardToken" if forwards else "nextBackwardToken"
    while len(found) < EACH and empty < EMPTY_PAGES:
        page = await aws.read(
            "get_log_events", **given, **token, limit=EACH - len(found), startFromHead=forwards
        )
        events = page.get("events") or []
        found = found + events if forwards else events + found
        empty = 0 if events else empty + 1
        if page.get(follow) in (None, token.get("nextToken")):
            break
        token = {"nextToken": page[follow]}
    return found
