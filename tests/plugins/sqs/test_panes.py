"""The road from the keyboard: list, detail, peek, release, redrive, progress, an empty queue."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from awstui import registry, wire
from awstui.engine.host import LocalLink
from awstui.ui.app import AwsTui
from awstui.ui.resource_pane import ResourcePane
from tests.plugins.sqs.conftest import Shop


async def until(pilot: Pilot[Any], test: Callable[[], object], seconds: float = 20.0) -> None:
    """Let the console go on until something is so."""
    over = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < over, "it never came to be"
        await pilot.pause(0.02)


def screen(app: AwsTui) -> str:
    """What is on the screen, as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def console(shop: Shop) -> AwsTui:
    start = wire.Start(endpoint_url=shop.url, region="eu-west-1", demo=True)
    return AwsTui(LocalLink(start), registry.load([]), start)


def _here(app: AwsTui) -> str:
    pane = app.workspace.pane
    held = pane.here() if isinstance(pane, ResourcePane) else None
    return held.ref.key if held else ""


async def open_queue(app: AwsTui, pilot: Pilot[Any], name: str) -> None:
    """Go to one queue's row in the list."""
    await until(pilot, lambda: app.identity)
    await pilot.press("colon", *"sqs", "space", *name, "enter")
    await until(pilot, lambda: getattr(app.workspace.pane, "phase", "") == "ready")
    await until(pilot, lambda: _here(app) == name)


async def test_from_the_list_to_the_empty_dead_letter_queue(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    await shop.dead_letter(source, 6)
    app = console(shop)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_queue(app, pilot, dead["QueueName"])
        assert f"← {source['QueueName']}" in screen(app)
        await pilot.press("enter")
        await until(pilot, lambda: "dead letters of" in screen(app))
        assert await shop.depth(dead) == (6, 0), "looking at the detail receives nothing"
        await pilot.press("p")
        await until(pilot, lambda: "holding 6" in screen(app))
        assert (await shop.depth(dead))[1] == 6
        await pilot.press("slash", *"order.:.4", "enter")
        await until(pilot, lambda: "/order.:.4 1" in screen(app))
        await pilot.press("escape", "e")
        await until(pilot, lambda: "released: a snapshot" in screen(app))
        assert await shop.depth(dead) == (6, 0)
        await pilot.press("escape", "m")
        await until(pilot, lambda: app.screen.query("#fields"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.query("#yes"))
        await pilot.press("y")
        await until(pilot, lambda: "6 of about 6 moved" in screen(app))
        assert "100%" in screen(app)
    assert await shop.depth(dead) == (0, 0)
    assert await shop.depth(source) == (6, 0)


async def test_leaving_the_messages_gives_them_back(shop: Shop) -> None:
    row = await shop.queue("plain")
    await shop.fill(row, 10)
    app = console(shop)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("p")
        await until(pilot, lambda: "holding 10" in screen(app))
        await pilot.press("escape")
        while await shop.depth(row) != (10, 0):
            await pilot.pause(0.05)


async def test_quitting_the_console_gives_them_back(shop: Shop) -> None:
    row = await shop.queue("plain")
    await shop.fill(row, 10)
    app = console(shop)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("p")
        await until(pilot, lambda: "holding 10" in screen(app))
    assert await shop.depth(row) == (10, 0)


async def test_a_look_that_condemns_asks_for_the_queues_name(shop: Shop) -> None:
    dead = await shop.queue("careful-dlq")
    row = await shop.queue("careful", dead=dead, lives=2)
    await shop.fill(row, 1)
    app = console(shop)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("p")
        await until(pilot, lambda: app.screen.query("#typed"))
        assert await shop.depth(row) == (1, 0)
        await until(pilot, lambda: getattr(app.screen, "painted_at", math.inf) < math.inf)
        await pilot.press("tab", *row["QueueName"], "enter")
        await until(pilot, lambda: "1 of 2, last life" in screen(app))
