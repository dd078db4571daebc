"""Requests and answers of AWS as bytes: whose they are, what they ask for, and ones we make up."""

from __future__ import annotations

import asyncio
import email.utils
import json
import re
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

_HANDSHAKE = b"\x16"
"""What TLS begins with; a server of plain HTTP answers that with a plain complaint."""

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
_KEY = re.compile(r"Credential=([^/]+)/")
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_RPC = re.compile(r"/service/\w+/operation/(\w+)$")
_MODELS = {"lambda": "lambda", "s3": "s3"}
"""Which botocore model says what a path means, by the name that requests are signed for."""


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP message: its first line, its headers by lower-case name, its body, and its head as it came."""

    start: str
    headers: dict[str, str]
    body: bytes
    head: bytes

    @property
    def status(self) -> int:
        """The status of an answer."""
        return int(self.start.split(" ")[1])

    @property
    def raw(self) -> bytes:
        """As it came."""
        return self.head + self.body


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is for."""

    service: str
    """As requests are signed for: ``sqs``, ``states``, ``monitoring``; ``-`` when unsigned."""

    operation: str
    """AWS's name of it; method and path where a path has no name."""

    region: str
    key: str
    """The access key that it is signed with."""


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Message | None:
    """Read one request; a client that waits for a leave to send its body gets it. None is TLS."""
    first = await reader.readexactly(1)
    if first == _HANDSHAKE:
        return None
    head = first + await reader.readuntil(b"\r\n\r\n")
    start, headers = _parted(head)
    if "expect" in headers:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        head = re.sub(rb"(?im)^expect:.*\r\n", b"", head)
    return Message(start, headers, await _body(reader, headers, until_end=False), head)


async def read_answer(reader: asyncio.StreamReader, *, to_head: bool) -> Message:
    """Read one answer; that to a HEAD has no body whatever it says."""
    head = await reader.readuntil(b"\r\n\r\n")
    start, headers = _parted(head)
    empty = to_head or start.split(" ")[1] in {"204", "304"}
    body = b"" if empty else await _body(reader, headers, until_end=True)
    return Message(start, headers, body, head)


def _parted(head: bytes) -> tuple[str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines[1:] if ":" in line)
    return lines[0], {name.strip().lower(): value.strip() for name, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str], *, until_end: bool) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _chunks(reader)
    return await reader.read(-1) if until_end else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """The chunks as they came, sizes and all: they are passed on like that."""
    raw = b""
    while True:
        line = await reader.readline()
        size = int(line.split(b";")[0], 16)
        raw += line + await reader.readexactly(size + 2)
        if size == 0:
            return raw


def asked(request: Message) -> Asked:
    """Whom a request is for, and what it asks for."""
    signed = request.headers.get("authorization", "")
    scope, key = _SCOPE.search(signed), _KEY.search(signed)
    service = scope[2] if scope else "-"
    return Asked(
        service, _operation(request, service), scope[1] if scope else "", key[1] if key else ""
    )


def _operation(request: Message, service: str) -> str:
    if target := request.headers.get("x-amz-target"):
        return target.rsplit(".", 1)[-1]
    if action := _ACTION.search(request.body):
        return action[1].decode()
    method, target = request.start.split(" ")[:2]
    path, _, query = target.partition("?")
    if rpc := _RPC.search(path):
        return rpc[1]
    named = set(re.findall(r"(?:^|&)([\w-]+)", query))
    fitting = [
        (-len(literal), len(name), name)
        for name, its, pattern, literal in (_paths(_MODELS[service]) if service in _MODELS else ())
        if its == method and literal <= named and pattern.fullmatch(path)
    ]
    return min(fitting)[-1] if fitting else f"{method} {path}"


@cache
def _paths(service: str) -> tuple[tuple[str, str, re.Pattern[str], frozenset[str]], ...]:
    """Name, method, path and literal words of the query of each operation that is told by its path."""
    import botocore.session

    found: list[tuple[str, str, re.Pattern[str], frozenset[str]]] = []
    operations = (
        botocore.session.get_session().get_service_model(service)._service_description["operations"]
    )
    for name, model in operations.items():
        path, _, query = model["http"]["requestUri"].partition("?")
        pattern = re.sub(r"\{\w+\+\}", ".+", re.sub(r"\{\w+\}", "[^/]+", path.rstrip("/")))
        words = frozenset(re.findall(r"(?:^|&)([\w-]+)", query))
        found.append((name, model["http"]["method"], re.compile(pattern + "/?"), words))
    return tuple(found)


def answer(
    status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None
) -> bytes:
    """An answer of our own making."""
    told = {
        "Date": date(0.0),
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Made-Up\r\n{lines}\r\n".encode() + body


def error(request: Message, code: str, status: int, message: str, ident: str) -> bytes:
    """An error as the service that was asked gives it: JSON or XML, with a request id."""
    kind = request.headers.get("content-type", "")
    if asked(request).service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{ident}</RequestId></Error>"
        return answer(status, body.encode(), "application/xml", {"x-amz-request-id": ident})
    if "urlencoded" in kind:
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>"
            f"</Error><RequestId>{ident}</RequestId></ErrorResponse>"
        )
        return answer(status, body.encode(), "text/xml", {"x-amzn-RequestId": ident})
    told: dict[str, Any] = {"__type": f"com.amazonaws#{code}", "message": message}
    headers = {"x-amzn-RequestId": ident, "x-amzn-errortype": code}
    return answer(status, json.dumps(told).encode(), "application/x-amz-json-1.0", headers)


def date(skew: float) -> str:
    """A ``Date`` header for a clock that is ahead by so many seconds."""
    return email.utils.formatdate(time.time() + skew, usegmt=True)


def skewed(raw: bytes, skew: float) -> bytes:
    """An answer as a server gives it whose clock is ahead by so many seconds."""
    head, _, body = raw.partition(b"\r\n\r\n")
    head = re.sub(rb"(?im)^date:.*\r\n", b"", head + b"\r\n").removesuffix(b"\r\n")
    return head + f"\r\nDate: {date(skew)}\r\n\r\n".encode() + body
