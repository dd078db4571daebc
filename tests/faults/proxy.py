"""A proxy between us and the embedded AWS that fails on purpose, where and when a test says.

    with FaultProxy.running(server.url) as proxy:
        proxy.rule("error", service="sqs", operation="ListQueues", code="ThrottlingException", times=3)
        ...  # whatever speaks with AWS at proxy.url
        assert proxy.count("sqs", "ListQueues") == 4
        proxy.clear()

It runs in a thread of its own, so that a test may hold its own loop, and kills a client by its process id.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.faults import http
from tests.faults.rules import Do, Rule, When, Wire


class FaultProxy:
    """An HTTP reverse proxy with rules; use :meth:`running`."""

    def __init__(self, upstream: str) -> None:
        where = urlsplit(upstream)
        self._upstream = (where.hostname or "", where.port or 80)
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy")
        self._server: asyncio.Server | None = None
        self._port = 0
        self._serving: set[asyncio.Task[None]] = set()
        self._released = asyncio.Event()
        self.log: list[Wire] = []
        """What reached the wire, oldest first."""

        self.broken: list[str] = []
        """What went wrong in the proxy itself; a test may look, ``running`` does."""

    @classmethod
    @contextmanager
    def running(cls, upstream: str) -> Iterator[FaultProxy]:
        """A proxy before the server at that URL, for the length of a ``with``."""
        proxy = cls(upstream)
        proxy._thread.start()
        try:
            proxy._do(proxy._listen())
            yield proxy
        finally:
            proxy._do(proxy._close())
            proxy._loop.call_soon_threadsafe(proxy._loop.stop)
            proxy._thread.join()
            proxy._loop.close()
        assert not proxy.broken, proxy.broken

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def rule(
        self,
        do: Do,
        *,
        service: str = ".*",
        operation: str = ".*",
        skip: int = 0,
        times: int = 0,
        every: int = 1,
        region: str = ".*",
        key: str = ".*",
        seconds: float = 0.0,
        size: int = 1,
        status: int = 400,
        code: str = "",
        message: str = "",
        body: bytes = b"",
        content_type: str = "text/html",
        headers: dict[str, str] | None = None,
        skew: float = 0.0,
        pid: int = 0,
        when: When = "before",
    ) -> Rule:
        """Add a rule; the first that takes a request decides. See :class:`Rule`."""
        added = Rule(
            do, service, operation, skip, times, every, region, key, seconds, size, status, code,
            message, body, content_type, headers or {}, skew, pid, when,
        )  # fmt: skip
        with self._lock:
            self._rules.append(added)
        return added

    def clear(self) -> None:
        """Drop every rule and let go of what hangs: from now on all is well."""
        with self._lock:
            self._rules.clear()
        self._loop.call_soon_threadsafe(self._release)

    def forget(self) -> None:
        """Begin the log anew."""
        self.log.clear()

    def count(self, service: str = ".*", operation: str = ".*", did: str = ".*") -> int:
        """How many requests that fit these patterns have reached the wire."""
        return sum(wire.fits(service, operation, did) for wire in list(self.log))

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody listens within the block: connections are refused, and open ones end."""
        self._do(self._close())
        try:
            yield
        finally:
            self._do(self._listen())

    # ---- within the thread ---------------------------------------------------------------------------

    def _do(self, work: object) -> None:
        assert asyncio.iscoroutine(work)
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _release(self) -> None:
        self._released.set()
        self._released = asyncio.Event()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, backlog=256, limit=2**20
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._serving):
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        upstream = Upstream(*self._upstream)
        try:
            while await self._one(reader, writer, upstream):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # somebody hung up, or the test is over
        except Exception as error:
            self.broken.append(repr(error))
            raise
        finally:
            self._serving.discard(task)
            upstream.close()
            writer.close()

    async def _one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: Upstream
    ) -> bool:
        """Treat one request; whether the connection goes on."""
        request = await http.read_request(reader, writer)
        if request is None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            return False
        what = http.asked(request)
        wire = Wire(
            what.service, what.operation, what.region, what.key, time.monotonic(), request.body
        )
        with self._lock:
            rule = next((rule for rule in self._rules if rule.takes(what)), Rule("pass"))
            wire.did = rule.do
            self.log.append(wire)
        made = self._made_up(rule, request)
        if made is not None:
            writer.write(made)
            await writer.drain()
            return rule.do != "garbage"
        if await self._before(rule, writer):
            return False
        told = await upstream.ask(request)
        wire.status = told.status
        return await self._after(rule, told, writer)

    def _made_up(self, rule: Rule, request: http.Message) -> bytes | None:
        if rule.do == "error":
            made = http.error(request, rule.code, rule.status, rule.message or rule.code, _IDENT)
        elif rule.do == "status":
            made = http.answer(rule.status, rule.body, rule.content_type, rule.headers)
        elif rule.do == "garbage":
            return b"\x16\x03\x01\x00\x00 this is no HTTP\r\n\r\n"
        else:
            return None
        return http.skewed(made, rule.skew) if rule.skew else made

    async def _before(self, rule: Rule, writer: asyncio.StreamWriter) -> bool:
        """What is done before the server is asked; whether that was all."""
        if rule.do == "hang":
            await self._released.wait()
            reset(writer)
        elif rule.do == "reset":
            reset(writer)
        elif rule.do == "kill" and rule.when == "before":
            os.kill(rule.pid, signal.SIGKILL)
        elif rule.do == "delay":
            await asyncio.sleep(rule.seconds)
            return False
        elif rule.do != "refuse":
            return False
        return True

    async def _after(self, rule: Rule, told: http.Message, writer: asyncio.StreamWriter) -> bool:
        """What is done with the server's answer; whether the connection goes on."""
        raw = http.skewed(told.raw, rule.skew) if rule.skew else told.raw
        if rule.do == "drop":
            reset(writer)
            return False
        if rule.do == "kill" and rule.when == "after_upstream":
            os.kill(rule.pid, signal.SIGKILL)
            return False
        if rule.do == "truncate":
            writer.write(told.head + told.body[: rule.size])
            await writer.drain()
            return False
        step = rule.size if rule.do == "trickle" else len(raw)
        for start in range(0, len(raw), step):
            writer.write(raw[start : start + step])
            await writer.drain()
            await asyncio.sleep(rule.seconds if rule.do == "trickle" else 0)
        if rule.do == "kill":
            os.kill(rule.pid, signal.SIGKILL)
            return False
        return "content-length" in told.headers or "transfer-encoding" in told.headers


_IDENT = "11111111-2222-3333-4444-555555555555"
"""The request id of every error that is made up."""


class Upstream:
    """The connection to the server behind, kept as long as the client's."""

    def __init__(self, host: str, port: int) -> None:
        self._where = host, port
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: http.Message) -> http.Message:
        """The server's answer; a kept connection that has ended in between is opened again."""
        kept = self._line is not None
        try:
            return await self._ask(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            if not kept:
                raise
        return await self._ask(request)

    async def _ask(self, request: http.Message) -> http.Message:
        if self._line is None:
            self._line = await asyncio.open_connection(*self._where, limit=2**20)
        reader, writer = self._line
        writer.write(request.raw)
        await writer.drain()
        told = await http.read_answer(reader, to_head=request.start.startswith("HEAD "))
        if told.headers.get("connection", "").lower() == "close":
            self.close()
        return told

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line[1].close()
            self._line = None


def reset(writer: asyncio.StreamWriter) -> None:
    """Hang up so that the other side sees a reset."""
    line = writer.get_extra_info("socket")
    if line is not None:
        with contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
