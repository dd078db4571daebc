"""The grid as a person uses it: keys, mouse, refreshes, hostile names, tiny screens."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TypeAlias

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from awstui.filtering import FilterError
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.theme import use_theme
from awstui.wire import Cell

NOW = 1_700_000_000.0
COLUMNS = (
    GridColumn("Queue", rank=0),
    GridColumn("Waiting", "number"),
    GridColumn("Oldest", "age", rank=2),
    GridColumn("State", "state", rank=3),
)
HOSTILE = [
    "[/var/task] boom", "[@click=app.quit]x[/]", "[bold]", "\x1b[31mred\x1b[0m", "\x1b]52;c;eA==\x07",
    "\x1b[c", "\x9b31m", "\u202egnp.exe", "zero\u200bwidth", "\U000e0041tag", "tab\tbed", "new\nline",
    "\x00\x07\x7f", "待ち行列の名前" * 9, "e\u0301" * 40, "\U0001f468\u200d\U0001f469" * 9,
    "\U0001f1ea\U0001f1fa", "\ud800",
]  # fmt: skip


Heard: TypeAlias = Grid.Highlighted | Grid.Selected | Grid.MarksChanged | Grid.SortChanged


class Screen(App[None]):
    """Nothing but a grid."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = Grid(COLUMNS)
        self.grid.now = NOW

    def compose(self) -> ComposeResult:
        """The grid."""
        yield self.grid

    def on_mount(self) -> None:
        """The house theme."""
        use_theme(self)


@asynccontextmanager
async def shown(
    rows: Iterable[GridRow] = (), size: tuple[int, int] = (80, 12)
) -> AsyncIterator[tuple[Grid, Pilot[None], list[Heard]]]:
    """A grid with rows on a screen, and the messages it sends."""
    app = Screen()
    heard: list[Heard] = []

    def hear(message: Message) -> None:
        if isinstance(message, Heard) and message not in heard:
            heard.append(message)

    async with app.run_test(size=size, message_hook=hear) as pilot:
        app.grid.apply(rows)
        await pilot.pause()
        yield app.grid, pilot, heard


def row(
    name: str, waiting: Cell = 0, since: Cell = NOW - 5, state: str = "ok", tone: str = ""
) -> GridRow:
    return GridRow(name, (name, waiting, since, state), ("", tone, "", tone), ())


def rows(count: int) -> list[GridRow]:
    return [row(f"queue-{index:06}", index * 7 % 1000) for index in range(count)]


def lines(grid: Grid) -> list[str]:
    return [grid.render_line(y).text for y in range(grid.size.height)]


def strip_of(grid: Grid, text: str) -> Strip:
    return next(s for y in range(grid.size.height) if text in (s := grid.render_line(y)).text)


def style_of(strip: Strip, text: str) -> Style:
    return next(segment.style or Style.null() for segment in strip if text in segment.text)


def under_bar(grid: Grid) -> str:
    return next(line for line in lines(grid) if line.startswith("▌"))


async def test_rows_stand_below_their_titles() -> None:
    async with shown(
        [row("orders", 1204, NOW - 720), row("orders-dlq", 5, NOW - 3 * 86400, "growing", "bad")]
    ) as (grid, _, _):
        heading, first, second, *_ = lines(grid)
        assert heading.split() == ["QUEUE", "WAITING", "OLDEST", "STATE"]
        assert first.split() == ["▌", "orders", "1,204", "12", "m", "ok"]
        assert second.split() == ["✗", "orders-dlq", "✗", "5", "3", "d", "growing"]
        assert heading.index("WAITING") + len("WAITING") == first.index("1,204") + len("1,204")
        assert (
            style_of(strip_of(grid, "dlq"), "growing").color
            != style_of(strip_of(grid, "1,204"), "ok").color
        )


async def test_the_cursor_moves_by_keys() -> None:
    async with shown(rows(100)) as (grid, pilot, _):
        for keys, at in (
            (("down", "j", "down", "up", "k"), 1), (("pagedown",), 11), (("ctrl+f",), 21),
            (("pageup", "ctrl+b"), 1), (("end",), 99), (("home",), 0), (("G", "up"), 98), (("g", "up"), 0),
        ):  # fmt: skip
            await pilot.press(*keys)
            assert grid.cursor_key == f"queue-{at:06}"
            assert f"queue-{at:06}" in under_bar(grid)


async def test_it_tells_where_the_cursor_is_and_what_is_opened() -> None:
    async with shown(rows(3)) as (_, pilot, heard):
        await pilot.press("down", "enter")
        await pilot.pause()
        assert [(type(m).__name__, m.key) for m in heard if isinstance(m, Grid.Highlighted | Grid.Selected)] == [
            ("Highlighted", "queue-000000"), ("Highlighted", "queue-000001"), ("Selected", "queue-000001"),
        ]  # fmt: skip


async def test_cursor_and_screen_stay_while_rows_come_and_go() -> None:
    async with shown(rows(100)) as (grid, pilot, _):
        await pilot.press("end", "up", "up")
        before = lines(grid)
        grid.apply([row("queue-00a"), row("queue-00b")], ["queue-000003"])
        grid.sort_by("Queue", reverse=False)
        await pilot.pause()
        assert grid.cursor_key == "queue-000097"
        grid.apply([row("queue-00c")], ["queue-000005", "queue-000006", "queue-000007"])
        await pilot.pause()
        assert grid.cursor_key == "queue-000097"
        assert under_bar(grid)[1:] in [line[1:] for line in before]


async def test_rows_above_move_the_screen_with_what_is_read() -> None:
    async with shown(rows(100)) as (grid, pilot, _):
        grid.sort_by("Queue", reverse=False)
        grid.go_to("queue-000099")
        grid.go_to("queue-000060")
        await pilot.pause()
        before = lines(grid)
        grid.apply([row("aa"), row("ab")])
        await pilot.pause()
        assert lines(grid) == before


async def test_a_filter_keeps_cursor_and_marks_and_a_bad_one_changes_nothing() -> None:
    async with shown(rows(50)) as (grid, pilot, _):
        grid.go_to("queue-000042")
        await pilot.press("space")
        grid.go_to("queue-000042")
        grid.filter("4.$")
        assert (grid.rows_shown, grid.rows_total, grid.cursor_key) == (10, 50, "queue-000042")
        with pytest.raises(FilterError):
            grid.filter("(")
        assert grid.filter_text == "4.$"
        assert not grid.go_to("queue-000001")
        grid.filter("!4")
        assert grid.marked_keys() == ["queue-000042"]
        grid.filter("")
        assert grid.rows_shown == 50
        grid.filter("no such")
        await pilot.pause()
        assert grid.cursor_key is None
        assert set("".join(lines(grid)[1:])) == {" "}
        await pilot.press("down", "space", "enter", "G", "ctrl+@")


async def test_marks_go_by_key_singly_and_in_ranges() -> None:
    async with shown(rows(20)) as (grid, pilot, heard):
        await pilot.press("space", "space", "down", "down", "ctrl+@")
        assert grid.marked_keys() == [f"queue-{index:06}" for index in range(1 + 4)]
        assert [line[1] for line in lines(grid)[1:7]] == ["●"] * 5 + [" "]
        await pilot.press("g", "space")
        grid.sort_by("Queue", reverse=True)
        assert grid.marked_keys() == [f"queue-{index:06}" for index in (4, 3, 2, 1)]
        grid.clear_marks()
        await pilot.pause()
        assert grid.marked_count == 0
        assert not any("●" in line for line in lines(grid))
        assert [m.count for m in heard if isinstance(m, Grid.MarksChanged)] == [1, 2, 5, 4, 0]


async def test_sorting_by_title_shows_an_arrow_and_largest_first() -> None:
    async with shown(rows(20)) as (grid, pilot, heard):
        assert grid.sort_by("waiting")
        await pilot.pause()
        assert "WAITING ↓" in lines(grid)[0]
        assert grid.row(grid.visible_keys()[0]).cells[1] == 133  # type: ignore[union-attr]
        assert grid.sort_by("waiting")
        await pilot.pause()
        assert "WAITING ↑" in lines(grid)[0]
        assert not grid.sort_by("no such")
        assert not grid.sort_by(99)
        grid.sort_by(None)
        await pilot.pause()
        assert grid.sorted_by == ("", False)
        assert [(m.title, m.reverse) for m in heard if isinstance(m, Grid.SortChanged)] == [
            ("Waiting", True), ("Waiting", False), ("", False),
        ]  # fmt: skip
        for title in ("Queue", "Waiting", "Oldest", "State", ""):
            grid.cycle_sort()
            assert grid.sorted_by[0] == title


async def test_a_click_takes_the_cursor_opens_or_sorts() -> None:
    async with shown(rows(20)) as (grid, pilot, heard):
        await pilot.click(Grid, offset=(10, 4))
        assert grid.cursor_key == "queue-000003"
        await pilot.click(Grid, offset=(10, 4))
        await pilot.click(Grid, offset=(10, 11))
        await pilot.pause()
        assert [m.key for m in heard if isinstance(m, Grid.Selected)] == ["queue-000003"]
        await pilot.click(Grid, offset=(lines(grid)[0].index("WAITING") + 2, 0))
        assert grid.sorted_by == ("Waiting", True)


async def test_what_changed_is_bold_until_the_next_refresh() -> None:
    async with shown(rows(5)) as (grid, pilot, _):
        await pilot.press("end")
        grid.apply([row("queue-000001", 555), row("queue-000002", None)])
        await pilot.pause()
        assert style_of(strip_of(grid, "queue-000001"), "555").bold
        assert not style_of(strip_of(grid, "queue-000001"), "queue-000001").bold
        grid.apply([row("queue-000003", 556)], same_refresh=True)
        await pilot.pause()
        assert style_of(strip_of(grid, "queue-000001"), "555").bold
        grid.apply([row("queue-000002", 777)])
        await pilot.pause()
        assert not style_of(strip_of(grid, "queue-000001"), "555").bold
        assert not style_of(strip_of(grid, "queue-000002"), "777").bold, (
            "nothing stood there before"
        )


async def test_only_ages_that_read_differently_are_painted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with shown([row("young", 1, NOW - 5), row("old", 1, NOW - 86400 * 9)]) as (
        grid,
        pilot,
        _,
    ):
        await pilot.pause()
        painted: list[int] = []
        monkeypatch.setattr(grid, "refresh", lambda *regions: painted.extend(r.y for r in regions))
        grid.tick(NOW + 1)
        assert painted == [1]
        assert "6 s" in lines(grid)[1]
        grid.tick(NOW + 1.2)
        assert painted == [1]


async def test_a_refresh_paints_only_the_lines_that_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with shown(rows(30)) as (grid, pilot, _):
        await pilot.pause()
        painted: list[int] = []
        monkeypatch.setattr(grid, "refresh", lambda *regions: painted.extend(r.y for r in regions))
        grid.apply(rows(30))
        assert painted == []
        grid.apply([row("queue-000004", 999), row("queue-000025", 999)])
        assert painted == [5]
        painted.clear()
        await pilot.press("down")
        assert sorted(painted) == [1, 2]


async def test_columns_of_high_rank_leave_a_narrow_screen_and_come_back() -> None:
    async with shown(rows(5)) as (grid, pilot, _):
        for width, hidden in ((80, 0), (40, 0), (39, 1), (32, 2), (80, 0)):
            await pilot.resize_terminal(width, 8)
            await pilot.pause()
            assert grid.hidden_columns == hidden, width
            assert ("+" in lines(grid)[0]) == bool(hidden)
            assert "QUEUE" in lines(grid)[0]


async def test_columns_grow_and_do_not_shrink_back() -> None:
    async with shown(rows(3)) as (grid, pilot, _):
        narrow = lines(grid)[0].index("WAITING")
        grid.apply([row("a-much-longer-name-than-the-others", 1)])
        await pilot.pause()
        wide = lines(grid)[0].index("WAITING")
        assert wide > narrow
        grid.apply(removed=["a-much-longer-name-than-the-others"])
        await pilot.pause()
        assert lines(grid)[0].index("WAITING") == wide


async def test_what_is_too_wide_scrolls_sideways_beside_the_gutter() -> None:
    columns = [GridColumn(f"C{index}", width=20, rank=0) for index in range(6)]
    async with shown(size=(50, 6)) as (grid, pilot, _):
        grid.set_columns(columns)
        grid.apply([GridRow("a", tuple(f"cell-{index}" for index in range(6)), ("bad",))])
        await pilot.press(*["right"] * 6)
        assert lines(grid)[1].startswith("▌ ✗ ")
        assert "cell-5" in lines(grid)[1]
        assert "C5" in lines(grid)[0]
        await pilot.press(*["left"] * 6)
        assert "cell-0" in lines(grid)[1]


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 5), (5, 1), (17, 3), (200, 50)])
async def test_it_works_at_any_size(size: tuple[int, int]) -> None:
    async with shown(rows(9), size=(80, 12)) as (grid, pilot, _):
        await pilot.press("end")
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert all(
            grid.render_line(y).cell_length == grid.size.width for y in range(grid.size.height)
        )
        await pilot.press("up", "pageup", "space", "right", "down", "end", "enter")
        assert grid.cursor_key == "queue-000008"
        assert grid.cursor_key in grid.visible_keys()


@pytest.mark.parametrize("width", [20, 47, 120])
async def test_hostile_names_are_shown_and_never_obeyed(width: int) -> None:
    hostile = [GridRow(text, (text, text, NOW, text), (text, "bad", "", "")) for text in HOSTILE]
    async with shown(hostile, size=(width, 24)) as (grid, pilot, _):
        grid.set_columns(
            [GridColumn(f"[red]\x1b[2J{c.title}", c.kind, c.width, c.rank) for c in COLUMNS]
        )
        grid.apply(hostile)
        await pilot.press("down", "space", "G", "right")
        await pilot.pause()
        for y in range(grid.size.height):
            strip = grid.render_line(y)
            assert strip.cell_length == width
            assert not [c for c in strip.text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}]
        grid.filter(r"\[/var")
        await pilot.pause()
        assert "[/var/task]" in "".join(lines(grid)) or width < 30


async def test_a_hundred_thousand_rows_fill_page_sort_and_filter() -> None:
    async with shown(rows(100_000), size=(120, 40)) as (grid, pilot, _):
        await pilot.press("end")
        assert "queue-099999" in under_bar(grid)
        await pilot.press("pageup")
        grid.sort_by("Waiting")
        grid.filter("999$")
        await pilot.pause()
        assert (grid.rows_shown, grid.rows_total) == (100, 100_000)
        grid.filter("")
        grid.replace(rows(10))
        await pilot.pause()
        assert len([line for line in lines(grid) if "queue" in line]) == 10


async def test_the_cursor_row_is_told_without_colour_and_dims_when_the_keys_are_elsewhere() -> None:
    async with shown(rows(3)) as (grid, pilot, _):
        focused = style_of(strip_of(grid, "queue-000000"), "queue")
        grid.blur()
        await pilot.pause()
        away = style_of(strip_of(grid, "queue-000000"), "queue")
        assert focused.bgcolor != away.bgcolor
        assert under_bar(grid).startswith("▌")
        use_theme(grid.app, "ansi")
        grid.focus()
        await pilot.pause()
        assert style_of(strip_of(grid, "queue-000000"), "queue").reverse


async def test_it_can_be_filled_before_it_is_on_a_screen() -> None:
    app = Screen()
    grid = app.grid
    grid.apply([row("wrong")])
    grid.set_columns(COLUMNS)
    grid.apply(rows(30))
    grid.sort_by("Queue", reverse=True)
    grid.filter("2")
    assert grid.go_to("queue-000002")
    grid.mark_all()
    grid.tick(NOW + 1)
    grid.clear_marks()
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        assert grid.cursor_key == "queue-000002"
        assert "queue-000002" in under_bar(grid)


def test_every_key_can_be_mapped_and_says_what_it_does() -> None:
    ids = [binding.id for binding in Grid.BINDINGS]  # type: ignore[union-attr]
    assert len(set(ids)) == len(ids)
    assert all(name and name.startswith("grid.") for name in ids)
    assert all(b.tooltip for b in Grid.BINDINGS)  # type: ignore[union-attr]
    shown = {b.id for b in Grid.BINDINGS if b.show}  # type: ignore[union-attr]
    assert shown == {"grid.mark", "grid.select"}, "the line of keys has no room for how to move"
