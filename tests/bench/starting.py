"""From the start of the process to the first paint, and to the first row: AWS's over HTTPS, and the last run's."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.bench.certificates import make
from tests.bench.endpoint import Plan, serving
from tests.bench.figures import Goal
from tests.bench.terminal import Terminal
from tests.bench.worlds import PYTHON, SUBJECTS, aws_command, command, world

FIRST_ROW = "bench-000"
"""Part of a name that only AWS tells."""

KEPT_WITHIN = 20.0
"""Seconds within which the rows of a run have to be kept for the next."""

OURS = "awstui --go sqs"
HOME = "awstui (home)"
MINIMAL = "minimal Textual app"


def measure(rounds: int, *, queues: int = 1000, warmups: int = 1) -> list[Goal]:
    """Launch everything in turn, so often, after rounds that only warm the caches.

    The times of processors are beside those of the clock: on a busy machine they tell more.
    """
    aws = aws_command()
    yardstick = "aws sqs list-queues, whole process" if aws else MINIMAL
    first = Goal("launch → first paint", must="<= 0.65x", yardstick=yardstick)
    row = Goal("launch → first live row, HTTPS", must="<= 1.0x", yardstick=yardstick)
    known = Goal("launch → last-known rows", must="<= 0.7x", yardstick=yardstick)
    cpu = Goal("CPU until the first paint, interface", yardstick=yardstick)
    with tempfile.TemporaryDirectory() as folder:
        own, bundle = make(Path(folder))
        plan = Plan(queues=queues, certificate=str(own))
        with serving(plan) as url, world(url) as environment:
            environment["AWS_CA_BUNDLE"] = str(bundle)
            warm = environment | {"XDG_CACHE_HOME": folder}
            _fill(warm, Path(folder))
            for number in range(-warmups, rounds):
                goals = [first, row, known, cpu] if number >= 0 else [Goal("") for _ in range(4)]
                _launch(goals, environment, warm)
                if aws:
                    _aws(goals, [aws, "--endpoint-url", url, "sqs", "list-queues"], environment)
                with Terminal([PYTHON, str(SUBJECTS / "minimal_textual.py")], environment) as run:
                    spent = run.seconds_until("MINIMAL-SHOWN") * 1000
                    goals[0].add(MINIMAL, spent)
                    goals[3].add(MINIMAL, run.cpu_seconds()[0] * 1000)
                with Terminal([PYTHON, "-c", "pass"], environment) as run:
                    goals[0].add("python -c pass", run.seconds_until_end() * 1000)
    return [first, row, known, cpu]


def _fill(warm: Mapping[str, str], folder: Path) -> None:
    """Run once until its rows are kept for the next run."""
    with Terminal(command("--go", "sqs"), warm) as run:
        run.seconds_until(FIRST_ROW)
        deadline = time.perf_counter() + KEPT_WITHIN
        while not any((folder / "awstui" / "rows").glob("[0-9a-f]*")):
            run.drain(0.1)
            if time.perf_counter() > deadline:
                raise TimeoutError("the rows of a run were not kept")


def _launch(goals: list[Goal], environment: Mapping[str, str], warm: Mapping[str, str]) -> None:
    """One launch of each kind; what is last known is known to ``warm`` alone."""
    first, row, known, cpu = goals
    for subject, words, mark in ((OURS, ("--go", "sqs"), FIRST_ROW), (HOME, (), "queues")):
        with (
            tempfile.TemporaryDirectory() as nothing,
            Terminal(command(*words), {**environment, "XDG_CACHE_HOME": nothing}) as run,
        ):
            first.add(subject, run.seconds_until("awstui") * 1000)
            cpu.add(subject, run.cpu_seconds()[0] * 1000)
            row.add(subject, run.seconds_until(mark) * 1000)
    with Terminal(command("--go", "sqs"), warm) as run:
        known.add(OURS, run.seconds_until(FIRST_ROW) * 1000)


def _aws(goals: list[Goal], listing: list[str], environment: Mapping[str, str]) -> None:
    """One listing by the AWS command line, from its start to its end."""
    before = _children()
    with Terminal(listing, environment) as run:
        run.seconds_until(FIRST_ROW)
        spent = run.seconds_until_end() * 1000
    used = (_children() - before) * 1000
    for goal, figure in zip(goals, (spent, spent, spent, used), strict=True):
        goal.add(goal.yardstick or "aws", figure)


def _children() -> float:
    """Seconds of processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
