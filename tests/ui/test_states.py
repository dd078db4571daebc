"""Waiting, empty, partial, failed and stale look like what they are, and one failing service is one row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from awstui import registry
from awstui.demo.process import DemoServer
from awstui.ui.resource_pane import ResourcePane
from awstui.ui.rows_pane import RowsPane
from tests.faults.proxy import FaultProxy
from tests.ui.conftest import Console, app_of, console, screen, shows, type_in, until


@pytest.fixture
def proxy(server: DemoServer) -> Iterator[FaultProxy]:
    """A proxy before the fleet that fails where a test says."""
    with FaultProxy.running(server.url) as running:
        yield running


async def queues(pilot: Console) -> ResourcePane:
    """The pane of queues."""
    await type_in(pilot, ":sqs")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app_of(pilot).workspace.pane, ResourcePane))
    pane = app_of(pilot).workspace.pane
    assert isinstance(pane, ResourcePane)
    return pane


async def test_waiting_says_what_it_asks_and_how_long(proxy: FaultProxy) -> None:
    proxy.rule("hang", service="sqs", operation="ListQueues")
    async with console(proxy.url) as pilot:
        await queues(pilot)
        said = re.compile(r"asking SQS for its queues · [1-9]\d* s · esc goes back")
        await until(pilot, lambda: said.search(screen(pilot)) is not None)
        proxy.clear()


async def test_a_denied_service_names_the_permission_and_the_others_are_read(
    proxy: FaultProxy,
) -> None:
    denied = "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: SNS:ListTopics"
    proxy.rule("error", service="sns", code="AuthorizationError", status=403, message=denied)
    async with console(proxy.url) as pilot:
        text = await shows(pilot, "may not be read", " queues ", "hosted zones")
        row = next(line for line in text.splitlines() if "SNS" in line)
        assert re.search(r"(?i)sns:ListTopics is missing", row)


async def test_a_list_that_fails_says_what_why_and_do(proxy: FaultProxy) -> None:
    proxy.rule(
        "error", service="sqs", operation="ListQueues", status=403, code="AccessDeniedException",
        message="User: arn:aws:iam::123456789012:user/ana is not authorized to perform: sqs:ListQueues",
    )  # fmt: skip
    async with console(proxy.url) as pilot:
        await queues(pilot)
        await shows(pilot, "missing permission: sqs:ListQueues", "partial")


async def test_rows_stay_when_a_refresh_fails_and_are_called_stale(proxy: FaultProxy) -> None:
    async with console(proxy.url) as pilot:
        pane = await queues(pilot)
        await until(pilot, lambda: pane.phase == "ready")
        rows = pane.grid.rows_total
        proxy.rule(
            "error", service="sqs", operation="ListQueues", status=400, code="InvalidSecurity"
        )
        await pilot.press("r")
        await shows(pilot, "stale ", "orders-dlq", "✗")
        assert pane.grid.rows_total == rows
        proxy.clear()
        await pilot.press("r")
        await until(pilot, lambda: pane.phase == "ready")
        await until(pilot, lambda: "stale" not in screen(pilot))


async def test_rows_that_cannot_be_filled_stay_and_are_counted(proxy: FaultProxy) -> None:
    proxy.rule(
        "error", service="sqs", operation="GetQueueAttributes", status=403,
        code="AccessDeniedException", message="not authorized to perform: sqs:GetQueueAttributes",
    )  # fmt: skip
    async with console(proxy.url) as pilot:
        pane = await queues(pilot)
        await until(pilot, lambda: pane.phase == "ready")
        assert pane.grid.rows_total >= 22
        await shows(pilot, f"! {pane.grid.rows_total} incomplete", "clickstream-archive")


async def test_an_empty_list_says_where_it_looked(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":region ap-southeast-2")
        await pilot.press("enter")
        await shows(pilot, "ap-southeast-2")
        await queues(pilot)
        await shows(pilot, "No queues here. Read ap-southeast-2 of 123456789012.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a plugin that works and one that does not."""
    (tmp_path / "people.py").write_text(
        '"""IAM users."""\n'
        "from awstui.plugin import Column, Plugin, Resource\n"
        "users = Resource(name='users', rows='list_users', key='UserName',\n"
        "                 columns=(Column('Name', 'UserName'),))\n"
        "plugin = Plugin(name='people', title='People', service='iam', resources=(users,))\n"
    )
    (tmp_path / "broken.py").write_text('"""Broken."""\n1 / 0\n')
    tmp_path.chmod(0o700)
    return tmp_path


async def test_broken_and_dropped_in_plugins(server: DemoServer, folder: Path) -> None:
    async with console(server.url, plugins=registry.load([folder])) as pilot:
        await type_in(pilot, ":plugins")
        await pilot.press("enter")
        await shows(pilot, "✗ 1 broken", "people", "broken: ZeroDivisionError")
        await pilot.press("enter")
        await shows(pilot, "broken › traceback", "1 / 0")
        await type_in(pilot, ":people")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app_of(pilot).workspace.pane, RowsPane))
        await shows(pilot, "No users here.")
