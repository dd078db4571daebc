"""A feed sends what changed, keeps what is on screen, and says how the list stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from awstui import wire
from awstui.engine.rows import Feed
from awstui.errors import AwsError
from awstui.plugin import Aws, Column, Resource, Row
from awstui.project import Projector
from awstui.testing import FakeAws
from tests.patience import PATIENCE

SCOPE = wire.Scope("default", "eu-west-1", "123456789012")


class World:
    """Rows that a test changes, and everything the feed has sent of them."""

    def __init__(self, **changes: Any) -> None:
        self.rows: list[Row] = [{"Name": "a", "N": 1}, {"Name": "b", "N": 2}]
        self.error: Exception | None = None
        self.sent: list[wire.ToInterface] = []
        self.settled = asyncio.Event()
        columns = (Column("Name"), Column("N", kind="number"))
        resource = Resource(name="x", rows=self.listing, columns=columns, **changes)
        self.feed = Feed(
            1, Projector(resource), FakeAws({}), {}, scope=SCOPE, name="demo:ListX", every=0.0,
            send=self.hear, drain=self.drain,
        )  # fmt: skip
        self.task = asyncio.ensure_future(self.feed.run())

    async def listing(self, aws: Aws, parent: Row) -> AsyncIterator[Row]:
        """The rows of this moment, then the error, if there is one."""
        for row in list(self.rows):
            yield dict(row)
        if self.error is not None:
            raise self.error

    def hear(self, message: wire.ToInterface) -> None:
        """Keep a message; ``ready`` and ``failed`` end a reading."""
        self.sent.append(message)
        if isinstance(message, wire.RowsState) and message.phase in ("ready", "failed"):
            self.settled.set()

    async def drain(self) -> None:
        """Nothing piles up here."""

    async def reading(self) -> list[wire.ToInterface]:
        """What one whole reading sends."""
        await asyncio.wait_for(self.settled.wait(), PATIENCE)
        self.settled.clear()
        sent, self.sent = self.sent, []
        return sent

    async def again(self) -> list[wire.ToInterface]:
        """What another reading sends."""
        self.feed.refresh()
        return await self.reading()

    async def close(self) -> None:
        """End the feed."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def upserts(sent: list[wire.ToInterface]) -> list[tuple[wire.Cell, ...]]:
    """The cells of all rows that were sent, in order."""
    return [row.cells for m in sent if isinstance(m, wire.RowsChanged) for row in m.upserts]


def removed(sent: list[wire.ToInterface]) -> list[str]:
    """The keys that were taken away."""
    return [key for m in sent if isinstance(m, wire.RowsChanged) for key in m.removed]


def last_state(sent: list[wire.ToInterface]) -> wire.RowsState:
    """How the list stood at the end."""
    return [m for m in sent if isinstance(m, wire.RowsState)][-1]


async def test_a_refresh_sends_only_what_changed() -> None:
    world = World()
    assert upserts(await world.reading()) == [("a", 1), ("b", 2)]
    assert upserts(await world.again()) == []
    world.rows = [{"Name": "a", "N": 5}, {"Name": "c", "N": 3}]
    sent = await world.again()
    assert upserts(sent) == [("a", 5), ("c", 3)]
    assert removed(sent) == ["b"]
    await world.close()


async def test_a_list_that_fails_keeps_its_rows_and_names_the_problem() -> None:
    world = World()
    whole = last_state(await world.reading())
    world.rows, world.error = [{"Name": "a", "N": 9}], AwsError(wire.Problem("throttled"))
    sent = await world.again()
    state = last_state(sent)
    assert upserts(sent) == [("a", 9)]
    assert removed(sent) == [], "a row is gone only when a whole list lacks it"
    assert (state.phase, state.problem) == ("failed", wire.Problem("throttled"))
    assert state.at == whole.at > 0, "the age is that of the last whole reading"
    await world.close()


async def test_a_plugin_fault_names_the_plugin() -> None:
    world = World()
    await world.reading()
    world.error = ZeroDivisionError("1/0")
    problem = last_state(await world.again()).problem
    assert problem is not None
    assert problem.what == "demo:ListX failed: ZeroDivisionError: 1/0"
    assert "test_rows.py" in problem.why
    await world.close()


async def test_a_refresh_never_blanks_what_was_filled_and_settled() -> None:
    async def fill(aws: Aws, row: Row) -> Row:
        await asyncio.sleep(0)
        return {**row, "N": row["N"] * 10}

    def settle(rows: list[Row]) -> list[Row]:
        return [{**row, "N": row["N"] + 1} for row in rows]

    world = World(enrich=fill, settle=settle)
    first = upserts(await world.reading())
    assert sorted(first[-2:]) == [("a", 11), ("b", 21)]
    assert upserts(await world.again()) == [], "neither bare nor unsettled values were sent"
    world.rows[0]["N"] = 4
    assert upserts(await world.again()) == [("a", 41)]
    await world.close()


async def test_rows_on_screen_from_the_last_run_wait_for_their_fill_and_go_when_they_are_gone() -> (
    None
):
    async def fill(aws: Aws, row: Row) -> Row:
        return {**row, "N": 7}

    world = World(enrich=fill)
    await world.close()
    world.rows = [{"Name": "a"}, {"Name": "b"}]
    resource = Resource(
        name="x", rows=world.listing, enrich=fill, columns=(Column("Name"), Column("N", kind="number"))
    )  # fmt: skip
    world.feed = Feed(
        1, Projector(resource), FakeAws({}), {}, scope=SCOPE, name="demo:ListX", every=0.0,
        send=world.hear, drain=world.drain, on_screen=("a", "gone"),
    )  # fmt: skip
    world.sent.clear()
    world.task = asyncio.ensure_future(world.feed.run())
    sent = await world.reading()
    assert ("a", None) not in upserts(sent), "it would have blanked what is on screen"
    assert ("a", 7) in upserts(sent)
    assert removed(sent) == ["gone"]
    assert removed(await world.again()) == []
    await world.close()
