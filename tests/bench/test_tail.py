"""The measurements of a tail run, at sizes at which they mean nothing, and judge as they should."""

from __future__ import annotations

from tests.bench import tail
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
