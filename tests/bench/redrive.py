"""A selective redrive, each step on disk before it is taken, beside a loop of boto3 that keeps nothing."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Mapping

from tests.bench.figures import Goal
from tests.bench.queues import serving
from tests.bench.worlds import PYTHON, SUBJECTS, world

ALONE = "boto3, one after another, no journal"


def measure(rounds: int, *, messages: int = 2000) -> list[Goal]:
    """Move so many messages at 0 and 20 ms; half of them where boto3 waits for each answer."""
    goals = []
    for latency, count in ((0.0, messages), (20.0, max(10, messages // 2))):
        title = f"redrive at {latency:.0f} ms"
        goal = Goal(title, "messages/s", ">= 5x" if latency else "", ALONE)
        for _ in range(rounds):
            for subject, script in (("engine", "engine_redrive.py"), (ALONE, "boto3_redrive.py")):
                goal.add(subject, count / _run(script, count, latency))
        goals.append(goal)
    return goals


def _run(script: str, count: int, latency: float) -> float:
    """Run a subject on queues of its own; its seconds. Every message must have arrived."""
    with serving(count, latency) as url, world(url) as environment:
        seconds = seconds_of(script, count, environment)
        with urllib.request.urlopen(url) as told:
            assert json.load(told) == {"waiting": 0, "hidden": 0, "sent": count}
    return seconds


def seconds_of(script: str, count: int, environment: Mapping[str, str]) -> float:
    """Run a subject in that environment; the seconds that it says."""
    ended = subprocess.run(
        [PYTHON, str(SUBJECTS / script), str(count)],
        env=dict(environment), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return float(ended.stdout.split()[0])
