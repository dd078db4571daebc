"""CloudWatch Logs Insights: queries that take a while, their results as they come, saved definitions."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from awstui.demo.extensions import Refused, operation, page
from awstui.demo.insights.parsing import Command, parsed
from awstui.demo.insights.running import Fields, run, text
from awstui.demo.insights.words import QueryError

GROUPS = 50
"""Groups of one query, at most."""

POLLS = 3
"""After so many questions for its results a query is complete; before, it shows a part of them."""

OVERHEAD = 26
"""Bytes that AWS counts for an event beside its message."""


@dataclass(slots=True)
class Query:
    """A query that was started."""

    ident: str
    text: str
    groups: list[str]
    began: float
    rows: list[Fields]
    bytes_scanned: int
    scanned: int
    matched: int
    asked: int = 0
    stopped: bool = False

    @property
    def status(self) -> str:
        """As AWS calls it."""
        if self.stopped:
            return "Cancelled"
        return "Complete" if self.asked >= POLLS else "Running" if self.asked > 1 else "Scheduled"


@dataclass(slots=True)
class Saved:
    """What one account has in one region."""

    queries: dict[str, Query] = field(default_factory=dict)
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)


_saved: dict[tuple[str, str], Saved] = {}


def saved(account: str, region: str) -> Saved:
    """The queries and definitions of an account in a region."""
    return _saved.setdefault((account, region), Saved())


class Malformed(Refused):
    """The query cannot be understood; says from where to where."""

    def __init__(self, error: QueryError) -> None:
        super().__init__("MalformedQueryException", str(error))
        self.queryCompileError = {
            "message": str(error),
            "location": {"startCharOffset": error.start, "endCharOffset": error.end},
        }


def _of(response: LogsResponse) -> Saved:
    return saved(response.current_account, response.region)


@operation(LogsResponse)
def start_query(self: LogsResponse) -> ActionResult:
    """StartQuery over up to fifty groups by name or ARN."""
    named = [self._get_param("logGroupName")] if self._get_param("logGroupName") else []
    named += self._get_param("logGroupNames") or self._get_param("logGroupIdentifiers") or []
    if not named or len(named) > GROUPS:
        raise Refused("InvalidParameterException", f"A query takes 1 to {GROUPS} log groups.")
    start, end = int(self._get_param("startTime")), int(self._get_param("endTime"))
    if end < start:
        raise Refused("MalformedQueryException", "Query's end date and time is before its start.")
    try:
        commands = parsed(self._get_param("queryString"))
    except QueryError as error:
        raise Malformed(error) from None
    groups = [_group(self, name) for name in named]
    made = _run(self._get_param("queryString"), commands, groups, start, end)
    _of(self).queries[made.ident] = made
    return ActionResult({"queryId": made.ident})


def _group(response: LogsResponse, name: str) -> LogGroup:
    short = name.partition(":log-group:")[2].removesuffix(":*") if ":" in name else name
    group: LogGroup | None = response.logs_backend.groups.get(short)
    if group is None:
        raise Refused(
            "ResourceNotFoundException",
            f"Log group '{short}' does not exist for account ID '{response.current_account}'",
        )
    return group


def _run(
    query: str, commands: list[Command], groups: list[LogGroup], start: int, end: int
) -> Query:
    events, size = [], 0
    for group in groups:
        account = group.arn.split(":")[4]
        for name, stream in list(group.streams.items()):
            for event in list(stream.events):
                if start * 1000 <= event.timestamp < (end + 1) * 1000:
                    size += len(event.message.encode()) + OVERHEAD
                    events.append(
                        {
                            "@timestamp": event.timestamp / 1000,
                            "@message": event.message,
                            "@logStream": name,
                            "@log": f"{account}:{group.name}",
                            "@ingestionTime": event.ingestion_time / 1000,
                            "@ptr": base64.b64encode(
                                json.dumps([group.name, name, event.event_id]).encode()
                            ).decode(),
                        }
                    )
    rows, matched = run(commands, events)
    return Query(
        str(uuid.uuid4()), query, [group.name for group in groups], time.time(),
        rows, size, len(events), matched,
    )  # fmt: skip


@operation(LogsResponse)
def get_query_results(self: LogsResponse) -> ActionResult:
    """GetQueryResults: nothing yet, then a part, then all."""
    query = _query(self)
    query.asked += 1
    share = {"Scheduled": 0.0, "Running": 0.5}.get(query.status, 1.0)
    if query.stopped:
        share = 0.5
    shown, token = page(
        query.rows[: round(len(query.rows) * share)],
        self._get_param("nextToken"),
        int(self._get_param("maxItems") or 10_000),
    )
    results = [
        [{"field": name, "value": text(name, held)} for name, held in row.items()] for row in shown
    ]
    counted = {
        "recordsMatched": query.matched,
        "recordsScanned": query.scanned,
        "bytesScanned": query.bytes_scanned,
    }
    answer = {
        "queryLanguage": "CWLI",
        "status": query.status,
        "results": results,
        "statistics": {name: float(round(many * share)) for name, many in counted.items()}
        | {"logGroupsScanned": float(len(query.groups))},
    }
    return ActionResult(answer | ({"nextToken": token} if token else {}))


def _query(response: LogsResponse) -> Query:
    query = _of(response).queries.get(response._get_param("queryId"))  # noqa: SLF001 - moto's
    if query is None:
        raise Refused("ResourceNotFoundException", "The query does not exist.")
    return query


@operation(LogsResponse)
def stop_query(self: LogsResponse) -> ActionResult:
    """StopQuery; one that has ended cannot be stopped."""
    query = _query(self)
    if query.status not in ("Scheduled", "Running"):
        raise Refused("InvalidParameterException", "The query has ended already.")
    query.stopped = True
    return ActionResult({"success": True})


@operation(LogsResponse)
def get_log_record(self: LogsResponse) -> ActionResult:
    """GetLogRecord: the line that a pointer of a result leads to."""
    try:
        group, stream, ident = json.loads(base64.b64decode(self._get_param("logRecordPointer")))
        events = self.logs_backend.groups[group].streams[stream].events
        event = next(event for event in events if event.event_id == ident)
    except (ValueError, KeyError, StopIteration):
        raise Refused("InvalidParameterException", "The pointer leads nowhere.") from None
    told = {
        "@timestamp": str(event.timestamp),
        "@ingestionTime": str(event.ingestion_time),
        "@message": event.message,
        "@logStream": stream,
        "@log": f"{self.current_account}:{group}",
    }
    return ActionResult({"logRecord": told})


@operation(LogsResponse)
def describe_queries(self: LogsResponse) -> ActionResult:
    """DescribeQueries, the newest first."""
    wanted = self._get_param("logGroupName"), self._get_param("status")
    found = [
        {
            "queryId": query.ident, "queryString": query.text, "status": query.status,
            "createTime": int(query.began * 1000), "logGroupName": query.groups[0],
        }
        for query in reversed(_of(self).queries.values())
        if wanted[0] in (None, query.groups[0]) and wanted[1] in (None, query.status)
    ]  # fmt: skip
    return ActionResult({"queries": found})


@operation(LogsResponse)
def put_query_definition(self: LogsResponse) -> ActionResult:
    """PutQueryDefinition: a new one, or another text for an old one."""
    ident = self._get_param("queryDefinitionId") or str(uuid.uuid4())
    given = {name: self._get_param(name) for name in ("name", "queryString", "logGroupNames")}
    define(_of(self), ident, **given)
    return ActionResult({"queryDefinitionId": ident})


def define(where: Saved, ident: str, **given: Any) -> None:
    """Save a query."""
    where.definitions[ident] = {
        "queryDefinitionId": ident,
        "queryLanguage": "CWLI",
        "lastModified": int(time.time() * 1000),
        **{name: value for name, value in given.items() if value is not None},
    }


@operation(LogsResponse)
def describe_query_definitions(self: LogsResponse) -> ActionResult:
    """DescribeQueryDefinitions, by a prefix of the name."""
    prefix = self._get_param("queryDefinitionNamePrefix") or ""
    found = sorted(
        (one for one in _of(self).definitions.values() if one["name"].startswith(prefix)),
        key=lambda one: str(one["name"]),
    )
    most = int(self._get_param("maxResults") or 1000)
    shown, token = page(found, self._get_param("nextToken"), most)
    return ActionResult({"queryDefinitions": shown} | ({"nextToken": token} if token else {}))
