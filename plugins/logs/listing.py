"""CloudWatch Logs: groups, their streams, and the last lines of a stream."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable

import msgspec

from awstui.errors import AwsError, AwstuiError, PartlyListedError
from awstui.plugin import Aws, Column, Link, Resource, Row, Tone
from awstui.wire import Problem

from .ansi import plain
from .level import TONES, level_of
from .naming import account_of, group_arn, group_of, identity, is_linked, named
from .whose import find

NEWEST = 1000
"""How many lines of a stream are shown."""

EMPTY_PAGES = 20
"""How many pages may be empty, which is normal, before a stream counts as read."""

ASKED = 100
"""Groups a minute that are asked for their last event: a list of thousands must not cost a call each."""

REMEMBERED = 600.0
"""Seconds for which the answer is good enough; AWS itself updates it up to an hour late."""

UNLINKED = 1800.0
"""Seconds for which an account that had no others linked to it is not asked for them again."""

NO_MONITOR = {"InvalidParameterException", "ValidationException"}
"""How AWS answers who asks for linked accounts and is no monitoring account, or does not know them."""

NOT_READABLE = {
    "INFREQUENT_ACCESS": "lines only by Insights",
    "DELIVERY": "lines cannot be read here",
}


class Groups:
    """Lists groups, those of linked accounts after its own, and when each was last written to.

    It asks each group for its last event, and not more often than that is worth.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str, str], tuple[float, int | None]] = {}
        self._asked: list[float] = []
        self._unlinked: dict[tuple[str, str, str], float] = {}

    async def rows(self, aws: Aws, parent: Row) -> AsyncIterator[Row]:
        """Its own groups first: with those of others asked for, AWS may leave out sizes and retention."""
        del parent
        async for row in aws.rows("describe_log_groups", limit=50):
            yield row
        here, now = (aws.profile, aws.account, aws.region), self._clock()
        if now - self._unlinked.get(here, -UNLINKED) < UNLINKED:
            return
        linked = False
        try:
            async for row in aws.rows("describe_log_groups", limit=50, includeLinkedAccounts=True):
                if is_linked(row, aws.account):
                    linked = True
                    yield {**row, "LinkedAccount": account_of(row)}
        except AwsError as error:
            if error.problem.kind == "denied":
                raise PartlyListedError(_without_linked(error.problem)) from error
            if error.problem.code not in NO_MONITOR:
                raise
        if not linked:
            self._unlinked[here] = now

    async def enrich(self, aws: Aws, row: Row) -> Row:
        """Add when the group was last written to; one call each, few a minute where there are many."""
        key = (aws.profile, aws.region, group_of(row, aws.account))
        now = self._clock()
        at, last = self._known.get(key, (0.0, None))
        if now - at > REMEMBERED and self._may_ask(now):
            last = await self._last(aws, key[2])
            self._known[key] = (now, last)
        return row if last is None else {**row, "LastEvent": last}

    def _may_ask(self, now: float) -> bool:
        self._asked = [at for at in self._asked if now - at < 60]
        if len(self._asked) >= ASKED:
            return False
        self._asked.append(now)
        return True

    async def _last(self, aws: Aws, group: str) -> int | None:
        told = {"orderBy": "LastEventTime", "descending": True, "limit": 1}
        page = await aws.read("describe_log_streams", **named(group), **told)
        newest = (page.get("logStreams") or [{}])[0]
        at = newest.get("lastEventTimestamp") or newest.get("lastIngestionTime")
        return int(at) if at else None


def _without_linked(problem: Problem) -> Problem:
    """Why the groups of linked accounts are not among the others."""
    return msgspec.structs.replace(
        problem,
        what=f"Without the groups of linked accounts: {problem.what}",
        action=problem.action or "logs:DescribeLogGroups",
    )


async def list_streams(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Every stream of a group, the one last written to first, as far as AWS knows."""
    arguments = {"orderBy": "LastEventTime", "descending": True, "limit": 50}
    group = {"logGroupClass": parent.get("logGroupClass"), **identity(parent)}
    where = named(group_of(parent, aws.account))
    async for row in aws.rows("describe_log_streams", **where, **arguments):
        yield {**row, **group}


async def last_lines(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """The newest lines of a stream, in the order of their time."""
    refuse_unreadable(parent)
    where = {**named(group_of(parent, aws.account)), "logStreamName": parent["logStreamName"]}
    lines: list[Row] = []
    token: dict[str, str] = {}
    empty = 0
    while (wanted := NEWEST - len(lines)) > 0 and empty < EMPTY_PAGES:
        page = await aws.read("get_log_events", **where, limit=wanted, startFromHead=False, **token)
        lines[:0] = page.get("events", ())
        empty = 0 if page.get("events") else empty + 1
        # The token never runs out: at the beginning of a stream it comes back as it was sent.
        if page["nextBackwardToken"] == token.get("nextToken"):
            break
        token = {"nextToken": page["nextBackwardToken"]}
    same: dict[tuple[int, int], int] = {}
    for line in lines:
        at = (line["timestamp"], line["ingestionTime"])
        same[at] = same.get(at, 0) + 1
        stream = {"logStreamName": parent["logStreamName"], **identity(parent)}
        yield {**line, **stream, "nth": same[at]}


def refuse_unreadable(stream: Row) -> None:
    """Say why the lines of some groups cannot be read, before AWS says it in its own words."""
    if (stream.get("logGroupClass") or "") in NOT_READABLE:
        raise AwstuiError(
            Problem(
                f"The lines of {stream['logGroupName']} cannot be listed.",
                why=f"Its class is {stream['logGroupClass']}, for which AWS refuses GetLogEvents.",
                do="Ask CloudWatch Logs Insights for them: it reads INFREQUENT_ACCESS groups.",
                kind="refused",
            )
        )


def is_infrequent(group: Row) -> bool:
    """Whether only Insights reads its lines."""
    return group.get("logGroupClass") == "INFREQUENT_ACCESS"


def unlisted(group: Row) -> str:
    """Why only Insights reads the lines of a group; nothing when others do."""
    if not is_infrequent(group):
        return ""
    return (
        f"{group['logGroupName']} is of the class INFREQUENT_ACCESS: only Insights reads its lines."
    )


def retention(row: Row) -> str:
    """How long lines are kept."""
    return f"{row['retentionInDays']} d" if row.get("retentionInDays") else "for ever"


def one_line(row: Row) -> str:
    """A message in one line, without its colours: JSON made compact, else its first line and how many follow."""
    message = plain(str(row.get("message", ""))).strip("\r\n")
    if message.lstrip().startswith("{"):
        try:
            return json.dumps(json.loads(message), ensure_ascii=False, separators=(",", ":"))
        except ValueError:
            pass  # it only begins like JSON, and is shown as the text it is
    first, *more = message.splitlines() or [""]
    return f"{first}  +{len(more)}" if more else first


def line_tone(row: Row) -> Tone:
    """How a line feels, by the words people log with."""
    return TONES[level_of(str(row.get("message", "")))]


def late(row: Row) -> float:
    """Seconds from the event to its arrival in AWS."""
    return float(row["ingestionTime"] - row["timestamp"]) / 1000


def function_of(row: Row) -> str | None:
    """The function that logs here by default."""
    name = str(row.get("logGroupName", ""))
    return name.removeprefix("/aws/lambda/") if name.startswith("/aws/lambda/") else None


def group_key(row: Row) -> str:
    """The name of a group; its ARN where another account owns it, which may use the same name."""
    return group_arn(row) if row.get("LinkedAccount") else str(row["logGroupName"])


def note(row: Row) -> str | None:
    """Whose group it is when another account's, and what keeps its lines from being read."""
    linked = row.get("LinkedAccount")
    unreadable = NOT_READABLE.get(row.get("logGroupClass") or "")
    return " · ".join(filter(None, (f"account {linked}" if linked else "", unreadable))) or None


lister = Groups()

groups = Resource(
    name="groups",
    title="Log groups",
    rows=lister.rows,
    enrich=lister.enrich,
    key=group_key,
    arn=group_arn,
    find=find,
    child="streams",
    every=60.0,
    columns=(
        Column("Log group", "logGroupName", rank=0),
        Column("Stored", "storedBytes", kind="bytes", rank=0),
        Column("Keeps", retention, rank=0, tone={"for ever": "warn"}),
        Column("Last event ~", "LastEvent", kind="age"),
        Column("Created", "creationTime", kind="age"),
        Column("Class", "logGroupClass", rank=2),
        Column("Filters", "metricFilterCount", kind="number", rank=3),
        Column("Note", note, rank=0),
    ),
    links=(Link("function", "lambda.functions", function_of, key="f"),),
)


def tail_at(moment: str) -> Link:
    """The way from a row under a group to the group's tail at that moment."""
    return Link(
        "logs at that time", "groups", "logGroupArn || logGroupName", "L", view="tail", at=moment
    )


streams = Resource(
    name="streams",
    title="Log streams",
    rows=list_streams,
    given={"logGroupName": "logGroupName"},
    key="logStreamName",
    arn="arn",
    child="lines",
    every=60.0,
    columns=(
        Column("Stream", "logStreamName", rank=0),
        # AWS updates it up to an hour late: the lines themselves are the truth.
        Column("Last event ~", "lastEventTimestamp", kind="age", rank=0),
        Column("First event", "firstEventTimestamp", kind="age"),
        Column("Ingested ~", "lastIngestionTime", kind="age", rank=2),
        Column("Created", "creationTime", kind="age", rank=2),
    ),
)

lines = Resource(
    name="lines",
    title="Last lines",
    rows=last_lines,
    given={"logStreamName": "logStreamName"},
    key=("timestamp", "ingestionTime", "nth"),
    every=10.0,
    columns=(
        Column("Time", "timestamp", kind="time", rank=0),
        Column("Late", late, kind="duration", rank=3),
        Column("Line", one_line, rank=0, tone=line_tone),
    ),
    links=(tail_at("timestamp"),),
)
