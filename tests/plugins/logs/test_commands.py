"""``awstui tail`` as a program: what it writes, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.plugins.logs.log_server import ACCOUNT, REGION, LogServer

GROUP, OTHER = "/shop/orders", "/shop/payments"


@pytest.fixture
async def server() -> AsyncIterator[LogServer]:
    """Thirty lines of the last minute in one group, one in another."""
    server, now = LogServer(time.time, page=8), time.time()
    for number in range(30):
        word = "ERROR" if number % 10 == 5 else "INFO"
        server.put(GROUP, now - 60 + number, f"\x1b[31m{word}\x1b[0m order {number}\n")
    server.put(OTHER, now - 30, "charged")
    async with server.running():
        yield server


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Keys that mean nothing, and a home of its own."""
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    home = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3]), "TZ": "UTC"}
    return {**keys, **home, **path}


async def started(
    server: LogServer, environment: dict[str, str], *words: str, stdout: int = subprocess.PIPE
) -> asyncio.subprocess.Process:
    """The command, running."""
    command = [
        sys.executable,
        "-m",
        "awstui",
        "tail",
        *words,
        "--endpoint-url",
        server.url,
        "--region",
        "eu-west-1",
    ]
    return await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=stdout, stderr=subprocess.PIPE
    )


async def ran(
    server: LogServer, environment: dict[str, str], *words: str
) -> tuple[int, list[str], str]:
    """Its status, the lines it wrote, and what it said."""
    process = await started(server, environment, *words)
    out, said = await process.communicate()
    return process.returncode or 0, out.decode().splitlines(), said.decode()


async def test_a_range_is_written_once_in_order(
    server: LogServer, environment: dict[str, str]
) -> None:
    status, lines, said = await ran(server, environment, GROUP, "--since", "10m")
    assert (status, said) == (0, "")
    assert len(lines) == 30
    assert [line.rsplit(" ", 1)[1] for line in lines] == [str(n) for n in range(30)]
    assert "ERROR" in lines[5]


async def test_a_group_is_named_by_its_arn_too(
    server: LogServer, environment: dict[str, str]
) -> None:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
    status, lines, said = await ran(server, environment, f"{arn}:*", OTHER, "--since", "10m")
    assert (status, said, len(lines)) == (0, "", 31)
    asked = [body for operation, body in server.asked if operation == "FilterLogEvents"]
    assert {body.get("logGroupIdentifier") for body in asked} == {arn, None}
    times = [line[:23] for line in lines]
    assert times == sorted(times), "both groups in one order"


async def test_a_class_without_lines_is_led_to_insights(
    server: LogServer, environment: dict[str, str]
) -> None:
    server.classes[GROUP] = "INFREQUENT_ACCESS"
    status, lines, said = await ran(server, environment, GROUP, "--follow")
    assert (status, lines) == (3, [])
    assert "INFREQUENT_ACCESS" in said
    assert f"--group {GROUP}" in said


async def test_a_terminal_is_given_nothing_to_obey_and_a_pipe_the_lines_as_they_are(
    server: LogServer, environment: dict[str, str]
) -> None:
    _, lines, _ = await ran(server, environment, GROUP, "--since", "10m")
    assert "\x1b[31mERROR\x1b[0m order 5" in lines[5]
    ours, theirs = os.openpty()
    process = await started(server, environment, GROUP, "--since", "10m", stdout=theirs)
    os.close(theirs)
    written = await asyncio.to_thread(all_of, ours)
    await process.wait()
    assert b"\xe2\x90\x9b[31mERROR\xe2\x90\x9b[0m order 5" in written
    assert b"\x1b" not in written


def all_of(terminal: int) -> bytes:
    """What is written to a terminal until nobody has it open."""
    written = b""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            written += piece
    os.close(terminal)
    return written


async def test_grep_pattern_and_jsonl(server: LogServer, environment: dict[str, str]) -> None:
    words = (GROUP, OTHER, "--since", "10m", "-o", "jsonl")
    status, lines, _ = await ran(server, environment, *words, "--grep", "^ERROR|charged")
    events = [json.loads(line) for line in lines]
    assert status == 0
    assert [event["logGroupName"] for event in events] == [GROUP] * 3 + [OTHER]
    assert events[0]["message"] == "\x1b[31mERROR\x1b[0m order 5\n"
    assert events[0]["eventId"]
    _, lines, _ = await ran(server, environment, *words, "--pattern", "INFO", "--stream", "s")
    assert len(lines) == 27
    assert any(body.get("filterPattern") == "INFO" for _, body in server.asked)


async def test_it_follows_until_it_is_interrupted(
    server: LogServer, environment: dict[str, str]
) -> None:
    process = await started(server, environment, GROUP, "--follow", "--since", "10m")
    assert process.stdout is not None
    seen = [await process.stdout.readline() for _ in range(30)]
    assert seen[-1].endswith(b"order 29\n")
    server.put(GROUP, time.time(), "and now this", delay=0)
    assert b"and now this" in await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    process.send_signal(signal.SIGINT)
    out, said = await process.communicate()
    assert (process.returncode, out, said) == (130, b"", b"")


async def test_a_reader_that_has_enough_ends_it_quietly(
    server: LogServer, environment: dict[str, str]
) -> None:
    process = await started(server, environment, GROUP, "--follow", "--since", "10m")
    assert process.stdout is not None
    await process.stdout.readline()
    process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]
    server.put(GROUP, time.time(), "nobody reads this", delay=0)
    assert process.stderr is not None
    said = await asyncio.wait_for(process.stderr.read(), PATIENCE)
    assert (await process.wait(), said) == (0, b"")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["/gone"], 1, "/gone"),
        ([GROUP, "--since", "soon"], 2, "is no time"),
        ([GROUP, "--pattern", "%(a)%"], 2, "without groups"),
        ([GROUP, "--grep", "("], 2, "not a regex"),
        ([GROUP, "-o", "csv"], 2, "invalid choice"),
        ([GROUP, "--follow", "--until", "now"], 2, "takes no --until"),
        ([f"/g{n}" for n in range(11)], 1, "10 are the most"),
        (["/gone", "--follow"], 1, "/gone"),
    ],
)
async def test_what_cannot_be_is_said_in_a_line(
    server: LogServer, environment: dict[str, str], words: list[str], status: int, said: str
) -> None:
    left, lines, told = await ran(server, environment, *words)
    assert (left, lines) == (status, [])
    assert said in told
    assert "Traceback" not in told


@pytest.mark.parametrize("form", ["text", "jsonl"])
async def test_secrets_are_hidden_unless_they_are_asked_for(
    server: LogServer, environment: dict[str, str], form: str
) -> None:
    said = json.dumps({"user": "shop", "password": "hunter2"})
    server.put("/shop/login", time.time() - 5, said)
    words = ("/shop/login", "-o", form)
    status, lines, noted = await ran(server, environment, *words)
    assert (status, len(lines)) == (0, 1)
    assert "hunter2" not in lines[0]
    assert "(hidden)" in lines[0]
    assert "--reveal" in noted
    _, lines, _ = await ran(server, environment, *words, "--reveal")
    assert "hunter2" in lines[0]
    if form == "jsonl":
        assert json.loads(lines[0])["message"] == said, "exact"
