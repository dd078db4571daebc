"""A dead-letter queue taken apart by keys: scanned, grouped, narrowed, compared, exported, deleted, mended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from awstui import paths, registry, wire
from awstui.engine.host import LocalLink
from awstui.ui.app import AwsTui
from plugins.sqs.scanning.scan_pane import ScanPane
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.scanning.conftest import Fleet
from tests.plugins.sqs.test_panes import open_queue, screen
from tests.ui.conftest import asked, until


@asynccontextmanager
async def scanned(
    shop: Shop, name: str, size: tuple[int, int] = (160, 48)
) -> AsyncIterator[tuple[AwsTui, Pilot[Any], ScanPane]]:
    """A queue's scan, over, on the screen."""
    start = wire.Start(endpoint_url=shop.url, region="eu-west-1", demo=True)
    app = AwsTui(LocalLink(start), registry.load([]), start)
    async with app.run_test(size=size, notifications=True) as pilot:
        await open_queue(app, pilot, name)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(app.workspace.pane, ScanPane))
        pane = app.workspace.pane
        # By its kind's name: the plugins of the console may have been loaded under another one.
        await until(pilot, lambda: "· released" in screen(app))
        yield app, pilot, pane  # type: ignore[misc]


def spooled(cache: Path) -> list[Path]:
    return list((cache / "scans").iterdir())


async def test_420_messages_fall_into_four_groups_and_one(fleet: Fleet, cache: Path) -> None:
    async with scanned(fleet, "orders-dlq") as (app, pilot, pane):
        await until(pilot, lambda: "complete: 420 messages · released" in screen(app))
        assert pane.grid.rows_total == 420
        assert await fleet.depth_of("orders-dlq") == (420, 0)
        await pilot.press("b")
        await until(pilot, lambda: "5 groups" in screen(app))
        counts = [int(str(row.cells[0])) for row in pane.group_grid.model.view]
        assert sum(counts) == 420
        assert counts == sorted(counts, reverse=True)
        await pilot.press("down", "enter")
        await until(pilot, lambda: f"{counts[1]} of group" in screen(app))
        assert pane.grid.rows_shown == counts[1]
        await pilot.press("escape", "escape")
        await until(pilot, lambda: pane.grid.rows_shown == 420 and not pane.shows_groups)
        assert spooled(cache), "its long bodies are read from there as long as it can be seen"
    assert not spooled(cache)


@pytest.mark.parametrize("many", [False, True])
async def test_filters_columns_and_marks_go_together(
    shop: Shop, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 20)
    async with scanned(shop, row["QueueName"]) as (app, pilot, pane):
        if many:
            monkeypatch.setattr("plugins.sqs.snapshot.QUICK", 0)
        await pilot.press("f", *"?order", "space", "greater_than_sign", "space", "grave_accent", "1",
                          "4", "grave_accent", "enter")  # fmt: skip
        await until(pilot, lambda: pane.grid.rows_shown == 5)
        await pilot.press("asterisk")
        await until(pilot, lambda: "5 marked" in screen(app))
        await pilot.press("escape")
        await until(pilot, lambda: pane.grid.rows_shown == 20)
        await until(pilot, lambda: "5 marked" in screen(app))  # marks outlive the filter
        await pilot.press("slash", *"order.*1", "enter")
        await until(pilot, lambda: pane.grid.rows_shown == 11)
        assert len(pane.marked()) == 5
        await pilot.press("escape", "C", *"order", "enter")
        await until(pilot, lambda: "ORDER" in screen(app))
        pane.grid.sort_by("order")
        orders = [line.cells[-2] for line in pane.grid.model.view]
        assert orders == sorted(range(20), reverse=pane.grid.sorted_by[1])
        assert len(pane.marked()) == 5, "marks outlive the columns"
        await pilot.press("f", *"?a", "space", "b")
        await until(pilot, lambda: "not JMESPath" in screen(app))


async def test_two_messages_are_compared(shop: Shop) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 2)
    async with scanned(shop, row["QueueName"]) as (app, pilot, pane):
        await pilot.press("equals_sign")
        await until(pilot, lambda: pane.face == "body")
        await pilot.press("space", "space", "equals_sign")
        await until(pilot, lambda: "- first" in screen(app))
        assert '-   "order": ' in screen(app)
        assert '+   "order": ' in screen(app)


async def test_a_long_body_is_read_when_it_is_looked_at(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.sqs.scanning.spool.WHOLE", 1024)
    row = await shop.queue("orders")
    body = json.dumps({"first": 1, "filler": "x" * 40_000, "zlast": "here it ends"})
    with shop.allowed():
        await shop.aws.write("send_message", QueueUrl=row["QueueUrl"], MessageBody=body)
    async with scanned(shop, row["QueueName"]) as (app, pilot, pane):
        (held,) = pane.snapshot
        assert len(held.raw["Body"]) < len(body)
        assert held.size == len(body)
        assert pane.whole(held)["Body"] == body
        await pilot.press("enter", "G")
        await until(pilot, lambda: "here it ends" in screen(app))


async def test_what_is_not_all_says_so(shop: Shop) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 12)
    with shop.allowed():
        await shop.aws.write("receive_message", QueueUrl=row["QueueUrl"], VisibilityTimeout=60)
    async with scanned(shop, row["QueueName"], size=(100, 30)) as (app, pilot, pane):
        await until(pilot, lambda: "incomplete: 11 of about 12" in screen(app))
        await pilot.press("b")
        await until(pilot, lambda: pane.shows_groups)
        await until(
            pilot, lambda: "incomplete: 11 of about 12" in screen(app)
        )  # on every view made from it


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files go to the test's own folders."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(paths, "state_folder", lambda: folder / "state")
    return folder


def lines_of(folder: Path) -> list[str]:
    (file,) = folder.glob("*.jsonl")
    return file.read_text().splitlines()


async def test_marked_messages_are_exported_and_deleted(shop: Shop, home: Path) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 9)
    async with scanned(shop, row["QueueName"]) as (app, pilot, pane):
        await pilot.press("space", "space", "space")
        marked = [held for held in pane.snapshot if held.ident in pane.marked()]
        chosen = {json.loads(held.raw["Body"])["order"] for held in marked}
        await pilot.press("W")
        await asked(pilot, "#fields")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(list(home.glob("*.jsonl"))))
        written = {json.loads(json.loads(line)["Body"])["order"] for line in lines_of(home)}
        assert written == chosen
        await pilot.press("x")
        await asked(pilot, "#typed")
        await until(pilot, lambda: "Deletes 3 messages" in screen(app))
        await pilot.press("tab", *row["QueueName"], "enter")
        await until(pilot, lambda: "3 messages deleted" in screen(app))
        assert pane.grid.rows_total == 6
    assert await shop.depth(row) == (6, 0)
    assert len(lines_of(home / "state" / "trash")) == 3


async def test_an_export_that_cannot_be_written_is_said(shop: Shop, home: Path) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 2)
    async with scanned(shop, row["QueueName"]) as (app, pilot, _):
        file = home / "nowhere" / "orders.jsonl"
        await pilot.press("W")
        await until(pilot, lambda: bool(app.screen.query("#field-file")))
        app.screen.query_one("#field-file").value = str(file)  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "cannot be written: No such file" in screen(app))
        assert "written to" not in screen(app)


async def test_a_message_is_mended_sent_anew_and_the_original_stays_until_one_says_so(
    shop: Shop, home: Path
) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    await shop.dead_letter(source, 1)
    async with scanned(shop, dead["QueueName"]) as (app, pilot, _):
        await pilot.press("E")
        await asked(pilot, "#field-body")
        app.screen.query_one("#field-body").text = '{"order": 99}'  # type: ignore[attr-defined]
        app.screen.query_one("#field-destination").value = source["QueueName"]  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await asked(pilot, "#yes")
        await until(pilot, lambda: "The body: changed." in screen(app))
        await pilot.press("y")
        await until(pilot, lambda: "Delete the original" in screen(app))
        assert await shop.depth(source) == (1, 0)
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query("#typed"))
    assert await shop.depth(dead) == (1, 0), "nobody has said that it may go"


async def test_what_is_marked_is_handed_to_the_redrive(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    await shop.dead_letter(source, 4)
    async with scanned(shop, dead["QueueName"]) as (app, pilot, pane):
        await pilot.press("space", "space")
        chosen = set(pane.marked())
        assert len(chosen) == 2
        await pilot.press("m")
        await until(pilot, lambda: type(app.workspace.pane).__name__ == "RedrivePane")
        assert set(app.workspace.pane.row["Chosen"]) == chosen  # type: ignore[attr-defined]
        await asked(pilot, "#fields")
        await pilot.press("ctrl+s")
        await asked(pilot, "#yes")
        await until(pilot, lambda: "2 messages of about 4 messages" in screen(app))
        assert "this is not all of the queue" not in screen(app)
    assert await shop.depth(dead) == (4, 0)


async def test_a_group_is_handed_to_the_redrive_and_nothing_is_not_everything(
    fleet: Fleet,
) -> None:
    async with scanned(fleet, "orders-dlq") as (app, pilot, pane):
        await pilot.press("f", *"receives", "greater_than_sign", *"99", "enter", "m")
        await until(pilot, lambda: "no message fits" in screen(app))
        await pilot.press("escape", "b", "down", "m")
        group = pane.snapshot.members([str(pane.group_grid.cursor_key)])
        await until(pilot, lambda: type(app.workspace.pane).__name__ == "RedrivePane")
        assert app.workspace.pane.row["Chosen"] == group  # type: ignore[attr-defined]
        assert 0 < len(group) < 420


async def test_long_bodies_are_looked_into_and_fall_into_their_groups(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.sqs.scanning.spool.WHOLE", 1024)
    row = await shop.queue("orders")
    for number in range(3):
        body = json.dumps({"filler": "x" * 40_000, "zlast": f"item-{number}"})
        with shop.allowed():
            await shop.aws.write("send_message", QueueUrl=row["QueueUrl"], MessageBody=body)
    async with scanned(shop, row["QueueName"]) as (app, pilot, pane):
        await pilot.press("slash", *"item.[12]", "enter")
        await until(pilot, lambda: pane.grid.rows_shown == 2)
        await pilot.press("escape", "f", "question_mark", *"zlast", "enter")
        await until(pilot, lambda: pane.grid.rows_shown == 3)
        await pilot.press("f", *"size", "less_than_sign", "1", "enter")
        await until(pilot, lambda: pane.grid.rows_shown == 0)
        await pilot.press("escape", "b")
        await until(pilot, lambda: "filler zlast" in screen(app))
        assert pane.group_grid.rows_shown == 1
