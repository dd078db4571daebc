"""The console with a heart in each of its two loops: ``hearts.py REPORT_FOLDER QUEUES SECONDS``.

Each loop beats every few milliseconds. A watchdog thread looks at the stack of a loop that is late, so that
the longest gap has a name; what was seen is written into the folder as the process ends.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.pilot import Pilot

ROOT = Path(__file__).resolve().parents[3]
BEAT = 0.005
LATE = 0.04
"""Seconds without a beat from which the watchdog looks at the stack."""

MESSAGE = 1024 * 1024
"""Bytes of the message that is opened."""

GROUP = "/bench/busy"
"""The log group of ``busy_logs.py``."""


@dataclass
class Heart:
    """The beats of one loop, and what held up the late ones.

    Beside each gap stands how long the loop's thread was on the processor in it: where that is far less,
    the machine had something else to do.
    """

    name: str
    phase: str = "start"
    gaps: list[tuple[float, float, str]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    _at: float = field(default_factory=time.perf_counter)
    _seen: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    async def beat(self) -> None:
        """Beat until cancelled; each gap is how much later than it wanted."""
        while True:
            self._at, spent = time.perf_counter(), time.thread_time()
            self._seen = []
            await asyncio.sleep(BEAT)
            gap = time.perf_counter() - self._at - BEAT
            own = time.thread_time() - spent
            self.gaps.append((gap, own, self.phase))
            if gap > LATE:
                held = {"gap": gap, "own": own, "phase": self.phase, "stacks": self._seen[:40]}
                self.held.append(held)

    def watch(self, thread: int) -> None:
        """Sample the stack of a thread whose beat is late."""
        while not self._over.wait(0.01):
            if time.perf_counter() - self._at > LATE:
                frame = sys._current_frames().get(thread)
                if frame is not None:
                    self._seen.append(where(traceback.extract_stack(frame)))

    @contextmanager
    def beating(self, folder: Path) -> Iterator[Heart]:
        """Beat on the running loop within the block, then write the report."""
        task = asyncio.get_running_loop().create_task(self.beat())
        watchdog = threading.Thread(target=self.watch, args=(threading.get_ident(),), daemon=True)
        watchdog.start()
        try:
            yield self
        finally:
            task.cancel()
            self._over.set()
            worst = sorted(self.held, key=lambda held: -held["gap"])[:5]
            report = {"gaps": self.gaps, "held": worst}
            (folder / f"{self.name}.json").write_text(json.dumps(report))


def where(stack: traceback.StackSummary) -> str:
    """The outermost steps of what the loop is doing, ours before the innermost of others."""
    frames = [(frame.filename, f"{Path(frame.filename).name}:{frame.name}") for frame in stack]
    ours = [text for path, text in frames if "/awstui/" in path or "/plugins/" in path]
    begun = next((n for n, (_, text) in enumerate(frames) if text == "events.py:_run"), 0)
    return " > ".join(
        [text for _, text in frames[begun + 1 : begun + 5]] + ["…"] + ours[-2:] + [frames[-1][1]]
    )


def engine(line: str, life: str, folder: str) -> int:
    """An engine's process, with a heart."""
    from awstui.engine import process

    serve = process._serve

    async def with_heart(*arguments: Any) -> None:
        with Heart("engine").beating(Path(folder)):
            await serve(*arguments)

    process._serve = with_heart  # type: ignore[assignment]
    sys.argv = ["engine", line, life]
    return process.main()


def message(size: int) -> str:
    """A body of JSON."""
    chance = random.Random(7)
    entries = [
        {
            "id": n,
            "sku": f"sku-{chance.randrange(10**6)}",
            "qty": chance.randrange(9),
            "note": "é" * 20,
        }
        for n in range(size // 90)
    ]
    return json.dumps({"orders": entries})


def messages(size: int) -> list[str]:
    """Bodies that are long each in its own way: much JSON, one line of wide letters, values by the thousand."""
    return [
        message(size),
        "待ち" * (size // len("待ち".encode())),
        json.dumps([{"a": 1}] * (size // len('{"a": 1}, '))),
    ]


def interface(folder: Path, queues: int, seconds: float) -> int:
    """The console, in which everything that could hold up a loop happens at the same time."""
    from awstui import registry, wire
    from awstui.link import PipeLink
    from awstui.ui.app import AwsTui
    from awstui.ui.rows_pane import RowsPane

    start, plugins = wire.Start(), registry.load([])
    link = PipeLink(start, spawned(folder))
    app = AwsTui(link, plugins, start, go="sqs", cadence={"sqs.queues": 1.0})
    heart, held = Heart("interface"), itertools.cycle(messages(MESSAGE))

    async def scenario(pilot: Pilot[Any]) -> None:
        with heart.beating(folder):
            heart.phase = f"{queues:,} queues are listed and filled"
            async with asyncio.timeout(180):
                while not (isinstance(pane := app.workspace.pane, RowsPane) and pane.at()):
                    await pilot.pause(0.1)
            heart.phase = "all at once"
            tail = tail_of(app.scope)
            app.workspace.split(tail)
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                await read_message(app, pilot, next(held), seconds / 8)
                app.workspace.other_half()  # the next one opens over the list, then over the tail
        said = {"lines": len(tail.store), "queues": pane.grid.rows_total}
        (folder / "seen.json").write_text(json.dumps(said))
        app.exit()

    app.run(auto_pilot=scenario)
    return 0


def tail_of(scope: Any) -> Any:
    """A tail of the group in which lines keep coming: the engine follows it and carries them over."""
    from awstui import wire
    from awstui.ui.target import Target
    from plugins.logs.tail_pane import TailPane

    row = {"logGroupName": GROUP}
    pane = TailPane(row)
    pane.target = Target(wire.RowRef(scope, "logs", "groups", GROUP), wire.pack(row))
    pane.targets, pane.bound_to = [pane.target], scope
    return pane


async def read_message(app: Any, pilot: Pilot[Any], body: str, seconds: float) -> None:
    """Open a message, go to its end and back, and leave it."""
    from awstui.ui.lines import Lines
    from awstui.ui.pane import Pane
    from plugins.sqs.message import shown

    class Text(Pane):
        """A pane of one text."""

        def content(self) -> Iterator[Lines]:
            self.lines = Lines(wrap=True)
            yield self.lines

    opened = Text("message")
    app.workspace.open(opened)
    await pilot.pause(seconds / 4)
    held = shown({"MessageId": "1", "Body": body, "Attributes": {}})
    is_text = isinstance(held.body.value, str)
    opened.lines.set_text(held.body.pieces, "" if is_text else "json")
    await pilot.pause(seconds / 4)
    await pilot.press("end")
    await pilot.pause(seconds / 4)
    await pilot.press("home", "escape")
    await pilot.pause(seconds / 4)


def spawned(folder: Path) -> Any:
    """An engine with a heart, started as awstui starts its own."""
    import socket
    import subprocess
    import tempfile

    from awstui.spawn import Spawned

    line, theirs = socket.socketpair()
    life_end, life = os.pipe()
    errors = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the engine
    ends = (theirs.fileno(), life_end)
    words = [sys.executable, __file__, "engine", *map(str, ends), str(folder)]
    process = subprocess.Popen(
        words, pass_fds=ends, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
        start_new_session=True,
    )  # fmt: skip
    theirs.close()
    os.close(life_end)
    return Spawned(process, line, life, errors)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if sys.argv[1] == "engine":
        sys.exit(engine(*sys.argv[2:5]))
    sys.exit(interface(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
