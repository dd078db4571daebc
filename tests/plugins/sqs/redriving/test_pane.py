"""The road of a redrive on the screen: chosen, asked for, planned, watched; interrupted and taken up again."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from awstui import registry, wire
from awstui.engine.host import LocalLink
from awstui.plugin import Row
from awstui.ui.acting import Target
from awstui.ui.app import AwsTui
from plugins.sqs.redriving import operations, requests
from plugins.sqs.redriving.redrive_pane import RedrivePane
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.test_panes import open_queue, screen, until


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(requests, "POLL", 0)


def console(shop: Shop) -> AwsTui:
    start = wire.Start(endpoint_url=shop.url, region="eu-west-1", demo=True)
    return AwsTui(LocalLink(start), registry.load([]), start)


async def ids(shop: Shop, row: Row, count: int) -> list[str]:
    with shop.allowed():
        answer = await shop.aws.write(
            "receive_message", QueueUrl=row["QueueUrl"], MaxNumberOfMessages=count,
            VisibilityTimeout=0,
        )  # fmt: skip
    return [one["MessageId"] for one in answer["Messages"]]


async def open_with(app: AwsTui, pilot: Any, dead: Row, chosen: list[str]) -> RedrivePane:
    """Open the pane as the pane of messages does."""
    await open_queue(app, pilot, dead["QueueName"])
    held: Any = app.workspace.pane
    row = held.subject().row | {"Chosen": chosen}
    pane = RedrivePane(row)
    pane.target = Target(held.subject().ref, wire.pack(row))
    held.post_message(held.Opened(pane))
    await until(pilot, lambda: pane.is_attached)
    return pane


def _painted(app: AwsTui) -> bool:
    dialog: Any = app.screen
    return bool(dialog.painted_at < math.inf)


def said(app: AwsTui, *texts: str) -> Callable[[], bool]:
    return lambda: all(text in screen(app) for text in texts)


async def test_chosen_messages_go_back_and_what_was_interrupted_is_taken_up(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead)
    await shop.fill(dead, 10)
    chosen = await ids(shop, dead, 6)
    app = console(shop)
    async with app.run_test(size=(140, 40)) as pilot:
        pane = await open_with(app, pilot, dead, chosen)
        await until(pilot, lambda: app.screen.query("#fields"))
        await until(pilot, said(app, "Redrive 6 messages"))
        await until(pilot, lambda: _painted(app))
        app.screen.query_one("#field-rate", Input).value = "3"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.query("#yes"))
        await until(pilot, said(app, f"6 messages of about 10 messages in {dead['QueueName']}"))
        await until(pilot, said(app, "By awstui itself"))
        await until(pilot, lambda: _painted(app))
        await pilot.press("y")
        await until(pilot, lambda: pane._seen.get("done", 0) >= 1)
        await pilot.press("z")
        await until(pilot, said(app, "paused"))
        done = pane._seen["done"]
    (one,) = operations.listed()
    assert one["standing"] == "interrupted"
    assert one["done"] >= done
    assert await shop.depth(source) == (one["done"], 0)
    assert await shop.depth(dead) == (10 - one["done"], 0)
    app = console(shop)
    async with app.run_test(size=(140, 40)) as pilot:
        await open_queue(app, pilot, dead["QueueName"])
        await pilot.press("B")
        await until(pilot, said(app, one["op"], "interrupted"))
        await pilot.press("a")
        await until(pilot, lambda: app.screen.query("#yes"))
        await until(pilot, lambda: _painted(app))
        await pilot.press("y")
        await until(pilot, said(app, "6 redriven", "over"))
    assert await shop.depth(source) == (6, 0)
    assert await shop.depth(dead) == (4, 0)
