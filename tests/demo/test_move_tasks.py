"""Message move tasks behave, and refuse, as those of SQS."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.demo.queues import ACCOUNT_ARN, Pair, depth, die, make_pair, receive, send
from tests.demo.waiting import until


def refused(call: Any, **arguments: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer: Any = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status, answer["Error"]["Code"], answer["Error"]["Message"]


def newest(sqs: Any, pair: Pair) -> Any:
    return sqs.list_message_move_tasks(SourceArn=pair.dead_arn)["Results"][0]


def ended(sqs: Any, pair: Pair) -> Any:
    def look() -> Any:
        task = newest(sqs, pair)
        return task if task["Status"] not in {"RUNNING", "CANCELLING"} else None

    return until(look)


def dead_letters(sqs: Any, name: str, number: int) -> Pair:
    pair = make_pair(sqs, name)
    send(sqs, pair.source, number)
    die(sqs, pair)
    assert depth(sqs, pair.dead) == number
    return pair


def test_every_message_arrives_once_with_its_attributes(sqs: Any, name: str) -> None:
    pair = dead_letters(sqs, name, 25)
    sqs.start_message_move_task(SourceArn=pair.dead_arn, MaxNumberOfMessagesPerSecond=500)
    task = ended(sqs, pair)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 25)
    assert task["ApproximateNumberOfMessagesToMove"] == 25
    assert task["MaxNumberOfMessagesPerSecond"] == 500
    assert "TaskHandle" not in task
    assert "DestinationArn" not in task
    arrived = receive(sqs, pair.source)
    assert [m["Body"] for m in arrived] == [str(n) for n in range(25)]
    for n, message in enumerate(arrived):
        attributes = message["MessageAttributes"]
        assert attributes["trace"]["BinaryValue"] == bytes([0, 255, n])
        assert attributes["attempt"]["StringValue"] == str(n)
        assert message["Attributes"]["ApproximateReceiveCount"] == "1"
        assert "DeadLetterQueueSourceArn" not in message["Attributes"]
    assert depth(sqs, pair.dead) == 0


def test_a_moved_message_is_a_new_one(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    sent = sqs.send_message(QueueUrl=pair.source, MessageBody="once")["MessageId"]
    die(sqs, pair)
    sqs.start_message_move_task(SourceArn=pair.dead_arn)
    ended(sqs, pair)
    assert receive(sqs, pair.source)[0]["MessageId"] != sent


def test_a_running_task_has_a_handle_and_keeps_its_rate(sqs: Any, name: str) -> None:
    pair = dead_letters(sqs, name, 20)
    started = sqs.start_message_move_task(SourceArn=pair.dead_arn, MaxNumberOfMessagesPerSecond=10)
    task = newest(sqs, pair)
    assert task["Status"] == "RUNNING"
    assert task["TaskHandle"] == started["TaskHandle"]
    assert task["ApproximateNumberOfMessagesMoved"] < 20
    assert ended(sqs, pair)["Status"] == "COMPLETED"


def test_cancelling_keeps_what_was_moved(sqs: Any, name: str) -> None:
    pair = dead_letters(sqs, name, 30)
    started = sqs.start_message_move_task(SourceArn=pair.dead_arn, MaxNumberOfMessagesPerSecond=2)
    until(lambda: newest(sqs, pair)["ApproximateNumberOfMessagesMoved"] >= 2)
    sqs.cancel_message_move_task(TaskHandle=started["TaskHandle"])
    assert newest(sqs, pair)["Status"] == "CANCELLING"
    task = ended(sqs, pair)
    moved = task["ApproximateNumberOfMessagesMoved"]
    assert task["Status"] == "CANCELLED"
    assert 2 <= moved < 30
    assert (depth(sqs, pair.source), depth(sqs, pair.dead)) == (moved, 30 - moved)
    again = refused(sqs.cancel_message_move_task, TaskHandle=started["TaskHandle"])
    assert again == (404, "ResourceNotFoundException", "Task does not exist.")


def test_a_queue_that_is_no_dead_letter_queue(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    assert refused(sqs.start_message_move_task, SourceArn=pair.source_arn) == (
        400,
        "InvalidParameterValue",
        "Source queue must be configured as a Dead Letter Queue.",
    )


def test_a_second_task_for_the_same_source(sqs: Any, name: str) -> None:
    pair = dead_letters(sqs, name, 3)
    sqs.start_message_move_task(SourceArn=pair.dead_arn, MaxNumberOfMessagesPerSecond=1)
    sentence = (
        "There is already a task running. "
        "Only one active task is allowed for a source queue arn at a given time."
    )
    second = refused(sqs.start_message_move_task, SourceArn=pair.dead_arn)
    assert second == (400, "InvalidParameterValue", sentence)
    assert ended(sqs, pair)["Status"] == "COMPLETED"


def test_a_destination_that_does_not_exist(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    missing = {"SourceArn": pair.dead_arn, "DestinationArn": ACCOUNT_ARN + "nowhere"}
    assert refused(sqs.start_message_move_task, **missing) == (
        404,
        "ResourceNotFoundException",
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
    )


def test_a_handle_that_is_none(sqs: Any) -> None:
    assert refused(sqs.cancel_message_move_task, TaskHandle="nonsense") == (
        400,
        "InvalidParameterValue",
        "Value for parameter TaskHandle is invalid.",
    )


def test_a_handle_of_no_task(sqs: Any) -> None:
    named = json.dumps({"taskId": "x", "sourceArn": ACCOUNT_ARN + "gone"}).encode()
    handle = base64.b64encode(named).decode()
    assert refused(sqs.cancel_message_move_task, TaskHandle=handle) == (
        404,
        "ResourceNotFoundException",
        "Task does not exist.",
    )


@pytest.mark.parametrize("rate", [0, 501])
def test_a_rate_out_of_bounds(sqs: Any, name: str, rate: int) -> None:
    pair = make_pair(sqs, name)
    status, code, _ = refused(
        sqs.start_message_move_task, SourceArn=pair.dead_arn, MaxNumberOfMessagesPerSecond=rate
    )
    assert (status, code) == (400, "InvalidParameterValue")


def test_a_destination_deleted_midway_fails_the_task(sqs: Any, name: str) -> None:
    pair = dead_letters(sqs, name, 100)
    other = sqs.create_queue(QueueName=f"{name}-other")["QueueUrl"]
    sqs.start_message_move_task(
        SourceArn=pair.dead_arn,
        DestinationArn=f"{ACCOUNT_ARN}{name}-other",
        MaxNumberOfMessagesPerSecond=20,
    )
    until(lambda: newest(sqs, pair)["ApproximateNumberOfMessagesMoved"] >= 1)
    sqs.delete_queue(QueueUrl=other)
    task = ended(sqs, pair)
    assert task["Status"] == "FAILED"
    assert task["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert depth(sqs, pair.dead) == 100 - task["ApproximateNumberOfMessagesMoved"]


def test_a_message_that_was_sent_directly_has_no_source(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    send(sqs, pair.dead, 1)
    sqs.start_message_move_task(SourceArn=pair.dead_arn)
    task = ended(sqs, pair)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert depth(sqs, pair.dead) == 1


def test_a_destination_takes_messages_without_a_source(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name)
    send(sqs, pair.dead, 3)
    sqs.start_message_move_task(SourceArn=pair.dead_arn, DestinationArn=pair.source_arn)
    assert ended(sqs, pair)["DestinationArn"] == pair.source_arn
    assert depth(sqs, pair.source) == 3


def test_each_message_goes_back_to_its_own_source(sqs: Any, name: str) -> None:
    first = dead_letters(sqs, name, 2)
    policy = {"deadLetterTargetArn": first.dead_arn, "maxReceiveCount": 1}
    second = first._replace(
        source=sqs.create_queue(
            QueueName=f"{name}-2", Attributes={"RedrivePolicy": json.dumps(policy)}
        )["QueueUrl"]
    )
    send(sqs, second.source, 3)
    die(sqs, second)
    sqs.start_message_move_task(SourceArn=first.dead_arn)
    ended(sqs, first)
    assert (depth(sqs, first.source), depth(sqs, second.source)) == (2, 3)


def test_messages_in_flight_stay(sqs: Any, name: str) -> None:
    pair = dead_letters(sqs, name, 4)
    sqs.receive_message(QueueUrl=pair.dead, VisibilityTimeout=60)
    sqs.start_message_move_task(SourceArn=pair.dead_arn)
    task = ended(sqs, pair)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 3)
    assert depth(sqs, pair.source) == 3


def test_a_fifo_move_keeps_groups_and_renews_deduplication(sqs: Any, name: str) -> None:
    pair = make_pair(sqs, name, fifo=True)
    send(sqs, pair.source, 3, MessageGroupId="g")
    die(sqs, pair)
    dead = [message["MessageId"] for message in receive(sqs, pair.dead, hold=1)]
    until(lambda: depth(sqs, pair.dead) == 3)
    sqs.start_message_move_task(SourceArn=pair.dead_arn)
    assert ended(sqs, pair)["ApproximateNumberOfMessagesMoved"] == 3
    arrived = receive(sqs, pair.source)
    assert [m["Body"] for m in arrived] == ["0", "1", "2"]
    assert {m["Attributes"]["MessageGroupId"] for m in arrived} == {"g"}
    assert [m["Attributes"]["MessageDeduplicationId"] for m in arrived] == dead


def test_tasks_are_listed_newest_first(sqs: Any, name: str) -> None:
    pair = dead_letters(sqs, name, 1)
    for _ in range(3):
        sqs.start_message_move_task(SourceArn=pair.dead_arn)
        ended(sqs, pair)
    assert len(sqs.list_message_move_tasks(SourceArn=pair.dead_arn)["Results"]) == 1
    tasks = sqs.list_message_move_tasks(SourceArn=pair.dead_arn, MaxResults=10)["Results"]
    assert [task["ApproximateNumberOfMessagesMoved"] for task in tasks] == [0, 0, 1]
