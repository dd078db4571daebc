"""The console with a tail in it, on a server of ours."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from awstui import registry, wire
from awstui.engine.host import LocalLink
from awstui.plugin import Row
from awstui.ui.acting import Target
from awstui.ui.app import AwsTui
from plugins.logs import following, tailing
from plugins.logs.follow import Cadence
from plugins.logs.tail_pane import TailPane
from tests.plugins.logs.log_server import ACCOUNT, LogServer, Weather
from tests.ui.conftest import until

QUICK = Cadence(active=0.2, quiet=0.5, sweep=1.0, slowest=1.0)
ORDERS, PAYMENTS = "/shop/orders", "/shop/payments"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow at a pace at which a test is over soon."""
    monkeypatch.setattr(tailing, "CADENCE", QUICK)
    monkeypatch.setattr(tailing, "SHARE", 0.1)
    monkeypatch.setattr(following, "PAGE_DEADLINE", 1.0)


def screen(pilot: Pilot[Any]) -> str:
    """What is on the screen, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


class MortalLink(LocalLink):
    """An engine in this process that dies when it is told to, and can be started again."""

    async def open(
        self, deliver: Callable[[wire.ToInterface], None], gone: Callable[[str], None]
    ) -> None:
        """Begin, and know whom to tell of the death."""
        self._deliver, self._gone = deliver, gone
        await super().open(deliver, gone)

    async def die(self) -> None:
        """Be gone, as a process that was killed."""
        await self.close()
        self.engine = None
        self._gone("killed by a test")

    async def again(self, start: wire.Start) -> None:
        """Begin another engine."""
        await super().open(self._deliver, self._gone)


def target(name: str, *, region: str = "eu-west-1", account: str = ACCOUNT, **more: Any) -> Target:
    """A row of a group, or of a stream in it, as a list gives it to a tail."""
    scope = wire.Scope("default", region, account)
    row = {"logGroupName": name, **more}
    resource = "streams" if "logStreamName" in more else "groups"
    key = str(more.get("logStreamName", name))
    return Target(wire.RowRef(scope, "logs", resource, key), wire.pack(row))


@asynccontextmanager
async def tail_on(
    server: LogServer, targets: Sequence[Target], *, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Pilot[Any], TailPane, MortalLink]]:
    """A tail of rows, and the engine behind it, without the list that leads there."""
    async with server.running():
        start = wire.Start(endpoint_url=server.url, region="eu-west-1", demo=True)
        plugins = registry.load([])
        link = MortalLink(start, plugins)
        app = AwsTui(link, plugins, start)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.identity)
            first: Row = targets[0].row
            pane = TailPane(first)
            pane.bound_to, pane.target, pane.targets = targets[0].ref.scope, targets[0], [*targets]
            app.workspace.open(pane)
            await until(pilot, lambda: app.workspace.pane is pane)
            yield pilot, pane, link


@asynccontextmanager
async def tail_of(
    server: LogServer, *, groups: int = 1, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Pilot[Any], TailPane]]:
    """The console with a tail of the first groups of the list."""
    async with server.running():
        start = wire.Start(endpoint_url=server.url, region="eu-west-1", demo=True)
        plugins = registry.load([])
        app = AwsTui(LocalLink(start, plugins), plugins, start)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.identity)
            await pilot.press("colon", *"logs", "enter")
            await until(pilot, lambda: getattr(app.workspace.pane, "phase", "") == "ready")
            await pilot.press("home", *["space"] * (groups if groups > 1 else 0), "t")
            await until(pilot, lambda: isinstance(app.workspace.pane, TailPane))
            pane = app.workspace.pane
            assert isinstance(pane, TailPane)
            yield pilot, pane


def filled(*, weather: Weather | None = None, count: int = 60, page: int = 10_000) -> LogServer:
    """A server with two groups and lines of the last minutes."""
    server, now = LogServer(time.time, page=page, weather=weather), time.time()
    for group in (ORDERS, PAYMENTS):
        for number in range(count):
            body = {"level": "error" if number % 20 == 10 else "info", "n": number, "group": group}
            server.put(group, now - 2 * count + 2 * number, json.dumps(body))
    return server
