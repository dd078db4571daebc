"""How long either loop is ever held, while everything happens at once: ``python -m tests.bench.heartbeat``.

In one half of the screen a list of ten thousand queues refreshes each second, in the other a tail takes 500
lines a second from the engine, and over either of them messages of 1 MiB are opened and read, in turn: much
JSON, one single line, and values by the hundred thousand.
Prints the median, the 99th percentile and the longest gap of the interface's and of the engine's loop, and
what the longest ones were spent on. A gap counts the time that the machine gave to others; how much of it the
loop was at work itself stands beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench.endpoint import Plan, serving
from tests.bench.figures import Goal, percentile
from tests.bench.tail import busy
from tests.bench.terminal import Terminal
from tests.bench.worlds import PYTHON, SUBJECTS, world

MUST = "p99 < 50, longest < 250 ms"
LOOPS = ("interface", "engine")
LINES_PER_SECOND, HELD = 500, 5_000
"""Log lines that come each second, and those that were there before."""

PATIENCE = 300.0


def measure(rounds: int, *, queues: int = 10_000, seconds: float = 16.0) -> list[Goal]:
    """Gaps of both loops, and what caused the longest; a round is one run of the whole scenario."""
    goals = {name: Goal(f"gap, {name}", "ms", MUST) for name in LOOPS}
    for _ in range(max(1, rounds // 5)):
        for name, report in reports(queues, seconds).items():
            for gap, _, phase in report["gaps"]:
                goals[name].add(phase, max(gap, 0.0) * 1000)
            goals[name].notes += causes(report)
    return list(goals.values())


def reports(queues: int, seconds: float) -> dict[str, Any]:
    """What the hearts of interface and engine have written."""
    plan = Plan(queues=queues, changing=queues // 5)
    with (
        serving(plan) as url, busy(HELD, LINES_PER_SECOND) as logs, world(url) as environment,
    ):  # fmt: skip
        folder = Path(environment["HOME"])
        environment["AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"] = logs
        command = [PYTHON, str(SUBJECTS / "hearts.py"), str(folder), str(queues), str(seconds)]
        with Terminal(command, environment) as run:
            waited = 0.0
            while not run.ended and waited < PATIENCE:
                run.drain(0.5)
                waited += 0.5
        seen = json.loads((folder / "seen.json").read_text())
        if seen["queues"] != queues or seen["lines"] < HELD:
            raise RuntimeError(f"it was not what was to be measured: {seen}")
        return {name: json.loads((folder / f"{name}.json").read_text()) for name in LOOPS}


def causes(report: dict[str, Any]) -> list[str]:
    """The longest gaps, and where the loop was most of the time during each."""
    lines: list[str] = []
    for held in report["held"]:
        often = Counter(held["stacks"]).most_common(3)
        own = f"{held['own'] * 1000:.0f} of them at work"
        lines.append(f"{held['gap'] * 1000:6.0f} ms, {own}: {held['phase']}")
        lines += [f"           {count:3} × {stack}" for stack, count in often]
    return lines


def main(words: list[str] | None = None) -> int:
    """Run it once, and print the gaps and what caused the longest."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--queues", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=16.0, help="how long (16)")
    given = parser.parse_args(words)
    for name, report in reports(given.queues, given.seconds).items():
        gaps = [max(gap, 0.0) * 1000 for gap, _, _ in report["gaps"]]
        figures = f"p50 {percentile(gaps, 0.5):.1f}  p99 {percentile(gaps, 0.99):.1f}"
        own = max(own for _, own, _ in report["gaps"]) * 1000
        print(f"{name}: {figures}  longest {max(gaps):.0f} ms, longest at work {own:.0f} ms")
        print("\n".join(causes(report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
