"""Lists of the plugins, followed through the real engine: its feeds, its doors, its sentences."""

from __future__ import annotations

import asyncio
from typing import Any

from awstui import registry, wire
from awstui.engine.door import Doors
from awstui.engine.rows import Feed
from awstui.plugin import Row
from awstui.project import Projector
from tests.patience import PATIENCE

SCOPE = wire.Scope("demo", "eu-west-1", "123456789012")


class Followed:
    """One list: what is on its subscriber's screen, and how it stands."""

    def __init__(self) -> None:
        self.rows: dict[str, wire.PackedRow] = {}
        self.states: list[wire.RowsState] = []
        self.feed: Feed | None = None
        self.task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()

    @property
    def state(self) -> wire.RowsState:
        """How it stands now."""
        return self.states[-1]

    @property
    def problem(self) -> wire.Problem:
        """What is wrong with it; fails when nothing is."""
        assert self.state.problem is not None, self.state
        return self.state.problem

    def said(self) -> str:
        """What, why and do on a line each."""
        return f"{self.problem.what}\n{self.problem.why}\n{self.problem.do}"

    def hear(self, message: wire.ToInterface) -> None:
        """Take what the engine sends."""
        if isinstance(message, wire.RowsChanged):
            self.rows.update({row.key: row for row in message.upserts})
            for key in message.removed:
                del self.rows[key]
        elif isinstance(message, wire.RowsState):
            self.states.append(message)
            if message.phase in {"ready", "failed"}:
                self._settled.set()

    async def reading(self) -> wire.RowsState:
        """How it stands after the reading that is under way, or comes next."""
        await asyncio.wait_for(self._settled.wait(), PATIENCE)
        self._settled.clear()
        return next(s for s in reversed(self.states) if s.phase in {"ready", "failed"})

    async def again(self) -> wire.RowsState:
        """How it stands after a person has asked for another reading."""
        assert self.feed is not None
        self._settled.clear()
        self.feed.refresh()
        return await self.reading()

    async def drain(self) -> None:
        """Nothing piles up here."""


class Following:
    """Follows lists, as many as a test likes, until it is closed."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self._registry = registry.load([])
        self._all: list[Followed] = []

    def follow(
        self,
        plugin_name: str,
        resource: str,
        *,
        every: float = 0.0,
        deadline: float = PATIENCE,
        scope: wire.Scope = SCOPE,
        parent: Row | None = None,
    ) -> Followed:
        """Begin to follow a resource; ``deadline`` is that of each call."""
        plugin = self._registry.plugin(plugin_name)
        followed = Followed()
        followed.feed = Feed(
            len(self._all) + 1,
            Projector(plugin.resource(resource)),
            self.doors.open(scope, plugin.botocore_name, deadline),
            parent or {},
            scope=scope,
            name=f"{plugin_name}:{resource}",
            every=every,
            send=followed.hear,
            drain=followed.drain,
        )
        followed.task = asyncio.get_running_loop().create_task(followed.feed.run())
        self._all.append(followed)
        return followed

    async def close(self) -> None:
        """Follow no longer."""
        tasks: list[asyncio.Task[Any]] = [f.task for f in self._all if f.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
