"""A form uses the room there is, and says that more is below where that is not enough."""

from __future__ import annotations

import math

import pytest
from textual.widgets import Input

from awstui.plugin import Field
from awstui.ui.dialogs import Form
from awstui.ui.unhurried import Unhurried
from awstui.wire import Scope
from tests.ui.conftest import until

FIELDS = (
    Field("body", "Body", kind="multiline", required=True),
    Field("attributes", "Attributes", kind="multiline"),
    Field("group", "Group"),
    Field("canary", "One first", kind="flag"),
    Field("kind", "Kind", kind="choice", choices=("a", "b")),
    Field("delay", "Delay", kind="number"),
)


def painted(app: Unhurried) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def test_keys_are_for_it_as_soon_as_its_first_frame_went_to_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Form, "call_after_refresh", lambda *_: True)  # a machine too busy for it
    app = Unhurried()
    async with app.run_test() as pilot:
        form = Form("Send", Scope("a", "eu-west-1", ""), FIELDS[2:3], {})
        await app.push_screen(form)
        await until(pilot, lambda: "Go on (^s)" in painted(app))
        assert form.painted_at < math.inf
        await pilot.press("x")
        assert form.query_one("#field-group", Input).value == "x"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_every_field_and_label_is_seen(size: tuple[int, int]) -> None:
    app = Unhurried()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(Form("Send", Scope("a", "eu-west-1", ""), FIELDS, {}))
        await until(pilot, lambda: "Go on (^s)" in painted(app))
        shown = painted(app)
        for title in ("Body", "Attributes", "Group", "One first", "Kind", "Delay", "Go on (^s)"):
            assert title in shown, shown
        assert "more below" not in shown, shown


async def test_what_is_further_down_is_said_to_be_there() -> None:
    app = Unhurried()
    async with app.run_test(size=(80, 14)) as pilot:
        await app.push_screen(Form("Send", Scope("a", "eu-west-1", ""), FIELDS, {}))
        await until(pilot, lambda: "↓ more below" in painted(app))
        assert "Go on (^s)" in painted(app)
        app.screen.query_one("#field-delay").focus()
        await until(pilot, lambda: "Delay" in painted(app) and "more below" not in painted(app))
        await pilot.resize_terminal(80, 40)
        await until(pilot, lambda: "Body" in painted(app) and "more below" not in painted(app))


async def test_an_empty_number_is_no_mistake_and_a_flag_that_is_off_looks_empty() -> None:
    app = Unhurried()
    async with app.run_test(size=(80, 24)) as pilot:
        fields = (FIELDS[5], FIELDS[3])
        await app.push_screen(form := Form("Send", Scope("a", "eu-west-1", ""), fields, {}))
        await until(pilot, lambda: "[ ] One first" in painted(app))
        await pilot.press("tab")
        assert not form.query_one("#field-delay").has_class("-invalid")
        await pilot.press("space")
        await until(pilot, lambda: "[x] One first" in painted(app))
        assert "▔" not in painted(app)
        assert "^o" not in painted(app)
