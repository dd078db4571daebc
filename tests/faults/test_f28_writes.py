"""F10, F28–F30: a write is sent once, whatever happens, and what is not known is called unknown."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from awstui.engine.door import Door, Doors
from awstui.errors import AwsError
from awstui.wire import Problem
from tests.anything import anything
from tests.faults.following import SCOPE
from tests.faults.proxy import FaultProxy
from tests.faults.rules import Do


@pytest.fixture
async def queue(doors: Doors) -> str:
    """The URL of a new, empty queue."""
    with doors.gate.grant("change", "queues.create", "q", SCOPE, anything()):
        made = await doors.open(SCOPE, "sqs").write("create_queue", QueueName=str(uuid.uuid4()))
    return str(made["QueueUrl"])


async def refused(
    doors: Doors, operation: str, *, deadline: float = 20.0, **arguments: Any
) -> Problem:
    """The problem that a granted write ends in."""
    with (
        doors.gate.grant("change", "queues.write", "q", SCOPE, anything()),
        pytest.raises(AwsError) as failed,
    ):
        await Door(doors, SCOPE, "sqs", deadline).write(operation, **arguments)
    return failed.value.problem


async def outcomes(doors: Doors, folder: Path) -> list[dict[str, Any]]:
    """The outcome lines of the audit, oldest first."""
    await doors.audit.flush()
    return [line for line in map(json.loads, written(folder)) if line["phase"] != "intent"]


def written(folder: Path) -> list[str]:
    """The lines of the audit."""
    return [line for file in folder.iterdir() for line in file.read_text().splitlines()]


async def held(doors: Doors, queue: str) -> int:
    """How many messages a queue has."""
    told = await doors.open(SCOPE, "sqs").read(
        "get_queue_attributes", QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(told["Attributes"]["ApproximateNumberOfMessages"])


async def test_f10_an_explicit_denial_is_not_repeated_and_stands_in_the_audit(
    proxy: FaultProxy, doors: Doors, queue: str, tmp_path: Path
) -> None:
    rule = proxy.rule(
        "error", operation="SendMessage", code="AccessDeniedException",
        message="User: arn:aws:iam::123456789012:user/ana is not authorized to perform: "
        "sqs:SendMessage with an explicit deny in a service control policy",
    )  # fmt: skip
    problem = await refused(doors, "send_message", QueueUrl=queue, MessageBody="x")
    assert (problem.kind, problem.action, rule.done) == ("denied", "sqs:SendMessage", 1)
    assert "denies it explicitly" in problem.why
    last = (await outcomes(doors, tmp_path / "audit"))[-1]
    assert (last["phase"], last["error_code"]) == ("error", "AccessDeniedException")


async def test_f28_what_has_vanished_is_called_missing(
    proxy: FaultProxy, doors: Doors, queue: str
) -> None:
    with doors.gate.grant("destroy", "queues.delete", "q", SCOPE, anything()):
        await doors.open(SCOPE, "sqs").write("delete_queue", QueueUrl=queue)
    proxy.forget()
    problem = await refused(doors, "send_message", QueueUrl=queue, MessageBody="x")
    assert (problem.kind, problem.do) == ("missing", "Refresh the list.")
    assert proxy.count(operation="SendMessage") == 1


@pytest.mark.parametrize(
    ("do", "arrived"), [("drop", 1), ("refuse", 0), ("reset", 0), ("hang", 0), ("truncate", 1)]
)
async def test_f29_a_lost_reply_is_unknown_and_never_sent_again(
    proxy: FaultProxy, doors: Doors, queue: str, tmp_path: Path, do: Do, *, arrived: int
) -> None:
    rule = proxy.rule(do, operation="SendMessage")
    deadline = 2.0 if do == "hang" else 20.0
    problem = await refused(
        doors, "send_message", deadline=deadline, QueueUrl=queue, MessageBody="x"
    )
    assert problem.kind == "unknown"
    assert "Look at the resource before you do it again" in problem.do
    assert rule.done == 1
    assert await held(doors, queue) == arrived, "which of both it is cannot be known from here"
    last = (await outcomes(doors, tmp_path / "audit"))[-1]
    assert (last["phase"], last["attempts"]) == ("unknown", 1)


async def test_f29_a_write_that_cannot_connect_is_known_not_to_have_happened(
    proxy: FaultProxy, doors: Doors, queue: str
) -> None:
    with proxy.down():
        problem = await refused(doors, "send_message", QueueUrl=queue, MessageBody="x")
    assert problem.kind == "offline"
    assert "Nothing listens" in problem.what


async def test_f29_a_write_that_a_breaker_holds_back_was_not_sent(
    proxy: FaultProxy, doors: Doors, queue: str, tmp_path: Path
) -> None:
    reader = doors.open(SCOPE, "sqs", 20.0)
    proxy.rule("refuse", service="sqs")
    for _ in range(2):
        with pytest.raises(AwsError):
            await reader.read("list_queues")
    proxy.forget()
    problem = await refused(doors, "send_message", QueueUrl=queue, MessageBody="x")
    assert problem.kind == "offline"
    assert "was not made" in problem.do
    assert proxy.count() == 0
    assert (await outcomes(doors, tmp_path / "audit"))[-1]["phase"] == "error"


async def test_f30_the_entries_of_a_batch_fail_one_by_one(
    proxy: FaultProxy, doors: Doors, queue: str
) -> None:
    receipts = [{"Id": str(n), "ReceiptHandle": "none", "VisibilityTimeout": 0} for n in range(2)]
    with doors.gate.grant("change", "queues.release", "q", SCOPE, anything()):
        told = await doors.open(SCOPE, "sqs").write(
            "change_message_visibility_batch", QueueUrl=queue, Entries=receipts
        )
    assert sorted(entry["Id"] for entry in told["Failed"]) == ["0", "1"]
    assert not told.get("Successful")
    assert proxy.count(operation="ChangeMessageVisibilityBatch") == 1
