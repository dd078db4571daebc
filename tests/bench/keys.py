"""From a key to its paint while the engine asks for the attributes of thousands of queues, and while it rests."""

from __future__ import annotations

from tests.bench.endpoint import Plan, serving
from tests.bench.figures import Goal
from tests.bench.starting import FIRST_ROW
from tests.bench.terminal import Terminal
from tests.bench.worlds import command, world

DOWN, UP = b"\x1b[B", b"\x1b[A"
CURSOR = "▌".encode()
"""What only the row under the cursor shows."""


def measure(rounds: int, *, queues: int = 5000, keys: int = 40) -> list[Goal]:
    """Move the cursor in the list of queues, at rest and while a refresh calls for each queue."""
    goal = Goal("key → paint", "ms", "p95 < 30 ms busy", "at rest")
    busy = f"while {queues:,} calls run"
    with serving(Plan(queues=queues, latency_ms=2)) as url, world(url) as environment:
        for _ in range(rounds):
            with Terminal(command("--go", "sqs"), environment) as run:
                run.seconds_until(FIRST_ROW)
                run.drain(0.5)
                _press(run, goal, busy, keys)
                run.quiet(
                    0.4, timeout=60
                )  # between two ticks of the clock nothing is painted any more
                _press(run, goal, "at rest", keys)
    return [goal]


def _press(run: Terminal, goal: Goal, subject: str, keys: int) -> None:
    for number in range(keys):
        goal.add(subject, run.key(UP if number % 2 else DOWN, CURSOR))
        run.drain(0.05)
