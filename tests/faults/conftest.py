"""A fault proxy before the seeded fleet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from awstui.demo.process import DemoServer
from tests.faults.proxy import FaultProxy


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
