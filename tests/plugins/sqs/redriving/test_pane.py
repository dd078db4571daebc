"""The road of a redrive on the screen: chosen, asked for, planned, watched; interrupted and taken up again."""

from __future__ import annotations

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
from plugins.sqs.redriving import handover, operations
from plugins.sqs.redriving.redrive_pane import RedrivePane
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.test_panes import open_queue, screen
from tests.ui.conftest import asked, until


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


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


def _done(pane: RedrivePane) -> int:
    return int(pane._watch.seen.get("done", 0)) if pane._watch else 0


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
        await asked(pilot, "#fields")
        await until(pilot, said(app, "Redrive 6 messages"))
        app.screen.query_one("#field-rate", Input).value = "1"
        await pilot.press("ctrl+s")
        await asked(pilot, "#yes")
        await until(pilot, said(app, f"6 messages of about 10 messages in {dead['QueueName']}"))
        await until(pilot, said(app, "By awstui itself"))
        await pilot.press("y")
        await until(pilot, lambda: _done(pane) >= 1)
        await pilot.press("z")
        await until(pilot, said(app, "paused"))
        done = _done(pane)
        await until(pilot, lambda: [one.cells[2] for one in pane.grid.model.view] == [done])
    (one,) = operations.listed()
    assert one["standing"] == "interrupted"
    assert one["done"] >= done
    assert await shop.depth(source) == (one["done"], 0)
    assert await shop.depth(dead) == (10 - one["done"], 0)
    app = console(shop)
    async with app.run_test(size=(140, 40), notifications=True) as pilot:
        await until(pilot, said(app, f"Redrive {one['op']} of {dead['QueueName']} interrupted"))
        await until(pilot, said(app, f"redrive {one['op']}"))  # on the home pane
        await open_queue(app, pilot, dead["QueueName"])
        await pilot.press("B")
        await until(pilot, said(app, one["op"], "interrupted", "a take up"))
        await pilot.press("a")
        await agreed(app, pilot)
        await hurried(app, pilot)
        await until(pilot, said(app, "6 redriven", "over"))
    assert await shop.depth(source) == (6, 0)
    assert await shop.depth(dead) == (4, 0)


async def begun(app: AwsTui, pilot: Any, rate: str, to: str = "") -> None:
    """Answer the form and the confirmation."""
    await asked(pilot, "#fields")
    app.screen.query_one("#field-rate", Input).value = rate
    app.screen.query_one("#field-to", Input).value = to
    await pilot.press("ctrl+s")
    await agreed(app, pilot)


async def hurried(app: AwsTui, pilot: Any) -> None:
    """Let it go faster: the time it takes proves nothing more."""
    await until(pilot, lambda: getattr(app.workspace.pane, "runs", False))
    await until(pilot, said(app, "f rate"))  # the dialog before it is gone
    await pilot.press("f", "5", "0", "0", "enter")
    await until(pilot, said(app, "up to 500 each second"))


async def agreed(app: AwsTui, pilot: Any) -> None:
    await asked(pilot, "#yes")
    await pilot.press("y")


async def test_it_goes_on_while_other_panes_are_seen_and_is_found_again(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead)
    await shop.fill(dead, 8)
    chosen = await ids(shop, dead, 6)
    app = console(shop)
    async with app.run_test(size=(140, 40), notifications=True) as pilot:
        pane = await open_with(app, pilot, dead, chosen)
        await begun(app, pilot, "1")
        await until(pilot, lambda: pane.runs)
        await pilot.press("z")
        await until(pilot, said(app, "paused"))
        await pilot.press("escape", "enter")
        await until(pilot, lambda: not pane.is_attached)
        await pilot.press("B")
        await until(pilot, lambda: getattr(app.workspace.pane, "runs", False))
        await pilot.press("o")
        await until(pilot, said(app, "goes on when this console closes"))
        await pilot.press("o")
        await hurried(app, pilot)
        await pilot.press("z", "escape")
        await until(pilot, said(app, "A redrive ended: 6 redriven"))
        await pilot.press("B")
        await until(pilot, said(app, "over"))
    assert await shop.depth(source) == (6, 0)


async def test_an_interrupted_one_to_another_queue_is_taken_up(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    await shop.queue("orders", dead=dead)
    elsewhere = await shop.queue("elsewhere")
    await shop.fill(dead, 8)
    app = console(shop)
    async with app.run_test(size=(140, 40)) as pilot:
        pane = await open_with(app, pilot, dead, await ids(shop, dead, 8))
        await begun(app, pilot, "1", elsewhere["QueueName"])
        await until(pilot, lambda: _done(pane) >= 1)
    app = console(shop)
    async with app.run_test(size=(140, 40)) as pilot:
        await open_queue(app, pilot, dead["QueueName"])
        await pilot.press("B")
        await until(pilot, said(app, "interrupted", "a take up"))
        await pilot.press("a")
        await agreed(app, pilot)
        await hurried(app, pilot)
        await until(pilot, said(app, "8 redriven", "over"))
    assert await shop.depth(elsewhere) == (8, 0)


async def test_what_is_unknown_is_shown_whole_and_sent_again_by_a_key(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead)
    await shop.fill(dead, 2)
    unknown = await ids(shop, dead, 2)
    one = {
        "op": "7f3a91c2", "standing": "over", "started": 1.0, "done": 3, "unknown": 2,
        "unknown_ids": unknown,
    }  # fmt: skip
    monkeypatch.setattr(operations, "listed", lambda arn="": [one])
    app = console(shop)
    async with app.run_test(size=(140, 40)) as pilot:
        await open_queue(app, pilot, dead["QueueName"])
        await pilot.press("B")
        await until(pilot, said(app, "7f3a91c2"))
        await pilot.press("enter")
        await until(pilot, said(app, *unknown))
        await pilot.press("escape", "U")
        await until(pilot, said(app, "Redrive 2 messages"))
        await begun(app, pilot, "")
        await until(pilot, said(app, "2 redriven"))
    assert await shop.depth(source) == (2, 0)


async def test_one_that_runs_by_itself_is_told_by_the_next_console(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = await shop.queue("orders-dlq")
    one = {
        "op": "7f3a91c2", "standing": "running", "started": 1.0, "done": 3, "unknown": 0,
        "sent": 0, "waiting": 1, "state": "redriving",
    }  # fmt: skip
    heard: list[dict[str, Any]] = []

    def tell(ident: str, **what: Any) -> str:
        heard.append(what)
        one["state"] = "paused" if "pause" in what else "redriving"
        return f"Redrive {ident} was told."

    monkeypatch.setattr(operations, "listed", lambda arn="": [one])
    monkeypatch.setattr(operations, "tell", tell)
    app = console(shop)
    async with app.run_test(size=(140, 40)) as pilot:
        await open_queue(app, pilot, dead["QueueName"])
        await pilot.press("B")
        await until(pilot, said(app, "75%", "3 redriven · 1 wait"))
        await until(pilot, said(app, "redriving by itself"))
        await pilot.press("z")
        await until(pilot, said(app, "paused by itself"))
        await pilot.press("z", "f", "5", "0", "enter", "x")
        await until(
            pilot,
            lambda: heard == [{"pause": True}, {"go": True}, {"rate": "50"}, {"cancel": True}],
        )


async def test_the_reason_that_lifts_read_only_goes_to_who_goes_on_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead)
    await shop.fill(dead, 10)
    chosen = await ids(shop, dead, 8)
    left: list[str] = []
    monkeypatch.setattr(handover, "go_on", lambda operation, reason: left.append(reason))
    start = wire.Start(endpoint_url=shop.url, region="eu-west-1", demo=True, read_only=True)
    app = AwsTui(LocalLink(start), registry.load([]), start)
    async with app.run_test(size=(140, 40), notifications=True) as pilot:
        pane = await open_with(app, pilot, dead, chosen)
        await asked(pilot, "#fields")
        app.screen.query_one("#field-rate", Input).value = "2"
        await pilot.press("ctrl+s")
        await asked(pilot, "#yes")
        await pilot.press("y")
        assert await shop.depth(source) == (0, 0)
        await pilot.press("u", *"pager", "enter", "y")
        await until(pilot, lambda: _done(pane) >= 1)
        await pilot.press("o")
        await until(pilot, said(app, "It goes on when this console closes"))
    assert left == ["pager"]
