"""The console from home to a row and back, on a real server."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from textual import events

from awstui import wire
from awstui.demo.process import DemoServer
from awstui.ui.help import Help
from awstui.ui.lines import Lines
from awstui.ui.pane import Pane
from awstui.ui.resource_pane import ResourcePane
from awstui.ui.workspace import KEPT
from tests.ui.conftest import Console, app_of, console, screen, shows, type_in, until


async def test_home_lists_every_service_with_what_it_holds(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await shows(pilot, "SQS", "Route 53", "queues", "orders-dlq")
        await until(pilot, lambda: "123456789012 · eu-west-1" in screen(pilot).splitlines()[0])


async def test_keys_typed_in_one_go_after_a_colon_all_count(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await shows(pilot, "SQS")
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "Queues", "orders-dlq")
        # The deepest dead-letter queue comes first, once it is known which that is.
        await until(pilot, lambda: "orders-dlq" in screen(pilot).splitlines()[3])


async def test_filter_acts_while_typed_and_esc_takes_it_away(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq", "every 10 s ·")
        pane = app_of(pilot).workspace.pane
        assert isinstance(pane, ResourcePane)
        await until(pilot, lambda: pane.phase == "ready")
        total = pane.grid.rows_total
        await type_in(pilot, "/dlq$")
        await until(pilot, lambda: 0 < pane.grid.rows_shown < total)
        await pilot.press("enter")
        await shows(pilot, f"of {total}", "/dlq$")
        await pilot.press("escape")
        await until(pilot, lambda: pane.grid.rows_shown == total)
        await type_in(pilot, "/[")
        await shows(pilot, "✗")
        assert pane.grid.rows_shown == total, "a broken pattern filters nothing"


async def test_history_keeps_the_filter(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":sqs /orders")
        await pilot.press("enter")
        await shows(pilot, "/orders", "orders-dlq")
        await type_in(pilot, ":sns")
        await pilot.press("enter")
        await shows(pilot, "Topics")
        await pilot.press("left_square_bracket")
        await shows(pilot, "Queues", "/orders")
        await pilot.press("right_square_bracket")
        await shows(pilot, "Topics")


async def test_describe_and_raw_json(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":sqs orders-dlq")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq")
        pane = app_of(pilot).workspace.pane
        assert isinstance(pane, ResourcePane)
        await until(pilot, lambda: pane.row().get("QueueName") == "orders-dlq")
        await pilot.press("y")
        await shows(pilot, "orders-dlq › JSON", '"QueueName": "orders-dlq"')
        await pilot.press("escape")
        await shows(pilot, "Queues")
        await pilot.press("d")
        await shows(pilot, "orders-dlq › describe")


async def test_tabs_and_split(server: DemoServer) -> None:
    async with console(server.url, size=(160, 40)) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq")
        await pilot.press("ctrl+t")
        await shows(pilot, "1 Queues", "2 Home")
        await pilot.press("1")
        await shows(pilot, "WAITING")
        pane = app_of(pilot).workspace.pane
        assert isinstance(pane, ResourcePane)
        await until(pilot, lambda: pane.subject() is not None)
        await pilot.press("vertical_line")
        text = await shows(pilot, "WAITING", "3 ")
        assert "Queues" in text
        assert len(app_of(pilot).workspace.seen()) == 2
        await pilot.press("tab")
        assert app_of(pilot).workspace.pane is pane
        await pilot.press("ctrl+w")
        assert len(app_of(pilot).workspace.tabs) == 2


async def test_help_shows_the_keys_of_this_pane(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq")
        await pilot.press("question_mark")
        await shows(pilot, "Keys of Queues", "Show only rows that match")
        await pilot.press("G")
        await shows(pilot, "Typing", "a regular expression over the whole row")
        await pilot.press("escape")
        await shows(pilot, "WAITING")


async def test_help_says_each_key_whole_however_narrow_and_keys_that_do_the_same_once(
    server: DemoServer,
) -> None:
    async with console(server.url, size=(60, 40)) as pilot:
        for size in ((60, 40), (44, 40)):
            await pilot.resize_terminal(*size)
            await pilot.press("question_mark")
            await shows(pilot, "Keys of Home", "This pane")
            lines = pilot.app.screen.query_one(Lines)
            told = lines.copy_text()
            assert max(map(len, told.splitlines())) <= lines.size.width
            assert "All that is said of the service" in " ".join(told.split())
            moves = [line for line in told.splitlines() if line.endswith("  first and last")]
            assert len(moves) == 1
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, Help))


async def test_an_unknown_place_is_said_and_the_prompt_stays(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":nonsense")
        await pilot.press("enter")
        await shows(pilot, "nothing is called 'nonsense'")
        await pilot.press("escape")
        assert "nothing is called" not in screen(pilot)


async def test_another_region_is_read_anew(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq")
        await type_in(pilot, ":region us-east-1")
        await pilot.press("enter")
        text = await shows(pilot, "us-east-1", "No queues here")
        assert "orders-dlq" not in text


async def test_a_screen_that_is_too_small_says_so_and_keeps_who_and_where(
    server: DemoServer,
) -> None:
    async with console(server.url) as pilot:
        await shows(pilot, "SQS")
        await pilot.resize_terminal(39, 9)
        text = await shows(pilot, "39×9 is under 40×10")
        assert "demo" in text.splitlines()[0]
        await pilot.resize_terminal(40, 10)
        await shows(pilot, "? keys")


async def test_home_says_under_the_list_all_that_is_wrong_with_a_service(
    server: DemoServer,
) -> None:
    async with console(server.url, size=(160, 48)) as pilot:
        home = app_of(pilot).workspace.pane
        await until(pilot, lambda: getattr(home, "phase", "") == "ready", 30)
        await shows(pilot, "CloudWatch alarms  :alarms  :cw  :alarm", "is in ALARM")
        packed = home.packed()  # type: ignore[attr-defined]
        signals = wire.unpack(packed.raw)["Signals"]
        assert len(signals) > 1

        def said(signal: dict[str, str]) -> bool:
            below = screen(pilot).splitlines()[-9:]
            return any(line.strip().startswith(signal["text"]) for line in below)

        await until(pilot, lambda: all(map(said, signals[:5])))


async def test_a_dialog_names_no_key_that_does_nothing_there(server: DemoServer) -> None:
    async with console(server.url, size=(80, 24)) as pilot:
        await until(pilot, lambda: screen(pilot).splitlines()[-1].endswith(": go  ? keys"))
        await pilot.press("question_mark")
        await shows(pilot, "Keys of Home", "esc close")
        assert ": go" not in screen(pilot).splitlines()[-1]


async def test_keys_typed_in_one_go_are_for_the_panes_they_lead_to(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":sqs orders-dlq")
        await pilot.press("enter")
        await until(pilot, lambda: pane_of(pilot).phase == "ready")
        app = app_of(pilot)
        for key, sign in (
            ("enter", None),
            ("escape", None),
            ("space", " "),
            ("question_mark", "?"),
        ):
            app.post_message(events.Key(key, sign))
        await shows(pilot, "Keys of Queues", "The row as the API gave it")
        assert pane_of(pilot).grid.marked_count == 1


async def test_nothing_is_left_of_a_pane_that_is_forgotten(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        tab = app_of(pilot).workspace.tab
        gone = []
        for number in range(3):
            pane = Pane(f"pane {number}")
            tab.open(pane)
            await until(pilot, lambda pane=pane: pane.line.size.width > 0)  # type: ignore[misc]
            await shows(pilot, f"pane {number}")
            gone.append(weakref.ref(pane.line._styles_cache))
            await pilot.press("escape")
        del pane
        tab.open(Pane("last"))
        await shows(pilot, "last")
        gc.collect()
        assert [one() for one in gone[:2]] == [None, None]


async def test_a_long_history_forgets_its_first_panes_and_goes_on(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        workspace = app_of(pilot).workspace
        first = workspace.pane
        panes = [Pane(f"pane {number}") for number in range(KEPT + 2)]
        for pane in panes:
            workspace.open(pane)
        await until(pilot, lambda: panes[-1].is_attached and not first.is_attached)
        assert workspace.pane is panes[-1]
        assert workspace.tab.panes == panes[-KEPT:]
        assert [pane for pane in panes if pane.display and pane.is_attached] == [panes[-1]]
        await pilot.press("escape")
        assert workspace.pane is panes[-2]


def pane_of(pilot: Console) -> Any:
    return app_of(pilot).workspace.pane
