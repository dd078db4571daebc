"""CloudWatch Logs: groups by pattern, and events from the newest end."""

from __future__ import annotations

import json
import sys
from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse

from awstui.demo.extensions import page, replace
from awstui.demo.patterns import accepts

GROUPS = 50
"""Groups in an answer, at most and by default."""

EVENTS = 10_000
"""Events in an answer, at most and by default."""


_moto_create_log_group = LogsResponse.create_log_group


@replace(LogsResponse, "create_log_group")
def create_log_group(self: LogsResponse) -> str:
    """CreateLogGroup, which keeps the class of the group."""
    answer: str = _moto_create_log_group(self)
    group: Any = self.logs_backend.groups[self._get_param("logGroupName")]
    group.log_group_class = self._get_param("logGroupClass")
    return answer


def described(group: Any) -> dict[str, Any]:
    """A group as DescribeLogGroups tells it, with its class where one was given."""
    told: dict[str, Any] = group.to_describe_dict()
    kind = getattr(group, "log_group_class", None)
    return told | ({"logGroupClass": kind} if kind else {})


@replace(LogsResponse, "describe_log_groups")
def describe_log_groups(self: LogsResponse) -> str:
    """DescribeLogGroups, by prefix or by a piece of the name."""
    groups = [described(group) for group in list(self.logs_backend.groups.values())]
    prefix = self._get_param("logGroupNamePrefix") or ""
    piece = (self._get_param("logGroupNamePattern") or "").lower()
    chosen = self._get_param("logGroupIdentifiers") or ()
    kept = [
        group
        for group in groups
        if group["logGroupName"].startswith(prefix)
        and piece in group["logGroupName"].lower()
        and (not chosen or {group["logGroupName"], group["arn"].removesuffix(":*")} & set(chosen))
    ]
    kept.sort(key=lambda group: str(group["logGroupName"]))
    most = min(int(self._get_param("limit") or GROUPS), GROUPS)
    shown, token = page(kept, self._get_param("nextToken"), most)
    return _answer({"logGroups": shown, "nextToken": token})


@replace(LogsResponse, "filter_log_events")
def filter_log_events(self: LogsResponse) -> str:
    """FilterLogEvents by group name or ARN, stream prefix and filter pattern, oldest or newest first."""
    named = self._get_param("logGroupName") or self._get_param("logGroupIdentifier") or ""
    name = named.partition(":log-group:")[2].removesuffix(":*") if ":" in named else named
    group = self.logs_backend.groups.get(name)
    if group is None:
        raise ResourceNotFoundException
    prefix, streams = self._get_param("logStreamNamePrefix"), self._get_param("logStreamNames", [])
    if prefix:
        streams = [stream for stream in list(group.streams) if stream.startswith(prefix)] or ["-"]
    events, _, searched = group.filter_log_events(
        name,
        streams,
        self._get_param("startTime"),
        self._get_param("endTime"),
        sys.maxsize,
        None,
        "",
        interleaved=True,
    )
    test = accepts(self._get_param("filterPattern") or "")
    events = [event for event in events if test(event["message"])]
    newest_first = self._get_param("startFromHead") is False
    events.sort(key=lambda event: event["timestamp"], reverse=newest_first)
    most = min(int(self._get_param("limit") or EVENTS), EVENTS)
    shown, token = page(events, self._get_param("nextToken"), most)
    return _answer({"events": shown, "nextToken": token, "searchedLogStreams": searched})


def _answer(answer: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in answer.items() if value is not None})
