"""From a queue, its dead letters and its messages to the logs of whoever takes from it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from awstui.plugin import Aws, Row
from plugins.logs.listing import groups
from plugins.logs.tail_pane import TailPane
from plugins.sqs import listing
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.model import arn, queue
from tests.plugins.sqs.test_panes import console, open_queue, screen
from tests.ui.conftest import until


def test_dead_letters_lead_to_the_consumers_of_their_sources() -> None:
    plain = queue("orders")
    assert listing.consumed(plain) == [arn("orders")]
    dead = queue("orders-dlq") | {"Sources": [arn("orders")]}
    assert listing.consumed(dead) == [arn("orders-dlq"), arn("orders")]
    assert listing.consumed({"QueueName": "not yet read"}) == []


async def test_a_message_leads_to_the_logs_at_the_time_it_was_sent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[str] = []

    async def find(aws: Aws, named: str) -> AsyncIterator[Row]:
        wanted.append(named)
        yield {"logGroupName": "/aws/lambda/taker"}

    monkeypatch.setattr(groups, "find", find)
    row = await shop.queue("taken")
    await shop.fill(row, 1)
    app = console(shop)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_queue(app, pilot, row["QueueName"])
        await pilot.press("p")
        await until(pilot, lambda: "1 of ~1: that is all there is to see now" in screen(app))
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.workspace.pane, TailPane))
        moment = app.workspace.pane.moment
        assert wanted[0].endswith(row["QueueName"])
        assert moment is not None
        assert 0 <= time.time() - moment < 60
