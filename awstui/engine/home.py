"""What each service holds, for the home pane: one row a service, none of which waits for another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from awstui import wire
from awstui.engine.cadence import Cadence
from awstui.engine.holding import Held, look
from awstui.engine.limits import counted
from awstui.plugin import Aws, Plugin, Signal

AT_ONCE = 16
"""How many services are read at a time: all that are built in, so that one that hangs holds up none."""


class HomeFeed:
    """Keeps the home pane's rows true."""

    def __init__(
        self,
        ident: int,
        plugins: tuple[Plugin, ...],
        door: Callable[[Plugin], Aws],
        *,
        scope: wire.Scope,
        every: float,
        send: Callable[[wire.ToInterface], None],
    ) -> None:
        self._cadence = Cadence(every)
        self._denied: set[str] = set()
        self._asked = True
        self._id, self._plugins, self._door = ident, plugins, door
        self._scope, self._send = scope, send
        self._wake = asyncio.Event()
        self._read = 0
        self._at = 0.0

    def refresh(self, every: float = -1.0) -> None:
        """Read again at once; ``every`` of 0 or more also sets the cadence."""
        if every >= 0:
            self._cadence.set(every)
        self._asked = True
        self._wake.set()

    def hurry(self) -> None:
        """Read again at once, where that would happen by itself."""
        if self._cadence.every:
            self._wake.set()

    async def run(self) -> None:
        """Read, wait, and read again until cancelled."""
        rows = tuple(
            _row(number, plugin, Held(said="…")) for number, plugin in enumerate(self._plugins)
        )
        self._send(wire.RowsChanged(self._id, self._scope, rows))
        while True:
            self._wake.clear()
            with counted() as refusals:
                await self._round()
            self._cadence.after(None, refused=refusals.count > 0)
            self._tell("ready")
            try:
                await asyncio.wait_for(self._wake.wait(), self._cadence.wait)
            except TimeoutError:
                continue

    async def _round(self) -> None:
        """Read every service; one that was denied only when a person asks."""
        if self._asked:
            self._denied.clear()
        self._asked = False
        self._read = len(self._denied)
        self._tell("filling")
        turns = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for number, plugin in enumerate(self._plugins):
                if plugin.name not in self._denied:
                    group.create_task(self._one(number, plugin, turns))
        self._at = time.time()

    async def _one(self, number: int, plugin: Plugin, turns: asyncio.Semaphore) -> None:
        async with turns:
            held = await look(plugin, self._door(plugin))
        row, problem = _row(number, plugin, held), held.problem
        if problem is not None and problem.kind == "denied":
            self._denied.add(plugin.name)
        self._read += 1
        self._send(wire.RowsChanged(self._id, self._scope, (row,)))
        self._tell("filling")

    def _tell(self, phase: str) -> None:
        count = len(self._plugins)
        self._send(
            wire.RowsState(
                self._id, self._scope, phase, listed=count, filled=self._read, to_fill=count,
                at=self._at, asks="each service", every=self._cadence.every,
                slowed=self._cadence.slowed,
            )
        )  # fmt: skip


def _row(number: int, plugin: Plugin, held: Held) -> wire.PackedRow:
    signals, problem, holds = held.signals, held.problem, held.said
    state, tone = "", ""
    if problem is not None:
        missing = (
            f"may not be read: {problem.action} is missing" if problem.action else problem.what
        )
        state, tone = missing, "warn" if problem.kind == "denied" else "bad"
    elif signals:
        state = " · ".join(signal.text for signal in signals[:3])
        state += f" and {len(signals) - 3} more" if len(signals) > 3 else ""
        tone = "bad" if any(signal.tone == "bad" for signal in signals) else signals[0].tone
    rank = {"bad": 0, "warn": 1}.get(tone, 2)
    return wire.PackedRow(
        plugin.name,
        (plugin.title, holds, state),
        ("", "", tone),
        wire.pack(_facts(plugin, holds, signals, problem)),
        order=(rank, number),
    )


def _facts(
    plugin: Plugin, holds: str, signals: list[Signal], problem: wire.Problem | None
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "Service": plugin.title,
        "Type": f":{plugin.name}",
        "Also": [f":{alias}" for alias in plugin.aliases],
        "Holds": holds,
        "Signals": [
            {"text": s.text, "tone": s.tone, "resource": s.resource, "key": s.key} for s in signals
        ],
    }
    if problem is not None:
        facts["Problem"] = {
            "What": problem.what,
            "Why": problem.why,
            "Do": problem.do,
            "Missing permission": problem.action,
            "Request id": problem.request_id,
        }
    return facts
