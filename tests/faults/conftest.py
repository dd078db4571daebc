"""A fault proxy before the seeded fleet, patience made short, and lists followed through the real engine."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from awstui.engine import breaker, calls, limits
from awstui.engine.door import Doors
from tests.faults.following import Following
from tests.faults.proxy import FaultProxy

PROBE = 0.4
"""Seconds between two probes of an open breaker, instead of ten."""


@pytest.fixture(scope="session")
def fleet() -> Iterator[DemoServer]:
    """The seeded fleet, standing still."""
    with DemoServer.running(seed=True, drive=False) as running:
        yield running


@pytest.fixture
def proxy(fleet: DemoServer) -> Iterator[FaultProxy]:
    """A proxy before the fleet, without any rule."""
    with FaultProxy.running(fleet.url) as running:
        yield running


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as always, but for a fraction of the time."""
    monkeypatch.setattr(
        "botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.01
    )
    monkeypatch.setattr(limits, "PAUSE", (0.05, 0.1))
    monkeypatch.setattr(limits, "FLOOR", 20.0)
    monkeypatch.setattr(calls, "Breaker", functools.partial(breaker.Breaker, pause=PROBE))


@pytest.fixture
async def doors(proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[Doors]:
    """Doors that lead through the proxy."""
    opened = Doors(endpoint_url=proxy.url, demo=True, audit_folder=tmp_path / "audit")
    yield opened
    proxy.clear()
    await opened.close()


@pytest.fixture
async def following(doors: Doors) -> AsyncIterator[Following]:
    """Follows lists of the plugins as the console does."""
    follower = Following(doors)
    yield follower
    await follower.close()
