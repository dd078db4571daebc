"""CloudWatch alarms: composites that follow their children, history, paging, notifications."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sns.exceptions import TopicNotFound
from moto.sns.models import sns_backends

from awstui.demo.extensions import operation, page, plain, replace

KEPT = 200
"""History entries kept of an alarm."""

_TOKEN = re.compile(r"\s*(AND|OR|NOT|TRUE|FALSE|\(|\)|(?:ALARM|OK|INSUFFICIENT_DATA)\s*\([^)]*\))")
_STATE = re.compile(r'(\w+)\s*\(\s*"?(?:arn:[^")]*:alarm:)?([^")]*?)"?\s*\)')


class Rule:
    """An alarm rule: ``ALARM("a") AND NOT (OK("b") OR FALSE)``."""

    def __init__(self, rule: str) -> None:
        """Raises ``ValueError`` for a rule that is none."""
        self._tokens = _TOKEN.findall(rule)
        if "".join(self._tokens).replace(" ", "") != re.sub(r"\s", "", rule):
            raise ValueError(f"not an alarm rule: {rule}")
        self.children = {_STATE.match(t)[2] for t in self._tokens if _STATE.match(t)}  # type: ignore[index]
        self._at = 0

    def holds(self, states: dict[str, str]) -> bool:
        """Whether it holds when alarms are in these states."""
        self._at = 0
        return self._either(states)

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _either(self, states: dict[str, str]) -> bool:
        held = self._both(states)
        while self._next() == "OR":
            self._at += 1
            held = self._both(states) or held
        return held

    def _both(self, states: dict[str, str]) -> bool:
        held = self._one(states)
        while self._next() == "AND":
            self._at += 1
            held = self._one(states) and held
        return held

    def _one(self, states: dict[str, str]) -> bool:
        word = self._next()
        self._at += 1
        if word == "NOT":
            return not self._one(states)
        if word == "(":
            held = self._either(states)
            self._at += 1
            return held
        match = _STATE.match(word)
        return states.get(match[2]) == match[1] if match else word == "TRUE"


def kind(alarm: Alarm) -> str:
    """``MetricAlarm`` or ``CompositeAlarm``."""
    return "MetricAlarm" if alarm.rule is None else "CompositeAlarm"


def record(alarm: Alarm, item: str, summary: str, data: dict[str, Any], at: dt.datetime) -> None:
    """Add to an alarm's history."""
    alarm.history.append(
        {
            "AlarmName": alarm.name,
            "AlarmType": kind(alarm),
            "Timestamp": at,
            "HistoryItemType": item,
            "HistorySummary": summary,
            "HistoryData": json.dumps({"version": "1.0", **data}),
        }
    )
    del alarm.history[:-KEPT]


def change(alarm: Alarm, state: str, reason: str, at: dt.datetime, data: str = "{}") -> None:
    """Put an alarm into a state at a moment, with its history; tells nobody."""
    old = alarm.state_value
    change_of = {
        "oldState": {"stateValue": old, "stateReason": alarm.state_reason},
        "newState": {"stateValue": state, "stateReason": reason},
    }
    alarm.state_value, alarm.state_reason, alarm.state_reason_data = state, reason, data
    alarm.state_updated_timestamp = at
    if old != state:
        alarm.state_transitioned_timestamp = at  # type: ignore[attr-defined]
        record(alarm, "StateUpdate", f"Alarm updated from {old} to {state}", change_of, at)


@replace(Alarm, "update_state")
def update_state(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    """Change state, tell the topics, and look at the composites again."""
    old = self.state_value
    change(self, state_value, reason, utcnow(), reason_data or "{}")
    if old == state_value:
        return
    if self.actions_enabled:
        _tell(self, old)
    account = self.alarm_arn.split(":")[4]
    evaluate_composites(cloudwatch_backends[account][self.region_name])


def _tell(alarm: Alarm, old: str) -> None:
    chosen = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}
    account = alarm.alarm_arn.split(":")[4]
    told = {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.alarm_arn,
        "AlarmDescription": alarm.description,
        "NewStateValue": alarm.state_value,
        "OldStateValue": old,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": alarm.state_updated_timestamp.isoformat(),
        "Region": alarm.region_name,
    }
    for action in chosen.get(alarm.state_value, alarm.insufficient_data_actions) or ():
        if ":sns:" not in action:
            continue
        subject = f'{alarm.state_value}: "{alarm.name}"'[:99]
        try:
            sns_backends[account][alarm.region_name].publish(
                json.dumps(told), action, None, subject
            )
            summary = f"Successfully executed action {action}"
        except TopicNotFound:
            summary = f"Failed to execute action {action}. Received error: topic does not exist"
        record(alarm, "Action", summary, {"actionState": alarm.state_value}, utcnow())


def evaluate_composites(backend: CloudWatchBackend) -> None:
    """Bring every composite alarm into the state that its rule says."""
    states = {alarm.name: alarm.state_value for alarm in list(backend.alarms.values())}
    for alarm in list(backend.alarms.values()):
        if alarm.rule is None:
            continue
        state = "ALARM" if Rule(alarm.rule).holds(states) else "OK"
        if state != alarm.state_value:
            alarm.update_state(f"{alarm.rule} is {state == 'ALARM'}", "{}", state)
            return  # which evaluated all of them again


_moto_put_metric_alarm = CloudWatchResponse.put_metric_alarm


@operation(CloudWatchResponse)
def put_metric_alarm(self: CloudWatchResponse) -> ActionResult:
    """PutMetricAlarm; a new one has no data yet, one that is changed keeps its state."""
    backend, name = self.cloudwatch_backend, self._get_param("AlarmName")
    before = backend.alarms.get(name)
    answer = _moto_put_metric_alarm(self)
    alarm = backend.alarms[name]
    if before is not None:
        alarm.state_value, alarm.state_reason = before.state_value, before.state_reason
        alarm.history = before.history
    elif alarm.rule is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    did = "updated" if before else "created"
    record(alarm, "ConfigurationUpdate", f'Alarm "{name}" {did}', {"type": did}, utcnow())
    evaluate_composites(backend)
    return answer


@operation(CloudWatchResponse)
def put_composite_alarm(self: CloudWatchResponse) -> ActionResult:
    """PutCompositeAlarm."""
    return put_metric_alarm(self)


@operation(CloudWatchResponse)
def describe_alarms(self: CloudWatchResponse) -> ActionResult:
    """DescribeAlarms: metric alarms unless composite ones are asked for, a page at a time."""
    kinds = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
    every = sorted(self.cloudwatch_backend.describe_alarms(), key=lambda alarm: alarm.name)
    kept = [alarm for alarm in _asked_for(self, every) if kind(alarm) in kinds]
    kept.sort(key=kind, reverse=True)
    most = self._get_param("MaxRecords") or 50
    shown, token = page(kept, self._get_param("NextToken"), most)
    return ActionResult(
        {
            "MetricAlarms": [alarm for alarm in shown if alarm.rule is None],
            "CompositeAlarms": [alarm for alarm in shown if alarm.rule is not None],
            "NextToken": token,
        }
    )


def _asked_for(self: CloudWatchResponse, alarms: list[Alarm]) -> Iterable[Alarm]:
    names = self._get_param("AlarmNames", [])
    prefix = self._get_param("AlarmNamePrefix") or ""
    action = self._get_param("ActionPrefix")
    state = self._get_param("StateValue")
    parent = self._get_param("ChildrenOfAlarmName")
    child = self._get_param("ParentsOfAlarmName")
    rules = {alarm.name: Rule(alarm.rule).children for alarm in alarms if alarm.rule is not None}
    for alarm in alarms:
        actions = [*alarm.alarm_actions, *alarm.ok_actions, *alarm.insufficient_data_actions]
        if (
            (not names or alarm.name in names)
            and alarm.name.startswith(prefix)
            and (not action or any(one.startswith(action) for one in actions))
            and (not state or alarm.state_value == state)
            and (not parent or alarm.name in rules.get(parent, ()))
            and (not child or child in rules.get(alarm.name, ()))
        ):
            yield alarm


@operation(CloudWatchResponse)
def describe_alarm_history(self: CloudWatchResponse) -> ActionResult:
    """DescribeAlarmHistory, the newest first unless asked otherwise."""
    name, item = self._get_param("AlarmName"), self._get_param("HistoryItemType")
    kinds = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
    start, end = plain(self._get_param("StartDate")), plain(self._get_param("EndDate"))
    found = [
        entry
        for alarm in list(self.cloudwatch_backend.alarms.values())
        if name in {None, alarm.name} and (name or kind(alarm) in kinds)
        for entry in list(alarm.history)
        if item in {None, entry["HistoryItemType"]}
        and (start is None or entry["Timestamp"] >= start)
        and (end is None or entry["Timestamp"] <= end)
    ]
    rising = self._get_param("ScanBy") == "TimestampAscending"
    found.sort(key=lambda entry: entry["Timestamp"], reverse=not rising)
    most = self._get_param("MaxRecords") or 100
    shown, token = page(found, self._get_param("NextToken"), most)
    return ActionResult({"AlarmHistoryItems": shown, "NextToken": token})
