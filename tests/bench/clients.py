"""What the first call to each further service costs, its client included: ours beside aiobotocore's own."""

from __future__ import annotations

import json
import subprocess

from tests.bench.endpoint import Plan, serving
from tests.bench.figures import Goal
from tests.bench.worlds import PYTHON, SUBJECTS, world

STOCK = "aiobotocore as it comes"


def measure(rounds: int) -> list[Goal]:
    """Seven further services, so often."""
    goal = Goal("first call of a further client", "ms CPU", "<= 10 ms", STOCK)
    with serving(Plan(queues=1)) as url, world(url) as environment:
        for _ in range(rounds):
            for subject, word in (("engine", "ours"), (STOCK, "stock")):
                ended = subprocess.run(
                    [PYTHON, "-m", "tests.bench.subjects.further_clients", word],
                    env=environment, cwd=SUBJECTS.parents[2], stdout=subprocess.PIPE,
                    text=True, check=True,
                )  # fmt: skip
                goal.add(subject, *json.loads(ended.stdout))
    return [goal]
