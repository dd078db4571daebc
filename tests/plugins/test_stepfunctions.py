"""Step Functions: which machine fails, why an execution did, and which state an event belongs to."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from awstui.errors import AwstuiError
from awstui.testing import FakeAws
from plugins import stepfunctions
from tests.plugins.conftest import Show

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:checkout"
START = dt.datetime(2024, 5, 17, 12, 0, tzinfo=dt.UTC)


def execution(name: str, status: str, minutes: int = 0, **more: Any) -> dict[str, Any]:
    started = START + dt.timedelta(minutes=minutes)
    ended = {} if status == "RUNNING" else {"stopDate": started + dt.timedelta(seconds=90)}
    arn = MACHINE.replace("stateMachine", "execution") + f":{name}"
    more = {"executionArn": arn, "name": name, "status": status, "startDate": started, **more}
    return more | ended


@pytest.mark.parametrize(
    ("statuses", "says", "tone"),
    [
        ("", "", ""),
        ("RUNNING SUCCEEDED SUCCEEDED", "", ""),
        ("RUNNING FAILED FAILED SUCCEEDED", "the last 2 failed", "bad"),
        ("TIMED_OUT SUCCEEDED", "the last one timed out", "bad"),
        ("SUCCEEDED FAILED", "1 of the last 2 failed", "warn"),
    ],
)
async def test_a_machine_says_how_its_newest_executions_went(
    show: Show, statuses: str, says: str, tone: str
) -> None:
    machine = {"stateMachineArn": MACHINE, "name": "checkout", "type": "STANDARD"}
    newest = [execution(str(n), status) for n, status in enumerate(statuses.split())]
    answers = {
        "list_state_machines": {"stateMachines": [machine]},
        "list_executions": {"executions": newest},
    }
    [row] = await show(stepfunctions.plugin, "machines", FakeAws(answers))
    assert (row.cells["State"], row.tones["State"]) == (says, tone)
    assert row.cells["Running"] == statuses.split().count("RUNNING")


async def test_an_express_machine_leads_to_its_log_instead_of_an_error(show: Show) -> None:
    machine = {"stateMachineArn": MACHINE, "name": "checkout", "type": "EXPRESS"}
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:/express:*"
    logged = {"destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    answers: dict[str, Any] = {
        "list_state_machines": {"stateMachines": [machine]},
        "describe_state_machine": {**machine, "loggingConfiguration": logged},
    }
    aws = FakeAws(answers)
    [row] = await show(stepfunctions.plugin, "machines", aws)
    assert row.cells["State"] == "express: its executions are in /express"
    [only] = await show(stepfunctions.plugin, "executions", aws, row.raw)
    assert "the log group /express" in str(only.cells["Why"])
    assert only.links == {"log group": ["/express"]}
    with pytest.raises(AwstuiError, match="express"):
        [event async for event in stepfunctions.list_history(aws, only.raw)]
    assert "list_executions" not in [name for name, _ in aws.calls]


async def test_failed_executions_come_first_and_say_why(show: Show) -> None:
    cause = json.dumps({"errorType": "KeyError", "errorMessage": "'sku'", "stackTrace": []})
    found = [
        execution("r", "RUNNING", 9),
        execution("s", "SUCCEEDED", 8),
        execution("old", "FAILED", 1),
        execution("new", "FAILED", 5, redriveCount=2),
    ]
    aws = FakeAws(
        {
            "list_executions": [{"executions": found[:2]}, {"executions": found[2:]}],
            "describe_execution": {"error": "KeyError", "cause": cause},
        }
    )
    rows = await show(stepfunctions.plugin, "executions", aws, {"stateMachineArn": MACHINE})
    assert [row.cells["Execution"] for row in rows] == ["new", "old", "r", "s"]
    assert rows[0].cells["Why"] == "KeyError: 'sku' · redriven 2 ×"
    assert rows[0].cells["Took"] == 90
    assert rows[3].cells["Why"] == ""
    assert [name for name, _ in aws.calls].count("describe_execution") == 2


async def test_only_so_many_failures_are_asked_why(show: Show) -> None:
    found = [execution(str(n), "FAILED", n) for n in range(300)]
    aws = FakeAws({"list_executions": {"executions": found}, "describe_execution": {"error": "E"}})
    rows = await show(stepfunctions.plugin, "executions", aws, {"stateMachineArn": MACHINE})
    asked = [name for name, _ in aws.calls].count("describe_execution")
    assert (len(rows), asked) == (300, stepfunctions.EXPLAINED)


def events() -> list[dict[str, Any]]:
    """A parallel state whose second branch fails in a Lambda task."""
    entered, failed = "stateEnteredEventDetails", "lambdaFunctionFailedEventDetails"
    function = "arn:aws:lambda:eu-west-1:123456789012:function:charge:live"
    scheduled = {"lambdaFunctionScheduledEventDetails": {"resource": function}}
    rows: list[tuple[str, int, dict[str, Any]]] = [
        ("ExecutionStarted", 0, {}),
        ("ParallelStateEntered", 1, {entered: {"name": "Both"}}),
        ("ParallelStateStarted", 2, {}),
        ("TaskStateEntered", 3, {entered: {"name": "Ship"}}),
        ("TaskStateEntered", 3, {entered: {"name": "Charge"}}),
        ("LambdaFunctionScheduled", 5, scheduled),
        ("LambdaFunctionFailed", 6, {failed: {"error": "Declined", "cause": "no money"}}),
        ("TaskStateAborted", 4, {}),
        ("ExecutionFailed", 7, {"executionFailedEventDetails": {"error": "Declined"}}),
    ]
    return [
        {"id": n, "previousEventId": before, "type": kind, "timestamp": START, **held}
        for n, (kind, before, held) in enumerate(rows, 1)
    ]


async def test_an_event_belongs_to_the_state_that_it_came_from(show: Show) -> None:
    pages = [{"events": events()[:4]}, {"events": events()[4:]}]
    aws = FakeAws({"get_execution_history": pages})
    rows = await show(stepfunctions.plugin, "history", aws, {"executionArn": "arn"})
    states = [row.cells["State"] for row in rows]
    assert states == ["", "Both", "Both", "Ship", "Charge", "Charge", "Charge", "Ship", "Charge"]
    assert (rows[6].cells["What"], rows[6].tones["What"]) == ("Declined: no money", "bad")
    assert rows[7].tones["Type"] == "warn"
    assert rows[5].links["function"][0].endswith(":function:charge")
    assert rows[6].links == rows[5].links, "what failed is the function that was called"
    assert rows[4].links == rows[7].links == {}
    function, at = rows[6].links["function"][0], START.timestamp()
    assert rows[6].views == {"logs at that time": ([function, "arn"], at)}
    assert rows[0].views == {"logs at that time": (["arn"], at)}
    arguments = aws.calls[0][1]
    assert (arguments["maxResults"], arguments["includeExecutionData"]) == (1000, False)


async def test_describing_an_event_fetches_what_the_list_left_out() -> None:
    whole = [{**event, "input": "{}"} for event in events()]
    aws = FakeAws({"get_execution_history": {"events": whole}})
    row = {**events()[4], "executionArn": "arn"}
    assert (await stepfunctions.describe_event(aws, row))["input"] == "{}"
    assert aws.calls == [("get_execution_history", {"executionArn": "arn", "maxResults": 5})]


def test_an_optimised_task_names_its_function_in_its_parameters() -> None:
    held = {"resourceType": "lambda", "parameters": json.dumps({"FunctionName": "charge:live"})}
    assert stepfunctions.function_of({"taskScheduledEventDetails": held}) == "charge"
    queue = {"resourceType": "sqs", "parameters": "{}"}
    assert stepfunctions.function_of({"taskScheduledEventDetails": queue}) is None
