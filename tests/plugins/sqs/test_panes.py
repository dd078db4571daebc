"""The road from the keyboard: list, detail, peek, release, redrive, progress, an empty queue."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.pilot import Pilot

from awstui import registry, wire
from awstui.engine.host import LocalLink
from awstui.ui.app import AwsTui
from awstui.ui.resource_pane import ResourcePane
from tests.plugins.sqs.conftest import Shop
from tests.ui.conftest import asked, until


def screen(app: App[Any]) -> str:
    """What is on the screen, as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def words(app: AwsTui) -> str:
    """What is on the screen in one line: where it is wrapped does not count."""
    return " ".join(screen(app).split())


def said(app: AwsTui) -> str:
    """What was told in passing."""
    return " ".join(str(one.message) for one in app._notifications)


def keys_of(app: AwsTui) -> dict[str, str]:
    """The keys that the declaration of queues gives what has the keys now."""
    active = app.screen.active_bindings.values()
    held = {one.binding.id or "": one.binding.key for one in active}
    return {
        ident: key
        for ident, key in held.items()
        if ident.startswith("sqs.queues.") and ".sort-" not in ident
    }


def console(shop: Shop) -> AwsTui:
    start = wire.Start(endpoint_url=shop.url, region="eu-west-1", demo=True)
    return AwsTui(LocalLink(start), registry.load([]), start)


def _here(app: AwsTui) -> str:
    pane = app.workspace.pane
    held = pane.subject() if isinstance(pane, ResourcePane) else None
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
        await until(pilot, lambda: f"← {source['QueueName']}" in screen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "dead letters of" in screen(app))
        assert await shop.depth(dead) == (6, 0), "looking at the detail receives nothing"
        await pilot.press("p")
        await until(pilot, lambda: "6 of ~6: that is all there is to see now" in screen(app))
        assert (await shop.depth(dead))[1] == 6
        await pilot.press("slash", *"order.:.4", "enter")
        await until(pilot, lambda: "/order.:.4 1" in screen(app))
        await pilot.press("escape", "e")
        await until(pilot, lambda: "released: a snapshot" in screen(app))
        assert await shop.depth(dead) == (6, 0)
        await pilot.press("escape", "m")
        await asked(pilot, "#fields")
        await pilot.press("ctrl+s")
        await asked(pilot, "#yes")
        await pilot.press("y")
        await until(pilot, lambda: "6 of about 6 moved" in screen(app))
        await until(pilot, lambda: "100%" in screen(app))
    assert await shop.depth(dead) == (0, 0)
    assert await shop.depth(source) == (6, 0)


async def test_leaving_the_messages_gives_them_back(shop: Shop) -> None:
    row = await shop.queue("plain")
    await shop.fill(row, 10)
    app = console(shop)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("p")
        await until(pilot, lambda: "10 of ~10: 10 were asked for" in screen(app))
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
        await until(pilot, lambda: "10 of ~10: 10 were asked for" in screen(app))
    assert await shop.depth(row) == (10, 0)


async def test_a_look_that_condemns_asks_for_the_queues_name(shop: Shop) -> None:
    dead = await shop.queue("careful-dlq")
    row = await shop.queue("careful", dead=dead, lives=2)
    await shop.fill(row, 1)
    app = console(shop)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("p")
        await asked(pilot, "#typed")
        assert await shop.depth(row) == (1, 0)
        await pilot.press("tab", *row["QueueName"], "enter")
        await until(pilot, lambda: "1 of 2, last life" in screen(app))


async def test_a_move_is_stopped_by_the_key_that_was_named(shop: Shop) -> None:
    dead = await shop.queue("stopped-dlq")
    source = await shop.queue("stopped", dead=dead, lives=1)
    await shop.dead_letter(source, 6)
    app = console(shop)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await open_queue(app, pilot, dead["QueueName"])
        await pilot.press("m")
        await asked(pilot, "#fields")
        await pilot.press("tab", "1", "ctrl+s")
        await asked(pilot, "#yes")
        await pilot.press("y")
        await until(pilot, lambda: "X stops it; what is done by then stays done." in said(app))
        await until(pilot, lambda: screen(app).splitlines()[-1].startswith(" X cancel move"))
        await pilot.press("X")
        await asked(pilot, "#yes")
        await pilot.press("y")
        await until(pilot, lambda: "cancelled" in screen(app))
        moved, _ = await shop.depth(source)
        assert moved < 6, "what had not been moved stays"
        assert (await shop.depth(dead))[0] == 6 - moved
        await pilot.press("escape")
        await until(pilot, lambda: _here(app) == dead["QueueName"])
        await until(pilot, lambda: "X cancel move" not in screen(app).splitlines()[-1])


async def test_a_pane_about_a_queue_has_the_keys_that_the_list_declares(shop: Shop) -> None:
    dead = await shop.queue("keys-dlq")
    source = await shop.queue("keys", dead=dead)
    app = console(shop)
    async with app.run_test(size=(160, 36)) as pilot:
        await open_queue(app, pilot, source["QueueName"])
        listed = keys_of(app)
        assert (
            screen(app)
            .splitlines()[-1]
            .startswith(" enter open  p peek  n send  / filter  space mark  S scan")
        )
        await pilot.press("enter")
        await until(pilot, lambda: "failures go to" in words(app))
        assert keys_of(app) == listed
        await pilot.press("D")
        await until(pilot, lambda: _here(app) == dead["QueueName"])
        await pilot.press("enter")
        await until(pilot, lambda: "dead letters of" in words(app))
        await pilot.press("D")
        await until(pilot, lambda: _here(app) == source["QueueName"])


async def test_metrics_are_charted_one_after_the_other(shop: Shop) -> None:
    row = await shop.queue("charted")
    await shop.fill(row, 7)
    app = console(shop)
    async with app.run_test(size=(100, 36)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("h")
        await until(pilot, lambda: "▸ age of oldest" in screen(app) and "┤" in screen(app))
        for _ in range(2):
            await pilot.press("c")
        await until(pilot, lambda: "▸ sent" in screen(app) and "7 ┤" in screen(app))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "last 7 · most 7" in screen(app) and "10 m a bar" in screen(app))


async def test_its_consumers_are_one_key_away(shop: Shop) -> None:
    start = wire.Start(endpoint_url=shop.url, region="eu-west-1", demo=True)
    row = await shop.queue("taken")
    app = AwsTui(LocalLink(start), registry.load([]), start)
    async with app.run_test(size=(100, 36)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("l")
        await until(pilot, lambda: f"{row['QueueName']} › event source mappings" in screen(app))
        await until(pilot, lambda: "No event source mappings here" in screen(app))


async def test_a_message_is_sent_through_the_form_and_purged_by_its_name(shop: Shop) -> None:
    held = await shop.queue("typed")
    name = held["QueueName"]
    app = console(shop)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await open_queue(app, pilot, name)
        await pilot.press("n")
        await asked(pilot, "#fields")
        await pilot.press(*"hello", "enter", *"you", "tab", *"kind=test", "ctrl+s")
        await asked(pilot, "#yes")
        shown = words(app)
        assert "Body: hello you" in shown
        assert "1 attribute: kind." in shown
        assert f"to {name}, a standard queue" in shown
        await pilot.press("y")
        await until(pilot, lambda: f"Sent to {name} as" in said(app))
        assert await shop.depth(held) == (1, 0)
        await pilot.press("P")
        await asked(pilot, "#typed")
        await pilot.press("tab", *name, "enter")
        await until(pilot, lambda: f"Purging {name}" in said(app))
    assert await shop.depth(held) == (0, 0)


async def test_a_task_that_runs_is_shown_where_another_was_asked_for(shop: Shop) -> None:
    dead = await shop.queue("busy-dlq")
    source = await shop.queue("busy", dead=dead, lives=1)
    await shop.dead_letter(source, 60)
    with shop.allowed():
        await shop.aws.write(
            "start_message_move_task", SourceArn=dead["Attributes"]["QueueArn"],
            MaxNumberOfMessagesPerSecond=1,
        )  # fmt: skip
    app = console(shop)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_queue(app, pilot, dead["QueueName"])
        await pilot.press("m")
        await asked(pilot, "#fields")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: f"{dead['QueueName']} › moves" in screen(app))
        await until(pilot, lambda: "running" in screen(app))
        await until(pilot, lambda: "of about 60 moved" in screen(app))
