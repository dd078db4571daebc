"""A message as a request to send it again: everything of it kept, and what a queue would refuse."""

from __future__ import annotations

from typing import Any

from awstui.plugin import Row

from .. import attributes as the
from ..message import size as weight
from ..sending import SIZE_MAX, forbidden

__all__ = ["copied", "entry", "weight", "wrong"]

DEDUPLICATION_MAX = 128
_PARTS = ("DataType", "StringValue", "BinaryValue")


def entry(message: Row, to: Row, dedup: str) -> dict[str, Any]:
    """What SendMessage, or one entry of a batch, takes: attributes, trace header and group as they were.

    A FIFO queue gets ``dedup`` as the id to know it by: under an old one SQS takes a message and does
    not deliver it.
    """
    return copied(message, dedup[:DEDUPLICATION_MAX] if the.is_fifo(to) else "")


def copied(message: Row, deduplication: str) -> dict[str, Any]:
    """Everything of a message that can be copied, under that deduplication id where there is one."""
    system = message.get("Attributes") or {}
    asked: dict[str, Any] = {"MessageBody": message["Body"]}
    if sent := message.get("MessageAttributes"):
        asked["MessageAttributes"] = {
            name: {part: held[part] for part in _PARTS if part in held}
            for name, held in sent.items()
        }
    if trace := system.get("AWSTraceHeader"):
        header = {"DataType": "String", "StringValue": trace}
        asked["MessageSystemAttributes"] = {"AWSTraceHeader": header}
    if group := system.get("MessageGroupId"):
        asked["MessageGroupId"] = group
    if deduplication:
        asked["MessageDeduplicationId"] = deduplication
    return asked


def wrong(message: Row, to: Row) -> str:
    """Why a queue would not take a message; empty when it would."""
    if not message.get("Body"):
        return "its body is empty"
    if the.is_fifo(to) and not (message.get("Attributes") or {}).get("MessageGroupId"):
        return "a FIFO queue needs a group, and it has none"
    texts = [message["Body"]]
    sent = message.get("MessageAttributes") or {}
    texts += [held["StringValue"] for held in sent.values() if "StringValue" in held]
    for text in texts:
        if found := forbidden(text):
            return f"SQS does not take the character {found}"
    limit = min(SIZE_MAX, the.number(to, "MaximumMessageSize") or SIZE_MAX)
    if (bytes_ := weight(message)) > limit:
        return f"it has {bytes_:,} bytes, and {to['QueueName']} takes {limit:,}"
    return ""
