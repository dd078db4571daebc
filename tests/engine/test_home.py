"""The home pane's rows: no service waits for another, and a long list is counted as far as it came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from awstui import wire
from awstui.engine import holding
from awstui.engine.home import HomeFeed
from awstui.engine.tasks import Tasks
from awstui.plugin import Aws, Column, Plugin, Resource, Row, Rows, Signal
from awstui.testing import FakeAws
from tests.patience import PATIENCE

SCOPE = wire.Scope("a", "eu-west-1", "")


def service(name: str, rows: Rows, **more: Any) -> Plugin:
    things = Resource(name="things", rows=rows, columns=(Column("Name"),))
    return Plugin(name=name, title=name, service="sqs", resources=(things,), **more)


async def two(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Two rows, at once."""
    yield {"Name": "a"}
    yield {"Name": "b"}


async def hanging(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Never a word."""
    await asyncio.Event().wait()
    yield {}


async def endless(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Rows that never end."""
    while True:
        await asyncio.sleep(0)
        yield {"Name": "a"}


async def test_services_that_hang_hold_up_no_other() -> None:
    plugins = (*(service(f"hang-{n}", hanging) for n in range(9)), service("quick", two))
    heard: asyncio.Queue[wire.ToInterface] = asyncio.Queue()
    feed = HomeFeed(
        1, plugins, lambda plugin: FakeAws({}), scope=SCOPE, every=0.0, send=heard.put_nowait
    )
    tasks = Tasks(lambda name, error: None)
    tasks.spawn("home", feed.run())
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await heard.get()
                if isinstance(message, wire.RowsChanged) and len(message.upserts) == 1:
                    break
        assert message.upserts[0].cells == ("quick", "2 things", "")
    finally:
        await tasks.close()


async def test_one_that_says_nothing_is_said_not_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "PATIENCE", 0.05)
    held = await holding.look(service("hang", hanging), FakeAws({}))
    assert held.said == "–"
    assert held.problem is not None
    assert "did not answer" in held.problem.what


async def test_a_long_list_is_counted_as_far_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "ENOUGH", 0.05)

    async def wrong(aws: Aws) -> AsyncIterator[Signal]:
        """One thing is wrong."""
        yield Signal("it is full", "bad")

    held = await holding.look(service("long", endless, signals=wrong), FakeAws({}))
    assert held.problem is None
    assert held.said.endswith("+ things so far")
    assert [signal.text for signal in held.signals] == ["it is full"]
