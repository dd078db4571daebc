"""The digests of SQS, computed by us: botocore verifies none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from awstui.plugin import Row

_STRING, _BINARY = b"\x01", b"\x02"


def body_digest(body: str) -> str:
    """``MD5OfBody``, and ``MD5OfMessageBody`` of a send."""
    return _md5(body.encode(errors="surrogatepass"))


def attributes_digest(attributes: Mapping[str, Row]) -> str:
    """``MD5OfMessageAttributes``; empty when there are none."""
    if not attributes:
        return ""
    whole = bytearray()
    for name in sorted(attributes):
        held = attributes[name]
        binary = held.get("BinaryValue")
        value = bytes(binary) if binary is not None else _encoded(held.get("StringValue", ""))
        whole += _sized(name.encode()) + _sized(str(held.get("DataType", "")).encode())
        whole += (_STRING if binary is None else _BINARY) + _sized(value)
    return _md5(bytes(whole))


def damage(message: Row) -> str:
    """What is wrong with a message as it was received; empty when it is what was sent."""
    if (said := message.get("MD5OfBody")) and said != body_digest(str(message.get("Body", ""))):
        return "its body is not what its MD5 says"
    attributes = message.get("MessageAttributes") or {}
    said = message.get("MD5OfMessageAttributes")
    if said and said != attributes_digest(attributes):
        return "its attributes are not what their MD5 says"
    return ""


def likeness(body: str, attributes: Mapping[str, Row]) -> str:
    """Tells a message from others by what it holds: how one that comes back is known again."""
    return f"{body_digest(body)}{attributes_digest(attributes)}"


def _encoded(value: Any) -> bytes:
    return str(value).encode(errors="surrogatepass")


def _sized(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _md5(value: bytes) -> str:
    return hashlib.md5(value, usedforsecurity=False).hexdigest()
