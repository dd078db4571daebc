"""A redrive over queues that fail, in a process that dies: whatever happens, nothing is lost."""

from __future__ import annotations

from collections import Counter

import pytest

from awstui.plugin import Row
from plugins.sqs.redriving.ledger import Ledger, NotSoError, State
from plugins.sqs.redriving.operation import Operation
from tests.plugins.sqs.redriving.driver import Died, Driver, added_up
from tests.plugins.sqs.redriving.world import World

ARN = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq"


def operation(*, fifo: bool = False) -> Operation:
    return Operation(ident="0a1b2c3d", queue="here", arn=ARN + (".fifo" if fifo else ""))


def lived_through(world: World, *, dies: float) -> tuple[Ledger, int]:
    """Run until it ends, begun again after each death; the ledger, and how often it died."""
    redrive, disk, deaths = operation(fifo=bool(world.groups)), list[Row](), 0
    while True:
        try:
            Driver(world, redrive, disk, dies=dies).run()
        except Died:
            deaths += 1
            world.now += world.chance.choice((1, 10, 150, 400))
            continue
        return added_up(disk), deaths


@pytest.mark.parametrize("groups", [0, 7], ids=["standard", "fifo"])
@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_lost_nor_sent_twice(seed: int, groups: int) -> None:
    world = World(60, seed, groups=groups, faults=(0.0, 0.05, 0.2)[seed % 3])
    ledger, _ = lived_through(world, dies=(0.0, 0.02, 0.1)[seed // 3 % 3])
    assert not world.missing()
    times = Counter(body for _, body in world.taken)
    assert max(times.values(), default=1) == 1
    bodies = {f"m{n:04}": f"body {n}" for n in range(60)}
    for ident, known in ledger.known.items():
        if known.state in (State.SENT, State.DONE):
            assert times[bodies[ident]] == 1
        if known.state is State.DONE:
            assert ident not in world.dead
        if known.state in (State.CLAIMED, State.SKIPPED, State.RELEASED):
            assert not times[bodies[ident]]
            assert ident in world.dead
    for ident in world.dead:
        if times[bodies[ident]]:
            # In both queues: only what a person is told of, or what is deleted as soon as it comes.
            assert ledger.state(ident) in (State.UNKNOWN, State.SENT, State.DONE)


@pytest.mark.parametrize("seed", range(60))
def test_a_group_keeps_its_order(seed: int) -> None:
    world = World(60, seed, groups=4, faults=(0.05, 0.2)[seed % 2])
    ledger, _ = lived_through(world, dies=(0.0, 0.05)[seed // 2 % 2])
    for group in range(4):
        order = [int(body.split()[1]) for held, body in world.taken if held == f"g{group}"]
        assert order == sorted(order)
        for ident in ledger.idents(State.UNKNOWN, State.SKIPPED):
            failed = int(ident[1:])
            if failed % 4 == group:
                assert not [n for n in order if n > failed], "nothing overtakes one that failed"


def test_a_fifo_message_is_sent_again_only_while_its_id_is_known() -> None:
    ledger = added_up([{"kind": "journaled", "id": "a", "at": 100.0, "likeness": "x"}])
    assert ledger.doubts(fifo=True, now=370.0) == []
    assert [line["kind"] for line in ledger.doubts(fifo=True, now=390.0)] == ["unknown"]
    assert [line["kind"] for line in ledger.doubts(fifo=False, now=100.0)] == ["unknown"]
    for late, expected in ((370.0, None), (390.0, State.UNKNOWN)):
        lines = [{"kind": "journaled", "id": "m0000", "at": 100.0, "likeness": "x", "group": "g0"}]
        world = World(1, 0, groups=1, faults=0.0, now=late)
        driver = Driver(world, operation(fifo=True), lines, dies=0.0)
        driver.run()
        assert driver.course.ledger.state("m0000") is (expected or State.DONE)


def test_a_doubtful_one_that_waits_too_long_is_given_up() -> None:
    world = World(1, 0, groups=1, faults=0.0)
    driver = Driver(world, operation(fifo=True), [], dies=0.0)
    driver.receive()
    batch = driver.outbox.batch(world.now, 10)
    assert batch is not None
    driver.outbox.journal(batch, world.now)
    assert driver.outbox.unanswered(batch, "lost", world.now) == []
    assert driver.outbox.late(world.now + 100) == []
    assert [line["kind"] for line in driver.outbox.late(world.now + 290)] == ["unknown"]


@pytest.mark.parametrize("groups", [0, 3], ids=["standard", "fifo"])
def test_without_faults_all_of_it_goes(groups: int) -> None:
    world = World(95, 1, groups=groups, faults=0.0)
    ledger, _ = lived_through(world, dies=0.0)
    assert not world.dead
    assert ledger.counts() == {"done": 95, "bounced": 0}


def test_the_process_did_die_and_answers_were_lost() -> None:
    """The test above can fail: the faults it is about do happen."""
    deaths, unknown = 0, 0
    for seed in range(12):
        world = World(60, seed, faults=0.2)
        ledger, died = lived_through(world, dies=0.1)
        deaths, unknown = deaths + died, unknown + ledger.counts()["unknown"]
    assert deaths > 20
    assert unknown > 20


@pytest.mark.parametrize(
    "lines",
    [
        [{"kind": "sent", "id": "a", "new": "b", "at": 1.0}],
        [{"kind": "done", "id": "a"}],
        [
            {"kind": "journaled", "id": "a", "at": 1.0, "likeness": "x"},
            {"kind": "unknown", "id": "a", "why": ""},
            {"kind": "done", "id": "a"},
        ],
        [
            {"kind": "journaled", "id": "a", "at": 1.0, "likeness": "x"},
            {"kind": "unknown", "id": "a", "why": ""},
            {"kind": "journaled", "id": "a", "at": 2.0, "likeness": "x"},
        ],
        [
            {"kind": "journaled", "id": "a", "at": 1.0, "likeness": "x"},
            {"kind": "sent", "id": "a", "new": "b", "at": 1.0},
            {"kind": "journaled", "id": "a", "at": 2.0, "likeness": "x"},
        ],
    ],
)
def test_what_must_never_be_is_refused(lines: list[Row]) -> None:
    with pytest.raises(NotSoError):
        added_up(lines)
