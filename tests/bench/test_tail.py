"""The measurements of a tail run, at sizes at which they mean nothing, and judge as they should."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench import tail
from tests.bench.figures import Goal, table
from tests.bench.subjects import million_lines
from tests.plugins.logs.peers import PEERS


async def test_losses_are_counted_for_everybody() -> None:
    lost, twice = await tail.losses(200, seconds=100, run=290)
    assert lost.figures[tail.OURS] == twice.figures[tail.OURS] == [0]
    assert len(lost.figures) == len(PEERS) + 2
    assert all(sum(lost.figures[name]) > 0 for name in PEERS)


def test_both_kinds_of_keeping_lines_are_measured() -> None:
    assert million_lines.in_store(5000).keys() - million_lines.in_list(5000).keys() == {
        "hitch",
        "slice",
        "search",
        "context",
        "late",
        "bars",
    }


async def test_the_programs_themselves_are_run_beside_each_other() -> None:
    lost, twice = await tail.live_losses(0.5, late=(0.1, 0.2), rest=2.0)
    assert "0.1 to 0.2 s late" in lost.title
    assert len(lost.figures[tail.OURS]) == len(twice.figures[tail.OURS]) == 1
    assert 0 <= lost.figures[tail.OURS][0] <= 10


def test_lines_written_and_keys_pressed_are_measured() -> None:
    throughput, key = Goal("written", "lines/s"), Goal("key", "ms")
    tail.written(throughput, 50)
    assert throughput.figures[tail.OURS][0] > 0
    tail.pressed(key, "busy", 100, 2, settle=0.1)
    assert len(key.figures["busy"]) == 2
    assert all(0 < figure < 5000 for figure in key.figures["busy"])


def test_all_that_there_is_to_say_of_a_tail_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    async def losing(count: float) -> list[Goal]:
        return [Goal(f"lost of {count:g}")]

    def adding(goal: Goal, *_: Any, **__: Any) -> None:
        goal.add(tail.OURS, 1.0)

    for name in ("losses", "live_losses"):
        monkeypatch.setattr(tail, name, losing)
    for name in ("written", "pressed"):
        monkeypatch.setattr(tail, name, adding)
    goals = tail.measure(1, events=7, live=3, million=2000)
    titles = [goal.title for goal in goals]
    assert titles[:2] == ["lost of 7", "lost of 3"]
    assert any(title.startswith("2,000 lines: n, e, r") for title in titles)
    assert all(goal.figures for goal in goals[2:])
    assert tail.OURS in table(goals[2:])
