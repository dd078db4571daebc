"""Keys that arrive in one go each act before the next is looked at."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from awstui.plugin import Field
from awstui.ui.dialogs import Form
from awstui.ui.prompt import Prompt
from awstui.ui.unhurried import Unhurried
from awstui.wire import Scope


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


def typed(app: App[int], *keys: str | tuple[str, str]) -> None:
    """Have keys arrive in one go, as a slow line bundles them; a letter is its own name."""
    for key in keys:
        name, sign = (key, key if len(key) == 1 else None) if isinstance(key, str) else key
        app.post_message(events.Key(name, sign))


async def test_what_is_typed_after_a_key_goes_where_that_key_led() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.query_one(Listing).focus()
        await pilot.pause()
        typed(app, "d", ("slash", "/"), "d", "l", "q")
        await pilot.pause()
        assert app.query_one(Input).value == "dlq"
        assert app.query_one(Listing).deleted == 1


async def test_what_is_typed_once_it_ends_is_for_nobody() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.query_one(Listing).focus()
        await pilot.pause()
        app.exit()
        typed(app, "d")
        await pilot.pause()
        assert app.query_one(Listing).deleted == 0


async def test_a_form_has_what_was_typed_just_before_the_key_that_sends_it() -> None:
    app = Bench()
    given: list[dict[str, int] | None] = []
    async with app.run_test() as pilot:
        form = Form("Move", Scope("a", "eu-west-1", ""), [Field("rate", "Rate", kind="number")], {})
        await app.push_screen(form, given.append)
        await pilot.pause()
        typed(app, "4", "7", "backspace", "0", "ctrl+s")
        await pilot.pause()
        assert given == [{"rate": 40}]


class Asking(Unhurried):
    """A console with a prompt: what it was told, and what was done with its keys elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield Listing()
        yield Prompt()

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        self.told.append((message.text, message.offered))
        self.query_one(Prompt).close()
        self.screen.set_focus(self.query_one(Listing))


def offered(text: str) -> list[str]:
    return [word for word in ("alarms", "queues", "quotas") if word.startswith(text)]


async def test_completion_is_of_all_that_was_typed_before_it() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.ask("go", ":", suggest=offered)
        typed(app, "q", "u", "down", "tab", "x", "backspace", "enter", "d")
        await pilot.pause()
        assert app.told == [("quotas ", "")]
        assert app.query_one(Listing).deleted == 1, "a key after Enter is for what Enter led to"
