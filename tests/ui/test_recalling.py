"""What was last known is on screen before AWS has answered, and never under another's name."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from awstui import wire
from awstui.plugin import Action, Aws, Column, Plugin, Resource, Row
from awstui.registry import Registry
from awstui.ui import last_known
from awstui.ui.app import AwsTui
from awstui.ui.resource_pane import ResourcePane
from tests.ui.conftest import Console, app_of, screen, shows, until

MINE = wire.Scope("work", "eu-west-1", "123456789012")
OTHERS = wire.Scope("work", "eu-west-1", "000000000000")
START = wire.Start(profile="work", region="eu-west-1", endpoint_url="http://127.0.0.1:1")
COLUMNS = ("Name", "Note", "Password")
KEY = "AKIA" + "ABCDEFGHIJKLMNOP"


def shelf() -> Plugin:
    """A list with an action that would be bad to take on what is only known."""
    boxes = Resource(name="boxes", rows="list_boxes", columns=tuple(map(Column, COLUMNS)))

    async def burn(aws: Aws, row: Row) -> str | None:
        del aws, row
        return None

    boxes.actions.append(Action(name="burn", key="B", title="burn", effect="destroy", run=burn))
    return Plugin(name="shelf", title="Shelf", resources=(boxes,))


class Line:
    """A line to an engine that says what a test wants it to."""

    def __init__(self) -> None:
        self.sent: list[wire.ToEngine] = []
        self.say: Callable[[wire.ToInterface], None] = lambda message: None

    async def open(
        self, deliver: Callable[[wire.ToInterface], None], gone: Callable[[str], None]
    ) -> None:
        """Take the ear of the console."""
        del gone
        self.say = deliver

    def send(self, message: wire.ToEngine) -> None:
        """Note what is asked."""
        self.sent.append(message)

    async def again(self, start: wire.Start) -> None:
        """Never needed."""

    async def close(self) -> None:
        """Nothing to end."""

    @property
    def asked(self) -> wire.Subscribe:
        """What the console follows."""
        (asked,) = [one for one in self.sent if isinstance(one, wire.Subscribe)]
        return asked

    def identify(self, scope: wire.Scope) -> None:
        """Say who the engine is."""
        self.say(wire.Identity(scope, arn="arn:aws:iam::1:role/r", sources=(wire.Source(scope),)))

    def tell(self, scope: wire.Scope, phase: str, *rows: wire.PackedRow, gone: str = "") -> None:
        """Say that rows have come, and how the list stands."""
        ident = self.asked.id
        self.say(wire.RowsChanged(ident, scope, rows, (gone,) if gone else ()))
        self.say(wire.RowsState(ident, scope, phase, listed=len(rows), at=time.time()))


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Console, Line]]:
    """A console that opens the list at once."""
    line, plugins = Line(), Registry([shelf()])
    app = AwsTui(line, plugins, START, go="shelf")
    async with app.run_test(size=(100, 20)) as pilot:
        yield pilot, line


def packed(key: str, note: str = "", secret: str = "") -> wire.PackedRow:
    """A row as the engine sends it."""
    return wire.PackedRow(key, (key, note, secret), ("", "", ""), wire.pack({"Name": key}))


def known(scope: wire.Scope = MINE, *keys: str, at: float = 0.0) -> Path:
    """A file as another run has left it."""
    file = last_known.file_of(START, "shelf.boxes")
    assert file is not None
    rows = [packed(key) for key in keys or ("old", "older")]
    last_known.keep(file, COLUMNS, scope, at or time.time() - 90, rows)
    return file


def pane_of(pilot: Console) -> ResourcePane:
    """The list on screen."""
    pane = app_of(pilot).workspace.pane
    assert isinstance(pane, ResourcePane)
    return pane


async def test_it_is_painted_first_marked_and_cannot_be_acted_on() -> None:
    known()
    async with opened() as (pilot, line):
        said = screen(pilot)
        assert "older" in said
        assert "last known" in said
        assert "not confirmed" in said
        assert "who are you? asking" in said
        assert sorted(line.asked.on_screen) == ["old", "older"]
        pane = pane_of(pilot)
        assert pane.subject() is None
        assert pane.check_action("act", ("burn",)) is False
        pane.grid.mark_all()
        assert pane.subjects() == []
        await pilot.press("enter", "d", "B")
        assert pane_of(pilot) is pane


async def test_what_aws_says_takes_its_place_and_is_kept() -> None:
    file = known()
    async with opened() as (pilot, line):
        line.identify(MINE)
        line.tell(MINE, "filling", packed("old", "fresh"))
        said = await shows(pilot, "fresh")
        assert "older" in said
        assert "last known" in said
        assert pane_of(pilot).subject() is not None
        await shows(pilot, "B burn")
        line.tell(MINE, "ready", packed("new"), gone="older")
        said = await shows(pilot, "new")
        assert "older" not in said
        assert "last known" not in said
        await until(pilot, lambda: b"fresh" in file.read_bytes())


@pytest.mark.parametrize("first", ["identity", "rows", "state"])
async def test_under_another_account_nothing_of_it_is_left(first: str) -> None:
    known()
    async with opened() as (pilot, line):
        if first == "identity":
            line.identify(OTHERS)
        elif first == "rows":
            line.tell(OTHERS, "listing", packed("theirs"))
        else:
            line.say(wire.RowsState(line.asked.id, OTHERS, "asking"))
        await pilot.pause()
        said = screen(pilot)
        assert "older" not in said
        assert "last known" not in said


async def test_a_reading_that_fails_leaves_it_and_says_so() -> None:
    known()
    async with opened() as (pilot, line):
        line.identify(MINE)
        problem = wire.Problem("It did not answer.", kind="offline")
        line.say(wire.RowsState(line.asked.id, MINE, "failed", problem=problem))
        said = await shows(pilot, "It did not answer.", "older", "last known")
        assert "not confirmed" in said


def test_only_cells_are_kept_for_the_owner_alone_and_no_secret(world: Path) -> None:
    del world
    file = last_known.file_of(START, "shelf.boxes")
    assert file is not None
    row = packed("a", f"key {KEY}", "hunter2")
    last_known.keep(file, COLUMNS, MINE, 1_000.0, [row])
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    held = file.read_bytes()
    assert KEY.encode() not in held
    assert b"hunter2" not in held
    found = last_known.recall(file, COLUMNS, 1_010.0)
    assert found is not None
    assert [one.raw for one in found.rows] == [b""]
    assert found.rows[0].cells[2] == "(hidden)"
    assert list(file.parent.iterdir()) == [file]


def test_what_is_too_old_of_other_columns_or_broken_is_not_shown() -> None:
    file = known(at=1_000.0)
    assert last_known.recall(file, COLUMNS, 1_000.0 + 86_400) is not None
    assert last_known.recall(file, COLUMNS, 1_000.0 + 8 * 86_400) is None
    assert last_known.recall(file, COLUMNS, 999.0) is None
    assert last_known.recall(file, COLUMNS[:2], 1_001.0) is None
    file.write_bytes(b"\x93")
    assert last_known.recall(file, COLUMNS, 1_001.0) is None
    file.unlink()
    assert last_known.recall(file, COLUMNS, 1_001.0) is None


def test_files_that_are_too_old_are_deleted_when_another_is_kept() -> None:
    file = known()
    old = file.with_name("old")
    old.touch()
    os.utime(old, (1_000.0, 1_000.0))
    known()
    assert list(file.parent.iterdir()) == [file]


def test_whoever_asks_otherwise_finds_another_file(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [last_known.file_of(START, name) for name in ("shelf.boxes", "shelf.lids")]
    others = (
        wire.Start("other", "eu-west-1", START.endpoint_url),
        wire.Start("work", "us-east-1", START.endpoint_url),
        wire.Start("work", "eu-west-1"),
    )
    files += [last_known.file_of(start, "shelf.boxes") for start in others]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    files.append(last_known.file_of(START, "shelf.boxes"))
    (world / ".aws").mkdir()
    (world / ".aws" / "config").write_text("[profile work]\nregion = eu-west-1\n")
    files.append(last_known.file_of(START, "shelf.boxes"))
    assert None not in files
    assert len(set(files)) == len(files)
    assert last_known.file_of(wire.Start(demo=True), "shelf.boxes") is None
    assert last_known.file_of(wire.Start("a,b"), "shelf.boxes") is None
