"""A redrive that runs elsewhere: seen, paused, hastened and ended from another process."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from plugins.sqs.redriving import control, operations
from plugins.sqs.redriving.job import redrive_some, tell_redrive
from tests.patience import PATIENCE
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.redriving.test_job import Words, pair


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(control, "SHOWN", 0.0)


def test_half_a_line_waits_for_its_other_half() -> None:
    held = control.Control("aa")
    told, _ = control._paths("aa")
    assert stat.S_IMODE(told.stat().st_mode) == 0o600
    assert control.say("aa", {"pause": True})
    with told.open("ab") as file:
        file.write(b'nonsense\n{"ra')
    assert held.heard() == [{"pause": True}]
    with told.open("ab") as file:
        file.write(b'te": 7}\n')
    assert held.heard() == [{"rate": 7}]
    held.show({"done": 3})
    assert control.now("aa") == {"done": 3}
    held.close()
    assert not control.say("aa", {"go": True}), "nobody listens any more"
    assert control.now("aa") == {}
    held = control.Control("aa")
    assert held.heard() == [], "what an earlier process was told is forgotten"
    held.close()


async def test_another_process_pauses_hastens_and_ends_it(shop: Shop) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 90)
    seen: list[Row] = []

    async def runs() -> None:
        with shop.allowed():
            events = redrive_some(shop.aws, dead, Words(), rate=5, hold=30)
            seen.extend([event async for event in events])

    async def until(state: str, done: int = 0, rate: float = 0.0) -> Row:
        async with asyncio.timeout(PATIENCE):
            while True:
                (one,) = operations.listed() or [{}]
                if one.get("state") == state and one["done"] >= done and one["rate"] >= rate:
                    return one
                await asyncio.sleep(0.02)

    running = asyncio.ensure_future(runs())
    ident = (await until("running", done=1))["op"]
    operations.tell(ident, pause=True)
    paused = await until("paused")
    (told,) = [one async for one in tell_redrive(shop.aws, dead, Words(), op=ident, rate=9)]
    assert told["text"] == f"Redrive {ident} of {dead['QueueName']} was told: rate."
    operations.tell(ident, go=True)
    assert (await until("running", rate=9))["done"] >= paused["done"]
    operations.tell(ident, cancel=True)
    async with asyncio.timeout(PATIENCE):
        await running
    assert seen[-1]["kind"] == "ended"
    assert not seen[-1]["complete"] or (await shop.depth(source))[0] == 90
    with pytest.raises(AwsError, match="does not run"):
        operations.tell(ident, pause=True)


async def test_it_is_told_only_what_it_knows(shop: Shop) -> None:
    dead, _ = await pair(shop)
    await shop.fill(dead, 3)
    with shop.allowed():
        events = redrive_some(shop.aws, dead, Words(), rate=1)
        ident = (await anext(events))["op"]
        with pytest.raises(AwsError, match="cannot be told explode"):
            operations.tell(ident, explode=True)
        with pytest.raises(AwsError, match="whole number"):
            operations.tell(ident, rate="fast")
        await events.aclose()
