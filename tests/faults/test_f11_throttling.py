"""F11, F12: too many calls slow us down, by the call and by the cadence, and are said."""

from __future__ import annotations

import asyncio

import pytest

from awstui.engine.cadence import WIDEST, Cadence
from awstui.wire import Problem
from tests.faults.following import SCOPE, Following
from tests.faults.proxy import FaultProxy
from tests.ui.conftest import console, shows, type_in

TOO_MANY = Problem("too many", kind="throttled")


async def test_f11_a_burst_is_ridden_out_and_the_cadence_doubles_and_recovers(
    proxy: FaultProxy, following: Following
) -> None:
    proxy.rule("error", service="sqs", operation="ListQueues", code="ThrottlingException", times=2)
    queues = following.follow("sqs", "queues", every=0.2)
    state = await queues.reading()
    assert state.phase == "ready", "botocore and we have waited and asked again"
    assert (state.every, state.slowed) == (0.4, "throttled")
    state = await queues.reading()
    assert (state.every, state.slowed) == (0.2, ""), "one reading without a refusal"


async def test_f11_details_that_are_throttled_slow_the_cadence_too(
    proxy: FaultProxy, following: Following
) -> None:
    proxy.rule(
        "error", service="sqs", operation="GetQueueAttributes", code="RequestThrottled", times=1
    )
    state = await following.follow("sqs", "queues", every=7).reading()
    assert (state.every, state.slowed, state.troubled) == (14.0, "throttled", 0)


@pytest.mark.parametrize(
    ("do", "more"),
    [("error", {"code": "ThrottlingException"}), ("status", {"status": 429, "body": b"slow down"})],
    ids=["F11", "F12"],
)
async def test_f11_f12_always_throttled_is_said_and_asked_less_and_less(
    proxy: FaultProxy, following: Following, do: str, more: dict[str, object]
) -> None:
    proxy.rule(do, service="sqs", operation="ListQueues", **more)  # type: ignore[arg-type]
    queues = following.follow("sqs", "queues", every=0.1)
    topics = following.follow("sns", "topics", every=0.1)
    state = await queues.reading()
    assert state.phase == "failed"
    assert queues.problem.kind == "throttled"
    assert "ListQueues" in queues.said()
    widened = [state.every, (await queues.reading()).every]
    assert widened == [0.2, 0.4]
    assert following.doors.meter.throttled, "what the header's chip shows"
    assert (await topics.reading()).slowed == ""
    proxy.clear()
    state = await queues.reading()
    assert state.phase == "ready"
    assert state.every < widened[1]


async def test_f12_a_429_without_a_code_is_asked_again_within_the_call(
    proxy: FaultProxy, following: Following
) -> None:
    proxy.rule("status", service="sqs", operation="ListQueues", status=429, times=1)
    assert (await following.follow("sqs", "queues").reading()).phase == "ready"
    assert proxy.count("sqs", "ListQueues") == 2


async def test_f11_calls_go_out_at_half_the_rate(proxy: FaultProxy, following: Following) -> None:
    """The rate is the quota's own: other operations are not held back."""
    proxy.rule(
        "error", service="sqs", operation="GetQueueAttributes", code="RequestThrottled", every=3
    )
    state = await following.follow("sqs", "queues").reading()
    assert state.listed == state.filled
    reader = following.doors.open(SCOPE, "sqs")
    await asyncio.wait_for(reader.read("list_queues"), 1)


def test_f11_a_cadence_widens_to_five_minutes_and_not_beyond() -> None:
    cadence = Cadence(10)
    for _ in range(20):
        cadence.after(TOO_MANY, refused=True)
    assert (cadence.every, cadence.wait, cadence.slowed) == (WIDEST, WIDEST, "throttled")
    cadence.after(None, refused=False)
    assert cadence.every == WIDEST / 2
    cadence.set(2)
    assert (cadence.every, cadence.slowed) == (2, ""), "a person's choice counts"
    rare = Cadence(600)
    rare.after(TOO_MANY, refused=True)
    assert rare.every == 600, "what is rarer than that stays as it is"
    never = Cadence(0)
    never.after(TOO_MANY, refused=True)
    assert never.wait is None


async def test_f11_the_console_shows_the_chip_and_the_widened_cadence(proxy: FaultProxy) -> None:
    async with console(proxy.url) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq", "every 10 s")
        proxy.rule("error", service="sqs", operation="ListQueues", code="ThrottlingException")
        await pilot.press("r")
        await shows(pilot, "! throttled", "every 20 s, throttled", "orders-dlq")
        proxy.clear()
        await pilot.press("r")
        await shows(pilot, "every 10 s · ")
