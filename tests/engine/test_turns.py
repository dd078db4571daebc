"""Answers that arrive at once are taken a few in each turn of the loop, and it is known how late that is."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from awstui.engine import turns as subject
from awstui.engine.turns import WAITED, Lateness, Turns, Waited


@pytest.fixture
def _no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time is left in a turn but for the first."""
    monkeypatch.setattr(subject, "SLICE", 0.0)


@pytest.mark.usefixtures("_no_time")
async def test_what_is_ready_at_once_is_taken_in_one_turn_each() -> None:
    turns, turn = Turns(), 0
    taken: list[int] = []

    async def one() -> None:
        await turns.take()
        taken.append(turn)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one()) for _ in range(20)]
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            turn += 1
    assert len(set(taken)) == 20, "each has a turn of its own"
    assert turn < 80


async def test_however_much_time_there_is_not_all_are_taken_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subject, "SLICE", 1e6)
    turns, taken = Turns(), 0

    async def one() -> None:
        nonlocal taken
        await turns.take()
        taken += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(3 * subject.MOST):
            group.create_task(one())
        await asyncio.sleep(0)
        assert taken == subject.MOST
    assert taken == 3 * subject.MOST


@pytest.mark.usefixtures("_no_time")
async def test_one_that_is_cancelled_holds_up_nobody() -> None:
    turns = Turns()
    async with asyncio.TaskGroup() as group:
        _, second, third = [group.create_task(turns.take()) for _ in range(3)]
        await asyncio.sleep(0)
        second.cancel()
    assert second.cancelled()
    assert third.done()


@pytest.mark.usefixtures("_no_time")
async def test_it_is_known_how_long_a_task_waited_for_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(
        subject, "time", SimpleNamespace(monotonic=lambda: now, perf_counter=lambda: now)
    )
    WAITED.set(waited := Waited())
    turns = Turns()
    async with asyncio.TaskGroup() as group:
        group.create_task(turns.take())
        group.create_task(turns.take())
        await asyncio.sleep(0)
        assert waited.seconds == 0
        now = 3.0
    assert waited.seconds == 3


async def test_what_the_loop_is_late_is_measured_while_it_is_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 10.0
    monkeypatch.setattr(subject, "time", SimpleNamespace(monotonic=lambda: now))
    lateness = Lateness()
    assert lateness.total == 0
    lateness.watch()
    now += subject.BEAT
    lateness.watch()
    assert lateness.total == 0, "it was in time"
    now += subject.BEAT + 2
    assert lateness.total == pytest.approx(2), "it has not come yet"
    lateness.watch()
    now += subject.BEAT + 1
    lateness.watch()
    assert lateness.total == pytest.approx(3)
    lateness.end()
    now += 5
    assert lateness.total == pytest.approx(3)
