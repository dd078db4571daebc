"""Step Functions: executions without a name, history that pages, and executions of the past."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict
from moto.core.responses import ActionResult
from moto.stepfunctions import responses
from moto.stepfunctions.models import StateMachine, StepFunctionBackend
from moto.stepfunctions.responses import StepFunctionResponse

from awstui.demo.extensions import operation, page

if TYPE_CHECKING:
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

HISTORY_PAGE = 100

BEGINNING = 5.0
"""Seconds that an execution's thread has to begin."""

ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}


@dataclass(slots=True)
class PastExecution:
    """An execution that was, or is, without moto having run it; looks like moto's own."""

    name: str
    execution_arn: str
    state_machine_arn: str
    status: str
    start_date: dt.datetime
    stop_date: dt.datetime | None
    execution_input: str
    output: Any = None
    error: str | None = None
    cause: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    output_details: dict[str, bool] = field(default_factory=lambda: {"included": True})
    exec_worker: None = None

    def to_history_output(self) -> dict[str, Any]:
        """The history, as GetExecutionHistory answers it."""
        return {"events": self.events}

    def stop(self, stop_date: dt.datetime, error: str | None, cause: str | None) -> None:
        """End as StopExecution ends an execution."""
        self.status, self.stop_date = "ABORTED", stop_date
        self.error, self.cause = error, cause
        self.add("ExecutionAborted", stop_date, {"error": error, "cause": cause})

    def add(self, kind: str, at: dt.datetime, details: dict[str, Any]) -> None:
        """Append an event; the details' member of the response is named after the kind."""
        number = len(self.events) + 1
        event = {"id": number, "previousEventId": number - 1, "type": kind, "timestamp": at}
        for state in ("StateEntered", "StateExited"):
            if kind.endswith(state):
                kind = state
        kept = {name: value for name, value in details.items() if value is not None}
        event[f"{kind[0].lower()}{kind[1:]}EventDetails"] = kept
        self.events.append(event)


class Machines(StepFunctionBackend):
    """moto's backend that runs machines, without the seconds its grammar takes to import.

    The grammar is imported when a definition is to be checked or an execution to be run.
    """

    def create_state_machine(self, *args: Any, **kwargs: Any) -> StateMachine:
        """Check the definition, then make the machine."""
        given = inspect.signature(StepFunctionBackend.create_state_machine).bind(
            self, *args, **kwargs
        )
        self._runner()._validate_definition(given.arguments["definition"])  # noqa: SLF001 - moto's
        return super().create_state_machine(*args, **kwargs)

    def update_state_machine(self, *args: Any, **kwargs: Any) -> StateMachine:
        """Check the definition, then change the machine."""
        definition = kwargs.get("definition")
        if definition is not None:
            self._runner()._validate_definition(definition)  # noqa: SLF001 - moto's
        return super().update_state_machine(*args, **kwargs)

    def start_execution(self, *args: Any, **kwargs: Any) -> Any:
        """Run an execution in a thread."""
        return self._runner().start_execution(self, *args, **kwargs)  # type: ignore[arg-type]

    def send_task_success(self, *args: Any, **kwargs: Any) -> Any:
        """Let a task that waits for its token succeed."""
        return self._runner().send_task_success(self, *args, **kwargs)  # type: ignore[arg-type]

    def send_task_failure(self, *args: Any, **kwargs: Any) -> Any:
        """Let a task that waits for its token fail."""
        return self._runner().send_task_failure(self, *args, **kwargs)  # type: ignore[arg-type]

    def send_task_heartbeat(self, *args: Any, **kwargs: Any) -> Any:
        """Let a task that waits for its token wait on."""
        return self._runner().send_task_heartbeat(self, *args, **kwargs)  # type: ignore[arg-type]

    def list_map_runs(self, execution_arn: str) -> dict[str, Any]:
        """No map run is kept."""
        return {"mapRuns": []}

    def _get_executions(self, execution_status: str | None = None) -> list[Any]:
        """The executions that moto runs, for what tasks report."""
        return [
            execution
            for machine in self.state_machines
            for execution in machine.executions
            if getattr(execution, "exec_worker", None)
            and execution_status in {None, execution.status}
        ]

    @staticmethod
    def _runner() -> type[StepFunctionsParserBackend]:
        from moto.stepfunctions.parser.models import StepFunctionsParserBackend

        return StepFunctionsParserBackend


machines = BackendDict(Machines, "stepfunctions")
"""The machines by account and region."""

responses.get_backend = lambda account, region: machines[account][region]


@operation(StepFunctionResponse)
def start_execution(self: StepFunctionResponse) -> ActionResult:
    """StartExecution; without a name, one is given as AWS gives it."""
    execution = self.stepfunction_backend.start_execution(
        self._get_param("stateMachineArn"),
        self._get_param("name") or str(uuid.uuid4()),
        self._get_param("input", "{}"),
    )
    return ActionResult(
        {"executionArn": execution.execution_arn, "startDate": execution.start_date}
    )


_moto_describe_execution = StepFunctionResponse.describe_execution
_moto_list_executions = StepFunctionResponse.list_executions


@operation(StepFunctionResponse)
def describe_execution(self: StepFunctionResponse) -> ActionResult:
    """DescribeExecution; an output that is a string keeps its quotes."""
    answer = _moto_describe_execution(self)
    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    result: Any = answer.result
    if isinstance(execution.output, str):
        result["output"] = json.dumps(execution.output)
    if execution.status in ENDED:
        result["stopDate"] = execution.stop_date
    return answer


@operation(StepFunctionResponse)
def list_executions(self: StepFunctionResponse) -> ActionResult:
    """ListExecutions; one that timed out has a stop date too."""
    answer = _moto_list_executions(self)
    result: Any = answer.result
    for row in result["executions"]:
        if row["status"] == "TIMED_OUT":
            found = self.stepfunction_backend.describe_execution(row["executionArn"])
            row["stopDate"] = found.stop_date
    return answer


@operation(StepFunctionResponse)
def stop_execution(self: StepFunctionResponse) -> ActionResult:
    """StopExecution, which keeps the error and cause it was given."""
    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    error, cause = self._get_param("error"), self._get_param("cause")
    now = dt.datetime.now(dt.UTC)
    if execution.status == "RUNNING":
        _wait_until_begun(execution)
        execution.stop(stop_date=now, error=error, cause=cause)
        execution.error, execution.cause = error, cause
    return ActionResult({"stopDate": now})


def _wait_until_begun(execution: Any) -> None:
    """moto cannot stop a worker whose thread has not come to make its environment."""
    over = time.monotonic() + BEGINNING
    while (worker := execution.exec_worker) and worker.env is None and time.monotonic() < over:
        time.sleep(0.005)


@operation(StepFunctionResponse)
def get_execution_history(self: StepFunctionResponse) -> ActionResult:
    """GetExecutionHistory, either way round and a page at a time."""
    found = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    execution: Any = found  # moto declares the kind that does not run
    events = list(execution.to_history_output()["events"])
    if self._get_bool_param("reverseOrder"):
        events.reverse()
    most = self._get_int_param("maxResults") or HISTORY_PAGE
    shown, token = page(events, self._get_param("nextToken"), most)
    return ActionResult({"events": shown, "nextToken": token})
