"""A long text: its beginning at once, the rest in turn with everything else, never one that is gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from awstui.filtering import parse
from awstui.ui import turns
from awstui.ui.lines import Line, Lines
from tests.ui.test_lines import Screen, numbered, seen, shown, styled

MANY = 24_000
"""Lines of which a screenful is but a little."""


@pytest.fixture(autouse=True)
def _smallest_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step is a turn of its own, however quick the machine is."""
    monkeypatch.setattr(turns, "SLICE", 0.0)


async def whole(lines: Lines) -> int:
    """Wait until a text is there to its end; the turns of the loop that took."""
    count = 0
    while not lines.is_whole or lines._goes_on:
        await asyncio.sleep(0)
        count += 1
    return count


async def test_the_first_screenful_is_there_before_the_rest_is() -> None:
    async with shown(Lines(wrap=True)) as (lines, _):
        lines.set_text("\n".join(f"line {index}" for index in range(MANY)))
        assert seen(lines)[:2] == ["line 0", "line 1"]
        assert not lines.is_whole
        assert lines.line_count < MANY // 2
        assert await whole(lines) > 10, "it gives the loop back again and again"
        assert lines.line_count == lines.virtual_size.height == MANY


async def test_no_more_of_a_text_is_made_than_is_looked_at() -> None:
    taken = 0

    def pieces() -> Iterator[str]:
        nonlocal taken
        while taken < 1000:
            taken += 1
            yield "x" * 10_000 + "\n"

    async with shown() as (lines, pilot):
        lines.set_text(pieces())
        assert taken < 30
        lines.set_text("another")
        await pilot.pause()
        assert taken < 30, "nobody makes a text that is gone"
        assert seen(lines)[:2] == ["another", ""]


async def test_a_text_that_is_gone_leaves_nothing_behind() -> None:
    async with shown(Lines(wrap=True)) as (lines, _):
        lines.set_text("\n".join(f"old {index}" for index in range(MANY)))
        for _ in range(5):
            await asyncio.sleep(0)
        lines.set_lines([Line(f"new {index}") for index in range(MANY // 2)])
        await whole(lines)
        assert lines.line_count == MANY // 2
        assert all(text.startswith("new") for text in lines.copy_text().split("\n"))


async def test_leaving_ends_the_work() -> None:
    taken = 0

    def pieces() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "x" * 10_000 + "\n"

    async with shown() as (lines, pilot):
        lines.set_text(pieces())
        await lines.remove()
        before = taken
        for _ in range(20):
            await asyncio.sleep(0)
        assert taken == before
        await pilot.pause()


@pytest.mark.parametrize(
    "text", ["x" * 2**20, "待ち" * 2**18, '{"a": 1}, ' * 2**17], ids=["x", "wide", "json"]
)
async def test_a_megabyte_in_one_line_comes_in_parts(text: str) -> None:
    async with shown(Lines(wrap=True)) as (lines, pilot):
        lines.set_text(text, "json")
        assert text.startswith(seen(lines)[0])
        assert await whole(lines) > 10
        await pilot.press("G")
        await pilot.pause()
        assert text.rstrip().endswith(seen(lines)[-1])
        assert lines.copy_text() == text


async def test_the_end_is_gone_to_as_soon_as_it_is_there() -> None:
    async with shown(Lines(wrap=True)) as (lines, _):
        lines.set_lines(numbered(MANY))
        lines.action_last()
        await whole(lines)
        assert seen(lines)[-1] == f"line {MANY - 1}"
        lines.set_lines(numbered(MANY))
        lines.go_to_line(MANY - 100)
        await whole(lines)
        assert f"line {MANY - 100}" in seen(lines)


async def test_the_place_is_kept_and_nothing_else_is_shown_in_it() -> None:
    async with shown(Lines(wrap=True)) as (lines, _):
        lines.set_lines(numbered(MANY))
        await whole(lines)
        lines.go_to_line(MANY // 2)
        lines.set_lines([Line(f"another {index}") for index in range(MANY)])
        assert set(seen(lines)) == {""}, "it is not there again, and what was there is gone"
        await whole(lines)
        assert seen(lines)[0] == f"another {MANY // 2}"


async def test_another_width_keeps_the_line_and_the_old_one_is_seen_until_it_is_ready() -> None:
    text = "\n".join(f"{index} " + "y" * 50 for index in range(MANY // 10))
    async with shown(Lines(wrap=True)) as (lines, pilot):
        lines.set_text(text)
        await whole(lines)
        lines.go_to_line(2000)
        await pilot.resize_terminal(30, 10)
        assert seen(lines)[0].startswith("2000 y")
        await whole(lines)
        await pilot.pause()
        assert seen(lines)[:3] == ["2000 " + "y" * 24, "y" * 26, "2001 " + "y" * 24]
        await pilot.press("w")
        assert seen(lines)[:2] == ["2000 " + "y" * 24 + "y", "2001 " + "y" * 25]
        await pilot.press("w")
        await whole(lines)
        await pilot.pause()
        assert seen(lines)[0] == "2000 " + "y" * 24


async def test_secrets_are_hidden_at_once_when_they_are_to_be_hidden_again() -> None:
    text = "\n".join(f"password=hunter{index}" for index in range(MANY))
    async with shown(Lines(wrap=True)) as (lines, _):
        lines.set_text(text)
        await whole(lines)
        assert lines.hidden == MANY
        lines.reveal(wanted=True)
        await whole(lines)
        assert seen(lines)[0] == "password=hunter0"
        lines.go_to_line(MANY // 2)
        lines.reveal(wanted=False)
        while lines._goes_on:
            assert not any("hunter" in line for line in seen(lines))
            await asyncio.sleep(0)
        assert seen(lines)[0] == "password=(hidden)"


async def test_a_search_goes_on_while_everything_else_does() -> None:
    heard: list[tuple[int, int]] = []
    laid_out = asyncio.Event()

    class Hearing(Screen):
        def on_lines_found(self, message: Lines.Found) -> None:
            heard.append((message.at, message.total))

        def on_lines_laid_out(self, message: Lines.LaidOut) -> None:
            laid_out.set()

    app = Hearing(Lines(numbered(MANY)))
    async with app.run_test(size=(40, 10)) as pilot:
        lines: Lines = app.lines
        await laid_out.wait()
        laid_out.clear()
        assert lines.search(parse("7")) < 9_000
        assert styled(lines, 7, "match-current") == ["7"]
        await laid_out.wait()
        await pilot.pause()
        assert heard[-1] == (1, sum(str(index).count("7") for index in range(MANY)))
        lines.search(parse(f"line {MANY - 1}"))
        await whole(lines)
        assert f"line {MANY - 1}" in seen(lines)


async def test_colours_at_the_end_of_a_long_line_come_when_it_is_read() -> None:
    text = json.dumps([{"name": f"queue-{index}"} for index in range(30_000)])
    async with shown(size=(60, 5)) as (lines, pilot):
        lines.set_text(text, "json")
        await whole(lines)
        lines._scroll(x=len(text) - 60)
        assert seen(lines)[0] == text[-60:]
        assert styled(lines, 0, "key") == []
        await until_read(lines, pilot)
        assert '"name"' in styled(lines, 0, "key")


async def until_read(lines: Lines, pilot: Pilot[None]) -> None:
    """Wait until a line of JSON is read as far as it is seen."""
    await pilot.pause()
    assert lines._unread is None or lines._goes_on
    await whole(lines)
