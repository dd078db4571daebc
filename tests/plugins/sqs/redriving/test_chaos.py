"""The redrive is killed at every boundary of its requests, and at random: nothing is ever lost."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from tests.faults.proxy import FaultProxy
from tests.faults.rules import When
from tests.plugins.sqs.redriving.chaos import Chaos, Counts, Kill

REQUESTS = ("ReceiveMessage", "SendMessageBatch", "DeleteMessageBatch")
POINTS: tuple[When, ...] = ("before", "after_upstream", "after_answer")
KINDS = pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """An empty account on a real server."""
    with DemoServer.running(seed=False, drive=False) as running:
        yield running


@pytest.fixture
def proxy(server: DemoServer) -> Iterator[FaultProxy]:
    with FaultProxy.running(server.url) as running:
        yield running


def check(counts: Counts, *, fifo: bool) -> None:
    """What must be so after every chaos."""
    assert counts.lost == 0
    assert counts.doubled == 0, "nothing is sent twice by itself"
    assert counts.changed == 0
    assert counts.disordered == 0
    assert counts.unexplained == 0, "what is in both queues is known to be"
    if fifo:
        assert counts.in_both == 0


@KINDS
def test_killed_where_it_matters_most(
    server: DemoServer, proxy: FaultProxy, tmp_path: Path, *, fifo: bool
) -> None:
    chaos = Chaos(server.url, proxy, tmp_path, fifo)
    chaos.fill(120)
    kills = [Kill("SendMessageBatch", when, skip=1) for when in POINTS]
    kills += [Kill("DeleteMessageBatch", when) for when in POINTS[: 1 + (not fifo)]]
    kills += [Kill("ReceiveMessage", "after_upstream", skip=1)] if fifo else []
    for kill in kills:
        chaos.killed(kill, enough=40)
    counts = chaos.finish()
    sys.stdout.write(f"\nchaos, {'fifo' if fifo else 'standard'}: {asdict(counts)}\n")
    assert counts.kills == len(kills)
    check(counts, fifo=fifo)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@KINDS
def test_killed_at_every_request_often_and_at_random(
    server: DemoServer, proxy: FaultProxy, tmp_path: Path, *, fifo: bool
) -> None:
    chaos, chance = Chaos(server.url, proxy, tmp_path, fifo), random.Random(7)
    chaos.fill(500)
    kills = [Kill(one, when, skip) for one in REQUESTS for when in POINTS for skip in range(5)]
    kills += [Kill(after=chance.uniform(0.6, 4.0)) for _ in range(30)]
    chance.shuffle(kills)
    for kill in kills:
        chaos.killed(kill, enough=160)
    counts = chaos.finish()
    sys.stdout.write(f"\nchaos, {'fifo' if fifo else 'standard'}, large: {asdict(counts)}\n")
    assert counts.kills >= len(kills) * 0.6
    check(counts, fifo=fifo)
