"""A scan of a whole queue, spooled to disk and given back, beside a loop of boto3 that does the same in memory."""

from __future__ import annotations

import json
import urllib.request

from tests.bench.figures import Goal
from tests.bench.queues import serving
from tests.bench.redrive import seconds_of
from tests.bench.worlds import world

ALONE = "boto3, one after another, nothing spooled"


def measure(rounds: int, *, messages: int = 4000) -> list[Goal]:
    """See so many messages at 0 and 20 ms; a quarter of them where boto3 waits for each answer."""
    goals = []
    for latency, count in ((0.0, messages), (20.0, max(10, messages // 4))):
        goal = Goal(f"scan at {latency:.0f} ms", "messages/s", "", ALONE)
        for _ in range(rounds):
            for subject, script in (("engine", "engine_scan.py"), (ALONE, "boto3_scan.py")):
                goal.add(subject, count / _run(script, count, latency))
        goals.append(goal)
    return goals


def _run(script: str, count: int, latency: float) -> float:
    """Run a subject on a queue of its own; its seconds. Every message must be visible again."""
    with serving(count, latency) as url, world(url) as environment:
        seconds = seconds_of(script, count, environment)
        with urllib.request.urlopen(url) as told:
            assert json.load(told) == {"waiting": count, "hidden": 0, "sent": 0}
    return seconds
