"""The engine's process lives and dies with the interface's, and says why when it dies alone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from awstui import codec, wire
from awstui.link import PipeLink
from tests.patience import PATIENCE, patiently

NOWHERE = wire.Start(endpoint_url="http://127.0.0.1:1", demo=True)
"""An engine that finds nobody to speak with, and is patient about it."""


class Ear:
    """Hears what a link delivers."""

    def __init__(self) -> None:
        self.answered = asyncio.Event()
        self.reason: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def deliver(self, message: wire.ToInterface) -> None:
        """Notice an answer."""
        if isinstance(message, wire.Result):
            self.answered.set()

    def gone(self, reason: str) -> None:
        """Keep why the engine died."""
        if not self.reason.done():
            self.reason.set_result(reason)


def alive(pid: int) -> bool:
    """Whether a process runs, zombies not counted."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_gone(pid: int, seconds: float = 3.0) -> None:
    """Wait for the end of a process; fails when it takes longer than the promise."""
    over = time.monotonic() + patiently(seconds)
    while alive(pid):
        assert time.monotonic() < over, f"process {pid} still runs after {seconds} s"
        time.sleep(0.02)


async def answered(link: PipeLink, ear: Ear) -> None:
    """Wait until the engine has answered something, so that it is surely up."""
    link.send(wire.Describe(7, wire.RowRef(wire.Scope(), "nosuch", "rows", "k"), b""))
    await asyncio.wait_for(ear.answered.wait(), PATIENCE)


async def test_closing_the_link_ends_the_engine() -> None:
    link, ear = PipeLink(NOWHERE), Ear()
    await link.open(ear.deliver, ear.gone)
    await answered(link, ear)
    pid = link.pid
    await link.close()
    assert not alive(pid)
    assert not ear.reason.done(), "an end that was asked for is no death"


async def test_nothing_that_lies_in_the_current_directory_runs_in_the_engine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("msgspec", "runpy", "asyncio"):
        (tmp_path / f"{name}.py").write_text("raise AssertionError('a stranger ran')")
    monkeypatch.chdir(tmp_path)
    link, ear = PipeLink(NOWHERE), Ear()
    await link.open(ear.deliver, ear.gone)
    await answered(link, ear)
    await link.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
async def test_an_engine_that_dies_is_said_to_have_died(number: signal.Signals) -> None:
    link, ear = PipeLink(NOWHERE), Ear()
    await link.open(ear.deliver, ear.gone)
    await answered(link, ear)
    os.kill(link.pid, number)
    reason = await asyncio.wait_for(ear.reason, PATIENCE)
    assert f"killed by {number.name}" in reason
    await link.again(NOWHERE)
    ear.answered.clear()
    await answered(link, ear)
    await link.close()


async def test_an_engine_that_cannot_start_says_what_it_wrote(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no module named engine >&2\nexit 3\n")
    broken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(broken))
    link, ear = PipeLink(NOWHERE), Ear()
    await link.open(ear.deliver, ear.gone)
    reason = await asyncio.wait_for(ear.reason, PATIENCE)
    assert reason == "exit status 3 · no module named engine"
    await link.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_however_the_interface_ends_the_engine_follows(number: signal.Signals) -> None:
    script = textwrap.dedent(
        """
        import asyncio
        from awstui import wire
        from awstui.link import PipeLink

        async def main():
            link = PipeLink(wire.Start(endpoint_url="http://127.0.0.1:1", demo=True))
            heard = asyncio.Event()
            await link.open(lambda message: heard.set(), lambda reason: None)
            link.send(wire.Describe(1, wire.RowRef(wire.Scope(), "nosuch", "rows", "k"), b""))
            await heard.wait()
            print(link.pid, flush=True)
            await asyncio.sleep(600)

        asyncio.run(main())
        """
    )
    interface = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert interface.stdout is not None
    with interface.stdout:
        engine = int(interface.stdout.readline())
        assert alive(engine)
        interface.send_signal(number)
        interface.wait(patiently(5))
        wait_gone(engine)


def test_an_engine_whose_loop_is_stuck_ends_all_the_same() -> None:
    script = textwrap.dedent(
        """
        import os, sys, time
        import awstui.engine.host as host

        class Stuck(host.Engine):
            def begin(self):
                os.write(1, b"stuck")
                time.sleep(600)

        host.Engine = Stuck
        from awstui.engine import process
        sys.exit(process.main())
        """
    )
    import socket

    ours, theirs = socket.socketpair()
    life, ours_life = os.pipe()
    engine = subprocess.Popen(
        [sys.executable, "-c", script, str(theirs.fileno()), str(life)],
        pass_fds=(theirs.fileno(), life), stdout=subprocess.PIPE,
    )  # fmt: skip
    theirs.close()
    os.close(life)
    assert engine.stdout is not None
    with engine.stdout, ours:
        ours.sendall(codec.frame(NOWHERE))
        assert engine.stdout.read(5) == b"stuck"
        os.close(ours_life)
        ours.close()
        engine.wait(patiently(3))
