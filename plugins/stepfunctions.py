"""AWS Step Functions: state machines, their executions, and what happened in one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Tone

RECENT = 100
"""How many of a machine's newest executions its row sums up: what one call gives cheaply."""

EXPLAINED = 50
"""How many failed executions are asked why: within the quota of DescribeExecution at our cadence."""

TONES: dict[str, Tone] = {"FAILED": "bad", "TIMED_OUT": "bad", "ABORTED": "warn"}


async def summed_up(aws: Aws, row: Row) -> Row:
    """A machine with how its newest executions went, or where an express machine logs its own."""
    arn = row["stateMachineArn"]
    if row.get("type") == "EXPRESS":
        found = await aws.read(
            "describe_state_machine", stateMachineArn=arn, includedData="METADATA_ONLY"
        )
        return {**row, "loggingConfiguration": found.get("loggingConfiguration")}
    found = await aws.read("list_executions", stateMachineArn=arn, maxResults=RECENT)
    newest = found.get("executions", [])
    last = newest[0]["startDate"] if newest else None
    return {**row, "newest": [execution["status"] for execution in newest], "lastStart": last}


def failed(row: Row) -> int | None:
    """How many of a machine's newest executions failed; None where nobody can tell."""
    return sum(status in TONES for status in row["newest"]) if "newest" in row else None


def running(row: Row) -> int | None:
    """How many of a machine's newest executions run; None where nobody can tell."""
    return row["newest"].count("RUNNING") if "newest" in row else None


def machine_says(row: Row) -> str:
    """What is wrong with a machine."""
    if row.get("type") == "EXPRESS":
        return f"express: its executions are in {log_of(row) or 'no log: logging is off'}"
    over = [status for status in row.get("newest", ()) if status != "RUNNING"]
    streak = next((n for n, status in enumerate(over) if status not in TONES), len(over))
    if streak:
        return f"the last {streak if streak > 1 else 'one'} {word(over[0])}"
    return f"{failed(row)} of the last {len(over)} failed" if failed(row) else ""


def machine_tone(row: Row) -> Tone:
    """How a machine's newest finished execution went; a failure further back is a warning."""
    last = next((status for status in row.get("newest", ()) if status != "RUNNING"), "")
    return TONES.get(last) or ("warn" if failed(row) else "")


def word(status: str) -> str:
    """A status within a sentence."""
    return status.lower().replace("_", " ")


def log_of(row: Row) -> str | None:
    """The name of the log group that a machine writes to."""
    for destination in (row.get("loggingConfiguration") or {}).get("destinations") or ():
        arn = destination.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
        return arn.partition(":log-group:")[2].removesuffix(":*") or None
    return None


async def list_executions(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Every execution of a machine; for an express one a row that says where they are."""
    if parent.get("type") == "EXPRESS":
        yield {**parent, "status": "EXPRESS"}
        return
    failures = 0
    arn = parent["stateMachineArn"]
    async for row in aws.rows("list_executions", stateMachineArn=arn, maxResults=1000):
        failures += row["status"] in TONES
        yield {**row, "asked": row["status"] in TONES and failures <= EXPLAINED}


async def explained(aws: Aws, row: Row) -> Row:
    """An execution with why it failed."""
    if not row.get("asked"):
        return row
    found = await aws.read("describe_execution", executionArn=row["executionArn"])
    return {**row, "error": found.get("error"), "cause": found.get("cause")}


def duration(row: Row) -> float | None:
    """How long an execution took, or has run so far."""
    if row.get("startDate") is None:
        return None
    ended = row.get("stopDate") or dt.datetime.now(dt.UTC)
    return float((ended - row["startDate"]).total_seconds())


def execution_says(row: Row) -> str:
    """Why an execution failed, or what is odd about it."""
    if row.get("status") == "EXPRESS":
        kept = f"in the log group {log_of(row)}" if log_of(row) else "nowhere: logging is off"
        return f"Step Functions lists no executions of an express machine; they are {kept}"
    again = f"redriven {row['redriveCount']} ×" if row.get("redriveCount") else ""
    return " · ".join(filter(None, (why(row), again)))


def why(held: Row) -> str:
    """An error and its cause in one line; a Lambda's cause is JSON with the message inside."""
    cause = held.get("cause") or ""
    try:
        inside = json.loads(cause)
    except ValueError:
        inside = None
    if isinstance(inside, dict):
        cause = inside.get("errorMessage") or cause
    return ": ".join(filter(None, (held.get("error"), cause)))


async def list_history(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Every event of an execution with the state it belongs to; inputs and outputs stay behind."""
    if "executionArn" not in parent:
        raise AwstuiError("Step Functions keeps no history of what an express machine runs.")
    states: dict[int, str] = {}
    called: dict[int, str | None] = {}
    arn = parent["executionArn"]
    async for row in aws.rows(
        "get_execution_history", executionArn=arn, maxResults=1000, includeExecutionData=False
    ):
        # Only entering and leaving name the state; all else is told by the event it came from.
        name = details(row).get("name") or states.get(row.get("previousEventId", 0), "")
        states[row["id"]] = name
        entered = row["type"].endswith("StateEntered")
        before = None if entered else called.get(row.get("previousEventId", 0))
        called[row["id"]] = function_of(row) or before
        yield {**row, "executionArn": arn, "state": name, "function": called[row["id"]]}


def details(row: Row) -> Row:
    """The one block of details that an event has."""
    return next((held for name, held in row.items() if name.endswith("EventDetails")), None) or {}


async def describe_event(aws: Aws, row: Row) -> Any:
    """The event with its input and output, which the list leaves out."""
    arguments = {"executionArn": row["executionArn"], "maxResults": min(row["id"], 1000)}
    async for event in aws.rows("get_execution_history", **arguments):
        if event["id"] == row["id"]:
            return event
    return row


def event_says(row: Row) -> str:
    """What an event tells beside its type."""
    held = details(row)
    counted = f"iteration {held['index']}" if "index" in held else ""
    called = " ".join(filter(None, (held.get("resourceType"), held.get("resource"))))
    return why(held) or called or counted


def event_tone(row: Row) -> Tone:
    """How an event feels."""
    kind = row.get("type", "")
    if kind.endswith("Aborted"):
        return "warn"
    return "bad" if kind.endswith(("Failed", "TimedOut")) else ""


def function_of(row: Row) -> str | None:
    """The Lambda function that an event scheduled, by ARN or by name."""
    held = details(row)
    if ":lambda:" in (resource := held.get("resource") or ""):
        return ":".join(resource.split(":")[:7])
    if held.get("resourceType") != "lambda" or not held.get("parameters"):
        return None
    name = str(json.loads(held["parameters"]).get("FunctionName") or "")
    if name.startswith("arn:"):
        return ":".join(name.split(":")[:7])
    return name.partition(":")[0] or None


def happened(row: Row) -> dt.datetime | None:
    """When to look into the logs of an execution: at its failure, else at its beginning."""
    failing = row.get("status") in TONES and row.get("stopDate")
    return failing or row.get("startDate")


def writers(row: Row) -> list[str]:
    """What logs at an event: the function that its state called, and the machine itself."""
    function = row.get("function") or ""
    named = function if function.startswith("arn:") or not function else f"/aws/lambda/{function}"
    return [*filter(None, (named,)), row["executionArn"]]


machines = Resource(
    name="machines",
    title="State machines",
    rows="list_state_machines",
    enrich=summed_up,
    key="stateMachineArn",
    arn="stateMachineArn",
    child="executions",
    every=60.0,
    describe=("describe_state_machine", {"stateMachineArn": "stateMachineArn"}),
    order=lambda row: ({"bad": 0, "warn": 1}.get(machine_tone(row), 2), row.get("name")),
    columns=(
        Column("Machine", "name", rank=0, tone=machine_tone),
        Column("Type", "type", rank=2),
        Column("Running", running, kind="number", rank=0),
        Column("Failed", failed, kind="number", rank=0, tone=machine_tone),
        Column("Last start", "lastStart", kind="age", rank=0),
        Column("Created", "creationDate", kind="age", rank=3),
        Column("State", machine_says, rank=0, tone=machine_tone),
    ),
    links=(
        Link("log group", "logs.groups", log_of, key="l"),
        Link("logs", "logs.groups", "stateMachineArn", key="L", view="tail"),
    ),
)

executions = Resource(
    name="executions",
    rows=list_executions,
    given={"stateMachineArn": "stateMachineArn"},
    enrich=explained,
    key=lambda row: row.get("executionArn") or row["stateMachineArn"],
    arn="executionArn",
    child="history",
    every=10.0,
    describe=("describe_execution", {"executionArn": "executionArn"}),
    order=lambda row: (
        {"FAILED": 0, "TIMED_OUT": 0, "ABORTED": 1, "RUNNING": 2}.get(row["status"], 3),
        -row["startDate"].timestamp() if row.get("startDate") else 0.0,
    ),
    columns=(
        Column("Execution", "name", rank=0),
        Column("Status", "status", kind="state", rank=0, tone={**TONES, "EXPRESS": "muted"}),
        Column("Started", "startDate", kind="age", rank=0),
        Column("Took", duration, kind="duration", rank=0),
        Column("Items", "itemCount", kind="number", rank=3),
        Column("Why", execution_says, rank=0, tone=lambda row: TONES.get(row["status"], "")),
    ),
    links=(
        Link("log group", "logs.groups", log_of, key="l"),
        Link(
            "logs at that time",
            "logs.groups",
            "executionArn || stateMachineArn",
            key="L",
            view="tail",
            at=happened,
        ),
    ),
)

history = Resource(
    name="history",
    title="Execution history",
    rows=list_history,
    given={"executionArn": "executionArn"},
    key="id",
    every=10.0,
    describe=describe_event,
    columns=(
        Column("Event", "id", kind="number", rank=0),
        Column("Time", "timestamp", kind="time", rank=0),
        Column("Type", "type", rank=0, tone=event_tone),
        Column("State", "state", rank=0),
        Column("After", "previousEventId", kind="number", rank=3),
        Column("What", event_says, rank=0, tone=event_tone),
    ),
    links=(
        Link("function", "lambda.functions", "function", key="f"),
        Link("logs at that time", "logs.groups", writers, key="L", view="tail", at="timestamp"),
    ),
)

plugin = Plugin(
    name="stepfunctions",
    title="Step Functions",
    aliases=("sfn", "states"),
    resources=(machines, executions, history),
)
