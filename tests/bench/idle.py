"""What a console costs that nobody touches: processor time, and bytes to the terminal."""

from __future__ import annotations

from tests.bench.endpoint import Plan, serving
from tests.bench.figures import Goal
from tests.bench.starting import FIRST_ROW
from tests.bench.terminal import Terminal
from tests.bench.worlds import PYTHON, SUBJECTS, command, world

EVERY = 10.0
"""Seconds between two refreshes of the list."""

SETTLED = 3.0
"""Seconds after which a console that was opened has come to rest."""


def measure(rounds: int, *, queues: int = 200, seconds: float = 2 * EVERY) -> list[Goal]:
    """Watch a list of queues refresh, with and without anything that changed."""
    bare = "minimal Textual app"
    interface = Goal("processor, interface", "% of a core", "< 1 %", bare)
    engine = Goal(f"processor, engine, {queues} calls every {EVERY:.0f} s", "% of a core", "< 8 %")
    written = Goal(f"bytes to the terminal per {EVERY:.0f} s", "B", "", bare)
    for _ in range(max(1, rounds // 3)):
        for changing in (0, 1, 20):
            subject = f"{queues} rows, {changing} change"
            plan = Plan(queues=queues, changing=changing)
            with serving(plan) as url, world(url) as environment:
                with Terminal(command("--go", "sqs"), environment) as run:
                    run.seconds_until(FIRST_ROW)
                    own, others, count = _watched(run, seconds)
                interface.add(subject, own)
                engine.add(subject, others)
                written.add(subject, count)
        with world() as environment:
            minimal = [PYTHON, str(SUBJECTS / "minimal_textual.py")]
            with Terminal(minimal, environment) as run:
                run.seconds_until("MINIMAL-SHOWN")
                own, _, count = _watched(run, seconds)
            interface.add(bare, own)
            written.add(bare, count)
    return [interface, engine, written]


def _watched(run: Terminal, seconds: float) -> tuple[float, float, float]:
    """Percent of a core that a program and its children take, and bytes it writes per refresh."""
    run.drain(SETTLED)
    own, others = run.cpu_seconds()
    count = run.drain(seconds)
    own_after, others_after = run.cpu_seconds()
    share = 100 / seconds
    return (own_after - own) * share, (others_after - others) * share, count * EVERY / seconds
