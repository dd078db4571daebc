"""The shop's state machines and what they did in the last days."""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import dataclass
from typing import Any

from moto.stepfunctions.models import StateMachine, StepFunctionBackend

from awstui.demo.extensions.stepfunctions import PastExecution
from awstui.demo.extensions.stepfunctions import machines as backends
from awstui.demo.fleet import ACCOUNT, REGION, ago, arn, dice, messages, uuid_of
from awstui.demo.fleet.log_groups import GROUPS


def _task(function: str, following: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        "ResultPath": None,
        **({"Next": following} if following else {"End": True}),
        **more,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A machine: its definition, the way an execution takes, and how it may fail."""

    name: str
    comment: str
    states: dict[str, Any]
    way: tuple[str, ...]
    failures: tuple[tuple[str, str, str], ...] = ()
    kind: str = "STANDARD"


PLANS = (
    Plan(
        name="order-fulfilment",
        comment="From a placed order to a parcel",
        way=("ReserveStock", "ChargeCard", "InStock", "WaitForCarrier", "Ship"),
        states={
            "ReserveStock": _task("inventory-sync", "ChargeCard"),
            "ChargeCard": _task("payments-charge", "InStock"),
            "InStock": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.total", "NumericGreaterThan": 0, "Next": "WaitForCarrier"}
                ],
                "Default": "OutOfStock",
            },
            "OutOfStock": {"Type": "Fail", "Error": "OutOfStock", "Cause": "Nothing left in FRA1"},
            "WaitForCarrier": {"Type": "Wait", "Seconds": 600, "Next": "Ship"},
            "Ship": _task("shipping-label", ""),
        },
        failures=(
            ("ChargeCard", "TimeoutError", "payment gateway did not answer in 3000 ms"),
            ("ReserveStock", "Lambda.TooManyRequestsException", "Rate Exceeded."),
        ),
    ),
    Plan(
        name="returns-intake",
        comment="Waits until the parcel is back",
        way=("Announce", "WaitForParcel", "Refund"),
        states={
            "Announce": {"Type": "Pass", "Next": "WaitForParcel"},
            "WaitForParcel": {"Type": "Wait", "Seconds": 86_400, "Next": "Refund"},
            "Refund": _task("payments-charge", ""),
        },
        failures=(("Refund", "CardExpired", "refund is not possible to an expired card"),),
    ),
    Plan(
        name="nightly-report",
        comment="Sums up the day",
        way=("Collect", "Report"),
        states={
            "Collect": {"Type": "Pass", "Next": "Report"},
            "Report": _task("nightly-report", ""),
        },
        failures=(("Report", "States.Timeout", "Task timed out after 900 s"),),
    ),
    Plan(
        name="catalogue-import",
        comment="Reads the suppliers' lists, one batch after another",
        way=("ReadList", *("ImportBatch", "MoreBatches") * 60, "Done"),
        states={
            "ReadList": {"Type": "Pass", "Result": {"left": 60}, "Next": "ImportBatch"},
            "ImportBatch": {
                "Type": "Pass",
                "Parameters": {"left.$": "States.MathAdd($.left, -1)"},
                "Next": "MoreBatches",
            },
            "MoreBatches": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.left", "NumericGreaterThan": 0, "Next": "ImportBatch"}],
                "Default": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    ),
    Plan(
        name="cart-recovery",
        comment="Mails those who left",
        kind="EXPRESS",
        way=("Mail",),
        states={"Mail": _task("notify-customer", "")},
    ),
)

PAST = (
    # machine, how many of each status, hours over which they are spread
    ("order-fulfilment", {"SUCCEEDED": 46, "FAILED": 9, "TIMED_OUT": 2, "ABORTED": 1}, 30.0),
    ("order-fulfilment", {"RUNNING": 4}, 0.15),
    ("returns-intake", {"SUCCEEDED": 5, "FAILED": 1}, 160.0),
    ("returns-intake", {"RUNNING": 3}, 20.0),
    ("nightly-report", {"SUCCEEDED": 13, "FAILED": 1}, 14 * 24.0),
    ("catalogue-import", {"SUCCEEDED": 2}, 50.0),
)


def seed() -> None:
    """Make the machines and their executions."""
    backend = backends[ACCOUNT][REGION]
    chance = dice("machines")
    plans = {plan.name: plan for plan in PLANS}
    machines: dict[str, StateMachine] = {}
    for plan in PLANS:  # past the check of their definitions: it would import the grammar
        definition = {"Comment": plan.comment, "StartAt": plan.way[0], "States": plan.states}
        machines[plan.name] = StepFunctionBackend.create_state_machine(
            backend,
            plan.name,
            json.dumps(definition, indent=2),
            f"arn:aws:iam::{ACCOUNT}:role/{plan.name}",
            tags=[{"key": "shop", "value": "web"}],
            sm_type=plan.kind,
            loggingConfiguration=logging(plan.name),
        )
        machines[plan.name].creation_date = ago(days=chance.uniform(15, 400))
    for name, statuses, hours in PAST:
        for status, number in statuses.items():
            for _ in range(number):
                since = dt.timedelta(hours=chance.uniform(0.01, hours))
                start = dt.datetime.now(dt.UTC) - since
                add_past(machines[name], plans[name], chance, status, start)


def logging(machine: str) -> dict[str, Any] | None:
    """Where a machine logs; None where no group of the fleet is for it."""
    group = f"/aws/vendedlogs/states/{machine}"
    if group not in GROUPS:
        return None
    end = {"logGroupArn": arn("logs", f"log-group:{group}:*")}
    return {"level": "ERROR", "destinations": [{"cloudWatchLogsLogGroup": end}]}


def add_past(
    machine: StateMachine, plan: Plan, chance: random.Random, status: str, start: dt.datetime
) -> PastExecution:
    """Give a machine an execution that started then and came to this status."""
    given = messages.order(chance)
    name = f"order-{given['order_id']}" if plan.name.startswith("order") else uuid_of(chance)
    execution = PastExecution(
        name=name,
        execution_arn=arn("states", f"execution:{plan.name}:{name}"),
        state_machine_arn=machine.arn,
        status=status,
        start_date=start,
        stop_date=None,
        execution_input=json.dumps(given),
    )
    machine.executions.append(execution)  # type: ignore[arg-type]
    role = {"input": execution.execution_input, "roleArn": machine.roleArn}
    execution.add("ExecutionStarted", start, role)
    _walk(execution, plan, chance)
    return execution


def finish(execution: PastExecution, status: str, at: dt.datetime, **details: str) -> None:
    """End an execution."""
    word = {"TIMED_OUT": "TimedOut"}.get(status, status.title())
    execution.status, execution.stop_date = status, at
    execution.error, execution.cause = details.get("error"), details.get("cause")
    if status == "SUCCEEDED":
        execution.output = {"done": True, "parcel": f"PKT{execution.name[-8:].upper()}"}
        details = {"output": json.dumps(execution.output)}
    execution.add(f"Execution{word}", at, details)


def conclude(execution: PastExecution, plan: Plan, status: str, at: dt.datetime) -> None:
    """Let an execution that waits go on to its end."""
    carried = execution.execution_input
    waiting = next(state for state in plan.way if plan.states[state]["Type"] == "Wait")
    execution.add("WaitStateExited", at, {"name": waiting, "output": carried})
    last = plan.way[-1]
    execution.add("TaskStateEntered", at, {"name": last, "input": carried})
    if status == "FAILED":
        _, error, cause = plan.failures[0]
        execution.add("LambdaFunctionFailed", at, {"error": error, "cause": cause})
        finish(execution, status, at, error=error, cause=cause)
        return
    execution.add("TaskStateExited", at, {"name": last, "output": carried})
    finish(execution, status, at)


def _walk(execution: PastExecution, plan: Plan, chance: random.Random) -> None:
    failing, error, cause = chance.choice(plan.failures or (("", "", ""),))
    at, carried = execution.start_date, execution.execution_input
    for state in plan.way:
        kind = plan.states[state]["Type"]
        execution.add(f"{kind}StateEntered", at, {"name": state, "input": carried})
        if execution.status in {"RUNNING", "TIMED_OUT", "ABORTED"} and kind == "Wait":
            break
        at += dt.timedelta(milliseconds=chance.randint(8, 900))
        if execution.status == "FAILED" and state == failing:
            execution.add("LambdaFunctionFailed", at, {"error": error, "cause": cause})
            finish(execution, "FAILED", at, error=error, cause=cause)
            return
        if kind == "Wait":
            at += dt.timedelta(seconds=min(plan.states[state]["Seconds"], 1800))
        execution.add(f"{kind}StateExited", at, {"name": state, "output": carried})
    if execution.status == "TIMED_OUT":
        finish(execution, "TIMED_OUT", at + dt.timedelta(hours=1))
    elif execution.status == "ABORTED":
        stopped = at + dt.timedelta(seconds=41)
        finish(execution, "ABORTED", stopped, error="Operator", cause="wrong warehouse")
    elif execution.status != "RUNNING":
        finish(execution, execution.status, at)
