"""CloudFormation: stacks, what happened to them with the root cause first, and what they made."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from functools import partial

from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Signal, Tone

STARTS = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}
"""What a stack becomes when somebody sets about it; rolling back is no new beginning."""

KNOWN = {
    "AWS::SQS::Queue": "sqs.queues",
    "AWS::SNS::Topic": "sns.topics",
    "AWS::Lambda::Function": "lambda.functions",
    "AWS::Logs::LogGroup": "logs.groups",
    "AWS::StepFunctions::StateMachine": "stepfunctions.machines",
    "AWS::CloudWatch::Alarm": "alarms.alarms",
    "AWS::CloudWatch::CompositeAlarm": "alarms.alarms",
    "AWS::ElasticBeanstalk::Environment": "beanstalk.environments",
    "AWS::S3::Bucket": "s3.buckets",
    "AWS::CloudFormation::Stack": "stacks",
}
"""Where rows of a resource type are at home."""


async def list_resources(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """What a stack made, each with the stack it belongs to."""
    stack = parent["StackId"]
    async for row in aws.rows("list_stack_resources", StackName=stack):
        yield {**row, "StackId": stack}


def tone_of(status: str) -> Tone:
    """How a status of a stack or of a part of one feels."""
    if status.startswith("UPDATE_ROLLBACK_COMPLETE") or status == "REVIEW_IN_PROGRESS":
        return "warn"
    if "FAILED" in status or status.startswith(("ROLLBACK", "UPDATE_ROLLBACK", "IMPORT_ROLLBACK")):
        return "bad"
    return "muted" if status.startswith("DELETE") else ""


def stack_tone(row: Row) -> Tone:
    """How a stack is."""
    return tone_of(row.get("StackStatus", ""))


def part_tone(row: Row) -> Tone:
    """How a part of a stack is; what was only cancelled is not to blame."""
    return "muted" if cancelled(row) else tone_of(row.get("ResourceStatus", ""))


def cancelled(row: Row) -> bool:
    """Whether it was only given up because another part failed."""
    return "cancelled" in (row.get("ResourceStatusReason") or "")


def stack_says(row: Row) -> str:
    """Why a stack is as it is."""
    meaning = {
        "REVIEW_IN_PROGRESS": "its change set was never executed",
        "UPDATE_ROLLBACK_COMPLETE": "the last update failed; the version before it is back",
        "ROLLBACK_COMPLETE": "was never made; can only be deleted",
        "UPDATE_ROLLBACK_FAILED": "stuck between versions",
    }.get(row.get("StackStatus", ""), "")
    drifted = (row.get("DriftInformation") or {}).get("StackDriftStatus") == "DRIFTED"
    said = (meaning, row.get("StackStatusReason"), "changed by hand" if drifted else "")
    return " · ".join(filter(None, said))


def seconds(moment: dt.datetime | None) -> float:
    """A moment as a number to sort by."""
    return moment.timestamp() if moment else 0.0


def flag_root_cause(rows: list[Row]) -> list[Row]:
    """Mark the first failure of the latest attempt: those after it mostly follow from it."""
    first: Row | None = None
    for row in sorted(rows, key=lambda row: -seconds(row.get("Timestamp"))):
        if "FAILED" in row.get("ResourceStatus", "") and not cancelled(row):
            first = row
        itself = row.get("PhysicalResourceId") == row.get("StackId")
        if itself and row.get("ResourceStatus") in STARTS:
            break
    if first is None:
        return []
    first["RootCause"] = True
    return [first]


def event_says(row: Row) -> str:
    """The reason that an event gives."""
    reason = row.get("ResourceStatusReason") or row.get("HookStatusReason") or ""
    return f"root cause: {reason}" if row.get("RootCause") else str(reason)


def elsewhere(kind: str, row: Row) -> str | None:
    """The key or ARN under which another plugin knows a part of that type."""
    physical = str(row.get("PhysicalResourceId") or "")
    if row.get("ResourceType") != kind or not physical or physical == row.get("StackId"):
        return None
    if kind == "AWS::SQS::Queue":  # known here by its URL, which ends in its name
        _, partition, _, region, account = row["StackId"].split(":")[:5]
        return f"arn:{partition}:sqs:{region}:{account}:{physical.rsplit('/', 1)[-1]}"
    return physical


def writer(row: Row) -> str | None:
    """A log group, or the ARN of a part that writes to one."""
    physical, made = str(row.get("PhysicalResourceId") or ""), row.get("ResourceType")
    if not physical:
        return None
    _, partition, _, region, account = row["StackId"].split(":")[:5]
    within = {"AWS::Lambda::Function": "lambda:{}:function:{}",
              "AWS::ElasticBeanstalk::Environment": "elasticbeanstalk:{}:environment/-/{}"}  # fmt: skip
    if made in within:
        return f"arn:{partition}:{within[made].format(f'{region}:{account}', physical)}"
    as_it_is = ("AWS::Logs::LogGroup", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine")
    return physical if made in as_it_is else elsewhere("AWS::SQS::Queue", row)


async def signals(aws: Aws) -> AsyncIterator[Signal]:
    """Every stack that failed."""
    async for row in aws.rows("describe_stacks"):
        if stack_tone(row) == "bad":
            text = f"{row['StackName']} is {row['StackStatus']}"
            yield Signal(text, "bad", "stacks", row["StackName"])


HOMES = tuple(
    Link(kind.rsplit("::", 1)[-1], to, partial(elsewhere, kind), key="o")
    for kind, to in KNOWN.items()
)

PART = (
    Column("Resource", "LogicalResourceId", rank=0, tone=part_tone),
    Column("Type", lambda row: row.get("ResourceType", "").removeprefix("AWS::")),
    Column("Status", "ResourceStatus", kind="state", rank=0, tone=part_tone),
)

stacks = Resource(
    name="stacks",
    rows="describe_stacks",
    pick="Stacks[?StackStatus != 'DELETE_COMPLETE']",
    key="StackName",
    arn="StackId",
    child="events",
    order=lambda row: (
        {"bad": 0, "warn": 2}.get(stack_tone(row), 3) if "COMPLETE" in row["StackStatus"] else 1,
        -seconds(row.get("LastUpdatedTime") or row.get("CreationTime")),
    ),
    columns=(
        Column("Stack", "StackName", rank=0, tone=stack_tone),
        Column("Status", "StackStatus", kind="state", rank=0, tone=stack_tone),
        Column("Changed", "LastUpdatedTime || CreationTime", kind="age", rank=0),
        Column(
            "Drift",
            "DriftInformation.StackDriftStatus",
            tone={"DRIFTED": "warn", "NOT_CHECKED": "muted"},
        ),
        Column("Protected", "EnableTerminationProtection", rank=3),
        Column("Description", rank=3),
        Column("Reason", stack_says, rank=0, tone=stack_tone),
    ),
    links=(
        Link("resources", "resources", key="o"),
        Link("stack it is part of", "stacks", "ParentId", key="u"),
    ),
)

events = Resource(
    name="events",
    title="Stack events",
    rows="describe_stack_events",
    given={"StackName": "StackId"},
    settle=flag_root_cause,
    key="EventId",
    every=10.0,
    order=lambda row: (not row.get("RootCause"), -seconds(row.get("Timestamp"))),
    columns=(
        Column("When", "Timestamp", kind="age", rank=0),
        *PART,
        Column("Reason", event_says, rank=0, tone=part_tone),
    ),
    links=(
        *HOMES,
        Link("logs at that time", "logs.groups", writer, key="L", view="tail", at="Timestamp"),
    ),
)

resources = Resource(
    name="resources",
    title="Stack resources",
    rows=list_resources,
    given={"StackName": "StackId"},
    key="LogicalResourceId",
    order=lambda row: (
        {"bad": 0, "warn": 1}.get(part_tone(row), 2),
        row.get("ResourceType"),
        row["LogicalResourceId"],
    ),
    columns=(
        *PART,
        Column("Changed", "LastUpdatedTimestamp", kind="age", rank=0),
        Column(
            "Drift",
            "DriftInformation.StackResourceDriftStatus",
            rank=2,
            tone={"MODIFIED": "warn", "DELETED": "bad", "NOT_CHECKED": "muted"},
        ),
        Column("Physical id", "PhysicalResourceId", rank=2),
        Column("Reason", "ResourceStatusReason", rank=0, tone=part_tone),
    ),
    links=(*HOMES, Link("logs", "logs.groups", writer, key="L", view="tail")),
)

plugin = Plugin(
    name="cloudformation",
    title="CloudFormation",
    aliases=("cfn", "stacks"),
    resources=(stacks, events, resources),
    signals=signals,
)
