"""The list of queues: what each row says, what the whole list adds, and in which order it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.sqs import attributes as the
from plugins.sqs import listing
from plugins.sqs.ages import Ages
from plugins.sqs.depths import Depths
from plugins.sqs.listing import Queues
from tests.plugins.sqs.model import arn, queue

DAY = 86400


def policy(target: str, count: int = 5) -> dict[str, object]:
    return {"deadLetterTargetArn": arn(target), "maxReceiveCount": count}


def answering(attributes: dict[str, dict[str, str]], age: object = None) -> FakeAws:
    """A door that answers for the named queues; ``age`` is what CloudWatch says, or its error."""

    def get(QueueUrl: str, **_: object) -> Row:  # noqa: N803  the API's own name
        name = the.name_of(QueueUrl)
        return {"Attributes": {"QueueArn": arn(name), **attributes[name]}}

    urls = [f"http://127.0.0.1/123456789012/{name}" for name in attributes]
    metric = age if isinstance(age, Exception) else _metric(age)
    return FakeAws(
        {"list_queues": {"QueueUrls": urls}, "get_queue_attributes": get, "get_metric_data": metric}
    )


def _metric(age: object) -> Callable[..., Row]:
    values = [] if age is None else [age]
    return lambda MetricDataQueries, **_: {  # noqa: N803  the API's own name
        "MetricDataResults": [{"Id": query["Id"], "Values": values} for query in MetricDataQueries]
    }


async def read(queues: Queues, aws: FakeAws) -> dict[str, Row]:
    """One reading, as the engine does it."""
    rows = [await queues.enrich(aws, row) async for row in queues.rows(aws, {})]
    settled = {row["QueueName"]: row for row in queues.settle(rows)}
    return {row["QueueName"]: settled.get(row["QueueName"], row) for row in rows}


SHOP = {
    "orders": {
        "ApproximateNumberOfMessages": "17", "MessageRetentionPeriod": "345600",
        "RedrivePolicy": f'{{"deadLetterTargetArn": "{arn("orders-dlq")}", "maxReceiveCount": "5"}}',
    },
    "orders-dlq": {"ApproximateNumberOfMessages": "412", "MessageRetentionPeriod": "1209600"},
    "alone": {"ApproximateNumberOfMessages": "0", "SqsManagedSseEnabled": "true"},
}  # fmt: skip


async def test_the_list_asks_for_pages() -> None:
    aws = answering(SHOP)
    await read(Queues(), aws)
    assert aws.calls[0] == ("list_queues", {"MaxResults": 1000})


async def test_a_dead_letter_queue_and_its_source_know_each_other() -> None:
    rows = await read(Queues(Ages(gather=0)), answering(SHOP, age=13 * DAY))
    assert listing.dead_letters(rows["orders-dlq"]) == "← orders"
    assert listing.dead_letters(rows["orders"]) == "→ orders-dlq 412"
    assert listing.state(rows["orders-dlq"]) == "first expires in ≤ 24 h"
    assert listing.tone(rows["orders-dlq"]) == "bad"
    assert listing.state(rows["orders"]) is None
    assert the.lives(rows["orders"]) == 5
    assert listing.state(rows["alone"]) == "no dead-letter queue"
    assert the.encryption(rows["alone"]) == "SSE-SQS"


async def test_a_refresh_begins_with_what_the_last_list_knew() -> None:
    queues, aws = Queues(), answering(SHOP)
    await read(queues, aws)
    rows = [await queues.enrich(aws, row) async for row in queues.rows(aws, {})]
    assert the.sources(rows[1]) == [arn("orders")], "the cell must not blink at each refresh"
    assert queues.settle(rows) == [], "nothing changed, nothing is sent"


async def test_a_queue_that_is_no_dlq_any_more_is_told_so() -> None:
    queues = Queues()
    await read(queues, answering(SHOP))
    alone = {**SHOP, "orders": {"ApproximateNumberOfMessages": "17"}}
    rows = await read(queues, answering(alone))
    assert not the.is_dead_letter(rows["orders-dlq"])


@pytest.mark.parametrize("age", [None, AwsError(Problem("denied", kind="denied"))])
async def test_without_the_metric_the_list_says_less_and_stands(age: object) -> None:
    rows = await read(Queues(Ages(gather=0)), answering(SHOP, age=age))
    assert listing.state(rows["orders-dlq"]) == "keeps 14 d in all"


async def test_cloudwatch_is_asked_only_about_dead_letters_and_only_now_and_then() -> None:
    now = [0.0]
    queues = Queues(Ages(clock=lambda: now[0], gather=0))
    aws = answering(SHOP, age=60)
    for at in (0.0, 10.0, 299.0):
        now[0] = at
        rows = await read(queues, aws)
    asked = [arguments for name, arguments in aws.calls if name == "get_metric_data"]
    assert len(asked) == 1
    assert len(asked[0]["MetricDataQueries"]) == 1
    assert rows["orders-dlq"]["OldestAge"] == 60 + 299
    now[0] = 301.0
    await read(queues, aws)
    assert sum(name == "get_metric_data" for name, _ in aws.calls) == 2


def test_who_needs_a_person_first_stands_first() -> None:
    rows = [
        queue("quiet"),
        queue("busy", ApproximateNumberOfMessages=9000),
        queue("b-dlq", ApproximateNumberOfMessages=2) | {"Sources": [arn("b")]},
        queue("a-dlq", ApproximateNumberOfMessages=412) | {"Sources": [arn("a")]},
        queue("idle-dlq") | {"Sources": [arn("i")]},
        {"QueueName": "unknown", "QueueUrl": "u"},
    ]
    names = [row["QueueName"] for row in sorted(rows, key=listing.order)]
    assert names == ["a-dlq", "b-dlq", "busy", "idle-dlq", "quiet", "unknown"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (queue("q", RedrivePolicy=policy("x", 1)), "maxReceiveCount 1: one look condemns"),
        (queue("q") | {"Sources": [arn("s")], "SourceRetention": 345600},
         "keeps 4 d, its source 4 d: late failures die early"),
        (queue("q", MessageRetentionPeriod=1209600) | {"Sources": [arn("s")], "SourceRetention": 345600}, None),
        (queue("q", RedrivePolicy=policy("gone-dlq")) | {"DeadLetterQueueGone": True},
         "its dead-letter queue gone-dlq is gone"),
        ({"QueueName": "q"}, None),
    ],
)  # fmt: skip
def test_the_state_says_what_a_person_must_know(row: Row, said: str | None) -> None:
    assert listing.state(row) == said


def test_a_policy_that_names_a_deleted_queue_is_noticed() -> None:
    rows = [queue("orders", RedrivePolicy=policy("deleted"))]
    (told,) = Queues().settle(rows)
    assert told["DeadLetterQueueGone"] is True
    abroad = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:x", "maxReceiveCount": 3}
    assert Queues().settle([queue("orders", RedrivePolicy=abroad)]) == []


async def test_what_grows_is_said_and_looking_into_a_queue_is_no_growth() -> None:
    now = 0.0
    queues = Queues(depths=Depths(lambda: now))

    async def after(waiting: int, in_flight: int) -> Row:
        nonlocal now
        now += 60.0
        numbers = {
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(in_flight),
        }
        dead = {**SHOP["orders-dlq"], **numbers}
        return (await read(queues, answering({**SHOP, "orders-dlq": dead})))["orders-dlq"]

    assert "growing" not in str(listing.state(await after(412, 0)))
    assert "growing" not in str(listing.state(await after(2, 410)))
    assert "growing" not in str(listing.state(await after(412, 0)))
    row = await after(420, 4)
    assert str(listing.state(row)).startswith("growing, 12 more in 3 m; ")
    assert listing.tone(row) == "bad"


async def test_signals_name_dead_letter_queues_that_hold_something() -> None:
    aws = answering(SHOP)
    found = [signal async for signal in Queues().signals(aws)]
    assert [(signal.text, signal.key) for signal in found] == [
        ("orders-dlq holds 412 messages", "orders-dlq")
    ]
    assert sum(name == "get_queue_attributes" for name, _ in aws.calls) == 1


async def test_a_queue_has_its_arn_before_its_attributes_are_there() -> None:
    urls = [
        "https://sqs.eu-west-1.amazonaws.com/000000000000/orders",
        "http://127.0.0.1:4566/orders-of-a-strange-server",
    ]
    rows = [row async for row in Queues().rows(FakeAws({"list_queues": {"QueueUrls": urls}}), {})]
    assert the.arn_of(rows[0]) == "arn:aws:sqs:eu-west-1:000000000000:orders"
    assert the.arn_of(rows[1]) == ""
    assert the.arn_of(rows[0] | {"Attributes": {"QueueArn": "arn:its:own"}}) == "arn:its:own"
