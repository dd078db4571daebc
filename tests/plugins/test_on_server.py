"""The declared services against the embedded AWS over HTTP, through the door that the console uses."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeAlias

import boto3
import pytest

from awstui.demo.process import ACCOUNT, REGION, DemoServer
from awstui.engine.door import Doors
from awstui.masking import masked
from awstui.plugin import Aws, Plugin
from awstui.wire import Scope
from plugins import alarms, beanstalk, cloudformation, lambda_, logs, s3, sns, stepfunctions
from tests.plugins.conftest import Show

Client: TypeAlias = Callable[..., Any]
OpenDoor: TypeAlias = Callable[[Plugin], Aws]

AT = f"{REGION}:{ACCOUNT}"
QUEUE = f"arn:aws:sqs:{AT}:orders"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop"


@pytest.fixture(scope="module")
def client(empty_server: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Makes clients of a server in which there is only one queue."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))

        def make(service: str, region: str = REGION) -> Any:
            made = boto3.client(
                service,
                region_name=region,
                endpoint_url=empty_server.url,
                aws_access_key_id="demo",
                aws_secret_access_key="demo",
            )
            return stack.enter_context(closing(made))

        make("sqs").create_queue(QueueName="orders")
        yield make


@pytest.fixture
async def door(client: Client, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    """Opens the door of a plugin, read-only."""
    url = client("sts").meta.endpoint_url
    doors = Doors(audit_folder=tmp_path, endpoint_url=url, demo=True, read_only=True)
    scope = Scope("demo", REGION, ACCOUNT)
    yield lambda plugin: doors.open(scope, plugin.botocore_name)
    await doors.close()


async def test_lambda(client: Client, door: OpenDoor, show: Show) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context): return event")
    client("iam").create_role(RoleName="shop", AssumeRolePolicyDocument="{}")
    made = client("lambda")
    made.create_function(
        FunctionName="ship",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"TOKEN": "hunter2"}},
        DeadLetterConfig={"TargetArn": QUEUE},
        Publish=True,
    )
    made.create_alias(FunctionName="ship", Name="live", FunctionVersion="1")
    made.create_event_source_mapping(FunctionName="ship", EventSourceArn=QUEUE, Enabled=False)
    aws = door(lambda_.plugin)
    [row] = await show(lambda_.plugin, "functions", aws)
    assert row.links["log group"] == ["/aws/lambda/ship"]
    assert isinstance(row.cells["Modified"], float)
    described = await lambda_.describe_function(aws, row.raw)
    assert "hunter2" not in json.dumps(masked([row.raw, described]), default=str)
    assert described["Environment"]["Variables"] == {"TOKEN": "hunter2"}
    [mapping] = await show(lambda_.plugin, "mappings", aws, row.raw)
    assert mapping.cells["Note"] == "nobody takes from orders: User initiated"
    assert mapping.links == {"queue": [QUEUE], "function": ["ship"]}
    versions = await show(lambda_.plugin, "versions", aws, row.raw)
    assert [version.key for version in versions] == ["$LATEST", "1"]
    [alias] = await show(lambda_.plugin, "aliases", aws, row.raw)
    assert (alias.cells["Alias"], alias.cells["Version"]) == ("live", "1")


async def test_stepfunctions(client: Client, door: OpenDoor, show: Show) -> None:
    states = {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Fail", "Error": "No", "Cause": "x"},
    }
    made = client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": states})
    arn = made.create_state_machine(name="checkout", roleArn=ROLE, definition=definition)[
        "stateMachineArn"
    ]
    made.create_state_machine(name="fast", type="EXPRESS", roleArn=ROLE, definition=definition)
    started = made.start_execution(stateMachineArn=arn, name="one", input="{}")["executionArn"]
    while made.describe_execution(executionArn=started)["status"] == "RUNNING":
        pass
    aws = door(stepfunctions.plugin)
    checkout, fast = await show(stepfunctions.plugin, "machines", aws)
    assert (checkout.cells["State"], checkout.tones["State"]) == ("the last one failed", "bad")
    assert fast.cells["State"] == "express: its executions are in no log: logging is off"
    [one] = await show(stepfunctions.plugin, "executions", aws, checkout.raw)
    assert one.cells["Why"] == "No: x"
    events = await show(stepfunctions.plugin, "history", aws, one.raw)
    assert events[-1].cells["State"] == "B"
    described = await stepfunctions.describe_event(aws, events[0].raw)
    assert described["executionStartedEventDetails"]["input"] == "{}"


async def test_alarms(client: Client, door: OpenDoor, show: Show) -> None:
    made = client("cloudwatch")
    metric = {"Namespace": "AWS/SQS", "MetricName": "Depth", "Statistic": "Sum", "Period": 60}
    terms = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1, "EvaluationPeriods": 1}
    for name in ("deep", "calm"):
        queue = [{"Name": "QueueName", "Value": "orders"}]
        made.put_metric_alarm(AlarmName=name, Dimensions=queue, **metric, **terms)
    made.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="too deep")
    aws = door(alarms.plugin)
    deep, _ = await show(alarms.plugin, "alarms", aws)
    assert (deep.key, deep.cells["Reason"]) == ("deep", "too deep")
    assert deep.links == {"queue": [QUEUE]}
    assert [one.key async for one in alarms.signals(aws)] == ["deep"]


async def test_logs(client: Client, door: OpenDoor, show: Show) -> None:
    made = client("logs")
    group = {"logGroupName": "/aws/lambda/ship"}
    made.create_log_group(**group)
    for n in range(60):
        made.create_log_stream(**group, logStreamName=f"s{n}")
    now = 1795000000000
    sent = [{"timestamp": now + n // 2, "message": f"line {n}\n"} for n in range(1500)]
    made.put_log_events(**group, logStreamName="s7", logEvents=sent)
    aws = door(logs.plugin)
    [row] = [one for one in await show(logs.plugin, "groups", aws) if one.links]
    assert row.links == {"function": ["ship"]}
    streams = await show(logs.plugin, "streams", aws, row.raw)
    assert (len(streams), streams[0].key) == (60, "s7")
    lines = await show(logs.plugin, "lines", aws, streams[0].raw)
    assert [line.cells["Line"] for line in lines] == [f"line {n}" for n in range(500, 1500)]


async def test_sns(client: Client, door: OpenDoor, show: Show) -> None:
    made = client("sns")
    topics = [made.create_topic(Name=f"t{n:03}")["TopicArn"] for n in range(120)]
    lost = json.dumps({"deadLetterTargetArn": f"{QUEUE}-lost"})
    made.subscribe(
        TopicArn=topics[0], Protocol="sqs", Endpoint=QUEUE, Attributes={"RedrivePolicy": lost}
    )
    aws = door(sns.plugin)
    rows = await show(sns.plugin, "topics", aws)
    assert len(rows) == 120
    assert (rows[0].cells["Goes to"], rows[0].links) == ("1 sqs", {"queues": [QUEUE]})
    [one] = await show(sns.plugin, "subscriptions", aws, rows[0].raw)
    assert one.links["queue"] == [QUEUE]
    assert one.links["dead-letter queue"] == [f"{QUEUE}-lost"]


async def test_beanstalk(client: Client, door: OpenDoor, show: Show) -> None:
    made = client("elasticbeanstalk")
    made.create_application(ApplicationName="shop")
    stack = "64bit Amazon Linux 2023"
    made.create_environment(ApplicationName="shop", EnvironmentName="prod", SolutionStackName=stack)
    aws = door(beanstalk.plugin)
    [shop] = await show(beanstalk.plugin, "applications", aws)
    assert shop.cells["Environments"] == 1
    [prod] = await show(beanstalk.plugin, "environments", aws, shop.raw)
    assert (prod.key, prod.cells["Application"]) == ("prod", "shop")


async def test_cloudformation(client: Client, door: OpenDoor, show: Show) -> None:
    made = {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/made"}}}
    template = json.dumps({"Resources": {**made, "Queue": {"Type": "AWS::SQS::Queue"}}})
    stacks = client("cloudformation")
    for name in ("shop", "gone"):
        stacks.create_stack(StackName=name, TemplateBody=template.replace("/made", f"/{name}"))
    stacks.delete_stack(StackName="gone")
    aws = door(cloudformation.plugin)
    [shop] = await show(cloudformation.plugin, "stacks", aws)
    assert (shop.key, shop.cells["Status"]) == ("shop", "CREATE_COMPLETE")
    group, queue = await show(cloudformation.plugin, "resources", aws, shop.raw)
    assert group.links == {"LogGroup": ["/shop"]}
    assert queue.links["Queue"][0].startswith(f"arn:aws:sqs:{AT}:shop-Queue-")
    events = await show(cloudformation.plugin, "events", aws, shop.raw)
    assert events[0].cells["Status"] == "CREATE_COMPLETE"


async def test_s3(client: Client, door: OpenDoor, show: Show) -> None:
    far = client("s3", "eu-north-1")
    far.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    far.put_bucket_versioning(Bucket="far", VersioningConfiguration={"Status": "Enabled"})
    for key in ("2024/a.csv", "2024/05/b\x01.csv", "top", "top", "top.bak"):
        far.put_object(Bucket="far", Key=key, Body=b"0123456789")
    aws = door(s3.plugin)
    [bucket] = await show(s3.plugin, "buckets", aws)
    rows = await show(s3.plugin, "objects", aws, bucket.raw)
    assert [row.cells["Name"] for row in rows] == ["2024/", "top", "top.bak"]
    assert {row.raw["BucketRegion"] for row in rows} == {"eu-north-1"}
    inside = await show(s3.plugin, "objects", aws, rows[0].raw)
    assert [row.cells["Name"] for row in inside] == ["05/", "a.csv"]
    deeper = await show(s3.plugin, "objects", aws, inside[0].raw)
    assert [row.cells["Name"] for row in deeper] == ["b\x01.csv"]
    versions = await show(s3.plugin, "objects", aws, rows[1].raw)
    assert [row.cells["Note"] for row in versions] == ["current version", ""]
    assert (await s3.describe_object(aws, versions[1].raw))["ContentLength"] == 10
