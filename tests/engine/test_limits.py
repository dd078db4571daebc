"""Restraint begins when AWS refuses, and ends when it no longer does."""

from __future__ import annotations

import asyncio
import math

import pytest

from awstui.engine.limits import FLOOR, FORGIVEN, Bucket, Limits, Quota, bounded, is_throttling
from awstui.errors import AwsError
from tests.engine.conftest import SCOPE, MakeDoors, Reply, Scripted

QUOTA = Quota("p", "r", "s", "O")


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock, and refusals that pause for exactly two seconds."""
    monkeypatch.setattr("awstui.engine.limits.PAUSE", (2.0, 2.0))
    return Clock()


def test_calls_go_out_freely_until_refused(clock: Clock) -> None:
    bucket = Bucket(clock)
    assert [bucket.delay() for _ in range(10_000)] == [0.0] * 10_000
    assert math.isinf(bucket.rate)


def test_a_refusal_halves_what_was_sent_and_pauses(clock: Clock) -> None:
    bucket = Bucket(clock)
    for _ in range(1_000):  # 100 a second for ten seconds
        clock.now += 0.01
        bucket.delay()
    bucket.refused()
    assert 40 < bucket.rate < 60
    assert bucket.delay() == pytest.approx(2.0)
    assert bucket.delay() == pytest.approx(2.0 + 1 / bucket.rate)


def test_a_burst_of_refusals_counts_once(clock: Clock) -> None:
    bucket = Bucket(clock)
    bucket.refused()
    rate = bucket.rate
    for _ in range(50):
        clock.now += 0.01
        bucket.refused()
    assert bucket.rate == rate
    for _ in range(20):
        clock.now += 5
        bucket.refused()
    assert bucket.rate == FLOOR


def test_the_rate_grows_and_restraint_ends(clock: Clock) -> None:
    bucket = Bucket(clock)
    bucket.refused()
    rate = bucket.rate
    clock.now += 20
    bucket.delay()
    assert bucket.rate == pytest.approx(rate * 1.05**2)
    clock.now += FORGIVEN
    assert bucket.delay() == 0.0
    assert math.isinf(bucket.rate)


async def test_who_cannot_wait_is_told_at_once(clock: Clock) -> None:
    limits = Limits(clock)
    limits.refused(QUOTA)
    assert await limits.turn(QUOTA, patience=1.0) is False
    assert await limits.turn(QUOTA._replace(operation="Other"), patience=0.0) is True
    assert limits.rate(QUOTA) == 1.0


async def test_a_throttled_operation_slows_down_and_the_others_do_not(
    scripted: Scripted, make_doors: MakeDoors, clock: Clock
) -> None:
    scripted.script(Reply.error("ThrottlingException"), Reply.of({"QueueUrls": ["a"]}))
    doors = make_doors(scripted.url)
    aws = doors.open(SCOPE, "sqs")
    await aws.read("list_queues")  # refused once, answered when repeated
    assert len(scripted.requests) == 2
    assert doors.meter.throttled
    with pytest.raises(AwsError) as told:
        await aws.at(deadline=1).read("list_queues")
    assert told.value.problem.kind == "throttled"
    await aws.at(deadline=1).read("get_queue_url", QueueName="q")


@pytest.mark.parametrize(
    ("code", "status", "too_many"),
    [
        ("ThrottlingException", 400, True),
        ("AWS.SimpleQueueService.RequestThrottled", 403, True),
        ("", 429, True),
        ("AccessDenied", 403, False),
    ],
)
def test_a_refusal_for_too_many_calls_is_known(code: str, status: int, too_many: bool) -> None:
    assert is_throttling(code, status) is too_many


async def test_bounded_calls_keep_their_order_and_their_bound() -> None:
    running = most = 0

    async def call(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return number * 2

    assert await bounded(7, range(100), call) == [number * 2 for number in range(100)]
    assert most == 7
