"""The text view: long lines, JSON, searching, wrapping, hostile text."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from awstui.filtering import parse
from awstui.ui.lines import Line, Lines
from awstui.ui.lines_syntax import JsonLine, json_tokens
from awstui.ui.lines_text import Ruler, Wrapping, breaks, is_single, width_of
from awstui.ui.theme import use_theme

HOSTILE = "[/var/task] \x1b[31m\x1b]52;c;eA==\x07\x9b \u202e\u200b\U000e0041\ttab\x00\x7f\ud800"


class Screen(App[None]):
    """Nothing but a text."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self.lines = lines

    def compose(self) -> ComposeResult:
        """The text."""
        yield self.lines

    def on_mount(self) -> None:
        """The house theme."""
        use_theme(self)


@asynccontextmanager
async def shown(
    lines: Lines | None = None, size: tuple[int, int] = (40, 10)
) -> AsyncIterator[tuple[Lines, Pilot[None]]]:
    """A text on a screen."""
    app = Screen(lines or Lines())
    async with app.run_test(size=size) as pilot:
        app.lines.focus()
        await pilot.pause()
        yield app.lines, pilot


def seen(lines: Lines) -> list[str]:
    return [lines.render_line(y).text.rstrip() for y in range(lines.size.height)]


def styled(lines: Lines, y: int, name: str) -> list[str]:
    """The parts of a line of the screen in the style of a component."""
    strip = lines.render_line(y)
    wanted = lines._component(name)
    return [s.text for s in strip if s.style is not None and s.style == lines.rich_style + wanted]


def numbered(count: int) -> list[Line]:
    return [Line(f"line {index}") for index in range(count)]


async def test_it_moves_by_keys() -> None:
    async with shown(Lines(numbered(100))) as (lines, pilot):
        for keys, top in (
            ("j", 1), ("down", 2), ("k", 1), ("up", 0), ("pagedown", 9), ("ctrl+f", 18), ("ctrl+b", 9),
            ("pageup", 0), ("G", 90), ("home", 0), ("end", 90), ("g", 0), ("up", 0),
        ):  # fmt: skip
            await pilot.press(keys)
            assert seen(lines)[0] == f"line {top}", keys


def on_screen(pilot: Pilot[None]) -> list[str]:
    """The lines as a person sees them, the scrollbar at the right left out."""
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip)[:-1] for strip in strips]


@pytest.mark.parametrize("sign", ["x", "個"])
async def test_no_character_of_a_wrapped_text_lies_under_the_scrollbar(sign: str) -> None:
    text = "".join(f"{sign}{number:04}" for number in range(60))
    async with shown(Lines([Line(text)], wrap=True), (21, 4)) as (lines, pilot):
        seen_so_far = "".join(on_screen(pilot))
        while lines.scroll_offset.y < lines.max_scroll_y:
            await pilot.press("down")
            await pilot.pause()
            seen_so_far += on_screen(pilot)[-1]
        assert lines.show_vertical_scrollbar
        assert seen_so_far.replace(" ", "") == text
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert not lines.show_vertical_scrollbar
        assert lines.virtual_size.width == 80, "there is no scrollbar to keep clear of"


async def test_long_lines_run_out_to_the_right_or_wrap() -> None:
    async with shown() as (lines, pilot):
        lines.set_lines([Line("x" * 100 + "end"), Line("next")])
        await pilot.pause()
        assert seen(lines)[:2] == ["x" * 40, "next"]
        await pilot.press(*["right"] * 6)
        assert seen(lines)[0].endswith("end")
        await pilot.press("w")
        assert seen(lines)[:4] == ["x" * 40, "x" * 40, "x" * 20 + "end", "next"]
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert seen(lines)[:3] == ["x" * 60, "x" * 40 + "end", "next"]
        await pilot.press("w")
        assert seen(lines)[:2] == ["x" * 60, "next"]


async def test_wrapping_keeps_the_line_that_is_read() -> None:
    async with shown(Lines([Line(f"{index} " + "y" * 90) for index in range(50)])) as (
        lines,
        pilot,
    ):
        await pilot.press("pagedown", "w")
        assert seen(lines)[0].startswith("9 ")
        await pilot.press("w")
        assert seen(lines)[0].startswith("9 ")


async def test_json_is_coloured_by_what_it_is() -> None:
    async with shown() as (lines, pilot):
        lines.set_text('{\n "key": "a \\"b\\" [x]", "n": -1.5e3,\n "t": [true, null]\n}', "json")
        await pilot.pause()
        assert styled(lines, 1, "key") == ['"key"', '"n"']
        assert styled(lines, 1, "number") == ["-1.5e3"]
        assert styled(lines, 2, "literal") == ["true", "null"]
        assert seen(lines)[1] == ' "key": "a \\"b\\" [x]", "n": -1.5e3,'


async def test_tones_and_spans_are_styled() -> None:
    async with shown(
        Lines([Line("all bad", "bad"), Line("some warn", "", ((5, 9, "warn"), (0, 4, "odd")))])
    ) as (lines, _):
        assert styled(lines, 0, "bad") == ["all bad", " " * 33]
        assert styled(lines, 1, "warn") == ["warn"]


async def test_a_search_goes_round_its_matches() -> None:
    heard: list[tuple[int, int]] = []

    class Hearing(Screen):
        def on_lines_found(self, message: Lines.Found) -> None:
            heard.append((message.at, message.total))

    app = Hearing(Lines(numbered(100)))
    async with app.run_test(size=(40, 10)) as pilot:
        lines = app.lines
        lines.focus()
        await pilot.press("n")
        assert lines.found == (0, 0)
        assert lines.search(parse("7")) == 20
        await pilot.pause()
        assert styled(lines, 7, "match-current") == ["7"]
        await pilot.press("n", "n", "N")
        assert lines.found == (2, 20)
        assert styled(lines, seen(lines).index("line 17"), "match-current") == ["7"]
        await pilot.press("N", "N")
        assert lines.found == (20, 20)
        assert "line 97" in seen(lines)
        assert lines.search(parse("no such")) == 0
        assert lines.search(parse("!line 1")) == 89
        lines.search(parse(""))
        await pilot.pause()
        assert heard == [
            (1, 20),
            (2, 20),
            (3, 20),
            (2, 20),
            (1, 20),
            (20, 20),
            (0, 0),
            (80, 89),
            (0, 0),
        ]


async def test_a_search_scrolls_sideways_to_what_it_found() -> None:
    async with shown(Lines([Line("待" * 300 + "needle" + "x" * 300)])) as (lines, pilot):
        lines.search(parse("needle"))
        await pilot.pause()
        assert "needle" in seen(lines)[0]
        await pilot.press("w")
        lines.search(parse("needle"))
        await pilot.pause()
        assert any("needle" in line for line in seen(lines))


async def test_a_cursor_line_can_be_moved() -> None:
    async with shown(Lines(numbered(50), cursor=True)) as (lines, pilot):
        await pilot.press("j", "j", "pagedown")
        assert lines.cursor_line == 11
        assert "line 11" in seen(lines)
        await pilot.press("G")
        assert lines.cursor_line == 49
        await pilot.click(Lines, offset=(3, 0))
        assert lines.cursor_line == 40
        lines.set_lines(numbered(3))
        assert lines.cursor_line == 2


async def test_what_is_copied_is_what_was_given() -> None:
    async with shown() as (lines, _):
        lines.set_text('{"a":\t"\x1b"}')
        assert lines.copy_text() == '{"a":\t"\x1b"}'
        lines.set_lines([Line("a\x1b"), Line("b")])
        assert lines.copy_text() == "a␛\nb"


async def test_secrets_are_hidden_until_they_are_revealed() -> None:
    key = ("-----BEGIN PRIVATE KEY-----", "MIIEow", "-----END PRIVATE KEY-----")
    async with shown(size=(60, 10)) as (lines, _):
        lines.set_text('{"user": "shop", "password": "hunter2"}\nlast', "json")
        assert seen(lines)[:2] == ['{"user": "shop", "password": (hidden)}', "last"]
        assert lines.hidden == 1
        assert "hunter2" in lines.copy_text(), "what is copied is exact"
        lines.reveal(wanted=True)
        assert seen(lines)[0] == '{"user": "shop", "password": "hunter2"}'
        lines.reveal(wanted=False)
        assert "hunter2" not in "".join(seen(lines))
        spans = ((0, 4, "muted"), (5, 13, "bad"), (14, 30, "warn"))
        lines.set_lines([Line("here password=hunter2 and more", "", spans), *map(Line, key)])
        assert seen(lines)[:4] == ["here password=(hidden) and more", *["(hidden)"] * 3]
        assert (styled(lines, 0, "muted"), styled(lines, 0, "bad")) == (["here"], ["password"])
        assert styled(lines, 0, "warn") == [], "it no longer stands where it was told"
        assert lines.hidden == 4


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("width", [1, 7, 80])
async def test_hostile_text_is_shown_and_never_obeyed(width: int, wrap: bool) -> None:
    text = "\n".join(
        [
            HOSTILE,
            '{"' + HOSTILE + '": "\u202e"}',
            "待ち e\u0301\u0301 \U0001f468\u200d\U0001f469" * 20,
        ]
    )
    async with shown(Lines(wrap=wrap), size=(width, 30)) as (lines, pilot):
        for syntax in ("json", ""):
            lines.set_text(text, syntax)
            lines.search(parse("."))
            await pilot.press("right", "G", "left")
            for y in range(lines.size.height):
                strip = lines.render_line(y)
                assert strip.cell_length == lines.size.width
                assert not [c for c in strip.text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}]


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (200, 60)])
async def test_it_works_at_any_size(size: tuple[int, int]) -> None:
    async with shown(Lines(numbered(30))) as (lines, pilot):
        await pilot.press("G", "w")
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.press("G", "w", "right", "g", "k")
        assert all(lines.render_line(y).cell_length == lines.size.width for y in range(size[1]))


async def test_it_can_be_filled_before_it_is_on_a_screen() -> None:
    lines = Lines(wrap=True)
    lines.set_lines(numbered(30))
    lines.toggle_wrap()
    assert lines.search(parse("29")) == 1
    async with shown(lines) as (_, pilot):
        await pilot.press("n")
        assert "line 29" in seen(lines)


async def test_nothing_is_a_text_too() -> None:
    async with shown() as (lines, pilot):
        await pilot.press("G", "j", "w", "right", "pagedown", "n")
        assert set(seen(lines)) == {""}
        assert lines.copy_text() == ""


async def test_a_megabyte_in_one_line_and_many_lines_of_json() -> None:
    value = [{"id": index, "名前": f"queue-{index}"} for index in range(9000)]
    async with shown(size=(100, 30)) as (lines, pilot):
        lines.set_text(json.dumps(value, indent=1), "json")
        await pilot.press("G", "w", "pageup")
        assert lines.line_count == 9000 * 4 + 2
        one = json.dumps(value * 3)
        assert len(one) > 2**20
        lines.set_text(one, "json")
        await pilot.press("w", "right", "G")
        lines.search(parse("queue-8999"))
        await pilot.pause()
        assert "queue-8999" in seen(lines)[0]
        await pilot.press("w")
        wrapped = "".join(lines.render_line(y).text[:-1] for y in range(lines.size.height))
        assert len(wrapped) == 99 * 30, "the last column is the scrollbar's"
        assert wrapped.rstrip() in one


@pytest.mark.parametrize("seed", range(20))
def test_wrapping_loses_nothing_and_finds_everything(seed: int) -> None:
    chance = random.Random(seed)
    texts = [
        "".join(chance.choices("ab待e\u0301\U0001f600 ", k=chance.randrange(60))) for _ in range(30)
    ]
    width = chance.randrange(2, 20)
    wrapping = Wrapping(texts, width)
    found: dict[int, str] = {}
    for y in range(wrapping.height):
        line, part = wrapping.at(y)
        start, end = wrapping.part(line, part, texts[line])
        assert cell_len(texts[line][start:end]) <= width
        assert wrapping.top(line) + part == y
        assert end == start or wrapping.part_of(line, start) == part
        found[line] = found.get(line, "") + texts[line][start:end]
    assert [found[index] for index in range(len(texts))] == texts


@pytest.mark.parametrize("seed", range(10))
def test_the_ruler_measures_as_the_terminal_does(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices("ab待\U0001f600é", k=1500))
    ruler = Ruler(text)
    for _ in range(30):
        index = chance.randrange(len(text))
        cell = cell_len(text[:index])
        assert ruler.cell_of(index) == cell
        assert ruler.at(cell) == (index, cell)
        inside, begins = ruler.at(cell + 1)
        assert begins == cell_len(text[:inside]) <= cell + 1
    assert width_of(text) == cell_len(text)


def test_single_cell_text_is_recognized() -> None:
    assert is_single("plain – é ␛ ▁█ …")
    assert not is_single("待")
    assert not is_single("e\u0301")
    assert list(breaks("", 5)) == [0]
    assert list(breaks("abcdef", 4)) == [0, 4]


def test_a_long_line_of_json_is_read_the_same_from_anywhere() -> None:
    text = json.dumps(
        [{"k" * (i % 9): 'v\\"' * (i % 50), "n": i, "t": [True, None]} for i in range(400)]
    )
    every = list(json_tokens(text))
    places: Sequence[int] = random.Random(1).choices(range(len(text)), k=200)
    line = JsonLine(text)
    for start in [*places, 0, len(text)]:
        wanted = [token for token in every if token[1] > start and token[0] < start + 120]
        assert list(line.tokens(start, start + 120)) == wanted


def test_every_key_can_be_mapped_and_says_what_it_does() -> None:
    ids = [binding.id for binding in Lines.BINDINGS]  # type: ignore[union-attr]
    assert len(set(ids)) == len(ids)
    assert all(b.tooltip and not b.show for b in Lines.BINDINGS)  # type: ignore[union-attr]
