"""How raw values are packed to cross between processes, and how they are written as JSON."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
from typing import Any

import msgspec


def _odd(value: Any) -> Any:
    """The packable form of a value that MessagePack does not know."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, BaseException):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} cannot cross")


encoder = msgspec.msgpack.Encoder(enc_hook=_odd)
"""The one encoder of messages and raw values."""

_any: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder()


def pack(value: Any) -> bytes:
    """Pack a raw value: plain data, datetimes (naive ones are UTC) and bytes."""
    try:
        return encoder.encode(value)
    except (NotImplementedError, TypeError):
        return encoder.encode(_plain(value))


def unpack(packed: bytes) -> Any:
    """What :func:`pack` packed; ``{}`` of nothing."""
    return _any.decode(packed) if packed else {}


def _plain(value: Any) -> Any:
    """Plain data of anything an API model may hold; what has no plain form becomes its text."""
    if isinstance(value, dict):
        return {str(name): _plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(held) for held in value]
    if value is None or isinstance(value, str | int | float | bool | bytes | dt.datetime):
        return value
    return str(value)


def as_json(value: Any) -> str:
    """Indented JSON of a raw value, for describe, copy and export: times in ISO 8601, bytes in base64."""
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=_json_odd), indent=2).decode()


def as_json_line(value: Any) -> str:
    """The same on one line."""
    return msgspec.json.encode(value, enc_hook=_json_odd).decode()


def indented(text: str) -> str:
    """JSON with each value on a line of its own; raises ValueError where it is none."""
    return msgspec.json.format(text.encode(), indent=2).decode()


def _json_odd(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, memoryview) else str(value)
