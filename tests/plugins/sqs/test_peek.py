"""The safe peek against a queue that behaves as AWS does: what is seen, what it costs, what is given back."""

from __future__ import annotations

import random

import pytest

from plugins.sqs.peek import Peek, hold_for, preflight
from tests.plugins.sqs.model import ModelQueue


def run(queue: ModelQueue, *, want: int, hold: int, fifo: bool = False) -> tuple[Peek, str, float]:
    """Peek as the job does, in the model's time: each poll takes up to a second."""
    now = 1000.0
    peek = Peek(want, hold, now, fifo)
    while not (why := peek.stop(now)):
        peek.take(queue.receive(peek.ask, hold, now), now)
        now += queue.chance.uniform(0.05, 1.0)
    return peek, why, now


@pytest.mark.parametrize("seed", range(200))
def test_a_peek_sees_each_message_once_and_gives_everything_back(seed: int) -> None:
    chance = random.Random(seed)
    count, want = chance.randint(0, 60), chance.randint(1, 40)
    queue = ModelQueue(count, seed, lives=chance.choice([0, 3, 5]), duplicates=chance.random() / 2)
    peek, why, now = run(queue, want=want, hold=chance.choice([5, 15, 60]))
    assert why
    assert len(peek.held) <= want
    assert set(peek.held) == set(queue.hidden(now)), "what is hidden is what is known to be held"
    assert now - peek.started <= peek.hold, (
        "nothing may expire while others are still being received"
    )
    for idents, entries in list(peek.releases()):
        assert len(entries) <= 10
        assert peek.released(idents, queue.release(entries, now)) == []
    assert queue.hidden(now) == [], "every newest handle was used"
    assert peek.held == {}


@pytest.mark.parametrize("seed", range(50))
def test_without_duplicates_a_peek_costs_one_life_and_loses_none(seed: int) -> None:
    queue = ModelQueue(30, seed, lives=3)
    run(queue, want=30, hold=60)
    assert queue.most_receives() <= 1
    assert queue.dead == []


@pytest.mark.parametrize("seed", range(30))
def test_a_fifo_peek_sees_no_more_than_the_head_of_each_group(seed: int) -> None:
    queue = ModelQueue(40, seed, groups=4)
    peek, _, _ = run(queue, want=40, hold=30, fifo=True)
    per_poll = {m.group for m in queue.messages if m.ident in peek.held}
    assert len(per_poll) <= 4
    assert queue.most_receives() <= 1


def test_an_empty_queue_is_called_empty_only_after_three_long_polls() -> None:
    peek = Peek(10, 15, 0.0)
    peek.take([], 0.0)
    peek.take([], 1.0)
    assert peek.stop(2.0) == ""
    peek.take([], 2.0)
    assert "3 long polls" in peek.stop(3.0)


def test_one_message_between_empty_polls_starts_the_count_anew() -> None:
    peek = Peek(10, 60, 0.0)
    peek.take([], 0.0)
    peek.take([], 1.0)
    peek.take([{"MessageId": "a", "ReceiptHandle": "1"}], 2.0)
    peek.take([], 3.0)
    peek.take([], 4.0)
    assert peek.stop(5.0) == ""


def test_receiving_stops_at_half_of_the_hold() -> None:
    peek = Peek(100, 15, 0.0)
    peek.take([{"MessageId": "a", "ReceiptHandle": "1"}], 0.0)
    assert peek.stop(7.4) == ""
    assert "Half" in peek.stop(7.5)


def test_a_head_that_comes_round_again_stops_the_peek() -> None:
    peek = Peek(100, 60, 0.0)
    head = [{"MessageId": name, "ReceiptHandle": name} for name in "abc"]
    for at in range(3):
        peek.take(head, float(at))
    assert "same ones" in peek.stop(4.0)


def test_of_duplicates_the_newest_handle_and_deadline_are_kept() -> None:
    peek = Peek(10, 15, 0.0)
    fresh = peek.take(
        [
            {"MessageId": "a", "ReceiptHandle": "old"},
            {"MessageId": "a", "ReceiptHandle": "new"},
        ],
        1.0,
    )
    assert [message["ReceiptHandle"] for message in fresh] == ["new"]
    peek.take([{"MessageId": "a", "ReceiptHandle": "newest"}], 4.0)
    ((_, entries),) = peek.releases()
    assert [entry["ReceiptHandle"] for entry in entries] == ["newest"]
    assert peek.until() == 19.0


def test_what_expired_is_not_released_and_failures_that_matter_are_kept() -> None:
    peek = Peek(10, 15, 0.0)
    peek.take([{"MessageId": "a", "ReceiptHandle": "1"}], 0.0)
    peek.take([{"MessageId": "b", "ReceiptHandle": "2"}], 5.0)
    assert peek.drop_expired(15.0) == ["a"]
    ((idents, entries),) = peek.releases()
    assert idents == ["b"]
    failures = [
        {"Id": "0", "Code": "InternalError"},
        {"Id": "1", "Code": "AWS.SimpleQueueService.ReceiptHandleIsInvalid"},
    ]
    assert peek.released(idents, failures) == failures[:1]
    assert entries[0]["VisibilityTimeout"] == 0


@pytest.mark.parametrize(
    ("lives", "before", "verdict"),
    [(1, 0, "refuse"), (2, 0, "refuse"), (3, 0, "warn"), (5, 0, "warn"), (6, 0, "ok"),
     (6, 1, "warn"), (0, 3, "ok")],
)  # fmt: skip
def test_the_verdict_follows_the_lives_a_look_would_take(
    lives: int, before: int, verdict: str
) -> None:
    judged = preflight(
        lives=lives, fifo=False, dead_letter=False, want=10, consumers=0, peeks_before=before
    )
    assert judged.verdict == verdict


def test_the_preflight_says_what_a_peek_costs() -> None:
    judged = preflight(lives=5, fifo=True, dead_letter=False, want=10, consumers=2)
    said = " ".join(judged.why)
    assert "1 of 5 lives" in said
    assert "head of each group" in said
    assert "2 functions" in said


def test_messages_are_held_briefly_where_consumers_wait() -> None:
    assert hold_for(dead_letter=False, want=50) == 15
    assert hold_for(dead_letter=True, want=10) == 30
    assert hold_for(dead_letter=True, want=100) == 60
    assert hold_for(dead_letter=False, want=10, asked=1) == 5
    assert hold_for(dead_letter=False, want=10, asked=9999) == 300
