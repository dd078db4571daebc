"""F08–F10: what is denied names the action and who asked, is remembered, and is not hammered."""

from __future__ import annotations

import asyncio
import re

import pytest

from awstui import registry
from awstui.engine.denials import SCOUTS
from tests.faults.following import Following
from tests.faults.proxy import FaultProxy
from tests.ui.conftest import app_of, console, screen, shows, type_in, until

ANA = "arn:aws:sts::123456789012:assumed-role/support/ana"


def message(action: str) -> str:
    """What AWS says to ana."""
    return (
        f"User: {ANA} is not authorized to perform: {action} on resource: * because no "
        "identity-based policy allows it"
    )


TOLD = re.compile(r"[▌ ]+! \S+ .* AWS did not accept")
"""A row with the sign and the sentence of what failed."""


async def test_f08_a_denied_list_names_action_and_principal_and_is_not_asked_again(
    proxy: FaultProxy, following: Following
) -> None:
    proxy.rule(
        "error", service="sns", operation="ListTopics", code="AuthorizationError", status=403,
        message=message("SNS:ListTopics"),
    )  # fmt: skip
    topics = following.follow("sns", "topics", every=0.05)
    queues = following.follow("sqs", "queues", every=0.05)
    state = await topics.reading()
    assert (topics.problem.kind, topics.problem.action) == ("denied", "sns:ListTopics")
    assert ANA in topics.problem.what
    assert (state.every, state.slowed) == (0.0, "denied")
    for _ in range(4):
        await queues.reading()
    assert proxy.count("sns") == 1, "the cadence does not ask again"
    proxy.clear()
    assert (await topics.again()).phase == "ready"
    assert topics.rows
    assert topics.state.slowed == "", "and from now on it is read as before"


async def test_f09_a_denied_second_page_leaves_what_has_come_and_marks_it(
    proxy: FaultProxy, following: Following
) -> None:
    def page(token: bytes) -> bytes:
        return b'{"QueueUrls": ["http://x/123456789012/first"]' + token + b"}"

    proxy.rule(
        "status", service="sqs", operation="ListQueues", times=1, status=200,
        body=page(b', "NextToken": "t"'), content_type="application/x-amz-json-1.0",
        headers={"x-amzn-RequestId": "r"},
    )  # fmt: skip
    proxy.rule(
        "error", service="sqs", operation="ListQueues", code="AccessDeniedException", status=400,
        message=message("sqs:ListQueues"),
    )  # fmt: skip
    queues = following.follow("sqs", "queues")
    state = await queues.reading()
    assert state.phase == "failed"
    assert state.at == 0, "it was never read whole"
    assert [row.cells[0] for row in queues.rows.values()] == ["first"]
    assert queues.problem.action == "sqs:ListQueues"


async def test_f09_denied_details_are_asked_for_once_a_refresh_and_not_for_each_row(
    proxy: FaultProxy, following: Following
) -> None:
    denied = proxy.rule(
        "error", service="sqs", operation="GetQueueAttributes", code="AccessDeniedException",
        message=message("sqs:GetQueueAttributes"),
    )  # fmt: skip
    queues = following.follow("sqs", "queues")
    state = await queues.reading()
    assert state.phase == "ready", "the list itself is whole"
    assert state.troubled == len(queues.rows) > SCOUTS
    assert ANA in queues.problem.what
    assert queues.problem.action == "sqs:GetQueueAttributes"
    assert denied.seen == SCOUTS
    troubles = {row.trouble for row in queues.rows.values()}
    assert any("Not asked for" in trouble for trouble in troubles), (
        "no row is called denied unasked"
    )


async def test_f09_at_the_next_cadence_one_row_is_asked_for(
    proxy: FaultProxy, following: Following
) -> None:
    denied = proxy.rule(
        "error", service="sqs", operation="GetQueueAttributes", code="AccessDeniedException",
        message=message("sqs:GetQueueAttributes"),
    )  # fmt: skip
    queues = following.follow("sqs", "queues", every=0.1)
    await queues.reading()
    before = denied.seen
    await queues.reading()
    assert denied.seen == before + 1
    proxy.clear()
    await queues.reading()
    state = await queues.reading()
    assert state.troubled == 0, "one row that is allowed shows that the policy has changed"
    assert state.problem is None


async def test_f09_one_row_that_is_denied_leaves_the_others_their_details(
    proxy: FaultProxy, following: Following
) -> None:
    denied = proxy.rule(
        "error", service="sqs", operation="GetQueueAttributes", times=1, skip=3,
        code="AccessDeniedException", message=message("sqs:GetQueueAttributes"),
    )  # fmt: skip
    state = await following.follow("sqs", "queues").reading()
    assert state.troubled == 1
    assert denied.seen > SCOUTS


async def test_f09_a_row_that_failed_says_why_in_the_list(proxy: FaultProxy) -> None:
    failed = proxy.rule(
        "error", service="sqs", operation="GetQueueAttributes", times=1, skip=3, status=400,
        code="InvalidAddress", message="The queue is at no such address.",
    )  # fmt: skip
    # Without the home pane, which asks for attributes of queues, too.
    async with console(proxy.url, plugins=registry.load([]), size=(160, 40), go="sqs") as pilot:
        await shows(pilot, "! 1 of 22 incomplete")
        assert failed.seen > 3
        await until(pilot, lambda: any(map(TOLD.match, screen(pilot).splitlines())))


async def test_f08_a_part_of_a_list_that_is_denied_leaves_the_rest_and_says_what(
    proxy: FaultProxy,
) -> None:
    proxy.rule(
        "error", service="logs", operation="DescribeLogGroups", skip=1, code="AccessDeniedException",
        message=message("logs:DescribeLogGroups"),
    )  # fmt: skip
    async with console(proxy.url, plugins=registry.load([]), size=(160, 40), go="logs") as pilot:
        await shows(pilot, "! Without the groups of linked accounts", "! not all", "/aws/lambda/")
        assert "✗" not in screen(pilot)


async def test_f08_the_other_panes_go_on(
    proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.rule(
        "error", service="sqs", operation="ListQueues", code="AccessDeniedException",
        message=message("sqs:ListQueues"),
    )  # fmt: skip
    async with console(proxy.url, plugins=registry.load([])) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        text = await shows(pilot, "may not sqs:ListQueues", "missing permission: sqs:ListQueues")
        assert "only on r, denied" in text
        await type_in(pilot, ":sns")
        await pilot.press("enter")
        await shows(pilot, "order-events")
        asked = proxy.count("sqs", "ListQueues")
        proxy.clear()
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq")
        await asyncio.sleep(0)
        assert app_of(pilot).is_running
        assert proxy.count("sqs", "ListQueues", "error") == asked
