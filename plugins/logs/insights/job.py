"""The job that asks: a query is started once, its results are handed on as they come, and it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row, Told
from awstui.wire import Problem

from .answer import row_of
from .question import GROUPS

ENDED: Final = frozenset({"Complete", "Failed", "Cancelled", "Timeout", "Unknown"})

FIRST: Final = 0.2
"""Seconds before the results are asked for the first time; each wait is longer than the one before."""

SLOWEST: Final = 1.0
"""Seconds between two questions at most: AWS takes ten a second from all of an account together."""

PAGES: Final = 10
"""Pages of 10,000 rows that AWS gives of one result."""


async def insights(
    aws: Aws,
    row: Row,
    told: Told | None,
    *,
    query: str,
    groups: Sequence[str],
    since: float,
    until: float,
    limit: int = 0,
) -> AsyncGenerator[Row, None]:
    """Ask one query, and hand on what it finds while it runs; closing it stops the query.

    Events: ``started`` with the query's id; ``results`` with its status, all rows so far and the
    statistics; the last one has ``ended``.
    """
    del row, told
    if not 0 < len(groups) <= GROUPS:
        raise AwstuiError(f"A query takes 1 to {GROUPS} log groups, not {len(groups)}.")
    answer = await aws.read(
        "start_query",
        queryString=query,
        startTime=math.floor(since),
        endTime=math.ceil(until),
        **_over(groups),
        **({"limit": limit} if limit else {}),
    )
    ident, ended = str(answer["queryId"]), False
    try:
        yield {"kind": "started", "query_id": ident}
        wait, before = FIRST, None
        while not ended:
            await asyncio.sleep(wait)
            wait = min(SLOWEST, wait * 1.5)
            page = await aws.read("get_query_results", queryId=ident)
            ended = page.get("status") in ENDED
            found = [row_of(fields) for fields in page.get("results") or ()]
            if ended:
                found += await _rest(aws, ident, page)
            standing = (page.get("status"), len(found), page.get("statistics"))
            if standing != before or ended:
                before = standing
                yield _results(page, found, ended=ended)
    finally:
        if not ended:
            # It may have come to its end by itself meanwhile; nobody is left to be told.
            with contextlib.suppress(AwstuiError):
                await aws.read("stop_query", queryId=ident)


def _over(groups: Sequence[str]) -> dict[str, Any]:
    """The groups by name, or by ARN where another account owns one."""
    if any(group.startswith("arn:") for group in groups):
        return {"logGroupIdentifiers": [group.removesuffix(":*") for group in groups]}
    return {"logGroupNames": list(groups)}


async def _rest(aws: Aws, ident: str, page: Row) -> list[Row]:
    """The rows on the further pages of a result."""
    found: list[Row] = []
    token, pages = page.get("nextToken"), 1
    while token and pages < PAGES:
        following = await aws.read("get_query_results", queryId=ident, nextToken=token)
        found += [row_of(fields) for fields in following.get("results") or ()]
        token, before, pages = following.get("nextToken"), token, pages + 1
        if token == before:
            break
    return found


def _results(page: Row, found: list[Row], *, ended: bool) -> Row:
    return {
        "kind": "results",
        "status": page.get("status") or "",
        "rows": found,
        "statistics": page.get("statistics") or {},
        "ended": ended,
    }


def refusal(status: str) -> Problem | None:
    """Why a query that ended gives no whole answer; None when it does."""
    why = {
        "Failed": "AWS gives no reason; a smaller range often succeeds.",
        "Timeout": "A query runs for an hour at most. Ask for a smaller range or fewer groups.",
        "Cancelled": "It was stopped; what is shown was found before.",
        "Unknown": "AWS does not know what became of it.",
    }
    return Problem(f"The query ended as {status}.", why=why[status]) if status in why else None
