"""Many messages are looked through in turn with everything else, and the same ones are found."""

from __future__ import annotations

import asyncio
import json

import pytest

from awstui.filtering import parse
from awstui.plugin import Row
from awstui.ui import turns
from plugins.sqs.scanning.filters import wanted
from plugins.sqs.snapshot import QUICK, Snapshot


def messages(count: int, start: int = 0) -> list[Row]:
    """Messages that tell their number."""
    body = '{{"order": {0}, "inner": {1}}}'
    return [
        {"MessageId": f"m{n}", "Body": body.format(n, json.dumps(json.dumps({"sku": n % 7})))}
        for n in range(start, start + count)
    ]


async def test_many_messages_are_looked_through_turn_by_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "SLICE", 0.0)
    snapshot, turn = Snapshot(), 0
    snapshot.add(messages(2 * QUICK))
    assert snapshot.is_quick, "nothing is looked for"
    snapshot.look_for(wanted=parse('"sku": 3'), chosen=wanted("?order < `900`"))
    assert not snapshot.is_quick
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(snapshot.narrowed())
        while not looking.done():
            turn += 1
            if turn == 100:
                snapshot.add(messages(14, start=10_000))
                snapshot.drop(["m3"])
            await asyncio.sleep(0)
    assert turn > 2 * QUICK
    found = [row.key for row in looking.result()]
    assert found == [row.key for row in snapshot.rows()] != []
    assert "m3" not in found
    assert "m10" in found
