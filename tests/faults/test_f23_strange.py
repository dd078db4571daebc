"""F01, F23–F26: what is not AWS, a clock that is off, and a region that is closed, each in a sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest

from awstui.wire import Scope
from tests.faults.following import Following
from tests.faults.proxy import FaultProxy
from tests.faults.rules import Do
from tests.ui.conftest import console, shows, type_in

PAGE = b"<!DOCTYPE html><html><head><title>Welcome to Hotel WiFi</title></head><body>Log in</body></html>"
LISTS = {"sqs": ("queues", "ListQueues"), "sns": ("topics", "ListTopics")}


@pytest.mark.parametrize("service", ["sqs", "sns"], ids=["json", "xml"])
@pytest.mark.parametrize(
    ("status", "body"),
    [(200, PAGE), (200, b""), (302, b""), (307, b""), (403, PAGE), (511, PAGE)],
    ids=["200-page", "200-empty", "302", "307", "403-page", "511-page"],
)
async def test_f23_a_captive_portal_is_no_empty_list(
    proxy: FaultProxy, following: Following, service: str, status: int, body: bytes
) -> None:
    resource, operation = LISTS[service]
    followed = following.follow(service, resource)
    await followed.reading()
    rows = dict(followed.rows)
    rule = proxy.rule(
        "status", service=service, operation=operation, status=status, body=body,
        headers={"Location": f"{proxy.url}/login"},
    )  # fmt: skip
    assert (await followed.again()).phase == "failed"
    assert "captive portal" in followed.said(), followed.said()
    assert "<" not in followed.said()
    assert followed.rows == rows
    assert rule.done == 1
    assert proxy.count("-") == 0, "no redirect is followed: it would carry the session's token"
    proxy.clear()
    assert (await followed.again()).phase == "ready"


async def test_f23_the_console_shows_no_empty_table(proxy: FaultProxy) -> None:
    proxy.rule("status", service="sqs", operation="ListQueues", status=200, body=PAGE)
    async with console(proxy.url) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        text = await shows(pilot, "the answer is not from AWS", "captive portal")
        assert "No queues" not in text
        proxy.clear()
        await pilot.press("r")
        await shows(pilot, "orders-dlq")
        proxy.rule("status", service="sqs", operation="ListQueues", status=200, body=PAGE)
        await pilot.press("r")
        text = await shows(pilot, "not from AWS (a captive portal?)", "stale")
        assert "orders-dlq" in text, "beside rows that stay there is room for one line"


@pytest.mark.parametrize(
    ("do", "more", "words"),
    [
        ("garbage", {}, "does not speak HTTP"),
        ("status", {"status": 407, "body": PAGE}, "proxy wants a login"),
    ],
    ids=["garbage", "407"],
)
async def test_f24_what_is_no_answer_is_told_apart(
    proxy: FaultProxy, following: Following, do: Do, more: dict[str, Any], words: str
) -> None:
    proxy.rule(do, service="sqs", **more)
    queues = following.follow("sqs", "queues")
    assert (await queues.reading()).phase == "failed"
    assert re.search(words, queues.said()), queues.said()
    assert queues.problem.kind in {"offline", "fault"}


async def test_f24_tls_that_is_none(proxy: FaultProxy, following: Following) -> None:
    following.doors.sessions.endpoint_url = proxy.url.replace("http:", "https:")
    queues = following.follow("sqs", "queues")
    assert (await queues.reading()).phase == "failed"
    assert "is not trusted" in queues.problem.what
    assert "http endpoints need http://" in queues.problem.do


@pytest.mark.parametrize(
    ("code", "skew", "words"),
    [
        ("InvalidSignatureException", -612, r"Your clock is 10 m 1\d s fast"),
        ("SignatureDoesNotMatch", 7260, r"Your clock is 2 h [01] m slow"),
        ("RequestTimeTooSkewed", -400, r"Your clock is 6 m 4\d s fast"),
        ("InvalidSignatureException", 0, "AWS rejected the signature"),
    ],
)
async def test_f25_a_clock_that_is_off_is_measured_and_said(
    proxy: FaultProxy, following: Following, code: str, skew: float, words: str
) -> None:
    told = "Signature expired: 20260101T000000Z is now earlier than 20260101T001012Z"
    rule = proxy.rule("error", service="sqs", code=code, message=told, skew=skew)
    queues = following.follow("sqs", "queues")
    await queues.reading()
    assert re.search(words, queues.problem.what), queues.problem.what
    assert told in queues.problem.why
    assert rule.done == 1, "asking again would not help"


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "UnrecognizedClientException"])
async def test_f26_a_region_where_the_same_credentials_are_unknown_is_not_enabled(
    proxy: FaultProxy, following: Following, code: str
) -> None:
    proxy.rule(
        "error",
        region="me-south-1",
        code=code,
        status=403,
        message="The security token is invalid.",
    )
    await following.follow("sqs", "queues").reading()
    abroad = following.follow("sqs", "queues", scope=Scope("demo", "me-south-1", "123456789012"))
    assert (await abroad.reading()).phase == "failed"
    assert abroad.problem.what == "The region me-south-1 is not enabled for this account."
    assert "work in eu-west-1" in abroad.problem.why
    assert "eu-west-1" in abroad.problem.do


async def test_f26_a_key_that_was_deleted_is_no_closed_region(
    proxy: FaultProxy, following: Following
) -> None:
    queues = following.follow("sqs", "queues")
    await queues.reading()
    proxy.rule("error", code="InvalidClientTokenId", status=403)
    await queues.again()
    assert "does not accept the credentials" in queues.problem.what


async def test_f26_aws_says_that_one_has_to_opt_in(proxy: FaultProxy, following: Following) -> None:
    proxy.rule("error", code="OptInRequired", status=403)
    queues = following.follow("sqs", "queues")
    await queues.reading()
    assert "is not enabled for this account" in queues.problem.what


async def test_f01_what_has_expired_is_asked_no_more_and_keeps_its_rows(
    proxy: FaultProxy, following: Following
) -> None:
    queues = following.follow("sqs", "queues", every=0.05)
    await queues.reading()
    rows = dict(queues.rows)
    expired = proxy.rule("error", code="ExpiredTokenException", message="The token has expired")
    state = await queues.again()
    while state.phase != "failed":
        state = await queues.reading()
    asked = expired.done
    assert (queues.problem.kind, state.slowed, state.every) == ("expired", "expired", 0.0)
    assert queues.rows == rows
    assert state.at > 0
    topics = following.follow("sns", "topics")
    await topics.reading()
    assert expired.done == asked + 1, "only what was newly asked"
    proxy.clear()
    assert (await queues.again()).phase == "ready"
    assert queues.state.slowed == ""
