"""CloudWatch alarms of every kind: which are red, since when, over what, and whom they tell."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from awstui.errors import AwsError
from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Signal, Tone
from awstui.project import short

LISTS = ("MetricAlarms", "CompositeAlarms", "LogAlarms")
TYPES = ["MetricAlarm", "CompositeAlarm", "LogAlarm"]
"""Without AlarmTypes AWS tells of metric alarms only; an older endpoint refuses the last."""

REFUSED = {"ValidationError", "ValidationException", "InvalidParameterValue"}
TONES: dict[str, Tone] = {"ALARM": "bad", "INSUFFICIENT_DATA": "warn"}

COMPARED = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside",
    "LessThanLowerThreshold": "below",
    "GreaterThanUpperThreshold": "above",
}

WATCHES = ("AlarmArn", "Namespace", "MetricName", "Dimensions", "Metrics",
           "ScheduledQueryConfiguration", "WatchedByMembers")  # fmt: skip
"""The fields of an alarm that say what it watches, which its history leaves out."""

MEMBER = re.compile(
    r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(\"[^\"]+\"|'[^']+'|[^\"'()\s]+)\s*\)"
)
"""An alarm within the rule of a composite one, by name or by ARN."""


async def pages(aws: Aws, operation: str, **arguments: Any) -> AsyncIterator[Row]:
    """The pages of an operation over every kind of alarm that the endpoint knows."""
    try:
        async for page in aws.pages(operation, AlarmTypes=TYPES, **arguments):
            yield page
    except AwsError as error:
        if error.problem.code not in REFUSED:
            raise
        async for page in aws.pages(operation, AlarmTypes=TYPES[:2], **arguments):
            yield page


async def list_alarms(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Every alarm of the region, of whatever kind."""
    async for page in pages(aws, "describe_alarms", MaxRecords=100):
        for name in LISTS:
            for row in page.get(name) or ():
                yield row


async def list_history(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """What happened to an alarm, newest first."""
    arguments = {"AlarmName": parent["AlarmName"], "ScanBy": "TimestampDescending"}
    alarm = {name: parent[name] for name in WATCHES if name in parent}
    async for page in pages(aws, "describe_alarm_history", MaxRecords=100, **arguments):
        for row in page.get("AlarmHistoryItems") or ():
            yield {**alarm, **row}


def kind(row: Row) -> str:
    """Which kind of alarm it is, which AWS tells only by the list it comes in."""
    if "AlarmRule" in row:
        return "composite"
    return "log" if "ScheduledQueryConfiguration" in row else "metric"


def metrics(row: Row) -> list[Row]:
    """The metrics that an alarm looks at: its own, or those of its metric maths."""
    queried = [query.get("MetricStat") or {} for query in row.get("Metrics") or ()]
    return [stat["Metric"] for stat in queried if stat] or [row]


def condition(row: Row) -> str:
    """What makes it an alarm, in a line."""
    if "AlarmRule" in row:
        return str(row["AlarmRule"])
    names = [str(metric["MetricName"]) for metric in metrics(row) if metric.get("MetricName")]
    threshold = row.get("Threshold")
    limit = "its band" if threshold is None else f"{threshold:g}"
    among = row.get("EvaluationPeriods") or row.get("QueryResultsToEvaluate")
    of = row.get("DatapointsToAlarm") or row.get("QueryResultsToAlarm") or among
    each = f" × {row['Period']} s" if row.get("Period") else ""
    compared = COMPARED.get(row.get("ComparisonOperator", ""), "")
    return f"{', '.join(names) or 'query'} {compared} {limit}, {of} of {among}{each}"


def watched(row: Row, *names: str) -> list[str]:
    """The values of its metrics' dimensions, those of the given names only when some are given."""
    held = [one for metric in metrics(row) for one in metric.get("Dimensions") or ()]
    return list(
        dict.fromkeys(one["Value"] for one in held if not names or one.get("Name") in names)
    )


def in_its_region(service: str, dimension: str, row: Row, kind: str = "") -> list[str]:
    """The ARNs of what a dimension names in the account and region of the alarm."""
    _, partition, _, region, account = row["AlarmArn"].split(":")[:5]
    at = f"arn:{partition}:{service}:{region}:{account}"
    return [f"{at}:{kind}{name}" for name in watched(row, dimension)]


def members(row: Row) -> list[str]:
    """The alarms that a composite one is made of."""
    return [found.strip("\"'") for found in MEMBER.findall(row.get("AlarmRule") or "")]


def topics(row: Row) -> list[str]:
    """The topics it tells when it goes off."""
    return [arn for arn in row.get("AlarmActions") or () if arn.split(":")[2:3] == ["sns"]]


def log_groups(row: Row) -> list[str]:
    """The log groups that it names itself."""
    queried = (row.get("ScheduledQueryConfiguration") or {}).get("LogGroupIdentifiers")
    return watched(row, "LogGroupName") or list(queried or ())


def writers(row: Row) -> list[str]:
    """What to read the logs of: the groups it names, what it watches, and whatever makes its metrics."""
    if "AlarmArn" not in row:
        return []
    found = [*row.get("WatchedByMembers", ()), *log_groups(row)]
    found += in_its_region("lambda", "FunctionName", row, "function:")
    found += watched(row, "StateMachineArn")
    found += in_its_region("sqs", "QueueName", row) + in_its_region("sns", "TopicName", row)
    found += [f"/aws/elasticbeanstalk/{name}/*" for name in watched(row, "EnvironmentName")]
    own = [one for one in metrics(row) if not one.get("Namespace", "AWS/").startswith("AWS/")]
    return found + [f"metric:{one['Namespace']}|{one['MetricName']}" for one in own]


def tell_composites(rows: list[Row]) -> list[Row]:
    """Tell composite alarms what those watch of which they are made, and these in turn."""
    known = {one[name]: one for one in rows for name in ("AlarmName", "AlarmArn") if name in one}

    def below(row: Row, met: set[str]) -> list[str]:
        met.add(row["AlarmName"])
        found = [known[name] for name in members(row) if name in known]
        new = [one for one in found if one["AlarmName"] not in met]
        return [writer for one in new for writer in (*writers(one), *below(one, met))]

    changed = []
    for row in rows:
        told = list(dict.fromkeys(below({**row, "WatchedByMembers": []}, set())))
        if told != row.get("WatchedByMembers", []):
            row["WatchedByMembers"] = told
            changed.append(row)
    return changed


def silence(row: Row) -> str:
    """Why nobody hears of it; empty when somebody does."""
    if not row.get("ActionsEnabled", True):
        return "off"
    if row.get("ActionsSuppressedBy"):
        return "suppressed"
    return "" if row.get("AlarmActions") else "none"


def says(row: Row) -> str:
    """Why it is not OK, and that nobody is told when nobody is."""
    unheard = {
        "off": "its actions are off",
        "suppressed": row.get("ActionsSuppressedReason") or "its actions are suppressed",
    }.get(silence(row), "")
    if row.get("EvaluationState"):
        unheard = f"evaluated badly: {row['EvaluationState']}"
    reason = "" if row.get("StateValue") == "OK" else row.get("StateReason") or ""
    return " · ".join(filter(None, (unheard, reason)))


async def signals(aws: Aws) -> AsyncIterator[Signal]:
    """Every alarm that is in ALARM."""
    async for page in pages(aws, "describe_alarms", StateValue="ALARM", MaxRecords=100):
        for row in (row for name in LISTS for row in page.get(name) or ()):
            yield Signal(f"{row['AlarmName']} is in ALARM", "bad", "alarms", row["AlarmName"])


alarms = Resource(
    name="alarms",
    rows=list_alarms,
    key="AlarmName",
    arn="AlarmArn",
    settle=tell_composites,
    child="history",
    every=30.0,
    order=lambda row: (
        {"ALARM": 0, "INSUFFICIENT_DATA": 1}.get(row.get("StateValue", ""), 2),
        silence(row) not in ("off", "suppressed"),
        row["AlarmName"],
    ),
    columns=(
        Column(
            "Alarm", "AlarmName", rank=0, tone=lambda row: TONES.get(row.get("StateValue", ""), "")
        ),
        Column("State", "StateValue", kind="state", rank=0, tone=TONES),
        Column("Since", "StateTransitionedTimestamp || StateUpdatedTimestamp", kind="age", rank=0),
        Column(
            "Actions",
            lambda row: silence(row) or "on",
            rank=0,
            tone={"off": "warn", "suppressed": "warn", "none": "muted"},
        ),
        Column("Watches", lambda row: ", ".join(map(short, watched(row))) or None, rank=2),
        Column("Condition", condition),
        Column("Kind", kind, rank=3),
        Column("Reason", says, rank=0),
    ),
    links=(
        Link("queue", "sqs.queues", partial(in_its_region, "sqs", "QueueName"), key="o"),
        Link("function", "lambda.functions", lambda row: watched(row, "FunctionName"), key="o"),
        Link(
            "state machine",
            "stepfunctions.machines",
            lambda row: watched(row, "StateMachineArn"),
            key="o",
        ),
        Link("topic", "sns.topics", partial(in_its_region, "sns", "TopicName"), key="o"),
        Link(
            "environment",
            "beanstalk.environments",
            lambda row: watched(row, "EnvironmentName"),
            key="o",
        ),
        Link(
            "log group",
            "logs.groups",
            log_groups,
            key="o",
        ),
        Link(
            "logs at that time",
            "logs.groups",
            writers,
            key="L",
            view="tail",
            at="StateTransitionedTimestamp || StateUpdatedTimestamp",
        ),
        Link("alarms it is made of", "alarms", members, key="o"),
        Link("topics it tells", "sns.topics", topics, key="t"),
    ),
)

history = Resource(
    name="history",
    title="Alarm history",
    rows=list_history,
    given={"AlarmName": "AlarmName"},
    key=("Timestamp", "HistoryItemType", "HistorySummary"),
    every=30.0,
    columns=(
        Column("When", "Timestamp", kind="age", rank=0),
        Column("Time", "Timestamp", kind="time", rank=2),
        Column("Type", "HistoryItemType", rank=0),
        Column(
            "What",
            "HistorySummary",
            rank=0,
            tone=lambda row: (
                "bad" if re.search("to ALARM|Failed", row.get("HistorySummary") or "") else ""
            ),
        ),
    ),
    links=(
        Link("logs at that time", "logs.groups", writers, key="L", view="tail", at="Timestamp"),
    ),
)

plugin = Plugin(
    name="alarms",
    title="CloudWatch alarms",
    service="cloudwatch",
    aliases=("cw", "alarm"),
    resources=(alarms, history),
    signals=signals,
)
