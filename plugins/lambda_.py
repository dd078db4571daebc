"""AWS Lambda: functions, what feeds them, their versions and aliases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from awstui.masking import HIDDEN
from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Tone

MOVING = {"Pending", "InProgress", "Creating", "Enabling", "Disabling", "Updating", "Deleting"}
"""Words of Lambda's for something that is on its way."""


def masked(row: Row) -> Row:
    """The function without the values of its variables, secrets more often than not; their names stay."""
    variables = (row.get("Environment") or {}).get("Variables")
    if not variables:
        return row
    hidden = dict.fromkeys(variables, HIDDEN)
    return {**row, "Environment": {**row["Environment"], "Variables": hidden}}


async def list_functions(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Every function of the region."""
    async for row in aws.rows("list_functions"):
        yield masked(row)


async def list_versions(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Every version of a function, its unpublished one included."""
    name = parent["FunctionName"]
    async for row in aws.rows("list_versions_by_function", FunctionName=name):
        yield masked(row)


async def describe_function(aws: Aws, row: Row) -> Any:
    """The configuration; GetFunction would also hand out an address to download the code from.

    Its variables are whole: the console hides them until a person asks to see them.
    """
    arguments = {"FunctionName": row["FunctionName"], "Qualifier": row.get("Version", "$LATEST")}
    configuration = await aws.read("get_function_configuration", **arguments)
    return {n: value for n, value in configuration.items() if n != "ResponseMetadata"}


def function_says(row: Row) -> str:
    """Why the function cannot run or could not be updated, where Lambda tells."""
    for state, reason in (("State", "StateReason"), ("LastUpdateStatus", "LastUpdateStatusReason")):
        if row.get(state, "Active") not in ("Active", "Successful"):
            what = row[state] if state == "State" else f"update {row[state]}"
            return f"{what}: {row[reason]}" if row.get(reason) else str(what)
    unread = (row.get("Environment") or {}).get("Error")
    return f"variables unreadable: {unread.get('Message', '')}" if unread else ""


def function_tone(row: Row) -> Tone:
    """How the function is, as far as its state was told."""
    states = {row.get("State"), row.get("LastUpdateStatus")}
    if "Failed" in states:
        return "bad"
    return "warn" if states & MOVING or (row.get("Environment") or {}).get("Error") else ""


def tail(arn: Any) -> str:
    """The name at the end of an ARN."""
    return str(arn or "").rsplit(":", 1)[-1].rsplit("/", 1)[-1]


def fed_by(row: Row) -> str:
    """The queue, stream or topic that a mapping reads."""
    if row.get("EventSourceArn"):
        part = row["EventSourceArn"].split(":", 5)[-1]
        return str(part.split("/")[1] if "/" in part else part)
    return ", ".join([*row.get("Topics", ()), *row.get("Queues", ())])


def function_of(row: Row) -> str:
    """The name of the function that a mapping calls, without version or alias."""
    return ":".join(str(row.get("FunctionArn", "")).split(":")[6:7])


def queue(arn: Any) -> str | None:
    """The ARN when it is a queue's."""
    return arn if isinstance(arn, str) and arn.split(":")[2:3] == ["sqs"] else None


def mapping_says(row: Row) -> str:
    """What keeps a mapping from delivering, or what to know before it loses messages."""
    state, result = row.get("State", ""), row.get("LastProcessingResult") or ""
    if state in ("Disabled", "Disabling"):
        return f"nobody takes from {fed_by(row)}: {row.get('StateTransitionReason') or 'disabled'}"
    if state != "Enabled" or result.startswith("PROBLEM"):
        return result if result.startswith("PROBLEM") else row.get("StateTransitionReason", "")
    if queue(row.get("EventSourceArn")):
        if "ReportBatchItemFailures" not in row.get("FunctionResponseTypes", ()):
            return "one bad message fails its whole batch"
        if row.get("FilterCriteria"):
            return "deletes the messages that its filter leaves out"
    return ""


def mapping_tone(row: Row) -> Tone:
    """How a mapping is."""
    if (row.get("LastProcessingResult") or "").startswith("PROBLEM"):
        return "bad"
    return "" if row.get("State") == "Enabled" else "warn"


CONFIGURATION = (
    Column("Runtime", "Runtime || PackageType"),
    Column("Memory", "MemorySize", kind="number"),
    Column("Timeout", "Timeout", kind="duration"),
    Column("Code size", "CodeSize", kind="bytes", rank=2),
)

LOGS = Link(
    "logs", "logs.groups", "LoggingConfig.LogGroup || FunctionArn || AliasArn", key="L", view="tail"
)

functions = Resource(
    name="functions",
    rows=list_functions,
    key="FunctionName",
    arn="FunctionArn",
    child="mappings",
    every=60.0,
    describe=describe_function,
    order=lambda row: ({"bad": 0, "warn": 1}.get(function_tone(row), 2), row["FunctionName"]),
    columns=(
        Column("Function", "FunctionName", rank=0, tone=function_tone),
        *CONFIGURATION,
        Column("Modified", "LastModified", kind="age", rank=0),
        Column("Arch", "Architectures[0]", rank=3),
        Column("Log group", "LoggingConfig.LogGroup", rank=3),
        Column("State", function_says, rank=0, tone=function_tone),
    ),
    links=(
        LOGS,
        Link(
            "log group",
            "logs.groups",
            "LoggingConfig.LogGroup || join('', ['/aws/lambda/', FunctionName])",
            key="l",
        ),
        Link(
            "dead-letter queue",
            "sqs.queues",
            lambda row: queue((row.get("DeadLetterConfig") or {}).get("TargetArn")),
            key="x",
        ),
        Link("versions", "versions", key="v"),
        Link("aliases", "aliases", key="a"),
    ),
)

mappings = Resource(
    name="mappings",
    title="Event source mappings",
    rows="list_event_source_mappings",
    given={"FunctionName": "FunctionName", "EventSourceArn": "Attributes.QueueArn"},
    alone=True,
    key="UUID",
    arn="EventSourceMappingArn",
    describe=("get_event_source_mapping", {"UUID": "UUID"}),
    order=lambda row: ({"bad": 0, "warn": 1}.get(mapping_tone(row), 2), fed_by(row)),
    columns=(
        Column("Source", fed_by, rank=0, tone=mapping_tone),
        Column("Function", function_of, rank=0),
        Column("State", kind="state", rank=0, tone=mapping_tone),
        Column("Last result", "LastProcessingResult", tone=mapping_tone),
        Column("Batch", "BatchSize", kind="number"),
        Column("Window", "MaximumBatchingWindowInSeconds", kind="duration", rank=2),
        Column("Max at once", "ScalingConfig.MaximumConcurrency", kind="number", rank=2),
        Column("Modified", "LastModified", kind="age"),
        Column("Note", mapping_says, rank=0, tone=mapping_tone),
    ),
    links=(
        Link("queue", "sqs.queues", lambda row: queue(row.get("EventSourceArn")), key="o"),
        Link("function", "functions", function_of, key="f"),
        LOGS,
    ),
)

versions = Resource(
    name="versions",
    rows=list_versions,
    given={"FunctionName": "FunctionName"},
    key="Version",
    arn="FunctionArn",
    every=60.0,
    describe=describe_function,
    order=lambda row: (-int(row["Version"]) if row["Version"].isdecimal() else -(10**18),),
    columns=(
        Column("Version", rank=0),
        *CONFIGURATION,
        Column("Modified", "LastModified", kind="age", rank=0),
        Column("Code SHA-256", "CodeSha256", rank=3),
        Column("Description", rank=0),
    ),
    links=(LOGS,),
)

aliases = Resource(
    name="aliases",
    rows="list_aliases",
    given={"FunctionName": "FunctionName"},
    arn="AliasArn",
    every=60.0,
    columns=(
        Column("Alias", "Name", rank=0),
        Column("Version", "FunctionVersion", rank=0),
        Column(
            "Also goes to",
            lambda row: ", ".join(
                f"{weight:.0%} to {version}"
                for version, weight in (
                    (row.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
                ).items()
            ),
            rank=0,
            tone=lambda row: "warn" if row.get("RoutingConfig") else "",
        ),
        Column("Description"),
    ),
    links=(LOGS,),
)

plugin = Plugin(
    name="lambda",
    title="Lambda",
    aliases=("fn", "functions"),
    resources=(functions, mappings, versions, aliases),
)
