"""Servers that the engine's doors are tested against: the embedded AWS, and one that plays a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from awstui.engine.door import Doors
from awstui.wire import Scope

SCOPE = Scope("demo", "eu-west-1", "123456789012")

QUEUES = 1_030
"""More than one answer can hold."""

MakeDoors = Callable[..., Doors]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of an embedded AWS with many queues and nothing else."""
    with DemoServer.running(seed=False, drive=False, queues=QUEUES) as running:
        yield running.url


@dataclass
class Reply:
    """One answer of the scripted server, or the way it fails to give one."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"x-amzn-RequestId": "r-1"})
    act: str = "answer"
    """answer, close (without a byte), hang, trickle."""

    @classmethod
    def of(cls, value: object, status: int = 200) -> Reply:
        """A JSON answer as AWS gives it."""
        return cls(json.dumps(value).encode(), status)

    @classmethod
    def error(cls, code: str, message: str = "", status: int = 400) -> Reply:
        """A JSON error as AWS gives it."""
        return cls.of({"__type": code, "message": message}, status)


@dataclass
class Request:
    """What reached the wire."""

    target: str
    body: dict[str, object]
    headers: dict[str, str]
    raw: bytes = b""


class Scripted:
    """A raw HTTP server that gives the scripted replies, the last one again and again."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [Reply()]
        self.requests: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0
        self.url = ""
        self.asked = asyncio.Event()

    def script(self, *replies: Reply) -> None:
        """Give these replies, in this order."""
        self.replies = list(replies)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return  # the client hung up, or the test is over
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")[1:]
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parsed = json.loads(body) if body.startswith(b"{") else {}
        self.requests.append(Request(headers.get("x-amz-target", ""), parsed, headers, body))
        self.asked.set()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if reply.act == "close":
            return False
        if reply.act == "hang":
            await reader.read()
            return False
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return await self._answer(reply, writer)

    async def _answer(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        told = {"Content-Type": "application/x-amz-json-1.0", **reply.headers}
        body = reply.body * 1_000 if reply.act == "trickle" else reply.body
        told["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(f"HTTP/1.1 {reply.status} X\r\n{head}\r\n".encode())
        if reply.act == "trickle":
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.write(body)
        await writer.drain()
        return True


@pytest.fixture
async def scripted() -> AsyncIterator[Scripted]:
    """A server that says what the test wants."""
    script = Scripted()
    serving = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
    yield script
    serving.close()


@pytest.fixture
async def make_doors(tmp_path: Path) -> AsyncIterator[MakeDoors]:
    """Makes doors to a server, and closes them at the end."""
    made: list[Doors] = []

    def make(url: str, **options: object) -> Doors:
        options = {"demo": True, "audit_folder": tmp_path / "audit", **options}
        made.append(Doors(endpoint_url=url, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for doors in made:
        await doors.close()
