"""How long either loop is ever held, while everything happens at once: ``python tests/bench/heartbeat.py``.

All panes refresh against ten thousand queues, a message of 1 MiB opens, 500 log lines arrive each second.
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
from tests.bench.terminal import Terminal
from tests.bench.worlds import PYTHON, SUBJECTS, world

MUST = "p99 < 50, longest < 250 ms"
PATIENCE = 300.0


def measure(rounds: int, *, queues: int = 10_000, seconds: float = 8.0) -> list[Goal]:
    """Gaps of both loops; a round is one run of the whole scenario."""
    goals: list[Goal] = []
    for _ in range(max(1, rounds // 5)):
        for name, report in reports(queues, seconds).items():
            goal = next((g for g in goals if g.title == f"gap, {name}"), None)
            if goal is None:
                goal = Goal(f"gap, {name}", "ms", MUST)
                goals.append(goal)
            for gap, _, phase in report["gaps"]:
                goal.add(phase, max(gap, 0.0) * 1000)
    return goals


def reports(queues: int, seconds: float) -> dict[str, Any]:
    """What the hearts of interface and engine have written."""
    plan = Plan(queues=queues, changing=queues // 5)
    with serving(plan) as url, world(url) as environment:
        folder = Path(environment["HOME"])
        command = [PYTHON, str(SUBJECTS / "hearts.py"), url, str(folder), str(queues), str(seconds)]
        with Terminal(command, environment) as run:
            waited = 0.0
            while not run.ended and waited < PATIENCE:
                run.drain(0.5)
                waited += 0.5
        return {
            name: json.loads((folder / f"{name}.json").read_text())
            for name in ("interface", "engine")
        }


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
    parser.add_argument("--seconds", type=float, default=8.0, help="length of each part (8)")
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
