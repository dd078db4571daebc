"""Measure awstui beside its yardsticks: ``python tests/bench/run.py [--rounds N] [--only NAME…]``.

Subject and yardstick alternate within one run, so that what else the machine does hits both: read the
ratios rather than the milliseconds. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from tests.bench import (
    clients,
    fanout,
    heartbeat,
    idle,
    keys,
    painting,
    redrive,
    scan,
    starting,
    tail,
)
from tests.bench.figures import Goal, table

PARTS: Mapping[str, Callable[[int], list[Goal]]] = {
    "start": starting.measure,
    "fanout": fanout.measure,
    "clients": clients.measure,
    "paint": painting.measure,
    "keys": keys.measure,
    "idle": idle.measure,
    "tail": tail.measure,
    "redrive": redrive.measure,
    "scan": scan.measure,
    "heartbeat": heartbeat.measure,
}


def main(words: list[str] | None = None) -> int:
    """Run the parts that were asked for, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="NAME",
                        help=f"some of {', '.join(PARTS)}")  # fmt: skip
    arguments = parser.parse_args(words)
    goals: list[Goal] = []
    for name in arguments.only:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        goals += PARTS[name](arguments.rounds)
    print(table(goals))
    return 0


if __name__ == "__main__":
    sys.exit(main())
