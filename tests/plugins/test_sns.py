"""SNS: who listens, who has not confirmed, and where the messages go."""

from __future__ import annotations

import json
from typing import Any

from awstui.errors import AwsError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins import sns
from tests.plugins.conftest import Show

AT = "eu-west-1:123456789012"
TOPIC = f"arn:aws:sns:{AT}:orders"
QUEUE = f"arn:aws:sqs:{AT}:orders"


def subscription(protocol: str, endpoint: str, arn: str = f"{TOPIC}:1") -> dict[str, Any]:
    return {
        "SubscriptionArn": arn,
        "Protocol": protocol,
        "Endpoint": endpoint,
        "TopicArn": TOPIC,
        "Owner": "123456789012",
    }


def one_topic(found: list[dict[str, Any]], **more: Any) -> FakeAws:
    counts = {"SubscriptionsConfirmed": "700", "SubscriptionsPending": "3"}
    return FakeAws(
        {
            "list_topics": {"Topics": [{"TopicArn": TOPIC}]},
            "get_topic_attributes": {"Attributes": counts},
            "list_subscriptions_by_topic": {"Subscriptions": found, **more},
        }
    )


async def test_a_topic_tells_who_listens_and_leads_to_its_queues(show: Show) -> None:
    found = [
        subscription("sqs", QUEUE),
        subscription("lambda", f"arn:aws:lambda:{AT}:function:ship:live"),
        subscription("email", "ana@example.com", "PendingConfirmation"),
    ]
    [row] = await show(sns.plugin, "topics", one_topic(found))
    assert (row.cells["Topic"], row.cells["Confirmed"], row.cells["Pending"]) == ("orders", 2, 1)
    assert row.cells["Goes to"] == "1 sqs, 1 lambda, 1 email"
    assert row.cells["State"] == "1 not confirmed: nothing is sent there"
    assert row.tones["State"] == "warn"
    assert row.links == {"queues": [QUEUE]}
    assert row.views == {"delivery logs": ([TOPIC], None)}


async def test_a_topic_with_more_than_a_page_says_so(show: Show) -> None:
    found = [subscription("sqs", f"{QUEUE}{n}") for n in range(100)]
    [row] = await show(sns.plugin, "topics", one_topic(found, NextToken="more"))
    assert (row.cells["Confirmed"], row.cells["Pending"]) == (700, 3)
    assert row.cells["Goes to"] == "100 sqs and more"


async def test_a_topic_nobody_listens_to_says_so(show: Show) -> None:
    [row] = await show(sns.plugin, "topics", one_topic([]))
    assert (row.cells["State"], row.tones["State"], row.cells["Goes to"]) == (
        "nobody listens",
        "",
        "",
    )


async def test_a_topic_whose_attributes_are_denied_stays(show: Show) -> None:
    aws = FakeAws(
        {
            "list_topics": {"Topics": [{"TopicArn": TOPIC}]},
            "get_topic_attributes": AwsError(Problem("may not sns:GetTopicAttributes")),
        }
    )
    [row] = await show(sns.plugin, "topics", aws)
    assert row.cells["Topic"] == "orders"
    assert row.trouble == "may not sns:GetTopicAttributes"


async def test_pending_subscriptions_are_told_apart_and_come_first(show: Show) -> None:
    terms = {
        "FilterPolicy": '{"kind":["sale"]}',
        "FilterPolicyScope": "MessageBody",
        "RawMessageDelivery": "true",
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": f"{QUEUE}-lost"}),
    }
    found = [
        subscription("sqs", QUEUE),
        subscription("email", "ana@example.com", "PendingConfirmation"),
        subscription("email", "bob@example.com", "PendingConfirmation"),
    ]
    aws = FakeAws(
        {
            "list_subscriptions_by_topic": {"Subscriptions": found},
            "get_subscription_attributes": {"Attributes": terms},
        }
    )
    ana, bob, queue = await show(sns.plugin, "subscriptions", aws, {"TopicArn": TOPIC})
    assert ana.cells["Endpoint"] == "ana@example.com"
    assert bob.tones["State"] == "warn"
    assert queue.cells["Endpoint"] == "orders"
    assert queue.cells["Note"] == 'only where body match {"kind":["sale"]}'
    assert queue.links == {
        "queue": [QUEUE],
        "dead-letter queue": [f"{QUEUE}-lost"],
        "topic": [TOPIC],
    }
    assert queue.views == {"logs": ([TOPIC], None)}
    asked = [name for name, _ in aws.calls]
    assert asked.count("get_subscription_attributes") == 1, "a pending one has no ARN to ask by"


def test_a_function_is_found_without_its_alias() -> None:
    function = f"arn:aws:lambda:{AT}:function:ship"
    assert sns.arn_of("lambda", f"{function}:live") == function
    assert sns.arn_of("lambda", QUEUE) is None
    assert sns.arn_of("sqs", "https://example.com/a:b:c") is None
