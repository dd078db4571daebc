"""The keys of a list from the keyboard: sorting, cadence, links, and what home leads to."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys

from textual.pilot import Pilot

from awstui.demo.process import DemoServer
from awstui.ui.resource_pane import ResourcePane
from tests.ui.conftest import app_of, console, screen, shows, type_in, until


def pane_of(pilot: Pilot[int]) -> ResourcePane:
    """The list that has the keys."""
    pane = app_of(pilot).workspace.pane
    assert isinstance(pane, ResourcePane)
    return pane


async def open_list(pilot: Pilot[int], what: str) -> None:
    """Go to a list and wait until it is whole."""
    await type_in(pilot, f":{what}")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app_of(pilot).workspace.pane, ResourcePane))
    await until(pilot, lambda: pane_of(pilot).phase == "ready")


def first_cells(pilot: Pilot[int]) -> list[str]:
    return [str(row.cells[0]) for row in pane_of(pilot).grid.model.view]


async def test_s_and_capital_letters_sort(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await open_list(pilot, "queues")
        grid = pane_of(pilot).grid
        await pilot.press("s")
        assert grid.sorted_by == ("Queue", False)
        assert first_cells(pilot) == sorted(first_cells(pilot))
        await pilot.press("W")
        assert grid.sorted_by == ("Waiting", True)
        await shows(pilot, "waiting ↓", "WAITING ↓")
        await pilot.press("W")
        assert grid.sorted_by == ("Waiting", False)


async def test_r_capital_walks_through_the_cadences(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await open_list(pilot, "queues")
        await shows(pilot, "every 10 s")
        await pilot.press("R")
        await shows(pilot, "every 30 s")


async def test_header_says_how_busy_it_is_and_how_old_the_list(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":queues")
        await pilot.press("enter")
        busy = re.compile(r"\d+ calls/s · \d+ s old$")
        await until(pilot, lambda: busy.search(screen(pilot).splitlines()[0]) is not None)


async def test_a_link_leads_from_an_alarm_to_its_queue(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await open_list(pilot, "alarms orders-dlq-not-empty")
        await until(pilot, lambda: pane_of(pilot).row().get("AlarmName") == "orders-dlq-not-empty")
        await pilot.press("o")
        await until(pilot, lambda: pane_of(pilot).title == "Queues")
        await until(pilot, lambda: pane_of(pilot).row().get("QueueName") == "orders-dlq")


async def test_enter_on_a_service_in_trouble_leads_to_what_is_wrong(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        home = app_of(pilot).workspace.pane
        await until(pilot, lambda: getattr(home, "phase", "") == "ready", 30)
        rows = home.grid.model.view  # type: ignore[attr-defined]
        key = next(row.key for row in rows if row.cells[0] == "SQS")
        home.grid.go_to(key)  # type: ignore[attr-defined]
        await pilot.press("d")
        await shows(pilot, "sqs › why", "orders-dlq holds")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: app_of(pilot).workspace.pane.title == "Queues")
        await until(pilot, lambda: str(pane_of(pilot).row().get("QueueName", "")).endswith("dlq"))


async def test_every_one_of_1500_queues_is_listed() -> None:
    with DemoServer.running(seed=False, drive=False, queues=1500) as many:
        command = [sys.executable, "-m", "awstui", "ls", "sqs", "-o", "csv"]
        ran = await asyncio.to_thread(
            subprocess.run, command, env={**os.environ, **many.environment}, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        names = {line.partition(",")[0] for line in ran.stdout.splitlines()[1:]}
        assert names == {f"plain-{number:05}" for number in range(1, 1501)}
        async with console(many.url) as pilot:
            await open_list(pilot, "queues")
            assert pane_of(pilot).grid.rows_total == 1500
            await pilot.press("G")
            await until(pilot, lambda: pane_of(pilot).row().get("QueueName") == "plain-01500")
