"""The lines of a tail on a screen: following, standing still while more comes, folding, finding."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from awstui.filtering import parse
from plugins.logs import moments, tail_lines
from plugins.logs.ids import request_of
from plugins.logs.pieces import Piece
from plugins.logs.shown import LONGEST, Look
from plugins.logs.store import Store
from plugins.logs.tail_lines import TailLines

NOON = 1_750_000_000_000


class Stage(App[None]):
    """A tail and nothing else."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.lines = TailLines(Store(), look)
        self.said: list[str] = []
        self.moved: list[bool] = []

    def on_walking_moved(self, message: TailLines.Moved) -> None:
        self.moved.append(message.following)

    def on_tail_lines_said(self, message: TailLines.Said) -> None:
        self.said.append(message.sentence)

    def compose(self) -> ComposeResult:
        yield self.lines


def line(
    second: float, number: int, message: str, *, level: int = 0, late: int = 0, group: int = 0
) -> list[Any]:
    at = NOON + round(second * 1000)
    return [at, at + 200, number, group, late, level, "s", message]


def many(count: int) -> list[list[Any]]:
    return [line(n, n, f"line {n}", level=4 if n % 100 == 50 else 2) for n in range(count)]


@asynccontextmanager
async def stage(
    lines: list[list[Any]], *, size: tuple[int, int] = (60, 10), look: Look | None = None
) -> AsyncIterator[tuple[Pilot[None], TailLines]]:
    app = Stage(look or Look(utc=True))
    async with app.run_test(size=size) as pilot:
        app.lines.focus()
        await pilot.pause()
        app.lines.take(lines)
        app.lines.changed()
        await pilot.pause()
        yield pilot, app.lines


def screen(tail: TailLines) -> list[str]:
    """What is painted."""
    return [tail.render_line(y).text.rstrip() for y in range(tail.size.height)]


def first_word(tail: TailLines) -> str:
    return screen(tail)[0].split("  ")[-1]


async def test_it_follows_until_somebody_moves_and_then_nothing_moves() -> None:
    async with stage(many(200)) as (pilot, tail):
        assert screen(tail)[-1].endswith("line 199")
        tail.take([line(200, 200, "line 200")])
        tail.changed()
        assert screen(tail)[-1].endswith("line 200")
        await pilot.press("up")
        before = screen(tail)
        assert before[-2].startswith("▌")
        assert (
            tail.take([line(201, 201, "line 201"), line(5.5, 202, "very late", late=196_000)]) == 2
        )
        tail.changed()
        assert screen(tail) == before
        await pilot.press("G")
        assert screen(tail)[-1].endswith("line 201")
        assert tail.following
        await pilot.press("space", "home")
        assert screen(tail)[0] == f" ── {moments.iso(NOON)[:10]} ────"
        assert screen(tail)[1].startswith("▌")
        await pilot.press(*["down"] * 6)
        assert screen(tail)[7].endswith("late +3 m")


async def test_pages_and_wheel_go_through_all_of_it() -> None:
    async with stage(many(100)) as (pilot, tail):
        await pilot.press("home")
        for _ in range(11):
            await pilot.press("pagedown")
        assert screen(tail)[-1].endswith("line 99")
        await pilot.press("pageup")
        assert screen(tail)[-1].endswith("line 90")
        tail.scroll_pieces(3)
        assert screen(tail)[-1].endswith("line 93")
        tail.scroll_pieces(-100)
        assert "line 0" in screen(tail)[1]


async def test_errors_requests_pauses_and_marks_are_gone_to() -> None:
    rows = many(300)
    rows[120][7] = rows[7][7] = "START RequestId: 8c1f0000-0000-4000-8000-000000000000"
    rows += [line(1000 + n, 300 + n, f"after {n}") for n in range(5)]
    async with stage(rows) as (pilot, tail):
        said = pilot.app.said  # type: ignore[attr-defined]
        await pilot.press("E")
        assert tail.current() is not None
        assert tail.store.entry(tail.cursor).number == 250
        await pilot.press("E", "e")
        assert tail.store.entry(tail.cursor).number == 250
        await pilot.press("e")
        assert "No error further on." in said
        await pilot.press("right_parenthesis")
        assert tail.store.entry(tail.cursor).message == "after 0"
        await pilot.press("left_parenthesis")
        assert said[-1].startswith("No pause"), "this is the only one"
        await pilot.press("G", "left_parenthesis")
        assert tail.store.entry(tail.cursor).message == "after 0"
        tail.go_to_time(NOON + 7000)
        await pilot.press("m", "r")
        assert tail.cursor == 120
        await pilot.press("R")
        assert tail.cursor == 7
        await pilot.press("end", "apostrophe")
        assert tail.cursor == 7
        assert any(text.startswith(("◆", "▌")) for text in screen(tail))
        await pilot.press("m", "apostrophe")
        assert any("No line is marked" in sentence for sentence in said)


async def test_json_unfolds_in_place_and_folds_again() -> None:
    body = json.dumps({"level": "error", "deep": {"id": 1}, "list": [1, 2]})
    rows = [*many(3), line(4, 4, body, level=4), line(5, 5, "one\ntwo\n  three\n")]
    async with stage(rows, size=(60, 20)) as (pilot, tail):
        assert any("  one" in text and text.endswith(" +2") for text in screen(tail))
        await pilot.press("up", "enter")
        shown = "\n".join(screen(tail))
        assert '"deep": {' in shown
        assert '  "id": 1' in shown
        await pilot.press("enter")
        assert '"deep": {\n' not in "\n".join(screen(tail))
        await pilot.press("down", "enter")
        assert any(text.endswith("  three") for text in screen(tail))


async def test_a_line_higher_than_the_screen_is_walked_through() -> None:
    body = json.dumps({f"field{n:02d}": n for n in range(40)})
    async with stage([*many(2), line(3, 3, body), line(4, 4, "behind")]) as (pilot, tail):
        await pilot.press("up", "enter")
        seen = set(screen(tail))
        for _ in range(60):
            tail.action_move(1)
            seen |= set(screen(tail))
        for number in range(40):
            assert any(f'"field{number:02d}"' in text for text in seen), number
        assert tail.store.entry(tail.cursor).message == "behind"
        for _ in range(60):
            tail.action_move(-1)
        assert tail.cursor == 0


async def test_long_lines_wrap_and_scroll_sideways() -> None:
    wide = "待" * 30 + "end of it"
    async with stage([line(1, 1, "a" * 100 + "tail"), line(2, 2, wide)], size=(60, 12)) as (
        pilot,
        tail,
    ):
        assert not any("tail" in text for text in screen(tail))
        tail.look.wrap = True
        tail.looks_changed()
        joined = "".join(text[16:] for text in screen(tail)[1:])
        assert "a" * 100 + "tail" in joined
        assert wide in joined
        tail.look.wrap = False
        tail.looks_changed()
        for _ in range(6):
            await pilot.press("right")
        assert any("tail" in text for text in screen(tail))


@pytest.mark.parametrize("size", [90_000, 1 << 20])
@pytest.mark.parametrize("wrap", [True, False])
async def test_a_huge_line_is_painted_like_any_other(size: int, wrap: bool) -> None:
    body = json.dumps({"k" * 5: "v" * size})
    async with stage([*many(3), line(4, 4, body), line(5, 5, "behind")]) as (pilot, tail):
        tail.look.wrap = wrap
        tail.looks_changed()
        assert any(text.endswith("behind") for text in screen(tail))
        await pilot.press("up", "up", "down", "right")
        assert any(text.startswith("▌") for text in screen(tail))
        pieces = [piece for row in range(tail.store.rows) for piece in tail.block(row).pieces]
        assert len(pieces) < 120, "no more is laid out than can be read in place"
        assert isinstance(pieces[0], Piece)


async def test_what_a_huge_line_still_holds_is_said_and_can_be_seen() -> None:
    body = "".join(f"{number:05d}," for number in range(15_000))
    async with stage([*many(2), line(4, 4, body)], size=(80, 20)) as (pilot, tail):
        tail.look.wrap = True
        tail.looks_changed()
        assert screen(tail)[-1] == " ── … 83,600 more characters: enter unfolds them ────"
        await pilot.press("up", "down", "enter")
        pieces = tail.block(2).pieces
        assert "".join(p.text.text[p.start : p.end] for p in pieces if not p.between) == body
        tail.store.add([line(5, 5, "y" * 200_000)])
        tail.unfolded.add(tail.store.entry(3).ident)
        assert (
            tail.block(3).pieces[-1].text.text
            == "… 72,000 more characters: d shows them, S saves them"
        )


async def test_only_as_much_of_a_line_is_made_showable_as_can_be_seen() -> None:
    secret = "x" * (LONGEST - 25) + " password=hunter2hunter2hunter2hunter2"
    coloured = "\x1b[31mred\x1b[0m " * 100_000
    async with stage([line(1, 1, secret), line(2, 2, coloured)], size=(80, 12)) as (_, tail):
        assert screen(tail)[1].endswith(" +13 characters")
        assert screen(tail)[2].endswith(" +1,234,464 characters")
        for row in range(2):
            (piece,) = (piece for piece in tail.block(row).pieces if not piece.between)
            assert len(piece.text.text) <= LONGEST
            assert "hunter2" not in piece.text.text


async def test_what_is_between_two_lines_goes_when_a_line_comes_there() -> None:
    async with stage([line(0, 1, "first"), line(100, 2, "second")]) as (_, tail):
        assert " ── quiet for 2 m ────" in screen(tail)
        tail.take([line(50, 3, "came late", late=50_000)])
        tail.changed()
        assert [text[16:] for text in screen(tail)[1:4]] == [
            "first",
            "came late" + screen(tail)[2][25:],
            "second",
        ]
        assert not any("quiet" in text for text in screen(tail))


async def test_marks_and_what_is_unfolded_hold_when_lines_are_read_anew() -> None:
    rows = [line(n, n + 1, f'{{"n": {n}}}') for n in range(4)]
    async with stage(rows, size=(60, 14)) as (pilot, tail):
        await pilot.press("up", "up", "m", "enter")
        assert '  "n": 1' in "\n".join(screen(tail))
        tail.store.clear()
        tail.take([line(n, 100 - n, f'{{"n": {n}}}') for n in range(-3, 4)])
        tail.looks_changed()
        assert any(text.startswith(("◆", "▌")) and text.endswith("{") for text in screen(tail))
        assert '  "n": 1' in "\n".join(screen(tail))
        await pilot.press("G", "apostrophe")
        assert tail.store.entry(tail.cursor).message == '{"n": 1}'
        tail.store.clear()
        await pilot.press("apostrophe")
        tail.take([line(9, 9, "another range")])
        await pilot.press("apostrophe")
        assert "No marked line is in this range." in pilot.app.said  # type: ignore[attr-defined]


async def test_a_filter_that_shows_nothing_for_a_while_keeps_the_place() -> None:
    async with stage(many(5000)) as (_, tail):
        tail.go_to_time(NOON + 1_234_000)
        before = screen(tail)
        for wanted in (parse("nothing is like this"), parse("line 4")):
            held = tail.standing()
            tail.store.filter(wanted.matches)
            tail.restore(held)
            while tail.store.scan(0):
                tail.restore(tail.standing())
            tail.restore(tail.standing())
        tail.store.filter(None)
        tail.restore(tail.standing())
        tail.changed()
        assert screen(tail) == before
        assert tail.store.entry(tail.cursor).number == 1234


async def test_the_wheel_follows_only_where_more_comes() -> None:
    async with stage(many(100)) as (pilot, tail):
        moved = pilot.app.moved  # type: ignore[attr-defined]
        tail.endless = False
        await pilot.press("up")
        for _ in range(3):
            tail.on_mouse_scroll_down(wheel())
        assert screen(tail)[-1].endswith("line 99")
        await pilot.pause()
        assert not any(moved)
        tail.endless = True
        tail.on_mouse_scroll_down(wheel())
        tail.detach()
        await pilot.pause()
        assert moved[-2:] == [True, False], "each says what was so when it was said"


def wheel() -> events.MouseScrollDown:
    return events.MouseScrollDown(None, 1, 1, 0, 1, 0, shift=False, meta=False, ctrl=False)


async def test_a_long_search_lets_keys_act_and_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tail_lines, "SLICE", 0.0)
    async with stage([line(n, n, f"line {n}", level=4 * (n == 9)) for n in range(9000)]) as (
        pilot,
        tail,
    ):
        tail.action_level(-1)
        assert tail.seeking == "error"
        assert tail.following
        while tail.seeking:
            await pilot.pause()
        assert tail.store.entry(tail.cursor).number == 9
        tail.action_level(1)
        assert tail.stop_seeking()
        assert not tail.stop_seeking()
        await pilot.pause(0.01)
        assert tail.store.entry(tail.cursor).number == 9
        tail.action_level(1)
        assert tail.seeking
        await pilot.press("down")
        assert not tail.seeking, "who moves on does not want to be taken away"
        assert pilot.app.said == []


async def test_nothing_from_outside_reaches_the_terminal_as_it_is() -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m \u202egnp.exe \x9b31m [bold]no markup[/]"
    async with stage([line(1, 1, hostile)], size=(120, 10)) as (_pilot, tail):
        strips = [tail.render_line(y) for y in range(10)]
        text = "\n".join(strip.text for strip in strips)
        assert not any(sign in text for sign in "\x1b\x07\x9b\u202e")
        assert "[bold]no markup[/]" in text
        red = next(s for strip in strips for s in strip if s.text == "red")
        assert red.style is not None
        assert red.style.color is not None
        assert red.style.color.number == 1


async def test_what_is_missing_is_said_where_it_is() -> None:
    async with stage(many(20), size=(70, 30)) as (_, tail):
        tail.missing = [(NOON + 8500, NOON + 9500, "not read yet")]
        tail.store.dropped = 12_345
        tail.looks_changed()
        text = screen(tail)
        assert text[0] == " ── … 12,345 earlier lines dropped: no room for them ────"
        place = text.index(" ── not read yet ────")
        assert text[place - 1].endswith("line 9")
        assert text[place + 1].endswith("line 10")


async def test_a_filter_keeps_the_place_and_matches_stand_out() -> None:
    async with stage(many(500)) as (pilot, tail):
        tail.go_to_time(NOON + 250_000)
        held = tail.standing()
        wanted = parse("line [0-9]*0$")
        tail.wanted = wanted
        tail.store.filter(wanted.matches)
        while tail.store.scan(0):
            pass
        tail.restore(held)
        tail.looks_changed()
        assert tail.store.rows == 50
        assert tail.store.entry(tail.cursor).number == 250
        strip = next(s for y in range(10) if "▌" in (s := tail.render_line(y)).text)
        assert any(part.style and part.style.underline for part in strip)
        tail.store.filter(wanted.matches, hides=False)
        tail.restore(held)
        tail.changed()
        await pilot.press("n")
        assert tail.store.entry(tail.cursor).number == 260
        await pilot.press("N", "N")
        assert tail.store.entry(tail.cursor).number == 240


async def test_groups_have_a_sign_each_and_fields_can_be_chosen() -> None:
    rows = [line(n, n + 1, json.dumps({"a": {"b": n}, "c": "text"}), group=n) for n in range(3)]
    async with stage(rows, look=Look(utc=True, groups=3, fields=("a.b", "c"))) as (_, tail):
        text = screen(tail)
        assert text[0].split() == ["a.b", "c"]
        assert [row[14] for row in text[2:5]] == [tail.sign(n) for n in range(3)]
        assert text[4].endswith("  2  text")


async def test_chosen_fields_are_columns_that_stand_under_their_names() -> None:
    bodies: list[Any] = [
        {"took": 7, "path": "/a", "user": "x"}, {"took": 12_345, "user": "y"}, "no JSON at all",
        {"other": 1}, {"took": 1, "path": "/long/er", "user": "待\x1b[2J"},
    ]  # fmt: skip
    rows = [
        line(n, n, body if isinstance(body, str) else json.dumps(body))
        for n, body in enumerate(bodies)
    ]
    look = Look(utc=True, fields=("took", "path", "user"))
    async with stage(rows, look=look) as (pilot, tail):
        shown = [text[16:] for text in screen(tail)[:7]]
        assert shown[0] == "took   path      user"
        assert shown[2] == "    7  /a        x"
        assert shown[3] == "12345  –         y"
        assert shown[4] == "no JSON at all"
        assert shown[5] == '{"other":1}'
        assert shown[6] == "    1  /long/er  待␛[2J"
        await pilot.click(tail, offset=(5, 2))
        assert tail.store.entry(tail.cursor).number == 0
        assert screen(tail)[2].startswith("▌")


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ('{"requestId":"abc-12345","order":"x"}', "abc-12345"),
        (
            "START RequestId: 8c1f0000-0000-4000-8000-000000000000 Version",
            "8c1f0000-0000-4000-8000-000000000000",
        ),
        (
            "[INFO]\t2025\t8c1f0000-0000-4000-8000-000000000000\tx",
            "8c1f0000-0000-4000-8000-000000000000",
        ),
        ("trace_id=deadbeef00 x", "deadbeef00"),
        ("nothing", ""),
    ],
)
def test_request_ids_are_found(message: str, found: str) -> None:
    assert request_of(message) == found


async def test_secrets_are_hidden_in_every_form_of_a_line_until_revealed() -> None:
    body = {"user": "shop", "password": "hunter2", "note": "key AKIAIOSFODNN7EXAMPLE"}
    look = Look(utc=True)
    messages = ["token=abc123def", "\x1b[31mpassword=hunter2\x1b[0m", json.dumps(body, indent=1)]
    async with stage([line(n, n, m) for n, m in enumerate(messages)], size=(100, 12), look=look) as (
        pilot, lines,
    ):  # fmt: skip

        def leaking() -> list[str]:
            screen = "".join(lines.render_line(y).text for y in range(12))
            return [s for s in ("abc123def", "hunter2", "AKIAIOSF") if s in screen]

        assert leaking() == []
        await pilot.press("G", "enter")
        assert lines.unfolded
        assert leaking() == []
        look.fields = ("password", "note")
        lines.looks_changed()
        assert leaking() == []
        lines.unfolded.clear()
        lines.looks_changed()
        assert leaking() == [], "a field that was chosen has no name beside it"
        look.revealed = True
        lines.looks_changed()
        assert leaking() == ["abc123def", "hunter2", "AKIAIOSF"]
