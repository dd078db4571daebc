"""The gate: nothing that may change something leaves without a grant, nothing at all when read-only."""

from __future__ import annotations

import asyncio

import pytest

from awstui.engine import model
from awstui.engine.gate import Allowed, Gate, covers
from awstui.engine.planning import declared
from awstui.engine.reads import LYING, goes_once, is_read, others
from awstui.engine.resources import resources_of
from awstui.engine.shared import models
from awstui.errors import AwsError
from awstui.wire import Scope
from tests.anything import anything
from tests.engine.conftest import SCOPE, MakeDoors, Scripted

ELSEWHERE = Scope("demo", "us-east-1", "123456789012")

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
    granted = doors.gate.grant("touch", "a.b", "t", SCOPE, anything())
    with granted, pytest.raises(AwsError) as told:
        await doors.open(SCOPE, service).write(operation, **arguments)
    assert told.value.problem.why == "awstui is read-only."
    assert scripted.requests == []


async def test_read_only_holds_for_the_scopes_it_is_set_for_and_is_lifted_for_one_grant(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url, read_only_for=lambda scope: scope.region == "eu-west-1")
    here, there = (doors.open(one, "sqs") for one in (SCOPE, ELSEWHERE))
    with doors.gate.grant("change", "a.b", "t", ELSEWHERE, anything()):
        await there.write("purge_queue", QueueUrl="u")
    with doors.gate.grant("change", "a.b", "t", SCOPE, anything()), pytest.raises(AwsError):
        await here.write("purge_queue", QueueUrl="u")
    with doors.gate.grant("change", "a.b", "t", SCOPE, anything(), lifted=True):
        await here.write("purge_queue", QueueUrl="u")
    with pytest.raises(AwsError):
        await here.write("purge_queue", QueueUrl="u")
    assert len(scripted.requests) == 2


async def test_a_client_behind_the_doors_back_is_stopped_by_the_guard(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    client = await doors.clients.get(SCOPE, "sqs", write=True)
    granted = doors.gate.grant("destroy", "queues.purge", "u", SCOPE, anything())
    with granted, pytest.raises(AwsError):
        await client.purge_queue(QueueUrl="u")
    assert scripted.requests == []


async def test_what_was_admitted_for_one_operation_does_not_let_out_another(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    client = await doors.clients.get(SCOPE, "sqs", write=True)
    with (
        doors.gate.grant("change", "queues.tag", "u", SCOPE, anything()),
        doors.gate.admit("sqs:TagQueue", "sqs", "TagQueue", SCOPE, frozenset({"u"})),
    ):
        with pytest.raises(AwsError):
            await client.purge_queue(QueueUrl="u")
        for _ in range(3):
            await client.tag_queue(QueueUrl="u", Tags={})
        with pytest.raises(AwsError, match="not sent"):
            await client.tag_queue(QueueUrl="u", Tags={})
    assert [request.target for request in scripted.requests] == ["amazonsqs.tagqueue"] * 3


@pytest.mark.parametrize(
    ("operation", "arguments", "why"),
    [
        ("purge_queue", {"QueueUrl": "https://x/1/orders"}, ""),
        (
            "purge_queue",
            {"QueueUrl": "https://x/1/payments"},
            "that is not this on https://x/1/payments",
        ),
        ("delete_queue", {"QueueUrl": "https://x/1/orders"}, "that is not this"),
    ],
)
async def test_a_grant_names_operation_and_resource(
    operation: str, arguments: dict[str, str], why: str, scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    one = Allowed("sqs", "PurgeQueue", frozenset({"https://x/1/orders"}))
    with doors.gate.grant("destroy", "queues.purge", "orders", SCOPE, [one]):
        if why:
            with pytest.raises(AwsError) as told:
                await doors.open(SCOPE, "sqs").write(operation, **arguments)
            assert why in told.value.problem.why
        else:
            await doors.open(SCOPE, "sqs").write(operation, **arguments)
            with pytest.raises(AwsError, match="not sent"):
                await doors.open(SCOPE, "sqs").write(operation, **arguments)
    assert len(scripted.requests) == (not why)


async def test_a_declared_operation_is_allowed_on_what_the_row_names_alone(
    scripted: Scripted, make_doors: MakeDoors
) -> None:
    doors = make_doors(scripted.url)
    dead = f"arn:aws:sqs:eu-west-1:{SCOPE.account}:dlq"
    (allowed,) = declared(SCOPE, "sqs", ["receive_message"], ["orders", dead])
    assert allowed.operation == "ReceiveMessage"
    aws = doors.open(SCOPE, "sqs")
    with doors.gate.grant("touch", "queues.peek", "orders", SCOPE, [allowed]):
        await aws.write("receive_message", QueueUrl="https://x/1/orders")
        await aws.write("receive_message", QueueUrl="https://x/1/dlq")
        with pytest.raises(AwsError, match="not sent"):
            await aws.write("receive_message", QueueUrl="https://x/1/others")
        with pytest.raises(AwsError, match="not sent"):
            await aws.write("delete_message", QueueUrl="https://x/1/orders", ReceiptHandle="r")
    assert len(scripted.requests) == 2


MINE = f"https://sqs.eu-west-1.amazonaws.com/{SCOPE.account}/orders"


@pytest.mark.parametrize(
    ("name", "resource", "covered"),
    [
        ("orders", MINE, True),
        ("orders", "https://sqs.eu-west-1.amazonaws.com/000000000000/orders", False),
        ("orders", f"arn:aws:sqs:eu-west-1:{SCOPE.account}:orders", True),
        ("orders", "arn:aws:sqs:eu-west-1:000000000000:orders", False),
        ("orders", f"arn:aws:sqs:us-east-1:{SCOPE.account}:orders", False),
        ("orders", "orders", True),
        ("orders", "archive/orders", False),
        (f"arn:aws:sqs:eu-west-1:{SCOPE.account}:orders", MINE, True),
        ("arn:aws:sqs:eu-west-1:000000000000:orders", MINE, False),
        ("arn:aws:sqs:eu-west-1:000000000000:orders", "orders", False),
        ("shop", f"arn:aws:lambda:eu-west-1:{SCOPE.account}:function:shop", True),
        ("shop", f"arn:aws:lambda:eu-west-1:{SCOPE.account}:function:workshop", False),
        (MINE, f"{MINE}-dlq", False),
        ("arn:broken", "orders", False),
    ],
)
def test_a_name_means_a_resource_of_its_own_account_alone(
    name: str, resource: str, *, covered: bool
) -> None:
    assert covers(name, resource, SCOPE) is covered


def test_a_request_that_names_nothing_is_not_what_was_declared() -> None:
    (allowed,) = declared(SCOPE, "sqs", ["receive_message"], ["orders"])
    assert not allowed.fits("sqs", "ReceiveMessage", frozenset())
    assert allowed.fits("sqs", "ReceiveMessage", frozenset({MINE}))


async def test_a_grant_holds_for_its_scope_alone(scripted: Scripted, make_doors: MakeDoors) -> None:
    doors = make_doors(scripted.url)
    elsewhere = doors.open(SCOPE, "sqs").at(region="us-east-1")
    with (
        doors.gate.grant("change", "queues.send", "u", SCOPE, anything()),
        pytest.raises(AwsError) as told,
    ):
        await elsewhere.write("purge_queue", QueueUrl="u")
    assert (
        f"demo {SCOPE.account} in eu-west-1, not for demo {SCOPE.account} in us-east-1"
        in told.value.problem.why
    )
    assert scripted.requests == []


def test_a_grant_ends_with_its_uses_its_time_and_its_block() -> None:
    now = 0.0
    gate = Gate(clock=lambda: now)

    def admitted() -> bool:
        try:
            with gate.admit("a:B", "a", "B", SCOPE, frozenset()):
                return True
        except AwsError:
            return False

    with gate.grant("change", "x.y", "t", SCOPE, [Allowed("a", "B")]):
        assert [admitted(), admitted()] == [True, False]
    with gate.grant("change", "x.y", "t", SCOPE, [Allowed("a", "B", uses=2)]):
        assert [admitted(), admitted(), admitted()] == [True, True, False]
    with gate.grant("change", "x.y", "t", SCOPE, anything()):
        now = 59.0
        assert admitted()
        now = 61.0
        assert not admitted()
    with gate.grant("touch", "x.y", "t", SCOPE, anything(), seconds=600):
        now = 660.0
        assert admitted()
        now = 662.0
        assert not admitted()
    assert not admitted()


async def test_tasks_of_an_action_have_its_grant_until_it_ends() -> None:
    gate = Gate()
    go = asyncio.Event()

    async def write() -> bool:
        await go.wait()
        try:
            with gate.admit("a:B", "a", "B", SCOPE, frozenset()):
                return True
        except AwsError:
            return False

    async with asyncio.TaskGroup() as group:
        with gate.grant("change", "x.y", "t", SCOPE, anything()):
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
        gate.grant("change", "x.y", "t", SCOPE, anything()),
        pytest.raises(AwsError),
        gate.admit("a:B", "a", "B", other, frozenset()),
    ):
        pass


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "names"),
    [
        ("sqs", "start_message_move_task",
         {"SourceArn": "arn:a", "DestinationArn": "arn:b", "MaxNumberOfMessagesPerSecond": 5}, {"arn:a", "arn:b"}),
        ("sqs", "send_message", {"QueueUrl": "u", "MessageBody": "no name"}, {"u"}),
        ("stepfunctions", "start_execution", {"stateMachineArn": "arn:m", "name": "n"}, {"arn:m"}),
        ("cloudwatch", "disable_alarm_actions", {"AlarmNames": ["a", "b"]}, {"a", "b"}),
        ("elasticbeanstalk", "terminate_environment", {"EnvironmentName": "e"}, {"e"}),
        ("s3", "delete_object", {"Bucket": "b", "Key": "k"}, {"b", "k"}),
        ("secretsmanager", "create_secret", {"Name": "n", "ClientRequestToken": "t"}, {"n"}),
    ],
)  # fmt: skip
def test_what_a_request_is_about(
    service: str, operation: str, arguments: dict[str, object], names: set[str]
) -> None:
    assert resources_of(model.operation(service, operation), arguments) == names


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
        "SimulatePrincipalPolicy",
        "GetTokenBalance",
        "GetCredentialReport",
        "GetPasswordData",
        "GetSecretValue",
    ],
)
def test_what_only_reads_is_known_to(operation: str) -> None:
    assert is_read("a-plugin-of-somebody", operation)


@pytest.mark.parametrize(
    "operation",
    [
        "ReceiveMessage",
        "GetActivityTask",
        "TestInvokeMethod",
        "TestFailover",
        "TestState",
        "GetClusterCredentials",
        "GetClusterCredentialsWithIAM",
        "GetSessionToken",
        "GetOpenIdTokenForDeveloperIdentity",
        "GetCredentialsForIdentity",
        "GetTokensFromRefreshToken",
        "GetScalingConfigurationRecommendation",
        "GetCredentials",
        "GetClusterSessionCredentials",
        "GetDataAccess",
        "GetTemporaryGlueTableCredentials",
        "GetEnvironmentCredentials",
        "GetAccessToken",
        "GetAuthorizationToken",
        "GetDashboardEmbedUrl",
        "GetSessionEmbedUrl",
        "GetFileUploadURL",
        "StartQuery",
        "TestMetricFilter",
        "RetrieveEnvironmentInfo",
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
    assert not is_read("a-plugin-of-somebody", operation)


def test_the_exceptions_are_operations_that_exist() -> None:
    known = {
        name
        for service in models().list_available_services("service-2")
        if service
        in {
            "sqs", "logs", "stepfunctions", "elasticbeanstalk", "cloudformation", "iam", "sts",
            "cognito-identity", "cognito-idp", "redshift", "sns", "wafv2", "servicediscovery",
            "rds", "s3", "config", "route53", "events", "accessanalyzer", "identitystore",
            "bedrock-agentcore", "qconnect", "signin", "sagemaker",
        }
        for name in model.service(service).operation_names
    }  # fmt: skip
    assert LYING - known == set()
    for service, words in others().items():
        assert set(words) <= set(model.service(service).operation_names)
        assert all(is_read(service, name) for name in words)
    assert goes_once("logs", "StartQuery")
    assert not goes_once("iotsitewise", "StartQuery")
    assert not is_read("iotsitewise", "StartQuery")
