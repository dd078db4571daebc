"""What one service holds, and what is wrong in it: counted and asked for side by side, with little patience."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

from awstui import wire
from awstui.engine.guard import problem_of
from awstui.engine.reading import listing
from awstui.plugin import Aws, Plugin, Signal
from awstui.project import Projector
from awstui.registry import title_of

PATIENCE = 10.0
"""Seconds without a word from a service after which it does not answer."""

ENOUGH = 20.0
"""Seconds after which rows are not counted any further, though more of them come."""


@dataclass(slots=True)
class Held:
    """What is known of a service."""

    said: str = ""
    """How many of what it holds."""

    signals: list[Signal] = field(default_factory=list)
    problem: wire.Problem | None = None


async def look(plugin: Plugin, aws: Aws) -> Held:
    """Count the first resource's rows and gather what is wrong; what failed is said in what comes back."""
    held = Held()
    count, more, problem = await _counted(plugin, aws)
    held.problem = problem
    if problem is None or count:
        held.said = f"{count:,}{'+' if more or problem else ''} {_noun(plugin, count)}"
        held.said += " so far" if more else ""
    else:
        held.said = "–"
    if plugin.signals is not None and problem is None:
        await _signalled(plugin, aws, held)
    return held


async def _counted(plugin: Plugin, aws: Aws) -> tuple[int, bool, wire.Problem | None]:
    """How many rows there are, whether there are more than that, and why they could not be counted."""
    now, count = asyncio.get_running_loop().time, 0
    began = heard = now()
    rows: Any = listing(Projector(plugin.resources[0]), aws, {})
    try:
        async with asyncio.timeout(PATIENCE) as patience, contextlib.aclosing(rows):
            async for _ in rows:
                count += 1
                if now() - heard > 1:
                    heard = now()
                    patience.reschedule(heard + PATIENCE)
                if now() - began > ENOUGH:
                    return count, True, None
    except TimeoutError:
        return count, False, _silent()
    except Exception as error:  # noqa: BLE001  one service's fault is a row, not the home pane's end
        return count, False, problem_of(error, plugin.name)
    return count, False, None


async def _signalled(plugin: Plugin, aws: Aws, held: Held) -> None:
    assert plugin.signals is not None  # noqa: S101  asked by the caller
    try:
        async with asyncio.timeout(PATIENCE):
            async for signal in plugin.signals(aws):
                held.signals.append(signal)
    except TimeoutError:
        held.problem = _silent()
    except Exception as error:  # noqa: BLE001  as above
        held.problem = problem_of(error, plugin.name)


def _silent() -> wire.Problem:
    return wire.Problem(f"did not answer within {PATIENCE:.0f} s", kind="offline")


def _noun(plugin: Plugin, count: int) -> str:
    noun = title_of(plugin.resources[0]).lower()
    return noun[:-1] if count == 1 and noun.endswith("s") else noun
