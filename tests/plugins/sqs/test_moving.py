"""The native redrive over HTTP: the plan, the task from start to end, and what its refusals say."""

from __future__ import annotations

import pytest

from awstui.errors import AwsError
from awstui.wire import Problem
from plugins.sqs import moving
from plugins.sqs.move_task import Watch, explained, failure, rate_of
from tests.plugins.sqs.conftest import Shop


async def test_from_full_to_empty(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    await shop.dead_letter(source, 12)
    assert (await shop.depth(dead))[0] == 12
    plan = await moving.plan(shop.aws, dead, rate="50")
    assert plan.refusal == ""
    assert plan.requests == ("sqs:StartMessageMoveTask × 1",)
    said = " ".join(plan.lines)
    assert f"About 12 messages of {dead['QueueName']} go to {source['QueueName']}." in said
    assert "50 each second" in said
    with shop.allowed():
        await moving.redrive(shop.aws, dead, rate="50")
    seen = [event async for event in moving.moves(shop.aws, dead, every=0.1)]
    assert seen[-1]["status"] == "COMPLETED"
    assert (seen[-1]["moved"], seen[-1]["to_move"]) == (12, 12)
    assert await shop.depth(dead) == (0, 0)
    assert await shop.depth(source) == (12, 0)


async def test_a_running_task_is_found_and_cancelled(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    await shop.dead_letter(source, 20)
    with shop.allowed():
        await moving.redrive(shop.aws, dead, rate=1)
        plan = await moving.plan(shop.aws, dead)
        assert plan.shows == "tasks"
        with pytest.raises(AwsError, match="already moving"):
            await moving.redrive(shop.aws, dead)
        assert "of about 20 moved" in (await moving.cancel_plan(shop.aws, dead)).lines[0]
        assert "stays moved" in await moving.cancel_move(shop.aws, dead)
    seen = [event async for event in moving.moves(shop.aws, dead, every=0.05)]
    assert seen[-1]["status"] == "CANCELLED"
    assert "No task is running" in (await moving.cancel_plan(shop.aws, dead)).refusal
    left, arrived = (await shop.depth(dead))[0], (await shop.depth(source))[0]
    assert left + arrived == 20


async def test_another_destination(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    other = await shop.queue("elsewhere", MaximumMessageSize="1024")
    await shop.dead_letter(source, 3)
    name = other["QueueName"]
    plan = await moving.plan(shop.aws, dead, destination=name)
    assert f"go to {name}" in plan.lines[0]
    assert any("up to 1,024 bytes" in line for line in plan.lines)
    with shop.allowed():
        assert name in await moving.redrive(shop.aws, dead, destination=name)
    _ = [event async for event in moving.moves(shop.aws, dead, every=0.05)]
    assert await shop.depth(other) == (3, 0)


async def test_what_cannot_be_is_refused_before_anything_is_sent(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead)
    fifo = await shop.queue("other.fifo")
    assert "not the dead-letter queue" in (await moving.plan(shop.aws, source)).refusal
    mixed = await moving.plan(shop.aws, dead, destination=fifo["QueueName"])
    assert "both must be the same" in mixed.refusal
    itself = await moving.plan(shop.aws, dead, destination=dead["QueueName"])
    assert "into itself" in itself.refusal
    with pytest.raises(AwsError, match="no queue nowhere to move to"):
        await moving.plan(shop.aws, dead, destination="nowhere")
    with pytest.raises(AwsError, match="from 1 to 500"):
        await moving.plan(shop.aws, dead, rate="501")


async def test_a_message_without_a_source_makes_the_task_fail_with_a_sentence(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    await shop.queue("orders", dead=dead)
    await shop.fill(dead, 2)
    with shop.allowed():
        await moving.redrive(shop.aws, dead)
    seen = [event async for event in moving.moves(shop.aws, dead, every=0.05)]
    assert seen[-1]["status"] == "FAILED"
    assert "name a destination" in seen[-1]["failure"]


def test_speed_is_measured_and_until_then_taken_from_what_was_asked() -> None:
    watch = Watch()
    task = {"Status": "RUNNING", "StartedTimestamp": 1_000_000, "MaxNumberOfMessagesPerSecond": 20,
            "ApproximateNumberOfMessagesToMove": 400}  # fmt: skip
    first = watch.see([task | {"ApproximateNumberOfMessagesMoved": 10}], 100.0)
    assert (first["rate"], first["left"]) == (20.0, 19.5)
    later = watch.see([task | {"ApproximateNumberOfMessagesMoved": 40}], 102.0)
    assert (later["rate"], later["left"]) == (15.0, 24.0)
    assert watch.see([], 103.0)["tasks"] == []


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Source queue must be configured as a Dead Letter Queue.", "not the dead-letter queue"),
        ("There is already a task running. Only one active task is allowed …", "already moving"),
        ("The resource that you specified for the DestinationArn parameter doesn't exist.", "does not exist"),
        ("Value for parameter TaskHandle is invalid.", "cannot be cancelled"),
        ("Task does not exist.", "does not know"),
        ("Something new.", "Something new."),
    ],
)  # fmt: skip
def test_aws_answers_become_sentences(message: str, said: str) -> None:
    assert said in explained(Problem(message, code="InvalidParameterValue"), "orders-dlq").what


def test_reasons_and_rates() -> None:
    assert "deleted" in failure("AWS.SimpleQueueService.NonExistentQueue")
    assert "aws:ViaAWSService" in failure("AccessDenied")
    assert failure("Other") == "Other"
    assert (rate_of(""), rate_of(None), rate_of(5), rate_of("500")) == (0, 0, 5, 500)
