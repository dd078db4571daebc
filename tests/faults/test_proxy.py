"""The fault proxy itself: it passes what it should, and fails as it is told."""

from __future__ import annotations

import email.utils
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from awstui.demo.process import DemoServer
from tests.faults.proxy import FaultProxy
from tests.faults.rules import Do, When
from tests.patience import PATIENCE


def client(service: str, url: str, *, patience: float = PATIENCE, **more: Any) -> Any:
    """A plain client that asks once."""
    return botocore.session.get_session().create_client(
        service,
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=patience, **more),
    )


@pytest.fixture
def sqs(proxy: FaultProxy) -> Iterator[Any]:
    found = client("sqs", proxy.url)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("service", "signed", "method", "operation"),
    [
        ("sqs", "sqs", "list_queues", "ListQueues"),
        ("sns", "sns", "list_topics", "ListTopics"),
        ("stepfunctions", "states", "list_state_machines", "ListStateMachines"),
        ("cloudwatch", "monitoring", "describe_alarms", "DescribeAlarms"),
        ("lambda", "lambda", "list_functions", "ListFunctions"),
        ("s3", "s3", "list_buckets", "ListBuckets"),
        ("cloudformation", "cloudformation", "list_stacks", "ListStacks"),
    ],
)
def test_every_kind_of_service_passes_and_is_known_by_its_operation(
    proxy: FaultProxy, service: str, signed: str, method: str, operation: str
) -> None:
    asking = client(service, proxy.url)
    getattr(asking, method)()
    getattr(asking, method)()
    asking.close()
    assert [(w.service, w.operation, w.status) for w in proxy.log] == [(signed, operation, 200)] * 2
    assert proxy.log[0].key == "AKIAIOSFODNN7EXAMPLE"
    assert proxy.log[0].region == "eu-west-1"


def test_what_lies_below_a_path_is_told_apart(proxy: FaultProxy) -> None:
    functions, buckets = client("lambda", proxy.url), client("s3", proxy.url)
    name = functions.list_functions()["Functions"][0]["FunctionName"]
    functions.get_function_configuration(FunctionName=name)
    bucket = buckets.list_buckets()["Buckets"][0]["Name"]
    buckets.list_objects_v2(Bucket=bucket)
    buckets.get_bucket_location(Bucket=bucket)
    buckets.put_object(Bucket=bucket, Key="a/b", Body=b"x" * 100_000)
    assert [wire.operation for wire in proxy.log] == [
        "ListFunctions", "GetFunctionConfiguration", "ListBuckets", "ListObjectsV2",
        "GetBucketLocation", "PutObject",
    ]  # fmt: skip
    functions.close()
    buckets.close()


@pytest.mark.parametrize(
    ("do", "more", "raised"),
    [
        ("refuse", {}, ConnectionClosedError),
        ("reset", {}, (EndpointConnectionError, ConnectionClosedError)),
        ("hang", {}, ReadTimeoutError),
        ("delay", {"seconds": 1}, ReadTimeoutError),
        ("drop", {}, (EndpointConnectionError, ConnectionClosedError)),
        ("garbage", {}, BotoCoreError),
        ("status", {"status": 503}, ClientError),
    ],
)
def test_each_fault_is_one(
    proxy: FaultProxy, sqs: Any, do: Do, more: dict[str, Any], raised: Any
) -> None:
    rule = proxy.rule(do, service="sqs", times=1, **more)
    asking = client("sqs", proxy.url, patience=0.5 if raised is ReadTimeoutError else PATIENCE)
    with pytest.raises(raised):
        asking.list_queues()
    asking.close()
    assert (rule.done, proxy.log[0].did) == (1, do)
    proxy.clear()
    assert sqs.list_queues()["QueueUrls"], "and then all is well"


@pytest.mark.parametrize("service", ["sqs", "sns", "lambda", "s3"])
def test_an_error_has_the_shape_of_its_service(proxy: FaultProxy, service: str) -> None:
    proxy.rule("error", code="AccessDenied", status=403, message="no", skew=600)
    asking = client(service, proxy.url)
    methods = {
        "sqs": "list_queues",
        "sns": "list_topics",
        "lambda": "list_functions",
        "s3": "list_buckets",
    }
    with pytest.raises(ClientError) as refused:
        getattr(asking, methods[service])()
    asking.close()
    told = refused.value.response
    assert told["Error"]["Code"] == "AccessDenied"
    assert told["Error"]["Message"] == "no"
    assert told["ResponseMetadata"]["RequestId"]
    at = email.utils.parsedate_to_datetime(told["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert 590 < at.timestamp() - time.time() < 610


def test_the_clock_of_the_server_may_be_off(proxy: FaultProxy, sqs: Any) -> None:
    proxy.rule("pass", skew=-300)
    headers = sqs.list_queues()["ResponseMetadata"]["HTTPHeaders"]
    at = email.utils.parsedate_to_datetime(headers["date"]).timestamp()
    assert -310 < at - time.time() < -290


def test_skip_times_and_every_choose_the_requests(proxy: FaultProxy, sqs: Any) -> None:
    proxy.rule("status", status=500, operation="ListQueues", skip=1, every=2, times=2)
    for _ in range(7):
        try:
            sqs.list_queues()
        except ClientError:
            continue
    assert [wire.did for wire in proxy.log] == ["pass", "pass", "status", "pass", "status"] + [
        "pass"
    ] * 2
    assert proxy.count(did="status") == 2
    assert proxy.count("sns") == 0


def test_a_dropped_answer_was_carried_out(proxy: FaultProxy, sqs: Any) -> None:
    proxy.rule("drop", operation="CreateQueue")
    with pytest.raises(BotoCoreError):
        sqs.create_queue(QueueName="dropped")
    assert proxy.log[0].status == 200
    assert sqs.get_queue_url(QueueName="dropped")


def test_a_trickle_lasts_however_short_each_wait_is(proxy: FaultProxy, sqs: Any) -> None:
    proxy.rule("trickle", seconds=0.01, size=100)
    began = time.monotonic()
    assert sqs.list_queues()["QueueUrls"]
    assert time.monotonic() - began > 0.1


def test_a_body_is_cut_off(proxy: FaultProxy) -> None:
    """botocore itself takes that for an empty list, so this asks without it."""
    proxy.rule("truncate", size=5)
    asking = HTTPConnection("127.0.0.1", int(proxy.url.rsplit(":", 1)[1]))
    asking.request("GET", "/")
    told = asking.getresponse()
    with pytest.raises(IncompleteRead) as cut:
        told.read()
    assert len(cut.value.partial) == 5
    asking.close()


def test_nobody_listens(proxy: FaultProxy, sqs: Any) -> None:
    with proxy.down(), pytest.raises(EndpointConnectionError):
        sqs.list_queues()
    assert sqs.list_queues()


_ASKS = """
import botocore.session, sys
asking = botocore.session.get_session().create_client("sqs", region_name="eu-west-1",
    endpoint_url=sys.argv[1], aws_access_key_id="a", aws_secret_access_key="b")
input()
asking.create_queue(QueueName=sys.argv[2])
print("answered", flush=True)
input()
"""


@pytest.mark.parametrize(
    ("when", "exists"), [("before", False), ("after_upstream", True), ("after_answer", True)]
)
def test_a_client_is_killed_at_each_point(
    fleet: DemoServer, proxy: FaultProxy, when: When, *, exists: bool
) -> None:
    name = f"killed-{when}"
    asks = subprocess.Popen([sys.executable, "-c", _ASKS, proxy.url, name], stdin=subprocess.PIPE)
    proxy.rule("kill", pid=asks.pid, when=when)
    assert asks.stdin
    asks.stdin.write(b"go\n")
    asks.stdin.flush()
    assert asks.wait(PATIENCE) == -signal.SIGKILL
    asks.stdin.close()
    direct = client("sqs", fleet.url)
    try:
        assert bool(direct.list_queues(QueueNamePrefix=name).get("QueueUrls")) is exists
    finally:
        direct.close()
