"""Thousands of refreshes, log lines, credentials and switches leave nothing behind: ``pytest -m soak -s``."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from awstui import registry, wire
from awstui.engine.host import LocalLink
from awstui.ui.app import AwsTui
from awstui.ui.pane import Pane
from plugins.logs.shown import Look
from plugins.logs.store import Store
from plugins.logs.tail_lines import TailLines
from tests.bench.endpoint import Plan, serving
from tests.soak.holdings import Holdings, grown, table

SECONDS = float(os.environ.get("SOAK_SECONDS", "120"))
WARM_UP = SECONDS / 4
LISTS = (("sqs", "queues"), ("sns", "topics"), ("alarms", "alarms"), ("lambda", "functions"))
REFRESHES = 12
LINES = 500
PLACES = (
    ("static", "eu-west-1"),
    ("static", "us-east-1"),
    ("static", "eu-central-1"),
    ("program", "eu-west-1"),
)

_PROGRAM = """#!/bin/sh
echo x >> {log}
ends=$(date -u -d '+30 seconds' +%Y-%m-%dT%H:%M:%SZ)
echo '{{"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t",'
echo "\\"Expiration\\": \\"$ends\\"}}"
"""
"""Credentials so short that botocore wants new ones at every call."""


class Log(Pane):
    """A tail that has room for few lines."""

    def content(self) -> Iterator[TailLines]:
        """The lines."""
        self.lines = TailLines(Store(memory=256 * 1024), Look())
        yield self.lines


@pytest.fixture
def program_runs(world: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's files, with a profile of keys and one of a program, and what each run leaves."""
    log, program, folder = world / "runs", world / "program", world / ".aws"
    program.write_text(_PROGRAM.format(log=log))
    program.chmod(0o700)
    folder.mkdir()
    (folder / "config").write_text(
        f"[profile static]\nregion = eu-west-1\n"
        f"[profile program]\nregion = eu-west-1\ncredential_process = {program}\n"
    )
    (folder / "credentials").write_text(
        "[static]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s\n"
    )
    # Few queues: a pool of connections that grows and shrinks with the fan-out would hide a leak.
    with serving(Plan(queues=8, changing=3)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield log


class Laps:
    """Goes round and round, and counts what it did."""

    def __init__(self, pilot: Pilot[Any], app: AwsTui) -> None:
        self.done: Counter[str] = Counter()
        self._pilot, self._app = pilot, app
        self._places = cycle(PLACES)

    async def lap(self) -> None:
        """Another identity, every list several times, a pane opened and left, a burst of lines."""
        profile, region = next(self._places)
        await self._app.engine.switch(profile, region)
        self.done["switches"] += 1
        async with asyncio.TaskGroup() as group:
            for plugin, resource in LISTS:
                group.create_task(self._list(plugin, resource))
        log = Log("log")
        self._app.workspace.open(log)
        await self._pilot.pause()
        for number in range(LINES):
            at = 1_700_000_000_000 + number
            log.lines.take([[at, at, number, 0, 0, 0, "stream", f"line {number} " + "x" * 80]])
            log.lines.changed()
        self.done["lines"] += LINES
        await self._pilot.press("escape")
        await self._pilot.pause()

    async def _list(self, plugin: str, resource: str) -> None:
        settled = asyncio.Event()

        def state(told: wire.RowsState) -> None:
            if told.phase in {"ready", "failed"}:
                assert told.problem is None, told.problem
                settled.set()

        followed = self._app.remote.subscribe(plugin, resource, lambda _: None, state, every=0)
        try:
            for _ in range(REFRESHES):
                await asyncio.wait_for(settled.wait(), 30)
                settled.clear()
                self.done["refreshes"] += 1
                followed.refresh()
        finally:
            followed.close()


def lines_of(log: Path) -> int:
    """How often the program has run."""
    return len(log.read_text().splitlines())


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_nothing_grows(program_runs: Path) -> None:
    start = wire.Start(profile="static", region="eu-west-1")
    plugins = registry.load([])
    app = AwsTui(LocalLink(start, plugins), plugins, start, go="sqs")
    looks: list[Holdings] = []
    async with app.run_test(size=(120, 36)) as pilot:
        laps = Laps(pilot, app)
        began = time.monotonic()
        while (spent := time.monotonic() - began) < SECONDS:
            await laps.lap()
            if spent > WARM_UP:
                looks.append(Holdings.now())
    laps.done["credentials"] = lines_of(program_runs)
    sys.stdout.write(f"\n{SECONDS:.0f} s, {dict(laps.done)}, {len(looks)} looks\n{table(looks)}\n")
    assert laps.done["switches"] > 10
    assert laps.done["credentials"] > 10
    assert grown(looks, "memory") < 6
    assert grown(looks, "descriptors") < 8, "connections of the pools come and go"
    assert grown(looks, "threads") < 2
    assert grown(looks, "tasks") < 4
    assert grown(looks, "objects") < 5_000
