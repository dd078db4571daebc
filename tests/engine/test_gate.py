"""The gate: nothing that may change something leaves without a grant, nothing at all when read-only."""

from __future__ import annotations

import asyncio

import pytest
from botocore import xform_name

from awstui.engine import model
from awstui.engine.gate import Gate
from awstui.engine.reads import LYING, ONCE, PLAIN, goes_once, is_read
from awstui.engine.shared import models
from awstui.errors import AwsError
from awstui.wire import Scope
from tests.engine.conftest import SCOPE, MakeDoors, Scripted

WRITES = [
    ("sqs", "purge_queue", {"QueueUrl": "u"}),
    ("sqs", "receive_message", {"QueueUrl": "u"}),
    ("lambda", "invoke", {"FunctionName": "f"}),
    ("stepfunctions", "get_activity_task", {"activityArn": "a"}),
    ("elasticbeanstalk", "terminate_environment", {"EnvironmentId": "e"}),
    ("cloudwatch", "set_alarm_state", {"AlarmName": "a", "StateValue": "OK", "StateReason": "r"}),
]


@pytest.mark.parametrize(("service", "operation", "arguments"), WRITES)
async def test_a_write_without_a_grant_does_not_reach_the_wire(
    service: str,
    operation: str,
    arguments: dict[str, str],
    scripted: Scripted,
    make_doors: MakeDoors,
) -> None:
    door = make_doors(scripted.url).open(SCOPE, service)
    for call in (door.write, door.read):
        with pytest.raises(AwsError) as told:
            await call(operation, **arguments)
        assert told.value.problem.kind == "refused"
    assert scripted.requests == []


@pytest.mark.parametrize(("service", "operation", "arguments"), WRITES)
async def test_read_only_refuses_even_what_is_granted(
    service: str,
    operation: str,
    arguments: dict[str, str],
    scripted: Scripted,
    make_doors: MakeDoors,
) -> None:
    doors = make_doors(scripted.url, read_only=True)
    with doors.gate.grant("touch", "a.b", "t", SCOPE), pytest.raises(AwsError) as told:
        await doors.open(SCOPE, service).write(operation, **arguments)
    assert told.value.problem.why == "awstui is read-only."
    assert scripted.requests == []


async def test_a_client_behind_the_doors_back_is_stopped_by_the_guard(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    client = await doors.clients.get(SCOPE, "sqs", write=True)
    with doors.gate.grant("destroy", "queues.purge", "u", SCOPE), pytest.raises(AwsError):
        await client.purge_queue(QueueUrl="u")
    assert scripted.requests == []


async def test_a_grant_holds_for_its_scope_alone(scripted: Scripted, make_doors: MakeDoors) -> None:
    doors = make_doors(scripted.url)
    elsewhere = doors.open(SCOPE, "sqs").at(region="us-east-1")
    with (
        doors.gate.grant("change", "queues.send", "u", SCOPE),
        pytest.raises(AwsError) as told,
    ):
        await elsewhere.write("purge_queue", QueueUrl="u")
    assert "demo in eu-west-1, not for demo in us-east-1" in told.value.problem.why
    assert scripted.requests == []


def test_a_grant_ends_with_its_uses_its_time_and_its_block() -> None:
    now = 0.0
    gate = Gate(clock=lambda: now)

    def admitted() -> bool:
        try:
            with gate.admit("a:B", "a", "B", SCOPE):
                return True
        except AwsError:
            return False

    with gate.grant("change", "x.y", "t", SCOPE, uses=2, seconds=60):
        assert [admitted(), admitted(), admitted()] == [True, True, False]
    with gate.grant("change", "x.y", "t", SCOPE, seconds=60):
        now = 59.0
        assert admitted()
        now = 61.0
        assert not admitted()
    assert not admitted()


async def test_tasks_of_an_action_have_its_grant_until_it_ends() -> None:
    gate = Gate()
    go = asyncio.Event()

    async def write() -> bool:
        await go.wait()
        try:
            with gate.admit("a:B", "a", "B", SCOPE):
                return True
        except AwsError:
            return False

    async with asyncio.TaskGroup() as group:
        with gate.grant("change", "x.y", "t", SCOPE):
            go.set()
            within = group.create_task(write())
            await within
            go.clear()
            beyond = group.create_task(write())
            await asyncio.sleep(0)
        go.set()
    assert (within.result(), beyond.result()) == (True, False)


def test_another_profile_is_another_scope() -> None:
    gate = Gate()
    other = Scope("other", SCOPE.region, SCOPE.account)
    with (
        gate.grant("change", "x.y", "t", SCOPE),
        pytest.raises(AwsError),
        gate.admit("a:B", "a", "B", other),
    ):
        pass


@pytest.mark.parametrize(
    "operation",
    [
        "ListQueues",
        "GetQueueUrl",
        "GetQueueAttributes",
        "FilterLogEvents",
        "LookupEvents",
        "BatchGetTraces",
        "Query",
        "Scan",
        "HeadObject",
        "DescribeAlarms",
        "SearchResources",
        "TestMetricFilter",
        "StartQuery",
        "SimulatePrincipalPolicy",
        "RetrieveEnvironmentInfo",
    ],
)
def test_what_only_reads_is_known_to(operation: str) -> None:
    assert is_read(operation)


@pytest.mark.parametrize(
    "operation",
    [
        "ReceiveMessage",
        "GetActivityTask",
        "TestInvokeMethod",
        "TestFailover",
        "TestState",
        "GetClusterCredentials",
        "GetSessionToken",
        "Invoke",
        "PollForActivityTask",
        "RequestEnvironmentInfo",
        "ExecuteStatement",
        "TransactWriteItems",
        "BatchWriteItem",
        "CheckInLicense",
        "Getaway",
        "Listen",
        "Scanner",
        "SomethingNew",
    ],
)
def test_what_may_change_something_is_no_read(operation: str) -> None:
    assert not is_read(operation)


def test_the_exceptions_are_operations_that_exist() -> None:
    known = {
        name
        for service in models().list_available_services("service-2")
        if service
        in {
            "sqs", "logs", "stepfunctions", "elasticbeanstalk", "cloudformation", "iam", "sts",
            "cognito-identity", "cognito-idp", "redshift", "sns", "wafv2", "servicediscovery",
            "rds", "s3", "config", "route53", "events", "accessanalyzer", "identitystore",
            "bedrock-agentcore", "qconnect",
        }
        for name in model.service(service).operation_names
    }  # fmt: skip
    assert (LYING | ONCE | PLAIN) - known == set()
    assert {xform_name(name) for name in ONCE} == {"start_query", "stop_query", "start_live_tail"}
    assert goes_once("StartQuery")
    assert not goes_once("ListQueues")
