"""The redrive is killed at every boundary of its requests, and at random: nothing is ever lost."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from tests.faults.proxy import FaultProxy
from tests.faults.rules import When
from tests.plugins.sqs.redriving.chaos import STAY, Chaos, Counts, Kill

REQUESTS = ("ReceiveMessage", "SendMessageBatch", "DeleteMessageBatch")
HIDES = "ChangeMessageVisibilityBatch"
SKIPS = (0, 1, 3, 6, 11)
"""How many requests of a kind go through before the one it dies at: all along a run."""

POINTS: tuple[When, ...] = ("before", "after_upstream", "after_answer")
AT_ONCE = 4
"""Redrives that die beside one another: most of a death is waiting for what it left hidden."""

KINDS = pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """An empty account on a real server."""
    with DemoServer.running(seed=False, drive=False) as running:
        yield running


def check(counts: Counts, *, fifo: bool) -> None:
    """What must be so after every chaos."""
    assert counts.lost == 0
    assert counts.doubled == 0, "nothing is sent twice by itself"
    assert counts.changed == 0
    assert counts.disordered == 0
    assert counts.unexplained == 0, "what is in both queues is known to be"
    assert counts.in_both <= counts.unknown, "a send's reply was not seen"
    assert counts.stayed >= STAY, "what was not chosen stays"
    if fifo:
        assert counts.in_both == 0


def dying(url: str, home: Path, kills: list[Kill], count: int, *, fifo: bool) -> Counts:
    """One pair of queues, and all these deaths of the redrive between them."""
    with FaultProxy.running(url) as proxy:
        chaos = Chaos(url, proxy, home, fifo)
        chaos.fill(count)
        for kill in kills:
            chaos.killed(kill, enough=count // 2)
        return chaos.finish()


def died(server: DemoServer, home: Path, kills: list[Kill], count: int, *, fifo: bool) -> Counts:
    """All these deaths, over some pairs of queues with so many messages each; checked and counted."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = [
            pool.submit(dying, server.url, home / str(n), kills[n::AT_ONCE], count, fifo=fifo)
            for n in range(AT_ONCE)
        ]
    total: Counter[str] = Counter()
    for end in ends:
        total.update(asdict(end.result()))
    sys.stdout.write(f"\nchaos, {'fifo' if fifo else 'standard'}: {dict(total)}\n")
    counts = Counts(**total)
    check(counts, fifo=fifo)
    return counts


@KINDS
def test_killed_where_it_matters_most(server: DemoServer, tmp_path: Path, *, fifo: bool) -> None:
    kills = [Kill("SendMessageBatch", when, skip=1) for when in POINTS]
    kills += [Kill("DeleteMessageBatch", when) for when in POINTS]
    kills += [Kill("ReceiveMessage", "after_upstream", skip=1), Kill(HIDES, "after_upstream")]
    assert died(server, tmp_path, kills, 60, fifo=fifo).kills == len(kills)


@pytest.mark.slow
@pytest.mark.timeout(900)
@KINDS
def test_killed_at_every_request_often_and_at_random(
    server: DemoServer, tmp_path: Path, *, fifo: bool
) -> None:
    chance = random.Random(7)
    kills = [Kill(one, when, skip) for one in REQUESTS for when in POINTS for skip in SKIPS]
    kills += [Kill(HIDES, when) for when in POINTS for _ in range(3)]
    kills += [Kill(after=chance.uniform(0.1, 2.0)) for _ in range(30)]
    chance.shuffle(kills)
    assert died(server, tmp_path, kills, 300, fifo=fifo).kills >= len(kills) * 0.9
