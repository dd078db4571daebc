"""What lies under a row is gone to through the list of those rows."""

from __future__ import annotations

import pytest

from awstui import registry
from awstui.demo.process import DemoServer
from awstui.registry import nested
from tests.ui.conftest import app_of, console, shows, type_in, until

EVERYTHING = registry.load()
UNDER = [
    f"{plugin.name} {one.name}"
    for plugin in EVERYTHING.plugins
    for one in plugin.resources
    if nested(plugin, one)
]


@pytest.mark.parametrize(
    ("typed", "listed", "hint"),
    [
        ("versions", "Functions", "Versions: pick one of the functions and press v."),
        ("sfn history", "State machines", "then pick one of the executions and press enter."),
    ],
)  # fmt: skip
async def test_the_list_to_pick_a_row_in_is_opened(
    server: DemoServer, typed: str, listed: str, hint: str
) -> None:
    async with console(server.url) as pilot:
        app = app_of(pilot)
        await type_in(pilot, f":{typed}")
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace.pane.title == listed)
        await until(pilot, lambda: any(hint in str(n.message) for n in app._notifications))


@pytest.mark.parametrize(
    ("typed", "title", "row"),
    [
        ("versions orders-handler", "orders-handler › versions", "$LATEST"),
        ("executions order-fulfilment", "order-fulfilment › executions", "SUCCEEDED"),
    ],
)  # fmt: skip
async def test_where_the_row_is_named_what_lies_under_it_is_opened(
    server: DemoServer, typed: str, title: str, row: str
) -> None:
    async with console(server.url) as pilot:
        app = app_of(pilot)
        await type_in(pilot, f":{typed}")
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace.pane.title == title)
        await shows(pilot, row)


async def test_no_list_is_opened_without_the_row_that_it_needs(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        guide = app_of(pilot).guide
        assert "lambda versions" in UNDER
        assert "beanstalk environments" not in UNDER
        assert "lambda mappings" not in UNDER
        for place in UNDER:
            pane = guide.place(guide.understand(place))
            assert not nested(pane.plugin, pane.resource), place  # type: ignore[union-attr]
