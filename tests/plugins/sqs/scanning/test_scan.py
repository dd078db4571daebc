"""When a scan is over, and whether that was all: against a queue that gives what it likes."""

from __future__ import annotations

import random

import pytest

from plugins.sqs.scanning.scan import HOLD_MAX, MARGIN, Scan, hold_for, receivers


def message(number: int) -> dict[str, str]:
    return {"MessageId": str(number)}


@pytest.mark.parametrize(("about", "width"), [(0, 4), (420, 4), (600, 6), (5_000, 8), (10**6, 8)])
def test_it_is_as_wide_as_there_is_to_do(about: int, width: int) -> None:
    assert receivers(about) == width


def test_messages_are_hidden_for_the_estimated_time_and_a_minute() -> None:
    assert hold_for(0) == 60
    assert hold_for(4_000) == 4_000 // 160 + 60
    assert hold_for(10**9) == HOLD_MAX
    assert hold_for(4_000, asked=90) == 90


@pytest.mark.parametrize("seed", range(20))
def test_a_drained_queue_is_complete_whatever_order_and_repetitions(seed: int) -> None:
    chance = random.Random(seed)
    total = chance.randint(0, 300)
    left = [message(n) for n in range(total)]
    chance.shuffle(left)
    state = Scan(about=total, hidden=0, hold=1000, started=0.0)
    now, polls = 0.0, 0
    while not state.stop(now):
        polls += 1
        began, now = now, now + chance.random()
        brought = [left.pop() for _ in range(min(len(left), chance.randint(0, 10)))]
        again = [message(chance.randrange(total))] if brought and chance.random() < 0.2 else []
        known = set(state.seen)
        new = state.take(brought + again + brought[:1], began, now)
        assert {one["MessageId"] for one in new} == {
            one["MessageId"] for one in brought + again
        } - known
        if not left and polls > 2000:
            pytest.fail("it never ends")
    found = state.found("", visible=len(left))
    assert found.seen == total - len(left)
    assert found.complete == (not left)


def test_three_empty_polls_in_two_rounds_are_needed() -> None:
    state = Scan(about=1, hidden=0, hold=1000, started=0.0)
    state.take([message(1)], 0.0, 5.0)
    for _ in range(4):
        state.take([], 4.0, 6.0)  # begun before the message came
        assert state.stop(6.0) == ""
    for _ in range(4):
        state.take([], 6.0, 7.0)  # one round: all of them at once
        assert state.stop(7.0) == ""
    state.take([], 7.0, 8.0)
    assert "long polls" in state.stop(8.0)


def test_one_message_in_between_begins_the_count_anew() -> None:
    state = Scan(about=2, hidden=0, hold=1000, started=0.0)
    for now in (1.0, 2.0):
        state.take([], now, now + 1)
    state.take([message(1)], 3.0, 4.0)
    state.take([], 4.0, 5.0)
    assert state.stop(5.0) == ""


def test_it_stops_before_the_first_message_would_show_up_again() -> None:
    state = Scan(about=1000, hidden=0, hold=100, started=0.0)
    state.take([message(1)], 0.0, 1.0)
    assert state.stop(100 - MARGIN - 1) == ""
    why = state.stop(100 - MARGIN)
    assert state.found(why, visible=999).sentence == "incomplete: 1 of about 1,000"


def test_counts_that_lag_make_nothing_incomplete_that_was_seen() -> None:
    state = Scan(about=2, hidden=0, hold=100, started=0.0)
    state.take([message(1), message(2)], 0.0, 1.0)
    for now in (2.0, 3.0, 4.0):
        state.take([], now, now + 1)
    assert state.found("", visible=2).complete
    assert state.found("", visible=2).sentence == "complete: 2 messages"


def test_fewer_than_the_count_says_is_incomplete_and_says_so() -> None:
    state = Scan(about=412, hidden=0, hold=100, started=0.0)
    state.take([message(n) for n in range(380)], 0.0, 1.0)
    for now in (2.0, 3.0, 4.0):
        state.take([], now, now + 1)
    found = state.found(state.stop(5.0), visible=32)
    assert found.sentence == "incomplete: 380 of about 412"
    assert "about 32 more are there" in found.why
    gone = state.found(state.stop(5.0), visible=0)
    assert gone.complete, "somebody else took the rest: what is there was seen"
