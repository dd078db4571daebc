"""From the start of the process to the first paint, and to the first row that AWS told."""

from __future__ import annotations

from tests.bench.endpoint import Plan, serving
from tests.bench.figures import Goal
from tests.bench.terminal import Terminal
from tests.bench.worlds import PYTHON, SUBJECTS, aws_command, command, world

FIRST_ROW = "bench-000"
"""Part of a name that only AWS tells."""


def measure(rounds: int, *, queues: int = 1000, warmups: int = 1) -> list[Goal]:
    """Launch everything in turn, so often, after a round that only warms the caches."""
    aws = aws_command()
    yardstick = "aws sqs list-queues, whole process" if aws else "minimal Textual app"
    paint = Goal("launch → first paint", must="<= 0.65x", yardstick=yardstick)
    row = Goal("launch → first live row", must="<= 1.0x", yardstick=yardstick)
    with serving(Plan(queues=queues)) as url, world(url) as environment:
        for number in range(-warmups, rounds):
            spare = Goal("")
            first, live = (paint, row) if number >= 0 else (spare, spare)
            with Terminal(command("--go", "sqs"), environment) as run:
                first.add("awstui --go sqs", run.seconds_until("awstui") * 1000)
                live.add("awstui --go sqs", run.seconds_until(FIRST_ROW) * 1000)
            with Terminal(command(), environment) as run:
                first.add("awstui (home)", run.seconds_until("awstui") * 1000)
                live.add("awstui (home)", run.seconds_until("queues") * 1000)
            if aws:
                listing = [aws, "--endpoint-url", url, "sqs", "list-queues"]
                with Terminal(listing, environment) as run:
                    run.seconds_until(FIRST_ROW)
                    spent = run.seconds_until_end() * 1000
                first.add(yardstick, spent)
                live.add(yardstick, spent)
            with Terminal([PYTHON, str(SUBJECTS / "minimal_textual.py")], environment) as run:
                first.add("minimal Textual app", run.seconds_until("MINIMAL-SHOWN") * 1000)
            with Terminal([PYTHON, "-c", "pass"], environment) as run:
                first.add("python -c pass", run.seconds_until_end() * 1000)
    return [paint, row]
