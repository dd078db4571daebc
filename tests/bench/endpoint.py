"""A canned AWS endpoint, so quick that the client is what is measured.

``python tests/bench/endpoint.py [--queues N] [--latency-ms MS] [--changing N]`` prints its port and serves
until its standard input closes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

ACCOUNT = "000000000000"
REGION = "eu-west-1"
JSON, XML, CBOR = b"application/x-amz-json-1.0", b"text/xml", b"application/cbor"
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_QUEUE = re.compile(rb'bench-(\d{5})-queue"')


class Plan(NamedTuple):
    """What an endpoint serves."""

    queues: int = 1000
    latency_ms: float = 0.0
    changing: int = 0
    """How many queues, from the first, have another depth each time they are asked."""

    certificate: str = ""
    """The file of a certificate with its key, to serve HTTPS; empty serves HTTP."""

    @property
    def scheme(self) -> str:
        """How its URL begins."""
        return "https" if self.certificate else "http"


class Answers:
    """Every answer as the bytes that go out."""

    def __init__(self, plan: Plan, port: int) -> None:
        self._changing = plan.changing
        self._asked = 0
        self._urls = [
            f"{plan.scheme}://127.0.0.1:{port}/{ACCOUNT}/bench-{n:05d}-queue"
            for n in range(plan.queues)
        ]
        self._attributes = {
            number: answer(_attributes(number, number * 7 % 100)) for number in range(plan.queues)
        }
        self._pages: dict[bytes, bytes] = {}

    def to(self, head: bytes, body: bytes) -> bytes:
        """The answer to one request, by whichever protocol it came."""
        lowered = head.lower()
        at = lowered.find(b"\r\nx-amz-target:")
        if at >= 0:
            target = head[at + 15 : head.find(b"\r\n", at + 2)].strip()
            return self._json(target.rpartition(b".")[2], body)
        if b"rpc-v2-cbor" in lowered:
            return answer(b"\xa0", CBOR, b"smithy-protocol: rpc-v2-cbor\r\n")
        if found := _ACTION.search(body):
            return _query(found.group(1).decode())
        path = head.split(b" ", 2)[1]
        return answer(b"{}", JSON) if path.startswith(b"/20") and b"hostedzone" not in path else (
            answer(b"<Result/>", XML)
        )  # fmt: skip

    def _json(self, operation: bytes, body: bytes) -> bytes:
        if operation == b"GetQueueAttributes":
            found = _QUEUE.search(body)
            number = int(found.group(1)) if found else 0
            if number < self._changing:
                self._asked += 1
                return answer(_attributes(number, self._asked))
            return self._attributes[number]
        if operation == b"ListQueues":
            if body not in self._pages:
                self._pages[body] = self._page(json.loads(body))
            return self._pages[body]
        if operation == b"GetCallerIdentity":
            return answer(json.dumps(IDENTITY).encode())
        return answer(b"{}")

    def _page(self, asked: dict[str, object]) -> bytes:
        size, start = int(str(asked.get("MaxResults", 1000))), int(str(asked.get("NextToken", 0)))
        page: dict[str, object] = {"QueueUrls": self._urls[start : start + size]}
        if "MaxResults" in asked and start + size < len(self._urls):
            page["NextToken"] = str(start + size)
        return answer(json.dumps(page).encode())


IDENTITY = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/bench", "UserId": "BENCH"}


def answer(body: bytes, kind: bytes = JSON, headers: bytes = b"") -> bytes:
    """An HTTP answer with that body."""
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%sx-amzn-RequestId: 00000000-0000-4000-8000-000000000000\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (kind, headers, len(body), body)
    )


def _query(action: str) -> bytes:
    inner = ""
    if action == "GetCallerIdentity":
        inner = "".join(f"<{name}>{text}</{name}>" for name, text in IDENTITY.items())
    return answer(
        f"<{action}Response><{action}Result>{inner}</{action}Result><ResponseMetadata><RequestId>r</RequestId>"
        f"</ResponseMetadata></{action}Response>".encode(),
        XML,
    )


def _attributes(number: int, depth: int) -> bytes:
    held = {
        "QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:bench-{number:05d}-queue",
        "ApproximateNumberOfMessages": str(depth),
        "ApproximateNumberOfMessagesNotVisible": "3",
        "ApproximateNumberOfMessagesDelayed": "0",
        "CreatedTimestamp": "1700000000",
        "LastModifiedTimestamp": "1700000100",
        "VisibilityTimeout": "30",
        "MaximumMessageSize": "262144",
        "MessageRetentionPeriod": "345600",
        "DelaySeconds": "0",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "RedrivePolicy": json.dumps(
            {
                "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:bench-00000-queue",
                "maxReceiveCount": 5,
            }
        ),
    }
    if number == 0:
        del held["RedrivePolicy"]
    return json.dumps({"Attributes": held}).encode()


class Connection(asyncio.Protocol):
    """One connection, kept alive; answers come as late as the plan says."""

    def __init__(self, answers: Answers, latency: float) -> None:
        self._answers, self._latency = answers, latency
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request that is there."""
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[: end + 2]
            at = head.lower().find(b"\r\ncontent-length:")
            size = int(head[at + 17 : head.find(b"\r\n", at + 2)]) if at >= 0 else 0
            if len(self._held) < end + 4 + size:
                return
            body = self._held[end + 4 : end + 4 + size]
            self._held = self._held[end + 4 + size :]
            self._answer(self._answers.to(head, body))

    def _answer(self, sent: bytes) -> None:
        transport = self._transport
        if transport is None:
            return
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, _write, transport, sent)
        else:
            transport.write(sent)


def _write(transport: asyncio.Transport, sent: bytes) -> None:
    if not transport.is_closing():
        transport.write(sent)


async def _serve(plan: Plan) -> None:
    loop = asyncio.get_running_loop()
    answers: list[Answers] = []
    context: ssl.SSLContext | None = None
    if plan.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(plan.certificate)
    server = await loop.create_server(
        lambda: Connection(answers[0], plan.latency_ms / 1000),
        "127.0.0.1", 0, backlog=1024, ssl=context,
    )  # fmt: skip
    port = server.sockets[0].getsockname()[1]
    answers.append(Answers(plan, port))
    print(port, flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    await server.serve_forever()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


@contextmanager
def serving(plan: Plan) -> Iterator[str]:
    """An endpoint in a process of its own; its URL."""
    command = [sys.executable, __file__]
    for name, value in plan._asdict().items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"{plan.scheme}://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queues", type=int, default=1000)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--changing", type=int, default=0)
    parser.add_argument("--certificate", default="")
    asyncio.run(_serve(Plan(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
