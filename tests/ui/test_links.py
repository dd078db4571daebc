"""A link, or a name that is typed, leads to the row that is meant: of several of one name the nearest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from awstui import registry, wire
from awstui.engine.host import LocalLink
from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row
from awstui.ui.app import AwsTui
from awstui.ui.links import meant
from awstui.ui.resource_pane import ResourcePane
from tests.identities import ACCOUNT, Configure, IdentityServer, configure, sts
from tests.ui.conftest import Console, app_of, shows, type_in, until
from tests.ui.test_identity import OTHER, two

__all__ = ["configure", "sts"]

A, B = wire.Scope("a", "eu-west-1", ACCOUNT), wire.Scope("b", "eu-west-1", OTHER)

ZONE, TOPIC = "/hostedzone/Z1", f"arn:aws:sns:eu-west-1:{OTHER}:news"


def packed(key: str, arn: str = "", *cells: wire.Cell) -> wire.PackedRow:
    """A row of that key."""
    return wire.PackedRow(key, cells, (), b"", arn=arn)


ROWS = {
    (A, "orders"): packed("orders", f"arn:aws:x:::{ACCOUNT}:orders"),
    (B, "orders"): packed("orders", f"arn:aws:x:::{OTHER}:orders"),
    (B, "bills"): packed("bills"),
    (A, ZONE): packed(ZONE, "", "shop.example.", 4),
    (B, TOPIC): packed(TOPIC, TOPIC, 7),
}


@pytest.mark.parametrize(
    ("wanted", "near", "whole", "found"),
    [
        (("orders",), B, False, [(B, "orders")]),
        (("orders",), None, False, []),
        (("orders",), None, True, [(A, "orders"), (B, "orders")]),
        (("bills",), A, False, []),
        (("bills",), A, True, [(B, "bills")]),
        ((f"arn:aws:x:::{OTHER}:orders",), A, False, [(B, "orders")]),
        (("orders", "bills"), B, False, [(B, "orders"), (B, "bills")]),
        (("orders", "nothing"), B, False, []),
        (("orders", "nothing"), B, True, [(B, "orders")]),
        (("shop.example.",), None, True, [(A, ZONE)]),
        (("news",), None, True, [(B, TOPIC)]),
        ((TOPIC,), A, False, [(B, TOPIC)]),
    ],
)
def test_the_nearest_of_one_name_is_meant(
    wanted: tuple[str, ...],
    near: wire.Scope | None,
    whole: bool,
    found: list[tuple[wire.Scope, str]],
) -> None:
    assert meant(wanted, ROWS, near, whole=whole) == found


async def twins(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """A row that every account has, and one of another name."""
    told = await aws.read("get_caller_identity")
    yield {"Name": "orders", "Of": told["Account"]}
    yield {"Name": "other", "Of": told["Account"]}


TWINS = Plugin(
    name="twins",
    title="Twins",
    service="sts",
    resources=(
        Resource(
            name="ones", rows=twins, key="Name", columns=(Column("Name"), Column("Of")), every=0,
            links=(Link("twin", "ones", "Name", "t"),),
        ),
    ),
)  # fmt: skip


@asynccontextmanager
async def console(go: str) -> AsyncIterator[Console]:
    """The console of two accounts that have a row of the same name."""
    start, plugins = wire.Start(profile="a,b"), registry.Registry([TWINS])
    app = AwsTui(LocalLink(start, plugins), plugins, start, go=go)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        yield pilot


def pane_of(pilot: Console) -> ResourcePane:
    """The list."""
    pane = app_of(pilot).workspace.pane
    assert isinstance(pane, ResourcePane)
    return pane


async def test_a_link_stays_in_the_account_it_comes_from(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    sts.accounts["akidb"] = OTHER
    async with console("twins") as pilot:
        await shows(pilot, ACCOUNT, OTHER)
        await until(pilot, lambda: pane_of(pilot).grid.rows_total == 4)
        first = pane_of(pilot)
        for scope in (B, A):
            first.grid.go_to((scope, "orders"))
            await pilot.press("t")
            await until(pilot, lambda: pane_of(pilot) is not first)
            await until(pilot, lambda: pane_of(pilot).grid.rows_total == 4)
            here = pane_of(pilot).subject()
            assert here is not None
            assert here.ref.scope == scope
            await pilot.press("escape")
            await until(pilot, lambda: pane_of(pilot) is first)


async def test_a_name_that_several_accounts_have_shows_all_of_them_and_says_so(
    sts: IdentityServer, configure: Configure
) -> None:
    configure(*two())
    sts.accounts["akidb"] = OTHER
    async with console("home") as pilot:
        await shows(pilot, "2 sources of 2")
        await type_in(pilot, ":twins orders")
        await pilot.press("enter")
        await shows(pilot, "orders: there are 2 of that name, in several places.")
        assert pane_of(pilot).grid.rows_shown == 2
