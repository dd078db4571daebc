"""A hundred thousand rows: filled, filtered, sorted and walked, beside Textual's own table."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.bench.figures import Goal
from tests.bench.terminal import Terminal
from tests.bench.worlds import PYTHON, SUBJECTS, world

KEYS = {"cursor down": b"\x1b[B", "page down": b"\x1b[6~"}
STEPS = {"filter": b"f", "clear": b"F", "sort": b"s"}
MUSTS = {"fill": "< 150 ms", "filter": "< 150 ms", "clear": "< 150 ms", "sort": "< 150 ms"}


PAUSE = 0.3
"""Seconds of silence after which a table has painted whatever it will."""


def measure(rounds: int, *, rows: int = 100_000, fewer: int = 10_000, keys: int = 25) -> list[Goal]:
    """Drive both tables in turn; DataTable has ``fewer`` rows, because it takes seconds for all."""
    grid, table = f"Grid, {rows:,} rows", f"DataTable, {fewer:,} rows"
    goals = {
        name: Goal(f"{name} → painted", "ms", MUSTS.get(name, "p95 < 25 ms"), table)
        for name in ("fill", *STEPS, *KEYS)
    }
    changed = Goal("bytes for one cell that changed", "B", "<= 600", table)
    for _ in range(rounds):
        for kind, subject, count in (("grid", grid, rows), ("datatable", table, fewer)):
            with world() as environment:
                environment["BENCH_FIGURES"] = str(Path(environment["HOME"]) / "figures")
                command = [PYTHON, str(SUBJECTS / "tables.py"), kind, str(count)]
                with Terminal(command, environment) as run:
                    _drive(run, subject, {**goals, "bytes": changed}, keys)
                for line in Path(environment["BENCH_FIGURES"]).read_text().splitlines():
                    name, spent = json.loads(line)
                    if name in goals:
                        goals[name].add(subject, spent)
    memory = Goal("memory beside the rows", "MiB", "<= 5 MiB", table)
    for kind, subject, count in (("grid", grid, rows), ("datatable", table, fewer)):
        memory.add(subject, _memory(kind, count))
    return [*goals.values(), changed, memory]


def _memory(kind: str, count: int) -> float:
    """MiB that a table takes beside the data of its rows; the same each time, so once is enough."""
    with world() as environment:
        ended = subprocess.run(
            [PYTHON, "-m", "tests.bench.subjects.table_memory", kind, str(count)],
            env=environment, cwd=SUBJECTS.parents[2], stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return float(ended.stdout)


def _drive(run: Terminal, subject: str, goals: dict[str, Goal], keys: int) -> None:
    run.seconds_until("DID-FILL", timeout=120)
    run.quiet(PAUSE)
    for name, key in KEYS.items():
        for _ in range(keys):
            goals[name].add(subject, run.key(key))
            run.drain(0.03)
    for _ in range(4):
        before = run.bytes
        run.write(b"u")
        run.quiet(PAUSE)
        goals["bytes"].add(subject, run.bytes - before)
    for name, key in STEPS.items():
        run.key(key, f"DID-{name.upper()}".encode(), timeout=120)
        run.quiet(PAUSE)
