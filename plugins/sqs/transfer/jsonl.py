"""A message as one line of JSON, and back: every byte of it, the binary ones in base64."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from awstui.plugin import Row

from ..redriving.digests import attributes_digest, body_digest, damage

FIELDS = (
    "MessageId",
    "Body",
    "MD5OfBody",
    "MessageAttributes",
    "MD5OfMessageAttributes",
    "Attributes",
)


class LineError(ValueError):
    """A line is no message; the text says why."""


def to_line(message: Row, **more: Any) -> str:
    """One line, in ASCII: no terminal, file or pipe can change it. Raises where there is no body."""
    if "Body" not in message or message.get("BodyKept") is False:
        raise LineError(f"{message.get('MessageId')} was too long to keep")
    held = {name: message[name] for name in FIELDS if message.get(name)}
    held.setdefault("Body", "")
    held.setdefault("MD5OfBody", body_digest(str(message["Body"])))
    if sent := message.get("MessageAttributes"):
        held.setdefault("MD5OfMessageAttributes", attributes_digest(sent))
        held["MessageAttributes"] = {name: written(one) for name, one in sent.items()}
    return json.dumps({**more, **held})


def from_line(text: str | bytes, *, edited: bool = False) -> Row:
    """The message of a line; raises :class:`LineError` for what is none or is not whole.

    Of one that was ``edited`` the digests are those of what it was, and are left out.
    """
    return message_of(parsed(text), edited=edited)


def parsed(text: str | bytes) -> Row:
    """What a line holds, as JSON has it; raises :class:`LineError` where that is no message."""
    try:
        held = json.loads(text)
    except ValueError as error:
        raise LineError(f"no JSON: {error}") from None
    if not isinstance(held, dict) or not isinstance(held.get("Body"), str):
        raise LineError("no message: it has no Body")
    return held


def message_of(held: Row, *, edited: bool = False) -> Row:
    """The message of what a line holds, as :func:`from_line` gives it."""
    message = {name: held[name] for name in FIELDS if name in held}
    sent = message.get("MessageAttributes") or {}
    if not isinstance(sent, dict):
        raise LineError("its MessageAttributes are no object")
    message["MessageAttributes"] = {name: read_attribute(name, one) for name, one in sent.items()}
    if edited:
        return {name: one for name, one in message.items() if not name.startswith("MD5")}
    if wrong := damage(message):
        raise LineError(f"{wrong}; if that was edited on purpose, say --edited")
    return message


def written(held: Mapping[str, Any]) -> Row:
    """An attribute of a message as JSON holds it."""
    binary = held.get("BinaryValue")
    if binary is None:
        return {
            "DataType": held.get("DataType", "String"),
            "StringValue": held.get("StringValue", ""),
        }
    return {
        "DataType": held.get("DataType", "Binary"),
        "BinaryValue": base64.b64encode(bytes(binary)).decode(),
    }


def read_attribute(name: str, held: Any) -> Row:
    """An attribute of a message from JSON; raises :class:`LineError` where it is none."""
    if not isinstance(held, dict) or not isinstance(held.get("DataType"), str):
        raise LineError(f"its attribute {name} has no DataType")
    kind = held["DataType"]
    if kind.split(".", 1)[0] == "Binary":
        try:
            value = base64.b64decode(held.get("BinaryValue", ""), validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise LineError(f"its attribute {name} is no base64") from None
        return {"DataType": kind, "BinaryValue": value}
    if not isinstance(held.get("StringValue"), str):
        raise LineError(f"its attribute {name} has no StringValue")
    return {"DataType": kind, "StringValue": held["StringValue"]}
