"""Marked messages mended by keys, all at once: what is sent is what was typed, and nothing is lost on the way."""

from __future__ import annotations

import contextlib
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from awstui.plugin import Row
from awstui.ui.app import AwsTui
from plugins.sqs.transfer import editing
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.scanning.test_panes import scanned
from tests.plugins.sqs.test_panes import screen
from tests.ui.conftest import asked, until

MENDS = """
import json, pathlib, sys
path = pathlib.Path(sys.argv[1])
lines = path.read_text().splitlines()
last = json.loads(lines[-1])
if "mended" in last["Body"]:
    last["Body"] = '{"order": "mended"}'
    lines = [*lines[:-2], json.dumps(last)]
else:
    last["Body"] = '{"order": "mended"'
    lines[-1] = json.dumps(last)
path.write_text("\\n".join(lines) + "\\n")
"""
"""Breaks the last line, and mends it the second time: then one line less is in the file."""


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that needs no terminal."""
    script = tmp_path / "editor.py"
    script.write_text(f"#!{sys.executable}\n{MENDS}")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.setattr(AwsTui, "suspend", lambda _: contextlib.nullcontext())


async def pair(shop: Shop, count: int) -> tuple[Row, Row]:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead, lives=1)
    await shop.fill(dead, count)
    return dead, source


async def bodies(shop: Shop, row: Row) -> list[Any]:
    """The orders that are in a queue."""
    found: list[Any] = []
    with shop.allowed():
        while messages := (
            await shop.aws.write(
                "receive_message", QueueUrl=row["QueueUrl"], MaxNumberOfMessages=10
            )
        ).get("Messages"):
            found += [json.loads(one["Body"])["order"] for one in messages]
    return found


async def redriven(app: AwsTui, pilot: Any) -> str:
    """Answer the form of the redrive; its plan, agreed to."""
    await until(pilot, lambda: type(app.workspace.pane).__name__ == "RedrivePane")
    await asked(pilot, "#field-rate")
    assert "[ ] One first" in screen(app)
    await pilot.press("ctrl+s")
    await asked(pilot, "#yes")
    seen = screen(app)
    await pilot.press("y")
    await until(pilot, lambda: "A redrive ended" in screen(app))
    return seen


async def test_what_matches_in_the_marked_ones_is_replaced_and_exactly_those_are_sent(
    shop: Shop,
) -> None:
    dead, source = await pair(shop, 12)
    async with scanned(shop, dead["QueueName"]) as (app, pilot, pane):
        await until(pilot, lambda: "b groups  f filter  m redrive  E edit" in screen(app))
        assert "e release" not in screen(app), "nothing is held any more"
        assert "X reveal" not in screen(app), "nothing is hidden"
        await pilot.press("f", *"?order", "space", "greater_than_sign", "space", "grave_accent", "5",
                          "grave_accent", "enter", "asterisk", "E")  # fmt: skip
        await asked(pilot, "#field-find")
        await until(pilot, lambda: "Edit 6 messages" in screen(app))
        assert "^o editor" not in screen(app), "there is no field for it"
        app.screen.query_one("#field-find").value = r'"order": (1\d)'  # type: ignore[attr-defined]
        app.screen.query_one("#field-by").value = r'"order": 9\1'  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        seen = await redriven(app, pilot)
        assert "2 changed, 4 as they were." in seen
        assert '{"order": 10} → {"order": 910}' in seen
        assert "All else of them stays as it is." in seen
        await until(pilot, lambda: "over" in screen(app))
        assert "No redrive out of this queue" not in screen(app)
        await pilot.press("escape")
        await until(pilot, lambda: pane.grid.rows_shown == 0)  # it still shows what is above 5
        await pilot.press("escape")
        await until(pilot, lambda: pane.grid.rows_shown == 6 and "marked" not in screen(app))
    assert sorted(await bodies(shop, source)) == [6, 7, 8, 9, 910, 911]
    assert sorted(await bodies(shop, dead)) == [0, 1, 2, 3, 4, 5]


async def test_a_line_that_cannot_be_sent_is_named_and_mended_in_the_editor(
    shop: Shop, editor: None
) -> None:
    dead, source = await pair(shop, 3)
    async with scanned(shop, dead["QueueName"]) as (app, pilot, _):
        await pilot.press("asterisk", "E")
        await asked(pilot, "#field-find")
        await pilot.press("ctrl+s")
        await asked(pilot, "#yes")
        await until(pilot, lambda: "Line 3: its body was JSON, and is not any more." in screen(app))
        (file,) = editing.folder().iterdir()
        assert "mended" in file.read_text()
        await pilot.press("y")
        seen = await redriven(app, pilot)
        assert "1 changed, 1 as they were." in seen
    sent = await bodies(shop, source)
    assert len(sent) == 2
    assert "mended" in sent
    assert await shop.depth(dead) == (1, 0), "the line that was taken out"


async def test_one_who_gives_up_has_what_was_typed(shop: Shop, editor: None) -> None:
    dead, source = await pair(shop, 2)
    async with scanned(shop, dead["QueueName"]) as (app, pilot, _):
        await pilot.press("asterisk", "E")
        await asked(pilot, "#field-find")
        await pilot.press("ctrl+s")
        await asked(pilot, "#yes")
        await pilot.press("escape")
        await until(pilot, lambda: "goes on with it" in screen(app))
    (file,) = editing.folder().iterdir()
    assert "mended" in file.read_text()
    assert await shop.depth(source) == (0, 0)
    assert await shop.depth(dead) == (2, 0)


async def test_what_matches_nothing_sends_nothing(shop: Shop) -> None:
    dead, _ = await pair(shop, 2)
    async with scanned(shop, dead["QueueName"]) as (app, pilot, _):
        await pilot.press("asterisk", "E")
        await asked(pilot, "#field-find")
        await pilot.press(*"nowhere", "ctrl+s")
        await until(pilot, lambda: "Nothing in their bodies as they came" in screen(app))
    assert not editing.folder().exists()
