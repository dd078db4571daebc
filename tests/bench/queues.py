"""Two queues behind HTTP, so quick that whoever moves messages between them is what is measured.

``python tests/bench/queues.py [--messages N] [--latency-ms MS]`` prints its port and serves until its
standard input closes. It keeps count, and answers ``GET /`` with how many are where.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

if __name__ == "__main__":
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.endpoint import ACCOUNT, IDENTITY, REGION, XML, answer

HERE, THERE = "bench-dlq", "bench"
BODY = json.dumps({"orderId": "0" * 36, "note": "x" * 400})
MD5 = hashlib.md5(BODY.encode(), usedforsecurity=False).hexdigest()


class Queues:
    """Messages that wait, are in flight, or were sent."""

    def __init__(self, count: int, port: int) -> None:
        self._numbers = itertools.count()
        self._waiting = [f"{n:08}-0000-4000-8000-000000000000" for n in range(count)]
        self._hidden: dict[str, str] = {}
        self._sent = 0
        self._base = f"http://127.0.0.1:{port}/{ACCOUNT}/"

    def to(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        name = str(asked.get("QueueName") or asked.get("QueueUrl", "")).rsplit("/", 1)[-1]
        entries: list[dict[str, Any]] = asked.get("Entries", [])
        match operation:
            case "ReceiveMessage":
                made = self._receive(asked["MaxNumberOfMessages"])
            case "SendMessageBatch":
                made = self._send(entries)
            case "DeleteMessageBatch" | "ChangeMessageVisibilityBatch":
                made = self._settle(entries)
            case "GetQueueUrl":
                made = {"QueueUrl": self._base + name}
            case "GetQueueAttributes":
                made = {"Attributes": self._attributes(name)}
            case _:
                made = {"queueUrls": [self._base + THERE]}
        return made

    def _send(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        self._sent += len(entries)
        taken = [
            {"Id": one["Id"], "MessageId": f"n{next(self._numbers)}", "MD5OfMessageBody": MD5}
            for one in entries
        ]
        return {"Successful": taken, "Failed": []}

    def _receive(self, most: int) -> dict[str, Any]:
        taken, self._waiting = self._waiting[:most], self._waiting[most:]
        messages = []
        for ident in taken:
            handle = f"h{next(self._numbers)}"
            self._hidden[handle] = ident
            messages.append({
                "MessageId": ident, "ReceiptHandle": handle, "Body": BODY, "MD5OfBody": MD5,
                "Attributes": {"SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1"},
            })  # fmt: skip
        return {"Messages": messages} if messages else {}

    def _settle(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        for one in entries:
            ident = self._hidden.pop(one["ReceiptHandle"])
            if "VisibilityTimeout" in one:
                self._waiting.append(ident)
        return {"Successful": [{"Id": one["Id"]} for one in entries], "Failed": []}

    def _attributes(self, name: str) -> dict[str, str]:
        return {
            "QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}",
            "ApproximateNumberOfMessages": str(len(self._waiting)),
            "MaximumMessageSize": "262144",
            "VisibilityTimeout": "30",
        }

    def counted(self) -> dict[str, int]:
        """How many are where."""
        return {"waiting": len(self._waiting), "hidden": len(self._hidden), "sent": self._sent}


async def _serve(messages: int, latency: float) -> None:
    queues: list[Queues] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = int(_header(head, b"content-length") or 0)
                body = await reader.readexactly(size)
                if latency:
                    await asyncio.sleep(latency)
                writer.write(_answer(queues[0], head, body))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0, backlog=1024, limit=2**21)
    port = server.sockets[0].getsockname()[1]
    queues.append(Queues(messages, port))
    print(port, flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    await server.serve_forever()


_NAMES = {
    name.lower(): name
    for name in (
        "ReceiveMessage", "SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch",
        "GetQueueUrl", "GetQueueAttributes", "ListDeadLetterSourceQueues",
    )
}  # fmt: skip


_WHO = "GetCallerIdentity"


def _answer(queues: Queues, head: bytes, body: bytes) -> bytes:
    target = _header(head, b"x-amz-target").decode()
    if target:
        operation = _NAMES.get(target.rsplit(".", 1)[-1], "")
        return answer(json.dumps(queues.to(operation, json.loads(body or b"{}"))).encode())
    if head.startswith(b"get / "):
        return answer(json.dumps(queues.counted()).encode())
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in IDENTITY.items())
    whole = f"<{_WHO}Response><{_WHO}Result>{inner}</{_WHO}Result></{_WHO}Response>"
    return answer(whole.encode(), XML)


def _header(head: bytes, name: bytes) -> bytes:
    at = head.find(b"\r\n" + name + b":")
    return head[at + len(name) + 3 : head.find(b"\r\n", at + 2)].strip() if at >= 0 else b""


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


@contextmanager
def serving(messages: int, latency_ms: float) -> Iterator[str]:
    """The queues in a process of their own; their URL."""
    command = [
        sys.executable, __file__, "--messages", str(messages), "--latency-ms", str(latency_ms),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    asked = parser.parse_args()
    asyncio.run(_serve(asked.messages, asked.latency_ms / 1000))


if __name__ == "__main__":
    main()
