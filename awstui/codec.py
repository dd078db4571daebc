"""A message as it goes over the pipe: MessagePack behind four bytes of length."""

from __future__ import annotations

import struct

import msgspec

from awstui.packing import encoder
from awstui.wire import ToEngine, ToInterface

LENGTH = struct.Struct(">I")
"""What stands before each packed message: its size in bytes, the highest byte first."""

_to_engine: msgspec.msgpack.Decoder[ToEngine] = msgspec.msgpack.Decoder(ToEngine)
_to_interface: msgspec.msgpack.Decoder[ToInterface] = msgspec.msgpack.Decoder(ToInterface)


def frame(message: ToEngine | ToInterface) -> bytes:
    """A message as it goes over the pipe, its length first."""
    body = encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def to_engine(body: bytes) -> ToEngine:
    """Read a message that the interface sent."""
    return _to_engine.decode(body)


def to_interface(body: bytes) -> ToInterface:
    """Read a message that the engine sent."""
    return _to_interface.decode(body)
