"""Queues for tests: made, filled and emptied over HTTP."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

ACCOUNT_ARN = "arn:aws:sqs:eu-west-1:123456789012:"


class Pair(NamedTuple):
    """A queue and its dead-letter queue."""

    source: str
    dead: str
    source_arn: str
    dead_arn: str


def make_pair(sqs: Any, name: str, *, receives: int = 1, fifo: bool = False) -> Pair:
    """Make a queue with a dead-letter queue."""
    end = ".fifo" if fifo else ""
    more = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
    source, dead = name + end, f"{name}-dlq{end}"
    dead_url = sqs.create_queue(QueueName=dead, Attributes=more)["QueueUrl"]
    policy = {"deadLetterTargetArn": ACCOUNT_ARN + dead, "maxReceiveCount": receives}
    attributes = {"RedrivePolicy": json.dumps(policy), **more}
    source_url = sqs.create_queue(QueueName=source, Attributes=attributes)["QueueUrl"]
    return Pair(source_url, dead_url, ACCOUNT_ARN + source, ACCOUNT_ARN + dead)


def send(sqs: Any, url: str, number: int, **more: Any) -> None:
    """Send messages ``0`` … with a binary and a number attribute each."""
    for n in range(number):
        attributes = {
            "trace": {"DataType": "Binary", "BinaryValue": bytes([0, 255, n % 256])},
            "attempt": {"DataType": "Number.int", "StringValue": str(n)},
        }
        sqs.send_message(QueueUrl=url, MessageBody=str(n), MessageAttributes=attributes, **more)


def receive(sqs: Any, url: str, *, hold: int = 30) -> list[dict[str, Any]]:
    """Everything that can be received now."""
    found: list[dict[str, Any]] = []
    while True:
        page = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=hold,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        found += page
        if not page:
            return found


def die(sqs: Any, pair: Pair) -> None:
    """Receive every message of the source once too often (its limit is 1)."""
    for message in receive(sqs, pair.source):
        handle = message["ReceiptHandle"]
        sqs.change_message_visibility(
            QueueUrl=pair.source, ReceiptHandle=handle, VisibilityTimeout=0
        )
    assert receive(sqs, pair.source) == []


def depth(sqs: Any, url: str) -> int:
    """How many messages wait."""
    name = "ApproximateNumberOfMessages"
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(answer["Attributes"][name])
