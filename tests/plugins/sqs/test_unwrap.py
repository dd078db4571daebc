"""Envelopes and encodings taken off a body, and what is never done with a hostile one."""

from __future__ import annotations

import base64
import gzip
import json
import time
import zlib

import pytest

from plugins.sqs.unwrap import BYTES_MAX, unwrap
from tests.patience import patiently

DETAIL = {"order_id": "8c1f", "total": 42.1}
EVENT = {"detail-type": "order placed", "source": "shop", "detail": DETAIL}
SNS = {
    "Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:order-events",
    "Message": json.dumps(EVENT), "MessageAttributes": {"tenant": {"Type": "String", "Value": "a"}},
}  # fmt: skip


def test_plain_text_and_plain_json_have_no_envelope() -> None:
    assert unwrap("hello").way == "body"
    assert unwrap("hello").value == "hello"
    assert unwrap('{"a": 1}').way == "body"
    assert unwrap('{"a": 1}').value == {"a": 1}


def test_an_event_that_came_through_a_topic_is_opened_twice() -> None:
    found = unwrap(json.dumps(SNS))
    assert found.way == "SNS › EventBridge › body"
    assert found.value == DETAIL
    assert ("tenant", "a") in found.layers[0].facts


def test_json_in_a_string_is_opened() -> None:
    found = unwrap(json.dumps(json.dumps({"a": [1]})))
    assert found.value == {"a": [1]}


@pytest.mark.parametrize(
    ("pack", "name"),
    [(lambda raw: raw, "base64"), (gzip.compress, "base64 gzip"), (zlib.compress, "base64 zlib")],
)
def test_what_is_packed_is_unpacked(pack: object, name: str) -> None:
    assert callable(pack)
    body = base64.b64encode(pack(json.dumps(DETAIL).encode())).decode()
    found = unwrap(body)
    assert found.layers[0].name == name
    assert found.value == DETAIL


def test_a_bomb_is_opened_only_so_far() -> None:
    bomb = base64.b64encode(gzip.compress(b"a" * 50_000_000, 9)).decode()
    begun = time.monotonic()
    found = unwrap(bomb)
    assert len(found.value) <= BYTES_MAX
    assert found.layers[0].facts[0][0] == "cut"
    assert time.monotonic() - begun < patiently(2)


@pytest.mark.parametrize(
    "body",
    ["AAAABBBBCCCCDDDDEEEE", "deadbeefdeadbeefdeadbeef", "[" * 100_000, '{"a": ', '"open',
     base64.b64encode(bytes(range(256))).decode(), "H4sIAAAAAAAAA" + "A" * 27],
)  # fmt: skip
def test_what_only_looks_packed_stays_as_it_is(body: str) -> None:
    assert unwrap(body).value == body


def test_s3_events_destinations_and_pointers_are_named() -> None:
    s3 = {"bucket": {"name": "uploads"}, "object": {"key": "a.csv"}}
    found = unwrap(json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}]}))
    assert dict(found.layers[0].facts) == {
        "event": "ObjectCreated:Put", "bucket": "uploads", "key": "a.csv",
    }  # fmt: skip
    record = {
        "requestContext": {"condition": "RetriesExhausted"},
        "requestPayload": DETAIL,
        "responsePayload": {"errorType": "KeyError", "errorMessage": "'sku'"},
    }
    found = unwrap(json.dumps(record))
    assert found.layers[0].name == "Lambda destination"
    assert found.value == DETAIL
    pointer = ["software.amazon.payloadoffloading.PayloadS3Pointer",
               {"s3BucketName": "big", "s3Key": "k"}]  # fmt: skip
    assert unwrap(json.dumps(pointer)).value == {"bucket": "big", "key": "k"}


def test_endless_wrapping_ends() -> None:
    body = "{}"
    for _ in range(12):
        body = json.dumps({"Type": "Notification", "Message": body})
    assert len(unwrap(body).layers) <= 8


def test_pretty_opens_json_inside_values_and_keeps_other_scripts() -> None:
    pretty = unwrap(json.dumps({"payload": '{"city": "Zürich"}', "note": "{no json"})).pretty
    assert '"city": "Zürich"' in pretty
    assert '"{no json"' in pretty


@pytest.mark.parametrize(
    "body",
    ["text", '{"payload": "{\\"city\\": \\"[1, 2]\\"}", "note": "{no json", "e": {}}', '[NaN, 1e400, "\\ud800"]'],
)  # fmt: skip
def test_piece_by_piece_it_is_as_pretty(body: str) -> None:
    found = unwrap(body)
    assert "".join(found.pieces) == found.pretty


def test_what_is_no_strict_json_is_opened_as_python_opens_it() -> None:
    assert str(unwrap('[NaN, -Infinity, 1e400, "\\ud800"]').value) == "[nan, -inf, inf, '\\ud800']"
