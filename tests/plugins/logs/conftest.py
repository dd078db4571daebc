"""Log groups on the embedded AWS, and the engine's own door to them."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from awstui.demo.process import DemoServer
from awstui.engine.door import Doors
from awstui.plugin import Aws
from awstui.wire import Scope
from plugins.logs import listing
from tests.anything import anything
from tests.plugins.logs.console import quick

__all__ = ["logs", "quick", "server"]

SCOPE = Scope("default", "eu-west-1", "123456789012")
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of the accounts that other tests have met."""
    for name, value in vars(listing.Groups()).items():
        monkeypatch.setattr(listing.lister, name, value)


@pytest.fixture(scope="module")
def server(empty_server: DemoServer) -> DemoServer:
    """An empty account on a real server."""
    return empty_server


@dataclass
class Logs:
    """Groups made for one test, and the door to them."""

    doors: Doors
    aws: Aws
    url: str
    scope: Scope = SCOPE

    def at(self, region: str) -> Logs:
        """The same in another region."""
        scope = Scope(self.scope.profile, region, self.scope.account)
        return Logs(self.doors, self.doors.open(scope, "logs"), self.url, scope)

    async def group(self, name: str, lines: Sequence[Any] = (), **more: Any) -> str:
        """A new group; lines are messages, one a second up to now, or ``(seconds ago, stream, message)``."""
        name = f"{name}-{next(_numbers)}"
        now, streams = time.time(), dict[str, list[tuple[float, str]]]()
        for place, line in enumerate(lines):
            ago, stream, message = (
                line if isinstance(line, tuple) else (len(lines) - place, "s", line)
            )
            streams.setdefault(stream, []).append((now - ago, message))
        with self.doors.gate.grant("change", "test", "test", self.scope, anything()):
            await self.aws.write("create_log_group", logGroupName=name, **more)
            for stream, said in streams.items():
                where = {"logGroupName": name, "logStreamName": stream}
                await self.aws.write("create_log_stream", **where)
                events = [
                    {"timestamp": int(at * 1000), "message": one}
                    for at, one in sorted(said, key=lambda one: one[0])
                ]
                await self.aws.write("put_log_events", **where, logEvents=events)
        return name


@pytest.fixture
async def logs(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Logs]:
    """The door to the server, as an engine has it."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    doors = Doors(audit_folder=tmp_path, endpoint_url=server.url, demo=True)
    yield Logs(doors, doors.open(SCOPE, "logs"), server.url)
    await doors.close()
