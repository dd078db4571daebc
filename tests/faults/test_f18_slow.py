"""F18–F21: what is slow is waited for in total, and what is cut off is never taken for the whole."""

from __future__ import annotations

import json
import re
import time

import pytest

from awstui.errors import AwsError
from tests.faults.following import SCOPE, Following
from tests.faults.proxy import FaultProxy
from tests.patience import patiently
from tests.ui.conftest import console, shows, type_in


async def test_f18_a_slow_answer_is_waited_for(proxy: FaultProxy, following: Following) -> None:
    proxy.rule("delay", service="sqs", operation="ListQueues", seconds=0.5)
    queues = following.follow("sqs", "queues")
    assert (await queues.reading()).phase == "ready"


async def test_f18_the_others_do_not_wait(proxy: FaultProxy, following: Following) -> None:
    proxy.rule("hang", service="sqs", operation="ListQueues")
    queues = following.follow("sqs", "queues")
    topics = following.follow("sns", "topics")
    assert (await topics.reading()).phase == "ready"
    assert queues.state.phase == "asking", "it still waits, and nobody with it"


async def test_f18_the_console_says_how_long_and_esc_leaves(proxy: FaultProxy) -> None:
    proxy.rule("hang", service="sqs", operation="ListQueues")
    async with console(proxy.url) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "· 1 s · esc goes back")
        await pilot.press("escape")
        await shows(pilot, "hosted zones")
        proxy.clear()


async def test_f19_the_deadline_is_for_all_of_an_answer(
    proxy: FaultProxy, following: Following
) -> None:
    proxy.rule("trickle", service="sqs", operation="ListQueues", seconds=0.05)
    queues = following.follow("sqs", "queues", deadline=0.6)
    began = time.monotonic()
    assert (await queues.reading()).phase == "failed"
    assert 0.5 < time.monotonic() - began < patiently(2), "though a byte came every 50 ms"
    assert "did not answer within 0.6 s" in queues.problem.what
    proxy.clear()
    while (await queues.again()).phase != "ready":
        pass  # a slow machine does not always answer in time, either


@pytest.mark.parametrize("service", ["sqs", "sns"], ids=["json", "xml"])
async def test_f20_an_answer_that_is_cut_off_is_asked_for_again_and_then_an_error(
    proxy: FaultProxy, following: Following, service: str
) -> None:
    lists = {"sqs": ("queues", "ListQueues"), "sns": ("topics", "ListTopics")}
    resource, operation = lists[service]
    proxy.rule("truncate", service=service, operation=operation, size=20, times=1)
    followed = following.follow(service, resource)
    assert (await followed.reading()).phase == "ready"
    assert proxy.count(service, operation) == 2
    rows = dict(followed.rows)
    proxy.clear()
    proxy.rule("truncate", service=service, operation=operation, size=20)
    assert (await followed.again()).phase == "failed"
    assert followed.rows == rows
    assert followed.problem.kind in {"offline", "fault"}


@pytest.mark.parametrize(
    ("service", "whole"),
    [
        ("sqs", json.dumps({"QueueUrls": ["http://x/123456789012/a"] * 3})),
        ("sns", "<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult>"),
    ],
    ids=["json", "xml"],
)
async def test_f20_half_an_answer_of_the_right_length_is_no_short_list(
    proxy: FaultProxy, following: Following, service: str, whole: str
) -> None:
    """As a proxy makes it that buffers, and counts what it got: botocore takes it for an empty list."""
    proxy.rule(
        "status", service=service, status=200, body=whole[: len(whole) * 2 // 3].encode(),
        content_type="text/xml" if service == "sns" else "application/x-amz-json-1.0",
        headers={"x-amzn-RequestId": "r"},
    )  # fmt: skip
    followed = following.follow(service, {"sqs": "queues", "sns": "topics"}[service])
    assert (await followed.reading()).phase == "failed"
    assert "cut off" in followed.said()
    assert followed.problem.kind == "fault"


async def test_f21_a_streamed_body_that_is_cut_off_is_an_error(
    proxy: FaultProxy, following: Following
) -> None:
    objects = following.doors.open(SCOPE, "s3", 3.0)
    bucket = (await objects.read("list_buckets"))["Buckets"][0]["Name"]
    found = await objects.read("list_objects_v2", Bucket=bucket)
    key = next(o["Key"] for o in found["Contents"] if o["Size"] > 12)
    proxy.rule("truncate", service="s3", operation="GetObject", size=12)
    with pytest.raises(AwsError) as cut:
        await objects.read("get_object", Bucket=bucket, Key=key)
    assert "was cut off" in cut.value.problem.what
    assert re.match(r"12 of [\d,]+ bytes came\.", cut.value.problem.why), cut.value.problem.why
    proxy.clear()
    assert len((await objects.read("get_object", Bucket=bucket, Key=key))["Body"]) > 12
