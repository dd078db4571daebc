"""Attributes, tags, policy and metrics: what would change, what is set, what is said of what there is."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from plugins.sqs import around, plugin, policy, sending, settings
from plugins.sqs.metrics import METRICS, PARTS, period_for, series
from plugins.sqs.transfer import resending
from tests.plugins.sqs.conftest import Shop


def fields(row: Row) -> dict[str, Any]:
    """What the form gives back when nothing is typed."""
    return {
        one.name: one.default(row) if callable(one.default) else one.default for one in settings.ASK
    }


async def test_a_form_left_alone_changes_nothing(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    row = await shop.queue("orders", dead=dead)
    assert settings.changes(row, **fields(row)) == {}
    assert (await settings.plan(shop.aws, row, **fields(row))).refusal == "Nothing would change."


async def test_only_what_differs_is_set_and_the_plan_shows_before_and_after(shop: Shop) -> None:
    row = await shop.queue("orders")
    asked = fields(row) | {"visibility": "45", "retention": "3600"}
    made = await settings.plan(shop.aws, row, **asked)
    assert "VisibilityTimeout: 30 → 45" in made.lines
    assert "MessageRetentionPeriod: 345,600 → 3,600" in made.lines
    assert any("deletes what is older than 1 h" in line for line in made.lines)
    with shop.allowed():
        await settings.configure(shop.aws, row, **asked)
    held = (await around.fresh(shop.aws, row))["Attributes"]
    assert (held["VisibilityTimeout"], held["MessageRetentionPeriod"]) == (45, 3600)
    assert held["DelaySeconds"] == row["Attributes"]["DelaySeconds"]


async def test_redrive_policies_are_set_and_taken_away(shop: Shop) -> None:
    dead, row = await shop.queue("orders-dlq"), await shop.queue("orders")
    asked = fields(row) | {"dead_letters": dead["QueueName"], "receives": "4"}
    with shop.allowed():
        await settings.configure(shop.aws, row, **asked)
    row = await around.fresh(shop.aws, row)
    assert row["Attributes"]["RedrivePolicy"] == {
        "deadLetterTargetArn": dead["Attributes"]["QueueArn"], "maxReceiveCount": 4,
    }  # fmt: skip
    asked = fields(row) | {"dead_letters": ""}
    assert settings.changes(row, **asked) == {"RedrivePolicy": ""}


def test_whose_dead_letters_it_takes_is_read_and_written() -> None:
    arn = "arn:aws:sqs:eu-west-1:123456789012:"
    dead: Row = {"QueueName": "dlq", "Attributes": {"QueueArn": f"{arn}dlq"}}
    asked = settings.changes(dead, **(fields(dead) | {"allow": "orders, pay"}))
    policy_text = asked["RedriveAllowPolicy"]
    assert json.loads(policy_text) == {
        "redrivePermission": "byQueue", "sourceQueueArns": [f"{arn}orders", f"{arn}pay"],
    }  # fmt: skip
    dead["Attributes"]["RedriveAllowPolicy"] = json.loads(policy_text)
    assert fields(dead)["allow"] == "orders pay"
    assert settings.changes(dead, **fields(dead)) == {}
    asked = settings.changes(dead, **(fields(dead) | {"allow": "denyAll"}))
    assert json.loads(asked["RedriveAllowPolicy"]) == {"redrivePermission": "denyAll"}


@pytest.mark.parametrize(
    ("name", "asked", "says"),
    [
        ("orders", {"visibility": "99999"}, "from 0 to 43,200"),
        ("orders", {"retention": "abc"}, "whole number"),
        ("orders", {"dead_letters": "x.fifo", "receives": "3"}, "of one type"),
        ("orders", {"dead_letters": "x", "receives": ""}, "Receives are a whole number"),
        ("orders", {"allow": " ".join("abcdefghijk")}, "ten queues"),
    ],
)
async def test_what_sqs_would_refuse_is_said_before(
    shop: Shop, name: str, asked: Row, says: str
) -> None:
    row = await shop.queue(name)
    with pytest.raises(AwsError, match=says):
        settings.changes(row, **(fields(row) | asked))


async def test_tags_are_set_and_taken_away_and_others_stay(shop: Shop) -> None:
    row = await shop.queue("orders")
    with shop.allowed():
        await settings.tag(shop.aws, row, tags="owner=shop\nstage = prod\nold=x")
        made = await settings.tags_plan(shop.aws, row, tags="owner=pay\n-old")
        assert made.lines == ("owner: shop → pay", "old: x → nothing")
        await settings.tag(shop.aws, row, tags="owner=pay\n-old")
    assert await around.tags(shop.aws, row) == {"owner": "pay", "stage": "prod"}
    with pytest.raises(AwsError, match="name=value"):
        settings.read_tags("nothing")


def test_a_policy_is_read_in_sentences() -> None:
    held = {
        "Statement": [
            {
                "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:x:1:t"}},
            },
            {"Effect": "Allow", "Principal": "*", "Action": ["sqs:*"]},
            {"Effect": "Deny", "NotPrincipal": {"AWS": ["a", "b"]}, "NotAction": "sqs:Get*"},
        ]
    }  # fmt: skip
    assert policy.sentences({"Attributes": {"Policy": held}}) == [
        ("allow", "sns.amazonaws.com · sqs:SendMessage · if aws:SourceArn ArnEquals arn:aws:sns:x:1:t",
         ""),
        ("allow", "anybody · sqs:* · no condition", "bad"),
        ("deny", "all but a, b · all but sqs:Get*", ""),
    ]  # fmt: skip
    assert policy.sentences({"Attributes": {}}) == []


NOW = dt.datetime(2024, 5, 17, 12, 0, tzinfo=dt.UTC)


async def test_metrics_come_in_one_request_and_gaps_stay_gaps() -> None:
    sent = [name for name, *_ in METRICS].index("NumberOfMessagesSent")
    answer = {
        "MetricDataResults": [
            {
                "Id": f"m{sent}",
                "Timestamps": [NOW - dt.timedelta(minutes=5), NOW - dt.timedelta(minutes=15)],
                "Values": [7.0, 3.0],
            }
        ]
    }
    aws = FakeAws({"get_metric_data": answer}, service="sqs")
    found = await series(aws, {"QueueName": "orders"}, hours=4, now=NOW)
    assert len(aws.calls) == 1
    assert [one.title for one in found if one.known] == ["sent"]
    assert len(found[sent].values) == PARTS
    assert found[sent].known == [3.0, 7.0]
    assert found[sent].values[-1] == 7.0
    assert found[sent].values[-3] == 3.0
    (asked,) = (arguments for _, arguments in aws.calls)
    assert len(asked["MetricDataQueries"]) == len(METRICS)


def test_a_bar_is_a_multiple_of_five_minutes() -> None:
    assert [period_for(hours) for hours in (1, 4, 24, 72, 336)] == [300, 300, 1800, 5400, 25200]


async def test_metrics_of_the_embedded_server(shop: Shop) -> None:
    row = await shop.queue("orders")
    found = await series(shop.aws, row, hours=4)
    assert not any(one.known for one in found), "it keeps none of its own"
    with shop.allowed():
        await shop.aws.at(service="cloudwatch").write(
            "put_metric_data",
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": "NumberOfMessagesSent", "Value": 5.0,
                    "Timestamp": dt.datetime.now(dt.UTC) - dt.timedelta(minutes=20),
                    "Dimensions": [{"Name": "QueueName", "Value": row["QueueName"]}],
                }
            ],
        )  # fmt: skip
    found = await series(shop.aws, row, hours=4)
    assert [(one.title, one.known) for one in found if one.known] == [("sent", [5.0])]


async def test_what_a_lost_reply_left_open_is_settled_by_reading(shop: Shop) -> None:
    row = await shop.queue("orders")
    asked = fields(row) | {"visibility": "45"}
    assert "SQS still says VisibilityTimeout 30" in await settings.stands(shop.aws, row, **asked)
    tags = "team=shop\n-old"
    assert await settings.tagged(shop.aws, row, tags=tags) == (
        "Not yet, or not at all: team. Setting them again does no harm."
    )
    with shop.allowed():
        await settings.configure(shop.aws, row, **asked)
        await settings.tag(shop.aws, row, tags=tags)
    assert (await settings.stands(shop.aws, row, **asked)).startswith("It happened")
    assert (await settings.tagged(shop.aws, row, tags=tags)).startswith("It happened")
    await shop.fill(row, 3)
    said = await sending.waits(shop.aws, row)
    assert f"About 3 messages wait in {row['QueueName']} now: peek (p)" in said
    assert await resending.waits(shop.aws, row, destination=row["QueueName"]) == said


def test_every_change_of_a_queue_says_how_what_is_unknown_is_settled() -> None:
    (queues, *_) = plugin.resources
    assert [action.name for action in queues.actions if action.check is None] == []
