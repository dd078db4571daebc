"""Every queue of an account with its attributes: the engine beside boto3, alone and with threads."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from tests.bench.endpoint import Plan, serving
from tests.bench.figures import Goal
from tests.bench.worlds import PYTHON, SUBJECTS, world

SEQUENTIAL = 200
"""Queues that sequential boto3 is given; its time is scaled to all of them."""

THREADS = 50

RAW = "aiohttp and a signature, nothing else"


def measure(rounds: int, *, sizes: tuple[int, ...] = (1000, 5000)) -> list[Goal]:
    """Read accounts of these sizes at 0 and 20 ms; one round fewer than asked for the large one."""
    goals = []
    for queues in sizes:
        for latency in (0.0, 20.0):
            goals += _account(max(1, rounds - (queues > 1000)), queues, latency)
    return goals


def _account(rounds: int, queues: int, latency: float) -> list[Goal]:
    alone = f"boto3, one after another (scaled from {min(SEQUENTIAL, queues)})"
    threads = f"boto3, {THREADS} threads"
    title = f"{queues:,} queues with attributes, {latency:.0f} ms"
    large = queues > 1000
    must = (">= 2x vs threads" if large else ">= 35x vs alone") if latency else ""
    goal = Goal(title, "s", must, threads if large else alone, faster=True)
    cpu = Goal(f"{title}: CPU per call", "µs", "<= 4x", RAW)
    with serving(Plan(queues=queues, latency_ms=latency)) as url, world(url) as environment:
        for _ in range(rounds):
            for subject, command in (
                ("engine", ["engine_reading.py", str(queues)]),
                (RAW, ["raw_queues.py", str(queues)]),
                (threads, ["boto3_queues.py", str(queues), str(THREADS), str(queues)]),
                (alone, ["boto3_queues.py", str(queues), "1", str(SEQUENTIAL)]),
            ):
                wall, used = _run(command, environment)
                asked = min(SEQUENTIAL, queues) if subject == alone else queues
                goal.add(subject, wall * queues / asked)
                cpu.add(subject, used * 1e6 / asked)
    return [goal, cpu]


def _run(command: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a subject; its seconds and CPU seconds."""
    ended = subprocess.run(
        [PYTHON, str(SUBJECTS / command[0]), *command[1:]],
        env=dict(environment), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    wall, used = map(float, ended.stdout.split())
    return wall, used
