"""A queue's detail and way: what is asked, what is said, and that nothing is received."""

from __future__ import annotations

from awstui.errors import AwsError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.sqs import topology
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.model import arn, queue


async def test_the_detail_of_a_dead_letter_queue_names_its_sources(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=3)
    parts = [detail async for detail in topology.look(shop.aws, dead)]
    assert len(parts) == 2
    said = [(label, text) for label, text, _ in topology.way(parts[-1])]
    assert ("dead letters of", source["QueueName"]) in said
    assert parts[-1]["MoveTasks"] == []
    assert parts[-1]["Unknown"] == {}
    said = [
        (label, text) for label, text, _ in topology.way(await topology.detail(shop.aws, source))
    ]
    assert ("failures go to", f"{dead['QueueName']} after 3 receives") in said


async def test_nothing_is_received_and_what_is_denied_is_said() -> None:
    denied = AwsError(Problem("You may not do this.", kind="denied"))
    aws = FakeAws(
        {
            "get_queue_attributes": {"Attributes": {"QueueArn": arn("orders")}},
            "list_dead_letter_source_queues": {"queueUrls": []},
            "list_event_source_mappings": denied,
            "list_subscriptions": {
                "Subscriptions": [
                    {"Endpoint": arn("orders"), "TopicArn": "arn:aws:sns:eu-west-1:1:order-events"},
                    {"Endpoint": arn("other"), "TopicArn": "arn:aws:sns:eu-west-1:1:other"},
                ]
            },
            "list_queue_tags": {"Tags": {"team": "shop"}},
        }
    )
    detail = await topology.detail(aws, queue())
    said = [(label, text) for label, text, _ in topology.way(detail)]
    assert ("from topic", "order-events") in said
    assert ("not known", "lambda:ListEventSourceMappings: You may not do this.") in said
    assert ("failures go to", "nowhere: they come back until they expire") in said
    assert not any("taken by" in label for label, _ in said), "unknown is not nobody"
    assert ("tag", "team = shop") in [(label, text) for label, text, _ in topology.facts(detail)]
    assert {name for name, _ in aws.calls} == {
        "get_queue_attributes", "list_dead_letter_source_queues", "list_event_source_mappings",
        "list_subscriptions", "list_queue_tags",
    }  # fmt: skip


def test_disabled_consumers_are_said_to_take_nothing() -> None:
    function = "arn:aws:lambda:eu-west-1:123456789012:function:orders:live"
    detail = queue() | {
        "Consumers": [{"FunctionArn": function, "State": "Disabled", "BatchSize": 10}]
    }
    said = topology.way(detail)
    assert ("taken by", "orders:live · disabled · batches of 10", "bad") in said
    assert ("", "nobody takes: every mapping is disabled", "bad") in said
