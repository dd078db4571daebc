"""The embedded AWS over HTTP, and the engine's own doors to it."""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from awstui import cli
from awstui.demo.process import DemoServer
from awstui.engine.door import Doors
from awstui.headless import commanding
from awstui.plugin import Aws, Effect, Row
from awstui.wire import Scope
from plugins.sqs import around, peeking, plugin
from plugins.sqs.redriving import requests
from plugins.sqs.scanning import receiving
from tests.anything import anything
from tests.patience import PATIENCE

SCOPE = Scope("default", "eu-west-1", "123456789012")
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded AWS sees all of a queue at once, in its time: an empty one is to be known without waiting."""
    for module in (peeking, receiving, requests):
        monkeypatch.setattr(module, "POLL", 0)
    monkeypatch.setattr(receiving, "ANSWER", PATIENCE)


@pytest.fixture(scope="module")
def server(empty_server: DemoServer) -> DemoServer:
    """An empty account on a real server."""
    return empty_server


@dataclass
class Shop:
    """Queues made for one test, and the door to them."""

    doors: Doors
    aws: Aws
    url: str

    def allowed(self, effect: Effect = "change") -> AbstractContextManager[Any]:
        """What the interface does after a person has confirmed."""
        return self.doors.gate.grant(effect, "test", "test", SCOPE, anything())

    async def queue(
        self, name: str, *, dead: Row | None = None, lives: int = 5, **more: str
    ) -> Row:
        """A new queue, feeding ``dead`` after ``lives`` receives."""
        fifo = name.endswith(".fifo")
        name = f"{name.removesuffix('.fifo')}-{next(_numbers)}{'.fifo' if fifo else ''}"
        attributes = dict(more)
        if fifo:
            attributes |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        if dead:
            arn = dead["Attributes"]["QueueArn"]
            policy = {"deadLetterTargetArn": arn, "maxReceiveCount": lives}
            attributes["RedrivePolicy"] = json.dumps(policy)
        with self.allowed():
            await self.aws.write("create_queue", QueueName=name, Attributes=attributes)
        return await around.fresh(self.aws, await around.named(self.aws, name))

    async def fill(self, row: Row, count: int, **more: Any) -> None:
        """Put messages into a queue, named by their number."""
        with self.allowed():
            for start in range(0, count, 10):
                entries = [
                    {"Id": str(n), "MessageBody": json.dumps({"order": n}), **more}
                    for n in range(start, min(count, start + 10))
                ]
                await self.aws.write(
                    "send_message_batch", QueueUrl=row["QueueUrl"], Entries=entries
                )

    async def dead_letter(self, source: Row, count: int) -> None:
        """Let messages fail: received as often as the policy allows, and once more."""
        lives = source["Attributes"]["RedrivePolicy"]["maxReceiveCount"]
        await self.fill(source, count)
        with self.allowed():
            for _ in range(lives + 1):
                left = count
                while left > 0:
                    answer = await self.aws.write(
                        "receive_message", QueueUrl=source["QueueUrl"], MaxNumberOfMessages=10,
                        VisibilityTimeout=0,
                    )  # fmt: skip
                    left -= max(1, len(answer.get("Messages") or []))

    async def depth(self, row: Row) -> tuple[int, int]:
        """How many wait, and how many are hidden."""
        held = (await around.fresh(self.aws, row))["Attributes"]
        waiting, hidden = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
        return held[waiting], held[hidden]


async def command(
    shop: Shop, name: str, *words: str, out: Any, aws: Aws | None = None
) -> int:  # fmt: skip
    """Run a command of the plugin as the command line does, up to its leave from the gate."""
    one = next(held for held in plugin.commands if held.name == name)
    parser = cli.Parser()
    cli.add_command(parser, one, plugin)
    arguments = parser.parse_args(words, argparse.Namespace(reason="", confirm="", yes=False))
    session: Any = SimpleNamespace(
        gate=shop.doors.gate, scope=SCOPE, is_production=lambda scope: False
    )
    return await commanding.carry_out(session, aws or shop.aws, arguments, out)


@pytest.fixture
async def shop(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shop]:
    """The doors to the server, as an engine has them."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    doors = Doors(audit_folder=tmp_path, endpoint_url=server.url, demo=True)
    yield Shop(doors, doors.open(SCOPE, "sqs"), server.url)
    await doors.close()
