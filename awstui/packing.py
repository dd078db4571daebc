"""How raw values are packed to cross between processes, and how they are written as JSON."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import math
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import msgspec

Each: TypeAlias = Callable[[Any, str], Any]
"""What stands in place of a value that goes by a name."""

_TOGETHER: Final = 64
"""Values that are written as one piece."""


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


def json_pieces(value: Any, each: Each | None = None, name: str = "") -> Iterator[str]:
    """The same as :func:`as_json`, piece by piece: for what is too much to be written at once.

    ``each(value, name)`` says for every value what is written in its place, before what it holds is looked at.
    """
    each = each or _itself
    value = each(value, name)
    held = [_scalar(value)] if not _holds(value) else ["{" if isinstance(value, dict) else "["]
    levels = [_children(value, name)] if _holds(value) else []
    lead = ""
    while levels:
        children, named = levels[-1]
        start = "\n" + "  " * len(levels)
        for key, given in children:
            one = each(given, key)
            held.append(f"{lead}{start}{_scalar(key)}: " if named else lead + start)
            lead = ","
            if _holds(one):
                held.append("{" if isinstance(one, dict) else "[")
                levels.append(_children(one, key))
                lead = ""
                break
            held.append(_scalar(one))
            if len(held) > _TOGETHER:
                yield "".join(held)
                held.clear()
        else:
            levels.pop()
            held.append("\n" + "  " * len(levels) + ("}" if named else "]"))
            lead = ","
    yield "".join(held)


def _holds(value: Any) -> bool:
    """Whether there are values in it."""
    return bool(value) and isinstance(value, dict | list | tuple | set | frozenset)


def _children(value: Any, name: str) -> tuple[Iterator[tuple[str, Any]], bool]:
    """The values in one, each with its name, and whether those are written."""
    if isinstance(value, dict):
        return ((str(key), held) for key, held in value.items()), True
    return ((name, held) for held in value), False


def _scalar(value: Any) -> str:
    """JSON of something that holds nothing else; what JSON does not know as Python writes it."""
    if type(value) is float and not math.isfinite(value):
        return json.dumps(value)
    try:
        return msgspec.json.encode(value, enc_hook=_json_odd).decode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=False)


def _itself(value: Any, _name: str) -> Any:
    return value


def _json_odd(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, memoryview) else str(value)
