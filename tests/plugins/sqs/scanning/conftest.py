"""The seeded fleet over HTTP: orders-dlq holds 420 messages of four shapes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from awstui import paths
from awstui.demo.process import DemoServer
from awstui.engine.door import Doors
from awstui.plugin import Row
from plugins.sqs import around
from tests.plugins.sqs.conftest import SCOPE, Shop


class Told:
    """Says what it is given, once."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[Row] = asyncio.Queue()

    async def next(self, timeout: float | None = None) -> Row | None:
        try:
            return await asyncio.wait_for(self.words.get(), timeout)
        except TimeoutError:
            return None


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Spools go to the test's own folder."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(paths, "cache_folder", lambda: folder)
    return folder


@pytest.fixture
def told() -> Told:
    """The words of a person to a job."""
    return Told()


@pytest.fixture(scope="module")
def fleet_server() -> Iterator[DemoServer]:
    """The seeded fleet, standing still."""
    with DemoServer.running(seed=True, drive=False) as running:
        yield running


class Fleet(Shop):
    """The seeded fleet, and the door to it."""

    async def depth_of(self, name: str) -> tuple[int, int]:
        """How many wait in a queue, and how many are hidden."""
        return await self.depth(await around.named(self.aws, name))


@pytest.fixture
async def fleet(
    fleet_server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Fleet]:
    """The doors to the seeded fleet."""
    for name, value in fleet_server.environment.items():
        monkeypatch.setenv(name, value)
    doors = Doors(audit_folder=tmp_path / "audit", endpoint_url=fleet_server.url, demo=True)
    yield Fleet(doors, doors.open(SCOPE, "sqs"), fleet_server.url)
    await doors.close()
