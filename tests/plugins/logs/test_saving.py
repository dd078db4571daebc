"""What a tail writes to files: whole or not at all, and in a form that a terminal may show."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from textual.pilot import Pilot

from plugins.logs import saving
from plugins.logs.chunk import Entry
from plugins.logs.saving import Batches, as_text, until_told, whole_or_nothing
from tests.plugins.logs.console import ORDERS, filled, screen, tail_on, target
from tests.ui.conftest import until

pytestmark = pytest.mark.usefixtures("quick")


def entry(number: int, message: str = "x") -> Entry:
    return Entry(number, number, number, 0, 0, 0, "s", message)


def told(pilot: Pilot[Any]) -> list[str]:
    """What was said in passing."""
    return [said.message for said in pilot.app._notifications]


def held_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def test_what_is_shown_and_the_whole_range_are_saved_privately(tmp_path: Path) -> None:
    async with tail_on(filled(), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 60 lines" in screen(pilot))
        pane.filter_by("error")
        await until(pilot, lambda: pane.store.rows == 3)
        text, whole = tmp_path / "shown.log", tmp_path / "whole.jsonl"
        pane.save_shown(str(text))
        await until(pilot, lambda: text.exists() and len(text.read_text().splitlines()) == 3)
        assert stat.S_IMODE(text.stat().st_mode) == 0o600
        assert ORDERS in text.read_text()
        pane.save_whole(str(whole))
        await until(pilot, lambda: whole.exists() and len(whole.read_text().splitlines()) == 60)
        assert stat.S_IMODE(whole.stat().st_mode) == 0o600
        assert json.loads(whole.read_text().splitlines()[0])["logGroupName"] == ORDERS
        assert held_in(tmp_path) == [text.name, whole.name], "nothing is left beside them"
        await pilot.press("S")
        await until(pilot, lambda: "save shown to" in screen(pilot))
        await until(pilot, lambda: "shop-orders-" in screen(pilot))
        await pilot.press("escape")


async def test_a_file_that_is_there_is_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    held = tmp_path / "held.log"
    held.write_text("precious")
    async with tail_on(filled(count=3), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 3 lines" in screen(pilot))
        await pilot.press("S", "ctrl+u", *"held.log")
        await until(pilot, lambda: "there is such a file already" in screen(pilot))
        await pilot.press("escape")
        pane.save_shown(str(held))
        await until(pilot, lambda: "Not saved: File exists" in screen(pilot))
        assert held.read_text() == "precious"
        await pilot.press("escape")
        await until(pilot, lambda: "Not saved" not in screen(pilot))


async def test_esc_ends_a_saving_that_waits_and_keeps_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "some.log"
    async with tail_on(filled(count=3), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 3 lines" in screen(pilot))
        closed = asyncio.Event()

        async def endless() -> Batches:
            try:
                yield [entry(n) for n in range(7)]
                yield []
                await asyncio.Event().wait()
            finally:
                closed.set()

        pane._begin_saving(str(path), endless())
        await until(pilot, lambda: "saved 7, up to" in screen(pilot))
        await until(pilot, lambda: "esc stops" in screen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: any("only the first 7 lines" in said for said in told(pilot)))
        assert closed.is_set()
        assert len(path.read_text().splitlines()) == 7


def words(pilot: Pilot[Any]) -> str:
    """What is on the screen, wherever its lines break: a path may be of any length."""
    return " ".join(screen(pilot).split())


async def test_a_range_that_cannot_be_read_to_its_end_leaves_no_file(tmp_path: Path) -> None:
    server = filled(count=300)
    server._page = 10
    path = tmp_path / "whole.log"
    async with tail_on(server, [target(ORDERS)]) as (pilot, pane, link):
        await until(pilot, lambda: "following · 300 lines" in screen(pilot))
        stop = asyncio.Event()

        async def dying() -> Batches:
            async for batch in pane.whole():
                yield batch
                if batch:
                    await link.die()
                    stop.set()

        pane._begin_saving(str(path), dying())
        await until(pilot, lambda: "the range could not be read" in words(pilot))
        assert stop.is_set()
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "following · 300 lines" in screen(pilot))
        pane.tick(time.time())
        await until(
            pilot, lambda: "the range could not be read" in words(pilot)
        )  # it stays until it is taken away
        assert held_in(tmp_path) == []


async def test_a_range_is_saved_through_refusals(tmp_path: Path) -> None:
    over = asyncio.Event()

    class Refused:
        """What a job says that has to wait between two pages."""

        async def events(self) -> AsyncIterator[dict[str, Any]]:
            yield {"kind": "lines", "lines": [list(entry(n)) for n in range(5)]}
            problem = {"what": "AWS asked for fewer calls.", "kind": "throttled"}
            yield {"kind": "trouble", "group": 0, "problem": problem}
            await over.wait()
            yield {"kind": "progress", "group": 0, "at": 0, "count": 5}
            yield {"kind": "lines", "lines": [list(entry(n)) for n in range(5, 9)]}

        def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
            return self.events()

        def close(self) -> None:
            over.set()

    async with tail_on(filled(count=5), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 5 lines" in screen(pilot))
        with patch.object(pane.remote, "job", return_value=Refused()):
            pane.save_whole(str(tmp_path / "whole.log"))
            await until(pilot, lambda: "saved 5, up to" in screen(pilot))
            await until(pilot, lambda: "waiting: AWS asked for fewer calls." in screen(pilot))
            over.set()
            await until(pilot, lambda: any("Wrote 9 lines" in said for said in told(pilot)))
        assert held_in(tmp_path) == ["whole.log"]


async def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with tail_on(filled(count=3), [target(ORDERS)]) as (pilot, pane, _):
        await until(pilot, lambda: "following · 3 lines" in screen(pilot))
        monkeypatch.setattr(saving, "as_text", full)
        pane.save_shown(str(tmp_path / "some.log"))
        await until(pilot, lambda: "Not saved: No space left on device" in screen(pilot))
        assert held_in(tmp_path) == []


def test_a_file_takes_its_place_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    with whole_or_nothing(path) as file:
        file.write("all of it")
        assert path.read_text() == ""
    assert path.read_text() == "all of it"
    with pytest.raises(ZeroDivisionError), whole_or_nothing(tmp_path / "b.log") as file:
        file.write(str(1 / 0))
    assert list(tmp_path.iterdir()) == [path]


async def test_batches_end_when_told_and_with_their_own_error() -> None:
    async def failing() -> Batches:
        yield [entry(1)]
        raise OSError(errno.EIO, "broken")

    stop, taken = asyncio.Event(), 0

    async def take() -> None:
        nonlocal taken
        async for _ in until_told(failing(), stop):
            taken += 1

    with pytest.raises(OSError, match="broken"):
        await take()
    assert taken == 1


def test_text_that_is_saved_holds_nothing_a_terminal_obeys() -> None:
    message = "\x1b[31mred\x1b[0m\ta\x1b]0;owned\x07\r\nnext\u202e\udce9"
    (line,) = as_text([entry(0, message)], lambda _: "g")
    assert line == "1970-01-01T00:00:00.000Z g red\ta␛]0;owned␇\nnext\\u202e\\udce9\n"
