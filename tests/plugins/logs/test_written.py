"""What ``awstui tail`` writes, without a process: the order of several groups, what ends it and what does not."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.testing import FakeAws
from plugins.logs.follow import Cadence
from plugins.logs.written import Writer, write_for_ever, write_range
from tests.patience import PATIENCE
from tests.plugins.logs.client import raw_fetch
from tests.plugins.logs.log_server import ACCOUNT, REGION, LogServer

ORDERS, PAYMENTS = "/shop/orders", "/shop/payments"
QUICK = Cadence(active=0.02, quiet=0.05, sweep=0.2, slowest=0.05)


class Out:
    """Keeps what was written and said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.notes: list[str] = []
        self._stirred = asyncio.Event()

    def line(self, text: str, *, exact: bool = False) -> None:
        raise NotImplementedError

    def each_line(self, texts: Sequence[str]) -> None:
        self.lines += texts
        self.pieces.append("\n".join(texts))
        self._stirred.set()

    def each(self, rows: Sequence[Row]) -> None:
        raise NotImplementedError

    def note(self, text: str) -> None:
        self.notes.append(text)
        self._stirred.set()

    def row(self, row: Row) -> None:
        raise NotImplementedError

    def progress(self, done: int, total: int, text: str) -> None:
        raise NotImplementedError

    async def until(self, test: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not test():
                self._stirred.clear()
                await self._stirred.wait()


def writer(out: Out, *groups: str, **more: Any) -> Writer:
    told = {
        "groups": groups, "since": "10m", "until": "", "utc": True, "grep": "", "output": "text",
    }  # fmt: skip
    return Writer(argparse.Namespace(**{**told, **more}), time.time(), out)


def filled() -> LogServer:
    """Two groups that speak in turn, a page holding a few of their lines."""
    server, now = LogServer(time.time, page=7), time.time()
    for number in range(60):
        group = PAYMENTS if number % 3 == 0 else ORDERS
        server.put(group, now - 120 + number, f"line {number:03d}", delay=0)
    return server


@asynccontextmanager
async def following(out: Out, server: LogServer, *groups: str) -> AsyncIterator[None]:
    fetches = [raw_fetch(server.url, group, limit=7) for group in groups]
    work: Coroutine[Any, Any, None] = write_for_ever(
        FakeAws({}), groups, fetches, writer(out, *groups), QUICK
    )
    running = asyncio.ensure_future(work)
    try:
        yield
        assert not running.done(), "it never ends by itself"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def in_their_order(out: Out) -> list[str]:
    return [line[-8:] for line in out.lines]


EVERY = [f"line {number:03d}" for number in range(60)]


async def test_several_groups_are_written_in_one_order_of_time() -> None:
    server, out = filled(), Out()
    async with server.running():
        fetches = [raw_fetch(server.url, group, limit=7) for group in (ORDERS, PAYMENTS)]
        await write_range(FakeAws({}), (ORDERS, PAYMENTS), fetches, writer(out, ORDERS, PAYMENTS))
    assert in_their_order(out) == EVERY
    assert f" {PAYMENTS} line 000" in out.lines[0]


async def test_the_past_of_several_groups_is_in_order_and_what_comes_is_behind_it() -> None:
    server, out = filled(), Out()
    async with server.running(), following(out, server, ORDERS, PAYMENTS):
        server.put(ORDERS, time.time(), "line 061", delay=0.3)
        await out.until(lambda: len(out.lines) == 61)
    assert in_their_order(out) == [*EVERY, "line 061"]


async def test_a_group_that_goes_away_and_comes_back_does_not_end_a_following() -> None:
    server, out = filled(), Out()
    async with server.running(), following(out, server, ORDERS, PAYMENTS):
        await out.until(lambda: len(out.lines) == 60)
        server.drop(ORDERS)
        await out.until(lambda: any(ORDERS in note for note in out.notes))
        server.put(ORDERS, time.time(), "back", delay=0)
        await out.until(lambda: f"{ORDERS}: going on" in out.notes and len(out.lines) == 61)
        assert out.lines[-1].endswith("back")


async def test_what_is_wrong_from_the_start_is_an_error_that_names_the_group() -> None:
    server, out = filled(), Out()
    async with server.running():
        server.drop(ORDERS)
        fetches = [raw_fetch(server.url, group) for group in (PAYMENTS, ORDERS)]
        groups, to = (PAYMENTS, ORDERS), writer(out, PAYMENTS, ORDERS)
        with pytest.raises(AwstuiError, match=rf"{ORDERS}: ResourceNotFound"):
            await write_for_ever(FakeAws({}), groups, fetches, to, QUICK)
        with pytest.raises(AwstuiError, match=rf"{ORDERS}: ResourceNotFound"):
            await write_range(FakeAws({}), groups, fetches, to)


@pytest.mark.parametrize("by_arn", [False, True])
async def test_a_class_without_lines_is_led_to_insights(by_arn: bool) -> None:
    server, out = filled(), Out()
    server.classes[ORDERS] = "INFREQUENT_ACCESS"
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{ORDERS}"
    group = arn if by_arn else ORDERS
    rows = [server._described(name) for name in (PAYMENTS, ORDERS)]
    aws = FakeAws({"describe_log_groups": {"logGroups": rows}})
    async with server.running():
        fetches = [raw_fetch(server.url, ORDERS)]
        with pytest.raises(AwstuiError) as refused:
            await write_range(aws, [group], fetches, writer(out, group))
        with pytest.raises(AwstuiError):
            await write_for_ever(aws, [group], fetches, writer(out, group), QUICK)
    problem = refused.value.problem
    assert "INFREQUENT_ACCESS" in problem.why
    assert problem.do.endswith(f"--group {group}")
    assert "awstui insights '" in problem.do
    assert aws.calls[0][1]["logGroupNamePrefix"] == ORDERS
    assert ("includeLinkedAccounts" in aws.calls[0][1]) is by_arn


def test_a_page_is_written_in_one_piece() -> None:
    out = Out()
    to = writer(out, ORDERS)
    to.write((0, {"timestamp": number, "message": f"line {number}\n"}, 0) for number in range(3))
    assert out.pieces == [
        "1970-01-01 00:00:00.000 line 0\n1970-01-01 00:00:00.001 line 1\n1970-01-01 00:00:00.002 line 2"
    ]
