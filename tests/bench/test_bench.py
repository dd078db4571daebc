"""The measurements run, at sizes at which they mean nothing; nothing here looks at a time."""

from __future__ import annotations

import pytest

from tests.bench import (
    clients,
    fanout,
    heartbeat,
    idle,
    keys,
    painting,
    redrive,
    run,
    scan,
    starting,
)
from tests.bench.figures import Goal, percentile, table


def subjects(goals: list[Goal]) -> set[str]:
    """Who was measured; every figure of theirs is a time or a count."""
    assert all(value >= 0 for goal in goals for values in goal.figures.values() for value in values)
    return {subject for goal in goals for subject in goal.figures}


def test_the_launch_is_measured_to_its_first_row() -> None:
    paint, row, known, cpu = starting.measure(1, queues=3, warmups=0)
    assert {"awstui --go sqs", "minimal Textual app", "python -c pass"} <= subjects([paint])
    assert {"awstui --go sqs", "awstui (home)"} <= subjects([row])
    assert {"awstui --go sqs"} <= subjects([known])
    assert {"awstui --go sqs", "awstui (home)"} <= subjects([cpu])


def test_queues_are_read_by_every_subject() -> None:
    goals = fanout.measure(1, sizes=(30,))
    assert len(subjects(goals)) == 4
    assert "engine" in subjects(goals)


def test_further_clients_are_called_by_both() -> None:
    (goal,) = clients.measure(1)
    assert [len(values) for values in goal.figures.values()] == [7, 7]


def test_both_tables_are_driven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painting, "PAUSE", 0.1)
    goals = painting.measure(1, rows=60, fewer=60, keys=2)
    assert all(len(goal.figures) == 2 for goal in goals)


def test_keys_are_timed_at_rest_and_under_load() -> None:
    (goal,) = keys.measure(1, queues=40, keys=2)
    assert sorted(map(len, goal.figures.values())) == [2, 2]


def test_an_idle_console_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "SETTLED", 0.1)
    interface, engine, written = idle.measure(1, queues=5, seconds=0.2)
    assert len(interface.figures) == len(written.figures) == 4
    assert len(engine.figures) == 3


def test_a_redrive_is_measured_and_nothing_is_lost_by_it() -> None:
    goals = redrive.measure(1, messages=40)
    assert len(subjects(goals)) == 2


def test_a_queue_is_scanned_by_both() -> None:
    goals = scan.measure(1, messages=60)
    assert all(len(goal.figures) == 2 for goal in goals)


def test_both_loops_are_watched_while_everything_happens_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heartbeat, "HELD", 50)
    monkeypatch.setattr(heartbeat, "LINES_PER_SECOND", 40)
    goals = heartbeat.measure(1, queues=30, seconds=1.0)
    assert [goal.title for goal in goals] == ["gap, interface", "gap, engine"]
    assert "all at once" in goals[0].figures
    assert all(goal.notes for goal in goals), "the longest gaps are named"


def test_the_table_gives_medians_and_ratios() -> None:
    goal = Goal("walk", "s", "<= 1x", "yardstick")
    goal.add("yardstick", 1.0, 2.0, 9.0)
    goal.add("subject", 1.0)
    drawn = table([goal])
    assert "0.50x" in drawn
    assert "2 s" in drawn
    assert percentile([1.0, 2.0, 3.0], 1.0) == 3.0


def test_parts_are_chosen_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(rounds: int) -> list[Goal]:
        goal = Goal("the one")
        goal.add("subject", rounds)
        return [goal]

    monkeypatch.setattr(run, "PARTS", {"one": measure})
    assert run.main(["--rounds", "3", "--only", "one"]) == 0
    said = capsys.readouterr().out
    assert "the one" in said
    assert "3 ms" in said
