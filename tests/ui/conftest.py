"""The console on a real server: an engine in this process, the embedded AWS in another."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import chain, repeat
from typing import Any, TypeAlias

import pytest
from textual.pilot import Pilot

from awstui import registry, wire
from awstui.demo.process import DemoServer
from awstui.engine.host import LocalLink
from awstui.ui.app import AwsTui
from tests.patience import PATIENCE

Console: TypeAlias = "Pilot[int]"

_SOON = (0.005, 0.01, 0.02, 0.05)
"""Seconds between two looks: soon after what was done, and later more seldom, for a look is work, too."""


@pytest.fixture(scope="session")
def server() -> Iterator[DemoServer]:
    """The seeded fleet, standing still."""
    with DemoServer.running(seed=True, drive=False) as running:
        yield running


@asynccontextmanager
async def console(
    url: str, *, size: tuple[int, int] = (120, 36), read_only: bool = False, **more: Any
) -> AsyncIterator[Console]:
    """The console, driven by a pilot."""
    start = wire.Start(endpoint_url=url, demo=True, read_only=read_only)
    plugins = more.pop("plugins", None) or registry.load([])
    app = AwsTui(LocalLink(start, plugins), plugins, start, **more)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.identity is not None)
        yield pilot


def app_of(pilot: Console) -> AwsTui:
    """The console behind a pilot."""
    assert isinstance(pilot.app, AwsTui)
    return pilot.app


def screen(pilot: Pilot[Any]) -> str:
    """What is painted, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def until(pilot: Pilot[Any], true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Let the console work until something is true, and keys are heard; fails with the screen."""
    try:
        async with asyncio.timeout(seconds):
            for wait in chain(_SOON, repeat(_SOON[-1])):
                if true() and _takes_keys(pilot):
                    return
                await asyncio.sleep(wait)
    except TimeoutError:
        raise AssertionError(f"not so within {seconds} s:\n{screen(pilot)}") from None


def _takes_keys(pilot: Pilot[Any]) -> bool:
    """Whether what is on the screen was painted: what is typed before is not meant for it."""
    return not pilot.app.screen_stack or getattr(pilot.app.screen, "painted_at", 0.0) < math.inf


async def asked(pilot: Console, selector: str) -> None:
    """Wait for a dialog with this in it."""
    await until(pilot, lambda: bool(pilot.app.screen.query(selector)))


async def shows(pilot: Console, *texts: str, seconds: float = PATIENCE) -> str:
    """Wait until every text is painted; the screen."""
    await until(pilot, lambda: all(text in screen(pilot) for text in texts), seconds)
    return screen(pilot)


async def type_in(pilot: Console, text: str) -> None:
    """Press the keys of a text."""
    names = {" ": "space", ":": "colon", "/": "slash", "-": "minus", ".": "full_stop"}
    await pilot.press(*(names.get(sign, sign) for sign in text))
