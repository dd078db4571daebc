"""Commands without a screen: a code is asked for on the terminal, and several places are one list."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import termios
from collections.abc import Iterator

import pytest

from awstui.engine.credentials.asking import DeclinedError, TerminalAsker
from awstui.wire import Ask
from tests.identities import SERIAL, Configure

ASK = Ask(0, "code", "admin", SERIAL, "AWS did not take that code.")


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """A terminal: the end of whoever sits at it, and its path."""
    master, slave = os.openpty()
    mode = termios.tcgetattr(slave)
    mode[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, mode)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


async def test_the_code_is_read_from_the_terminal_while_the_loop_runs(
    terminal: tuple[int, str],
) -> None:
    master, path = terminal
    asking = asyncio.ensure_future(TerminalAsker(path).ask(ASK))
    await asyncio.sleep(0)
    said = os.read(master, 1000)
    assert SERIAL.encode() in said
    assert b"did not take" in said
    for _ in range(50):
        await asyncio.sleep(0)
    assert not asking.done(), "it waits without holding the loop"
    os.write(master, b"123456\n")
    assert await asking == "123456"


async def test_an_empty_line_is_no(terminal: tuple[int, str]) -> None:
    master, path = terminal
    asking = asyncio.ensure_future(TerminalAsker(path).ask(ASK))
    await asyncio.sleep(0)
    os.read(master, 1000)
    os.write(master, b"\n")
    with pytest.raises(DeclinedError):
        await asking


async def test_without_a_terminal_it_is_said_what_to_do() -> None:
    with pytest.raises(DeclinedError) as told:
        await TerminalAsker("/nowhere/tty").ask(ASK)
    assert "no terminal" in told.value.problem.what
    assert "--profile admin" in told.value.problem.do


def ls(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``awstui ls sqs`` on the embedded AWS."""
    return subprocess.run(
        [sys.executable, "-m", "awstui", "ls", "sqs", *words],
        env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_ls_of_several_profiles_and_regions_is_one_list_that_tells_them_apart(
    empty_aws: dict[str, str], configure: Configure
) -> None:
    import boto3

    url = empty_aws["AWS_ENDPOINT_URL"]
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "s"}
    for region in ("eu-west-1", "us-east-1"):
        client = boto3.client("sqs", endpoint_url=url, region_name=region, **keys)
        client.create_queue(QueueName=f"orders-{region}")
    text = "".join(f"{name} = {value}\n" for name, value in keys.items())
    configure(
        "[profile a]\n[profile b]\nrole_arn = arn:aws:iam::000000000000:role/x\nsource_profile = a\n"
        "[profile c]\ncredential_process = /bin/false\n",
        f"[a]\n{text}",
    )
    env = {k: v for k, v in empty_aws.items() if k not in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID")}
    told = ls(env, "--profile", "a,b,c", "--region", "eu-west-1,us-east-1", "-o", "jsonl")
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    mine = {
        (row["Profile"], row["Account"], row["Region"])
        for row in rows
        if "orders-" in json.dumps(row)
    }
    assert mine == {
        ("a", "123456789012", "eu-west-1"),
        ("a", "123456789012", "us-east-1"),
    }, told.stderr
    assert told.returncode == 4, "some of it could not be read"
    assert "c eu-west-1: The credential program of profile c failed." in told.stderr
    table = ls(env, "--profile", "a", "--region", "eu-west-1,us-east-1")
    assert "REGION" in table.stdout.splitlines()[0]
    assert "ACCOUNT" not in table.stdout.splitlines()[0]
    both = subprocess.run(
        [sys.executable, "-m", "awstui", "describe", "sqs", "queues", "x", "--region", "a,b"],
        env=env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert both.returncode == 2
    assert "several" in both.stderr
