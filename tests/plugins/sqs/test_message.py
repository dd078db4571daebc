"""A message as it is listed: lives, expiry, size, group, error and its one line."""

from __future__ import annotations

import json

import pytest

from plugins.sqs.message import attributes, expiry, left, shown

SYSTEM = {
    "ApproximateReceiveCount": "4", "SentTimestamp": "1700000000000", "MessageGroupId": "tenant-a",
}  # fmt: skip


@pytest.mark.parametrize(
    ("count", "lives", "text", "tone"),
    [(1, 0, "1", ""), (1, 5, "1 of 5", ""), (3, 5, "3 of 5", "warn"),
     (4, 5, "4 of 5, last life", "bad"), (5, 5, "5 of 5, no life left", "bad"),
     (7, 5, "7 of 5, no life left", "bad"), (1, 1, "1 of 1, no life left", "bad")],
)  # fmt: skip
def test_lives_left(count: int, lives: int, text: str, tone: str) -> None:
    assert left(count, lives) == (text, tone)


def test_a_message_expires_by_when_it_was_first_sent() -> None:
    message = shown({"Body": "x", "Attributes": SYSTEM}, retention=345600)
    assert message.expires == 1_700_000_000 + 345600
    assert expiry(message.expires, message.expires - 3 * 3600) == ("3 h", "bad")
    assert expiry(message.expires, message.expires - 20 * 3600) == ("20 h", "warn")
    assert expiry(message.expires, message.expires - 3 * 86400) == ("3 d", "")
    assert expiry(message.expires, message.expires + 1) == ("now", "bad")
    assert shown({"Body": "x"}, retention=10).expires == 0


def test_size_counts_what_the_limit_counts() -> None:
    message = {
        "Body": "ü",
        "MessageAttributes": {
            "a": {"DataType": "String", "StringValue": "xy"},
            "b": {"DataType": "Binary", "BinaryValue": b"\x00\x01\x02"},
        },
    }
    assert shown(message).size == 2 + (1 + 6 + 2) + (1 + 6 + 3)
    assert attributes(message) == [("a", "String", "xy"), ("b", "Binary", "00 01 02")]


@pytest.mark.parametrize(
    ("body", "sent", "error"),
    [
        ({"errorType": "KeyError", "errorMessage": "'sku'"}, {}, "KeyError: 'sku'"),
        ({"error": {"type": "TimeoutError", "message": "payment\ntook 3 s"}}, {}, "TimeoutError: payment took 3 s"),
        ({"error": "it broke"}, {}, "it broke"),
        ({"order": 1}, {"ErrorCode": "200", "ErrorMessage": "Unhandled"}, "200: Unhandled"),
        ({"requestContext": {}, "requestPayload": {}, "responsePayload": {"errorType": "E"}}, {}, "E"),
        ({"order": 1}, {}, ""),
        ({"error": None, "detail": {"x": 1}}, {}, ""),
    ],
)  # fmt: skip
def test_the_error_is_found_where_services_put_it(
    body: object, sent: dict[str, str], error: str
) -> None:
    message = {
        "Body": json.dumps(body),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in sent.items()
        },
    }
    assert shown(message).error == error


def test_the_one_line_of_a_body() -> None:
    body = json.dumps({"id": "8c1f", "total": 42.1, "items": [1, 2], "who": {"a": 1}, "ok": True})
    assert shown({"Body": body}).line == "id 8c1f · total 42.1 · items [2] · who {a} · ok true"
    assert shown({"Body": "several\n  words"}).line == "several words"
    assert len(shown({"Body": "x" * 1_000_000}).line) <= 300


def test_a_dead_letter_says_how_often_its_source_lets_it_be_received() -> None:
    system = {
        "ApproximateReceiveCount": "6",
        "DeadLetterQueueSourceArn": "arn:aws:sqs:eu-west-1:123456789012:orders",
    }
    message = {"MessageId": "1", "Body": "x", "Attributes": system}
    assert shown(message, limits={"orders": 5, "other": 9}).receives == "6/5"
    assert shown(message, limits={"other": 9}).receives == "6"
