"""What outgrows a tail is offered to Insights, as the same question."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from plugins.logs import tail_following, tailing
from plugins.logs.insights.insights_pane import InsightsPane
from tests.plugins.logs.console import ORDERS, PAYMENTS, QUICK, filled, screen, tail_of
from tests.ui.conftest import until

pytestmark = pytest.mark.usefixtures("quick")


async def test_the_same_is_asked_of_insights_by_a_key() -> None:
    async with tail_of(filled(), groups=2) as (pilot, pane):
        await until(pilot, lambda: "120 lines" in screen(pilot))
        pane.pattern = "level"
        pane.filter_by("error")
        await pilot.press("i")
        workspace = pane.console.workspace
        await until(pilot, lambda: isinstance(workspace.pane, InsightsPane))
        asked = workspace.pane
        assert isinstance(asked, InsightsPane)
        await until(pilot, lambda: "2 groups" in screen(pilot))
        await until(pilot, lambda: "nothing was asked yet" in screen(pilot))
        assert asked.groups == [ORDERS, PAYMENTS]
        assert '@message like "level"' in asked.wanted
        assert "@message like /(?i)error/" in asked.wanted
        since, until_now = asked.span()
        assert abs(since - pane.since) < 0.01
        assert abs(until_now - time.time()) < 60


async def test_a_first_reading_that_is_too_much_is_offered_to_insights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tailing, "CADENCE", replace(QUICK, budget=1))
    async with tail_of(filled(page=20)) as (pilot, pane):
        await until(pilot, lambda: "not all was read: it is too much to pull" in screen(pilot))
        await until(pilot, lambda: "i asks Insights for all of it" in screen(pilot))
        assert pane.lines.missing[0][2].endswith("too much to pull; i asks Insights")
        monkeypatch.setattr(tailing, "CADENCE", QUICK)
        await pilot.press("f1")
        await until(pilot, lambda: "too much to pull" not in screen(pilot))


async def test_a_window_that_is_too_much_is_offered_to_insights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tail_following, "WINDOW_MOST", 1)
    server, then = filled(page=1), time.time() - 3 * 86400
    server.put(ORDERS, then, "three days ago")
    server.put(ORDERS, then + 1, "a second later")
    async with tail_of(server) as (pilot, _pane):
        await pilot.press("t", *"3d", "enter")
        await until(pilot, lambda: "Only the first 1 lines were pulled up to" in screen(pilot))
        await until(pilot, lambda: "i asks Insights for all of it" in screen(pilot))


async def test_a_class_without_lines_leads_to_insights_by_the_same_key() -> None:
    server = filled()
    server.classes[ORDERS] = "INFREQUENT_ACCESS"
    async with tail_of(server) as (pilot, _):
        await until(pilot, lambda: "reads it: i asks Insights" in screen(pilot))
        await pilot.press("i")
        await until(pilot, lambda: "only Insights reads its lines" in screen(pilot))


async def test_a_window_in_which_nothing_was_logged_says_so() -> None:
    async with tail_of(filled(count=3)) as (pilot, _pane):
        await pilot.press("t", *"3d", "enter")
        await until(pilot, lambda: "Nothing was logged from 20" in screen(pilot))
        await pilot.press("G")
        await until(pilot, lambda: "Nothing was logged" not in screen(pilot))
