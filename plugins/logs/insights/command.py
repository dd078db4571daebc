"""The command line: ``awstui insights``, with what it scanned and cost on standard error."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Sequence
from typing import Final

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Command, Out, Row

from ..moments import MomentError, moment
from ..whose import find
from .answer import evened
from .job import insights, refusal
from .question import GIB, GROUPS, dollars, estimate, pointed, price, wrong

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", metavar="QUERY", help="in the query language of Logs Insights")
    parser.add_argument(
        "--group", action="append", required=True, metavar="G", dest="groups",
        help=f"a log group, by name or ARN; up to {GROUPS}",
    )  # fmt: skip
    parser.add_argument("--since", default="1h", metavar="T", help="from: 1h, 14:05, 2025-06-01")
    parser.add_argument("--until", default="now", metavar="T", help="up to; now")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="rows at most")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what it would scan and cost, and ask nothing"
    )


async def _insights(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Ask, show how far it is, and write the rows once they are all there."""
    now = time.time()
    try:
        since, until = moment(arguments.since, now), moment(arguments.until, now)
    except MomentError as error:
        out.note(str(error))
        return USAGE
    if arguments.dry_run:
        return await _foretell(aws, arguments.groups, since, until, out)
    asking = insights(
        aws, {}, None, query=arguments.query, groups=arguments.groups, since=since, until=until,
        limit=arguments.limit,
    )  # fmt: skip
    last: Row = {"rows": [], "statistics": {}, "status": ""}
    try:
        async with contextlib.aclosing(asking):
            async for event in asking:
                if event["kind"] == "results":
                    last = event
                    out.progress(len(event["rows"]), 0, _standing(event))
    except AwstuiError as error:
        return _explained(arguments.query, error, out)
    for row in evened(last["rows"]):
        out.row(row)
    out.note(scanned(last["statistics"], len(last["rows"])))
    problem = refusal(last["status"])
    if problem is None:
        return DONE
    out.note(problem.what)
    out.note(problem.why)
    return FAILED


def _standing(event: Row) -> str:
    count = float(event["statistics"].get("bytesScanned") or 0)
    return f"{event['status'].lower()} · {sized(count)} scanned"


def scanned(statistics: Row, rows: int) -> str:
    """What a query found, scanned and cost."""
    count = float(statistics.get("bytesScanned") or 0)
    matched = int(statistics.get("recordsMatched") or 0)
    return (
        f"{rows:,} rows of {matched:,} matching lines · {sized(count)} scanned · "
        f"{dollars(price(count))}"
    )


def sized(count: float) -> str:
    """A count of bytes in binary units."""
    for unit, size in (("GiB", GIB), ("MiB", 2**20), ("KiB", 1024)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:,.0f} B"


async def _foretell(aws: Aws, groups: Sequence[str], since: float, until: float, out: Out) -> int:
    """Say what the query may scan, from what the groups hold."""
    rows = []
    for group in groups:
        found = [row async for row in find(aws, group)]
        rows += found[:1]
        if not found:
            out.note(f"There is no log group {group} here.")
    guess = estimate(rows, since, until, time.time())
    out.note(
        f"About {sized(guess.bytes)} to scan, about {dollars(guess.price)}: an estimate from what "
        f"{len(rows)} of {len(groups)} groups store, as if lines came evenly."
    )
    return DONE if len(rows) == len(groups) else FAILED


def _explained(query: str, error: AwstuiError, out: Out) -> int:
    """Show where a query is malformed; any other error is told as every error is."""
    problem = error.problem
    place = wrong(query, f"{problem.what} {problem.why}")
    if place is None or "Malformed" not in problem.code:
        raise error
    out.note(f"The query is malformed at line {place.line}, position {place.position}:")
    for line in pointed(query, place):
        out.note(f"  {line}")
    return USAGE


COMMAND: Final = Command(
    name="insights",
    help="ask a Logs Insights query; what it scans is paid for",
    effect="touch",
    add=_add,
    run=_insights,
)
