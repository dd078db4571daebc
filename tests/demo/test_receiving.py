"""Receiving, dead-lettering and FIFO order as SQS has them."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect
from tests.demo.queues import depth, die, make_pair, receive, send


def test_a_dead_letter_names_its_source(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    send(sqs, pair.source, 1)
    die(sqs, pair)
    (message,) = receive(sqs, pair.dead)
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == pair.source_arn
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"


def test_only_what_is_asked_for_is_told(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    send(sqs, pair.source, 1)
    die(sqs, pair)
    asked = ["DeadLetterQueueSourceArn"]
    answer = sqs.receive_message(QueueUrl=pair.dead, MessageSystemAttributeNames=asked)
    assert list(answer["Messages"][0]["Attributes"]) == asked


def test_the_move_comes_on_the_receive_after_the_limit(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name, receives=2)
    send(sqs, pair.source, 1)
    for _ in range(2):
        assert len(sqs.receive_message(QueueUrl=pair.source, VisibilityTimeout=0)["Messages"]) == 1
    assert depth(sqs, pair.dead) == 0
    assert "Messages" not in sqs.receive_message(QueueUrl=pair.source)
    assert depth(sqs, pair.dead) == 1


def test_a_fifo_group_in_flight_holds_the_rest_of_it(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name, receives=9, fifo=True)
    for body in ("a1", "a2", "b1"):
        sqs.send_message(QueueUrl=pair.source, MessageBody=body, MessageGroupId=body[0])
    first = sqs.receive_message(QueueUrl=pair.source)["Messages"][0]
    assert first["Body"] == "a1"
    assert [m["Body"] for m in receive(sqs, pair.source)] == ["b1"]
    sqs.delete_message(QueueUrl=pair.source, ReceiptHandle=first["ReceiptHandle"])
    assert [m["Body"] for m in receive(sqs, pair.source)] == ["a2"]


def test_fifo_sequence_numbers_rise_and_duplicates_are_one(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name, fifo=True)
    sent = [
        sqs.send_message(QueueUrl=pair.source, MessageBody=body, MessageGroupId="g")
        for body in ("one", "two", "one")
    ]
    numbers = [int(answer["SequenceNumber"]) for answer in sent]
    assert numbers[0] < numbers[1]
    assert sent[2]["MessageId"] == sent[0]["MessageId"]
    assert [m["Body"] for m in receive(sqs, pair.source)] == ["one", "two"]


def test_a_long_poll_sees_what_arrives_meanwhile(sqs: Any, name: str) -> None:
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arrives = {"QueueUrl": url, "MessageBody": "late"}
    timer = threading.Timer(0.2, sqs.send_message, kwargs=arrives)
    timer.start()
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)
    timer.join()
    assert answer["Messages"][0]["Body"] == "late"


def test_many_receivers_take_each_message_once(sqs: Any, name: str) -> None:
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    send(sqs, url, 40)
    taken: list[str] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(m["Body"] for m in receive(sqs, url)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=int) == [str(n) for n in range(40)]


def test_attributes_are_whole_numbers(sqs: Any, name: str) -> None:
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["CreatedTimestamp"].isdecimal()
    only = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    assert only == {"QueueArn": attributes["QueueArn"]}


def test_the_source_queues_of_a_dead_letter_queue(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    answer = sqs.list_dead_letter_source_queues(QueueUrl=pair.dead)
    assert answer["queueUrls"] == [pair.source]
    policy = sqs.get_queue_attributes(QueueUrl=pair.source, AttributeNames=["RedrivePolicy"])
    assert json.loads(policy["Attributes"]["RedrivePolicy"])["maxReceiveCount"] == 1


def test_a_message_is_released_and_seen_again(sqs: Any, name: str) -> None:
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    send(sqs, url, 2)
    handles = [message["ReceiptHandle"] for message in receive(sqs, url)]
    entries = [
        {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
        for n, handle in enumerate([*handles, "none"])
    ]
    answer = sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["0", "1"]
    assert [one["Code"] for one in answer["Failed"]] == ["ReceiptHandleIsInvalid"]
    assert depth(sqs, url) == 2
    again = sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries[:1])
    assert again["Failed"][0]["Code"].endswith("MessageNotInflight")
    with pytest.raises(sqs.exceptions.MessageNotInflight):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handles[0], VisibilityTimeout=5)


def test_an_old_dead_letter_can_be_released(shop: DemoServer, connect: Connect) -> None:
    sqs = connect(shop.url, "sqs")
    url = sqs.get_queue_url(QueueName="webhooks-dlq")["QueueUrl"]
    message = sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"][0]
    before = depth(sqs, url)
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )
    assert depth(sqs, url) == before + 1
