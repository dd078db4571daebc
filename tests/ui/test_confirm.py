"""The confirmation: it says what it is about at every size, and haste, a glance or a paste are no yes."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from awstui.plugin import Effect, Plan
from awstui.ui.confirm import Confirm, Confirmation, Reply
from awstui.ui.reads import Reads
from awstui.ui.unhurried import Unhurried
from awstui.wire import Scope

SCOPE = Scope("shop", "eu-west-1", "123456789012")
NAME = "orders-of-the-northern-warehouse-and-everything-that-was-returned-to-it-dlq.fifo"
PLAN = Plan(
    tuple(
        f"Line {number} of what will happen to the queue and its messages." for number in range(9)
    ),
    requests=("sqs:PurgeQueue × 1",),
)
CALLS = ({"action": "sqs:PurgeQueue", "parameters": {"QueueUrl": "https://q/1"}},)


def question(effect: Effect = "change", **more: Any) -> Confirmation:
    target = more.pop("target", "orders-dlq")
    given = {
        "title": f"Purge · {target}",
        "verb": "purge",
        "scope": SCOPE,
        "plan": PLAN,
        "calls": CALLS,
    }
    return Confirmation(effect=effect, target=target, **{**given, **more})


class Bench(Unhurried):
    """Only a dialog, and what came of it."""

    def __init__(self, asked: Confirmation) -> None:
        super().__init__()
        self.dialog = Confirm(asked)
        self.reply: Reply | str | None = "open"

    def on_mount(self) -> None:
        """Open the dialog at once."""
        from awstui.ui.theme import use_theme

        use_theme(self, "")
        self.push_screen(self.dialog, self.close_with)

    def close_with(self, reply: Reply | None) -> None:
        """Keep what was said."""
        self.reply = reply


@asynccontextmanager
async def asked(
    about: Confirmation, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[Bench, Pilot[int]]]:
    app = Bench(about)
    async with app.run_test(size=size, notifications=True) as pilot:
        while app.dialog.painted_at == math.inf:
            await pilot.pause(0.01)
        yield app, pilot


def screen(app: Bench) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def compact(app: Bench) -> str:
    """What is shown, as if it were one line: names are folded where it is narrow."""
    return "".join(line.strip(" │┃") for line in screen(app).splitlines())


@pytest.mark.parametrize("effect", ["change", "destroy"])
async def test_cancel_has_the_keys_and_enter_is_a_no(effect: Effect) -> None:
    async with asked(question(effect)) as (app, pilot):
        assert app.focused is app.screen.query_one("#cancel")
        await pilot.press("enter")
        assert app.reply is None


async def test_one_key_is_a_yes_to_a_change_and_none_to_destroying() -> None:
    async with asked(question("change")) as (app, pilot):
        await pilot.press("y")
        assert isinstance(app.reply, Reply)
        assert 0 <= app.reply.took < 30
    async with asked(question("destroy")) as (app, pilot):
        await pilot.press("y", "tab", "enter", "y", "e", "s", "enter")
        assert app.reply == "open"


@pytest.mark.parametrize(
    ("effect", "production", "typed"),
    [
        ("touch", True, ""),
        ("change", False, ""),
        ("change", True, "orders-dlq"),
        ("destroy", False, "orders-dlq"),
        ("destroy", True, "123456789012/orders-dlq"),
    ],
)
async def test_production_is_one_step_stricter(
    effect: Effect, production: bool, typed: str
) -> None:
    about = question(effect, production=production)
    assert about.typed == typed
    async with asked(about) as (app, pilot):
        if typed:
            keys = {"-": "minus", "/": "slash"}
            await pilot.press("tab", *(keys.get(sign, sign) for sign in typed), "enter")
        else:
            await pilot.press("y")
        assert isinstance(app.reply, Reply)
        assert app.reply.typed == typed


async def test_production_is_said_in_words_and_in_colour() -> None:
    async with asked(question(production=True)) as (app, _):
        assert screen(app).count("PROD") == 2
        box = app.screen.query_one("#box")
        edge, colour = box.styles.border_top
        assert (edge, colour) == ("heavy", box.app.theme_variables and colour)
        assert colour.hex == app.get_css_variables()["error"]
    async with asked(question()) as (app, _):
        assert "PROD" not in screen(app)


@pytest.mark.parametrize("way", ["paste", "ctrl+v"])
async def test_a_paste_is_not_typing(way: str) -> None:
    async with asked(question("destroy")) as (app, pilot):
        await pilot.press("tab")
        if way == "paste":
            app.screen.query_one("#typed").post_message(events.Paste("orders-dlq"))
        else:
            app.copy_to_clipboard("orders-dlq")
            await pilot.press("ctrl+v")
        await pilot.pause()
        assert app.screen.query_one("#typed").value == ""  # type: ignore[attr-defined]
        await pilot.press("enter")
        assert app.reply == "open"


def keys_of(*reads: str) -> list[events.Key]:
    """The keys that the driver makes of reads of the terminal."""
    parser = Reads()
    return [one for read in reads for one in parser.feed(read) if isinstance(one, events.Key)]


@pytest.mark.parametrize("target", ["orders-dlq", "dlq"])
@pytest.mark.parametrize("more", ["", "\r"])
async def test_a_paste_that_looks_like_typing_is_none_either(target: str, more: str) -> None:
    async with asked(question("destroy", target=target)) as (app, pilot):
        await pilot.press("tab")
        for key in keys_of(target + more):
            app.post_message(key)
        await pilot.pause()
        await pilot.press("enter")
        assert app.reply == "open"
        assert app.screen.query_one("#typed").value == ""  # type: ignore[attr-defined]
        for key in keys_of(*target, "\r"):
            app.post_message(key)
        await pilot.pause()
        assert isinstance(app.reply, Reply), "fingers are slower, and may be as quick as they like"


async def test_why_a_paste_was_not_taken_is_said_and_a_slow_line_is_none() -> None:
    async with asked(question("destroy")) as (app, pilot):
        await pilot.press("tab")
        for key in keys_of("orders-dlq"):
            app.post_message(key)
        await pilot.pause()
        assert "A paste does not count" in str(app.screen.query_one("#ask").render())
        for key in keys_of("ord", "ers", "-d", "lq", "\r"):
            app.post_message(key)
        await pilot.pause()
        assert isinstance(app.reply, Reply)


async def test_keys_typed_before_it_was_painted_do_not_count() -> None:
    early = events.Key("y", "y")
    async with asked(question("change")) as (app, pilot):
        assert early.time < app.dialog.painted_at
        app.post_message(early)
        await pilot.pause(0.1)
        assert app.reply == "open"
        app.post_message(events.Key("y", "y"))
        await pilot.pause(0.1)
        assert isinstance(app.reply, Reply)


@pytest.mark.parametrize("size", [(40, 10), (50, 12), (80, 24), (200, 60)])
@pytest.mark.parametrize("effect", ["change", "destroy"])
@pytest.mark.parametrize("production", [False, True])
async def test_it_never_hides_what_it_is_about(
    size: tuple[int, int], effect: Effect, production: bool
) -> None:
    about = question(effect, target=NAME, production=production)
    async with asked(about, size) as (app, pilot):
        shown = compact(app)
        assert NAME in shown, screen(app)
        assert "123456789012" in shown
        assert "eu-west-1" in shown
        assert "Cancel" in shown
        assert "Purge (y)" in shown or about.typed, screen(app)
        if about.typed:
            await pilot.press("tab")
            assert app.focused is app.screen.query_one("#typed")
            region = app.focused.region
            assert region.height == 1
            assert app.screen.region.contains_region(region), screen(app)


async def test_where_it_cannot_show_what_it_is_about_nobody_can_say_yes() -> None:
    async with asked(question("change", target=NAME * 4), (40, 8)) as (app, pilot):
        await pilot.press("y")
        assert app.reply == "open"
        await pilot.resize_terminal(120, 40)
        await pilot.pause(0.1)
        assert NAME * 4 in compact(app)
        await pilot.press("y")
        assert isinstance(app.reply, Reply)


async def test_what_cannot_be_undone_is_seen_first_and_the_rest_by_scrolling() -> None:
    async with asked(question("destroy"), (80, 13)) as (app, pilot):
        assert "Cannot be undone." in screen(app)
        assert "Line 8" not in screen(app)
        for _ in range(4):
            await pilot.press("down")
        await pilot.pause(0.1)
        assert "Line 8" in screen(app)
        await pilot.press("pageup", "pageup", "pageup", "pageup")
        await pilot.pause(0.1)
        assert "Cannot be undone." in screen(app)


async def test_the_dry_run_shows_the_exact_requests() -> None:
    async with asked(question("destroy")) as (app, pilot):
        assert "https://q/1" not in screen(app)
        await pilot.press("d")
        await pilot.pause(0.1)
        assert '1. sqs:PurgeQueue {"QueueUrl":"https://q/1"}' in compact(app)
        await pilot.press("d")
        await pilot.pause(0.1)
        assert "https://q/1" not in screen(app)


async def test_read_only_is_lifted_by_a_reason_and_only_then_a_yes_counts() -> None:
    async with asked(question("change", read_only=True)) as (app, pilot):
        assert "Read-only" in screen(app)
        await pilot.press("y")
        assert app.reply == "open"
        await pilot.press("u", "n", "o", "enter")
        assert app.reply == "open"
        await pilot.press("w", "enter")
        await pilot.pause(0.1)
        assert app.reply == "open", "the reason is no yes"
        assert app.focused is app.screen.query_one("#cancel")
        await pilot.press("y")
        assert isinstance(app.reply, Reply)
        assert app.reply.reason == "now"


async def test_a_refusal_offers_nothing_but_the_way_out() -> None:
    async with asked(question(plan=Plan((), refusal="It is empty."), calls=())) as (app, pilot):
        assert "It is empty." in screen(app)
        await pilot.press("y", "u", "d")
        assert app.reply == "open"
        await pilot.press("enter")
        assert app.reply is None


async def test_hostile_names_are_made_harmless() -> None:
    async with asked(question(target="[@click=app.quit]x\x1b]0;y\x07")) as (app, _):
        assert "[@click=app.quit]x" in screen(app)
        assert "\x1b" not in screen(app)


async def test_nothing_said_in_passing_hides_what_is_asked() -> None:
    async with asked(question(), (80, 24)) as (app, pilot):
        before = screen(app)
        app.notify("A redrive of another queue was interrupted. " * 5, timeout=60)
        await pilot.pause(0.3)
        assert screen(app) == before
        await pilot.press("escape")
        while "A redrive of another queue" not in screen(app):
            await pilot.pause(0.02)
