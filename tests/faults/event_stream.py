"""Event streams as bytes, as AWS sends them: frames, whole streams, and the ways in which they end."""

from __future__ import annotations

import asyncio
import json
import struct
from binascii import crc32
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

CUT: Final = b""
"""In place of a frame: the connection is cut here."""

_STRING: Final = 7
"""How the protocol calls a header that is a string."""


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """One message of a stream, with its two sums."""
    packed = b"".join(
        bytes([len(name)])
        + name.encode()
        + struct.pack(">BH", _STRING, len(value))
        + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    body = prelude + struct.pack(">I", crc32(prelude)) + packed + payload
    return body + struct.pack(">I", crc32(body))


def event(kind: str, content: dict[str, Any]) -> bytes:
    """An event of a stream."""
    return _told("event", ":event-type", kind, content)


def exception(kind: str, message: str) -> bytes:
    """How AWS ends a stream that it cannot go on with."""
    return _told("exception", ":exception-type", kind, {"message": message})


def damaged(whole: bytes) -> bytes:
    """A frame of which a bit was turned over."""
    return whole[:-1] + bytes([whole[-1] ^ 1])


def _told(kind: str, header: str, name: str, content: dict[str, Any]) -> bytes:
    headers = {":message-type": kind, header: name, ":content-type": "application/json"}
    return frame(headers, json.dumps(content).encode())


async def serve(writer: asyncio.StreamWriter, frames: AsyncGenerator[bytes, None]) -> None:
    """Answer a request with a stream, each frame in two pieces, until it ends or is cut."""
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
    writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
    writer.write(_chunk(event("initial-response", {})))
    async with aclosing(frames):
        async for one in frames:
            if one == CUT:
                writer.transport.abort()
                return
            half = len(one) // 2
            writer.write(_chunk(one[:half]))
            await writer.drain()
            writer.write(_chunk(one[half:]))
            await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"
