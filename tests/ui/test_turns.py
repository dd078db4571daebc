"""What takes long is done in parts, and others have their turn between them."""

from __future__ import annotations

import asyncio

import pytest

from awstui.ui import turns as subject
from awstui.ui.turns import in_turns, joined, taken


async def test_each_part_is_a_turn_when_no_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "SLICE", 0.0)
    others = 0

    async def other() -> None:
        nonlocal others
        while True:
            others += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(other())
        assert await taken(range(50)) == list(range(50))
        assert others >= 49
        others = 0
        assert await joined(map(str, range(5))) == "01234"
        assert others >= 4
        left, seen = 20, list[int]()

        def step() -> bool:
            nonlocal left
            left -= 1
            return left > 0

        await in_turns(step, lambda: seen.append(left))
        assert len(seen) == 19
        task.cancel()


async def test_while_there_is_time_nobody_is_let_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "SLICE", 1e6)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(asyncio.sleep(0))
        assert len(await taken(range(1000))) == 1000
        assert not task.done()
