"""What is inside a message body: envelopes and encodings taken off, one layer after the other."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from awstui.packing import indented, json_pieces

BYTES_MAX = 8 * 1024 * 1024
"""The most that is ever decompressed: a message of 1 MiB may hold a bomb."""

RATIO_MAX = 100
"""The most a compressed body may grow by; logs and JSON stay well below."""

DEPTH_MAX = 8
"""How many envelopes are taken off: more is a body that was made to keep us busy."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_S3_POINTER = re.compile(r"PayloadS3Pointer$")


@dataclass(frozen=True, slots=True)
class Layer:
    """One envelope or encoding that was around the body."""

    name: str
    facts: tuple[tuple[str, str], ...] = ()
    """What the envelope itself says, such as the topic."""


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A body with its envelopes beside it."""

    layers: tuple[Layer, ...]
    value: Any
    """What the innermost layer holds: JSON as data, anything else as text."""

    @property
    def way(self) -> str:
        """The envelopes from the outside in, such as ``SNS › EventBridge › body``."""
        return " › ".join([*(layer.name for layer in self.layers), "body"])

    @property
    def pretty(self) -> str:
        """The innermost body as a person reads it."""
        return pretty(self.value)

    @property
    def pieces(self) -> Iterator[str]:
        """The same, piece by piece: a long body is shown while it is written."""
        value = self.value
        return iter((value,)) if isinstance(value, str) else json_pieces(value, _open)


def unwrap(body: str, attributes: Mapping[str, Any] | None = None) -> Unwrapped:
    """Take off every envelope and encoding that is recognised; what is not stays as it is.

    ``attributes`` are the message's own: some senders say there what they wrapped.
    """
    layers: list[Layer] = list(_beside(attributes or {}))
    value: Any = body
    for _ in range(DEPTH_MAX):
        found = _next(value)
        if found is None:
            break
        layer, value = found
        if layer is not None:
            layers.append(layer)
    return Unwrapped(tuple(layers), value)


def pretty(value: Any) -> str:
    """Indented JSON of data, with JSON inside its strings opened up; text as it is."""
    if isinstance(value, str):
        return value
    text = json.dumps(_opened(value, 0), ensure_ascii=False)
    try:
        return indented(text)
    except ValueError:  # NaN, or half a surrogate pair: Python's own way takes ten times as long
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def _beside(attributes: Mapping[str, Any]) -> Iterator[Layer]:
    """What the attributes say about the body: a Lambda function that gave up, a payload kept in S3."""
    sent = {name: str(_part(held, "StringValue")) for name, held in attributes.items()}
    if {"RequestID", "ErrorCode"} <= sent.keys():
        facts = _facts(sent, request="RequestID", code="ErrorCode", message="ErrorMessage")
        yield Layer("Lambda dead letter", facts)
    size = sent.get("ExtendedPayloadSize") or sent.get("SQSLargePayloadSize")
    if size:
        yield Layer("extended client", (("bytes in S3", size),))


def _next(value: Any) -> tuple[Layer | None, Any] | None:
    """One layer less, with what that layer was; that data are written as JSON is no layer."""
    if isinstance(value, str):
        held = _json(value)
        if held is not None:
            return Layer("JSON in a string") if isinstance(held, str) else None, held
        return _decoded(value)
    for envelope in _ENVELOPES:
        if (found := envelope(value)) is not None:
            return found
    return None


def _json(text: str) -> Any:
    """The JSON data in a text: an object, an array, or a string that holds more; None otherwise."""
    stripped = text.strip()
    if stripped[:1] not in ("{", "[", '"'):
        return None
    try:
        return msgspec.json.decode(stripped)  # several times as quick, but it knows no NaN
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    try:
        return json.loads(stripped)
    except (ValueError, RecursionError):
        return None


def _decoded(text: str) -> tuple[Layer, Any] | None:
    packed = text.strip()
    if len(packed) % 4 or not _BASE64.fullmatch(packed):
        return None
    try:
        raw = base64.b64decode(packed.translate({45: "+", 95: "/"}), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _inflated(raw) or _as_text(raw, "base64")


def _inflated(raw: bytes) -> tuple[Layer, Any] | None:
    if raw[:2] not in (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda", b"\x78\x5e"):
        return None
    limit = min(BYTES_MAX, max(len(raw) * RATIO_MAX, 1024))
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        plain = unpacker.decompress(raw, limit)
    except zlib.error:
        return None
    name = "base64 gzip" if raw[:2] == b"\x1f\x8b" else "base64 zlib"
    found = _as_text(plain, name)
    if found is None or not unpacker.unconsumed_tail:
        return found
    cut = Layer(name, (("cut", f"after {limit:,} bytes: it holds more than is opened here"),))
    return cut, found[1]


def _as_text(raw: bytes, name: str) -> tuple[Layer, Any] | None:
    """The bytes as text; None when they are not text, for then they were no encoded text either."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text[:1024]):
        return None
    return Layer(name), text


def _sns(value: Any) -> tuple[Layer, Any] | None:
    if not isinstance(value, dict) or value.get("Type") != "Notification" or "Message" not in value:
        return None
    attributes = value.get("MessageAttributes")
    facts = [*_facts(value, topic="TopicArn", subject="Subject", published="Timestamp")]
    if isinstance(attributes, dict):
        facts += [(name, str(_part(held, "Value"))) for name, held in attributes.items()]
    return Layer("SNS", tuple(facts)), value["Message"]


def _eventbridge(value: Any) -> tuple[Layer, Any] | None:
    if not isinstance(value, dict) or "detail-type" not in value or "detail" not in value:
        return None
    facts = _facts(value, type="detail-type", source="source", time="time", account="account")
    return Layer("EventBridge", facts), value["detail"]


def _destination(value: Any) -> tuple[Layer, Any] | None:
    """A Lambda destination record: what was asked of the function, and how it failed."""
    if not isinstance(value, dict) or not {"requestContext", "requestPayload"} <= value.keys():
        return None
    context, answer = value["requestContext"], value.get("responsePayload")
    facts = [*_facts(context, function="functionArn", condition="condition", request="requestId")]
    facts += _facts(answer, error="errorType", message="errorMessage")
    return Layer("Lambda destination", tuple(facts)), value["requestPayload"]


def _s3(value: Any) -> tuple[Layer, Any] | None:
    """An S3 notification of one object; of several it stays whole."""
    records = _part(value, "Records")
    if not isinstance(records, list) or len(records) != 1 or not isinstance(records[0], dict):
        return None
    held = records[0].get("s3")
    if not isinstance(held, dict):
        return None
    facts = (
        *_facts(records[0], event="eventName", time="eventTime"),
        ("bucket", str(_part(held.get("bucket"), "name"))),
        ("key", str(_part(held.get("object"), "key"))),
    )
    return Layer("S3 event", facts), held


def _large(value: Any) -> tuple[Layer, Any] | None:
    """A pointer of the extended client: the body itself is an object in S3."""
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
        return None
    if not _S3_POINTER.search(value[0]) or not isinstance(value[1], dict):
        return None
    facts = _facts(value[1], bucket="s3BucketName", key="s3Key")
    return Layer("pointer to S3", facts), dict(facts)


_ENVELOPES: tuple[Callable[[Any], tuple[Layer, Any] | None], ...] = (
    _sns, _eventbridge, _destination, _s3, _large,
)  # fmt: skip


def _facts(value: Any, **names: str) -> tuple[tuple[str, str], ...]:
    """Those of the named fields that are there, under the names a person gives them."""
    if not isinstance(value, dict):
        return ()
    return tuple((name, str(value[key])) for name, key in names.items() if value.get(key))


def _part(value: Any, key: str) -> Any:
    return value.get(key, "") if isinstance(value, dict) else ""


def _opened(value: Any, depth: int) -> Any:
    """The data with JSON inside its strings opened up."""
    if depth >= DEPTH_MAX * 2:
        return value
    if isinstance(value, dict):
        return {name: _opened(held, depth + 1) for name, held in value.items()}
    if isinstance(value, list):
        return [_opened(held, depth + 1) for held in value]
    if isinstance(value, str) and (held := _open(value)) is not value:
        return _opened(held, depth + 1)
    return value


def _open(value: Any, _name: str = "") -> Any:
    """The JSON inside a string, or the value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        held = _json(value)
        return value if held is None else held
    return value
