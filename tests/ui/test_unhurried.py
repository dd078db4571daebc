"""Keys that arrive in one go each act before the next is looked at."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from awstui.ui.unhurried import Unhurried


class Listing(Widget, can_focus=True):
    """Has a key that gives the keys to a line, and another that must not be taken for a letter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask", "ask"),
        Binding("d", "delete", "delete"),
    ]
    deleted = 0

    def action_ask(self) -> None:
        self.screen.set_focus(self.app.query_one(Input))

    def action_delete(self) -> None:
        self.deleted += 1


class Bench(Unhurried):
    """A list to press keys on, and a line to type in."""

    def compose(self) -> ComposeResult:
        yield Listing()
        yield Input()


async def test_what_is_typed_after_a_key_goes_where_that_key_led() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.query_one(Listing).focus()
        await pilot.pause()
        for key, sign in (("d", "d"), ("slash", "/"), ("d", "d"), ("l", "l"), ("q", "q")):
            app.post_message(events.Key(key, sign))
        await pilot.pause()
        assert app.query_one(Input).value == "dlq"
        assert app.query_one(Listing).deleted == 1
