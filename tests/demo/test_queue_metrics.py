"""CloudWatch tells of a queue what is in it: how old, how many, and what was done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect
from tests.demo.queues import die, make_pair, send


def newest(cloudwatch: Any, queue: str, metric: str, stat: str = "Maximum") -> float | None:
    """The newest value of a metric in the last ten minutes."""
    now = dt.datetime.now(dt.UTC)
    asked = {
        "Id": "a",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SQS",
                "MetricName": metric,
                "Dimensions": [{"Name": "QueueName", "Value": queue}],
            },
            "Period": 300,
            "Stat": stat,
        },
    }
    (result,) = cloudwatch.get_metric_data(
        MetricDataQueries=[asked], StartTime=now - dt.timedelta(minutes=10),
        EndTime=now + dt.timedelta(minutes=1), ScanBy="TimestampDescending",
    )["MetricDataResults"]  # fmt: skip
    if stat == "Sum":
        return float(sum(result["Values"]))
    return result["Values"][0] if result["Values"] else None


def test_what_is_done_to_a_queue_is_counted(
    empty: DemoServer, connect: Connect, sqs: Any, name: str
) -> None:
    cloudwatch = connect(empty.url, "cloudwatch")
    pair = make_pair(sqs, name, receives=9)
    send(sqs, pair.source, 3)
    taken = sqs.receive_message(QueueUrl=pair.source, MaxNumberOfMessages=2)["Messages"]
    sqs.delete_message(QueueUrl=pair.source, ReceiptHandle=taken[0]["ReceiptHandle"])
    sqs.receive_message(QueueUrl=pair.dead)
    source, dead = (url.rsplit("/", 1)[-1] for url in (pair.source, pair.dead))
    for queue, metric, stat, value in (
        (source, "NumberOfMessagesSent", "Sum", 3),
        (source, "NumberOfMessagesReceived", "Sum", len(taken)),
        (source, "NumberOfMessagesDeleted", "Sum", 1),
        (source, "ApproximateNumberOfMessagesNotVisible", "Maximum", len(taken) - 1),
        (source, "ApproximateNumberOfMessagesVisible", "Maximum", 3 - len(taken)),
        (dead, "NumberOfEmptyReceives", "Sum", 1),
        (dead, "ApproximateAgeOfOldestMessage", "Maximum", 0),
    ):
        assert newest(cloudwatch, queue, metric, stat) == value, (queue, metric)


def test_a_dead_letter_is_not_sent_and_is_as_old_as_its_death(
    empty: DemoServer, connect: Connect, sqs: Any, name: str
) -> None:
    cloudwatch = connect(empty.url, "cloudwatch")
    pair = make_pair(sqs, name)
    send(sqs, pair.source, 1)
    die(sqs, pair)
    dead = pair.dead.rsplit("/", 1)[-1]
    assert newest(cloudwatch, dead, "NumberOfMessagesSent", "Sum") == 0
    assert newest(cloudwatch, dead, "ApproximateAgeOfOldestMessage") == pytest.approx(0, abs=5)


def test_the_oldest_dead_orders_have_little_time_left(shop: DemoServer, connect: Connect) -> None:
    age = newest(connect(shop.url, "cloudwatch"), "orders-dlq", "ApproximateAgeOfOldestMessage")
    assert age is not None
    assert 3 * 86400 < age < 4 * 86400
