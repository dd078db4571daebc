"""The redrive is killed at every boundary of its requests, and at random: nothing is ever lost."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
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
"""How many requests of a kind go through before the one it dies at: at its beginning, and all along a run."""

POINTS: tuple[When, ...] = ("before", "after_upstream", "after_answer")
AT_ONCE = 4
"""Redrives that die beside one another: most of a death is waiting for what it left hidden."""

KINDS = pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])


@pytest.fixture(scope="module")
def server(empty_server: DemoServer) -> DemoServer:
    """An empty account on a real server."""
    return empty_server


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


def everywhere(skips: Sequence[int], often: int) -> list[Kill]:
    """A death at every kind of request, before, within and after it, and some at random moments."""
    chance = random.Random(7)
    kills = [Kill(one, when, skip) for one in REQUESTS for when in POINTS for skip in skips]
    kills += [Kill(HIDES, when) for when in POINTS for _ in range(often)]
    kills += [Kill(after=chance.uniform(0.1, 2.0)) for _ in range(10 * often)]
    chance.shuffle(kills)
    return kills


@pytest.mark.slow
@KINDS
def test_killed_at_every_request_and_at_random(
    server: DemoServer, tmp_path: Path, *, fifo: bool
) -> None:
    kills = everywhere(SKIPS[:2], 1)
    assert died(server, tmp_path, kills, 80, fifo=fifo).kills >= len(kills) * 0.9


@pytest.mark.soak
@pytest.mark.timeout(1800)
@KINDS
def test_killed_all_along_thousands_of_messages(
    server: DemoServer, tmp_path: Path, *, fifo: bool
) -> None:
    kills = everywhere(SKIPS, 3)
    assert died(server, tmp_path, kills, 300, fifo=fifo).kills >= len(kills) * 0.9
