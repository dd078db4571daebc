"""Messages are handed over whole, in order, and a few at a time."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from awstui import frames
from awstui.codec import LENGTH
from awstui.frames import FrameReader


def framed(*bodies: bytes) -> bytes:
    """Bodies as they go over the line."""
    return b"".join(LENGTH.pack(len(body)) + body for body in bodies)


@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_messages_are_whole_however_they_arrive(size: int) -> None:
    heard: list[bytes] = []
    reader = FrameReader(heard.append, lambda: None)
    bodies = [b"a", b"bb" * 40, b"c" * 300]
    raw = framed(*bodies)
    for start in range(0, len(raw), size):
        reader.data_received(raw[start : start + size])
    assert heard == bodies


async def test_the_loop_gets_its_turn_between_many_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frames, "SLICE", 0.005)
    heard: list[bytes] = []
    later = asyncio.Event()

    def slow(body: bytes) -> None:
        time.sleep(0.002)
        heard.append(body)
        if body == b"later":
            later.set()

    ours, theirs = socket.socketpair()
    lost = asyncio.Event()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(lambda: FrameReader(slow, lost.set), sock=ours)
    bodies = [b"%d" % number for number in range(100)]
    theirs.sendall(framed(*bodies))
    turns = 0
    while len(heard) < len(bodies):
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
    assert heard == bodies
    theirs.sendall(framed(b"later"))
    await later.wait()
    transport.close()
    theirs.close()
    await lost.wait()


async def test_last_words_are_heard_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "SLICE", -1.0)
    heard: list[bytes] = []
    reader = FrameReader(heard.append, lambda: heard.append(b"over"))
    reader.data_received(framed(b"a", b"b", b"c"))
    reader.connection_lost(None)
    assert heard == [b"a", b"b", b"c", b"over"]
    await asyncio.sleep(0)
    assert heard[-1] == b"over"
