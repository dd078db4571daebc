"""A line holds every byte of a message, and says when it does not."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from awstui.plugin import Row
from plugins.sqs.redriving.digests import attributes_digest, body_digest
from plugins.sqs.transfer.entries import entry, wrong
from plugins.sqs.transfer.importing import Sendable, batches
from plugins.sqs.transfer.jsonl import LineError, from_line, to_line

SIGNS = 'abc {}"\\\n\r\t\x85\u2028é€𝄞\u202e'
STANDARD: Row = {"QueueName": "q", "QueueUrl": "http://x/1/q", "Attributes": {}}
FIFO: Row = {"QueueName": "q.fifo", "QueueUrl": "http://x/1/q.fifo", "Attributes": {}}


def made(chance: random.Random, ident: str = "m") -> Row:
    attributes: dict[str, Any] = {
        "binary": {"DataType": "Binary.gzip", "BinaryValue": chance.randbytes(20)},
        "number": {"DataType": "Number.int", "StringValue": "1" * 38},
        "text": {"DataType": "String", "StringValue": "".join(chance.choices(SIGNS, k=9)) + "x"},
    }
    body = "".join(chance.choices(SIGNS, k=chance.randint(1, 99)))
    return {
        "MessageId": ident,
        "Body": body,
        "MD5OfBody": body_digest(body),
        "MessageAttributes": attributes,
        "MD5OfMessageAttributes": attributes_digest(attributes),
        "Attributes": {"MessageGroupId": "g", "AWSTraceHeader": "Root=1-2-3", "SentTimestamp": "1"},
    }


@pytest.mark.parametrize("seed", range(30))
def test_there_and_back_is_the_same_message(seed: int) -> None:
    message = made(random.Random(seed))
    line = to_line(message | {"ReceiptHandle": "void"}, QueueName="q")
    assert "\n" not in line
    assert line.isascii()
    assert from_line(line) == message
    assert from_line(line.encode()) == message


@pytest.mark.parametrize("seed", range(10))
def test_a_changed_byte_is_noticed(seed: int) -> None:
    held = json.loads(to_line(made(random.Random(seed))))
    with pytest.raises(LineError, match="body is not what its MD5 says"):
        from_line(json.dumps(held | {"Body": held["Body"] + " "}))
    held["MessageAttributes"]["number"]["StringValue"] = "2"
    with pytest.raises(LineError, match="attributes are not what their MD5 says"):
        from_line(json.dumps(held))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no JSON"), ("[1]", "no Body"), ('{"Body": 1}', "no Body"),
        ('{"Body": "x", "MessageAttributes": {"a": {}}}', "a has no DataType"),
        ('{"Body": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "?"}}}',
         "a is no base64"),
        ('{"Body": "x", "MessageAttributes": {"a": {"DataType": "String"}}}', "no StringValue"),
        ('{"Body": "x", "MessageAttributes": [1]}', "no object"),
    ],
)  # fmt: skip
def test_what_is_no_message_says_why(line: str, says: str) -> None:
    with pytest.raises(LineError, match=says):
        from_line(line)


def test_a_line_by_hand_needs_no_more_than_a_body() -> None:
    assert from_line('{"Body": "x"}')["Body"] == "x"


def test_a_body_that_was_not_kept_is_never_written() -> None:
    with pytest.raises(LineError, match="too long to keep"):
        to_line({"MessageId": "m", "BodyBytes": 9, "BodyKept": False})


def test_an_entry_keeps_everything_and_gets_a_new_deduplication_id() -> None:
    message = made(random.Random(1))
    message["Attributes"]["MessageDeduplicationId"] = "old"
    asked = entry(message, FIFO, "new")
    assert asked["MessageAttributes"] == message["MessageAttributes"]
    assert asked["MessageGroupId"] == "g"
    assert asked["MessageDeduplicationId"] == "new"
    trace = asked["MessageSystemAttributes"]["AWSTraceHeader"]
    assert trace == {"DataType": "String", "StringValue": "Root=1-2-3"}
    assert "MessageDeduplicationId" not in entry(message, STANDARD, "new")
    assert entry(message, STANDARD, "new")["MessageGroupId"] == "g"


def test_what_a_queue_would_refuse_is_said_before() -> None:
    fine = {"Body": "x", "Attributes": {}}
    assert wrong(fine, STANDARD) == ""
    assert "needs a group" in wrong(fine, FIFO)
    assert "U+001B" in wrong({"Body": "\x1b"}, STANDARD)
    assert "empty" in wrong({"Body": ""}, STANDARD)
    small = STANDARD | {"Attributes": {"MaximumMessageSize": 10}}
    assert "11 bytes" in wrong({"Body": "é" * 5 + "x"}, small)


@pytest.mark.parametrize("seed", range(20))
def test_batches_keep_order_limits_and_one_of_a_group(seed: int) -> None:
    chance = random.Random(seed)
    given = [
        Sendable(
            n,
            {
                "Body": "x" * chance.choice([1, 1000, 300_000]),
                "Attributes": {"MessageGroupId": chance.choice("abc")},
            },
        )
        for n in range(chance.randint(0, 80))
    ]
    for fifo in (False, True):
        cut = list(batches(given, fifo=fifo))
        assert [one for batch in cut for one in batch] == given
        for batch in cut:
            assert 1 <= len(batch) <= 10
            assert sum(len(one.message["Body"]) for one in batch) <= 1024 * 1024
            assert not fifo or len({one.group for one in batch}) == len(batch)
