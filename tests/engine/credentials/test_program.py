"""A credential program gets no terminal and limited time, runs once for all, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from botocore.exceptions import CredentialRetrievalError

from awstui.engine.credentials import program
from awstui.errors import AwsError
from awstui.wire import Scope
from tests.engine.conftest import MakeDoors
from tests.identities import Configure, IdentityServer
from tests.patience import PATIENCE

KEYS = '{"Version": 1, "AccessKeyId": "AKIDPROGRAM", "SecretAccessKey": "s"}'
SCOPE = Scope("p", "eu-west-1", "")


def write(folder: Path, text: str) -> Path:
    """A program of that text."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


async def test_five_panes_run_it_once_and_a_failure_is_not_repeated_for_each(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    ran = world / "ran"
    made = write(world, f"echo x >> {ran}; sleep 0.1; echo broken >&2; exit 3")
    configure(f"[profile p]\ncredential_process = {made}\n")
    doors = make_doors("", demo=False)
    reads = [doors.open(SCOPE, "sts").read("get_caller_identity") for _ in range(5)]
    told = await asyncio.gather(*reads, return_exceptions=True)
    assert ran.read_text().split() == ["x"]
    for error in told:
        assert isinstance(error, AwsError)
        assert "broken" in error.problem.why
        assert "profile p" in error.problem.what
    with pytest.raises(AwsError):
        await doors.open(SCOPE, "sts").read("get_caller_identity")
    assert ran.read_text().split() == ["x"], "what failed just now is not run again at once"
    keeper = doors.sessions.keeper("p")
    assert keeper is not None
    with pytest.raises(AwsError):
        await keeper.renew()
    assert ran.read_text().split() == ["x", "x"], "who asks for it gets another run"


async def test_it_is_run_again_as_soon_as_the_users_files_change(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(f"[profile p]\ncredential_process = {write(world, 'exit 1')}\n")
    doors = make_doors("", demo=False)
    with pytest.raises(AwsError):
        await doors.open(SCOPE, "sts").read("get_caller_identity")
    write(world, f"echo '{KEYS}'")
    os.utime(world / ".aws" / "credentials", ns=(1, 1))
    told = await doors.open(SCOPE, "sts").read("get_caller_identity")
    assert told["Arn"].endswith("akidprogram")


async def test_its_input_is_empty_and_it_has_no_terminal(world: Path) -> None:
    made = write(world, "cat; test -t 0 && echo terminal; ps -o sid= -p $$; echo $$")
    running = await program.start(str(made))
    out, _ = await running.communicate()
    session, own = out.split()
    assert session == own, "a session of its own"


async def test_one_that_hangs_is_killed_with_all_that_it_started(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "PATIENCE", 0.3)
    child = world / "child"
    made = write(world, f"sleep 60 & echo $! > {child}; sleep 60")
    running = await program.start(str(made))
    with pytest.raises(CredentialRetrievalError, match="no answer within"):
        await running.communicate()
    await asyncio.to_thread(ended, int(child.read_text()))


async def test_nobody_waiting_any_more_ends_it_too(world: Path) -> None:
    child, ready = world / "child", world / "ready"
    os.mkfifo(ready)
    made = write(world, f"sleep 600 & echo $! > {child}; echo > {ready}; sleep 600")
    running = await program.start(str(made))
    waiting = asyncio.ensure_future(running.communicate())
    await asyncio.to_thread(ready.read_text)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.to_thread(ended, int(child.read_text()))


def ended(pid: int) -> None:
    """Wait until a process that was killed is gone: that it was told so is not yet its end."""
    until = time.monotonic() + PATIENCE  # it would sleep for ten minutes
    while _lives(pid):
        assert time.monotonic() < until
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    """Whether a process does more than wait to be buried."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
