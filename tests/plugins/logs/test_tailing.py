"""The jobs behind a tail: how groups are named, what crosses to the interface, what is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from awstui.errors import AwsError, AwstuiError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.logs import tailing
from plugins.logs.follow import Found, Gap, GroupFollow, Page
from plugins.logs.following import fetcher
from plugins.logs.naming import group_of
from plugins.logs.tailing import BATCH, Standing, between, follow
from tests.plugins.logs.log_server import LogServer
from tests.plugins.logs.test_live import GROUP, QUICK, followed

ARN = "arn:aws:logs:eu-west-1:000000000000:log-group:/theirs"


def event(number: int, message: str = "x") -> dict[str, Any]:
    return {
        "eventId": str(number), "timestamp": number, "ingestionTime": number + 9,
        "logStreamName": "s", "message": message,
    }  # fmt: skip


async def test_a_group_of_another_account_is_asked_for_by_its_arn() -> None:
    row = {"logGroupName": "/theirs", "arn": f"{ARN}:*"}
    assert group_of(row, "123456789012") == ARN
    assert group_of(row, "000000000000") == "/theirs"
    aws = FakeAws({"filter_log_events": {"events": [], "nextToken": "t"}})
    page = await fetcher(aws, ARN, pattern="ERROR", prefix="2025/")(
        5, "t0", newest_first=True, end=9
    )
    assert page == Page([], "t")
    assert aws.calls[0][1] == {
        "logGroupIdentifier": ARN, "filterPattern": "ERROR", "logStreamNamePrefix": "2025/",
        "startTime": 5, "endTime": 9, "nextToken": "t0", "startFromHead": False,
    }  # fmt: skip
    await fetcher(aws, "/ours", streams=["a"])(0)
    assert aws.calls[1][1] == {"logGroupName": "/ours", "logStreamNames": ["a"], "startTime": 0}


async def test_a_stretch_of_time_is_read_once_in_batches_and_may_be_cut_short() -> None:
    many = [event(n, "ERROR" if n == 7 else "x") for n in range(BATCH + 5)]
    aws = FakeAws({"filter_log_events": {"events": many}})
    told: Any = None
    asked: dict[str, Any] = {"groups": ["/a", "/b"], "since": 0.0, "until": 10.0}
    events = [one async for one in between(aws, {}, told, **asked)]
    lines = [len(one["lines"]) for one in events if one["kind"] == "lines"]
    assert lines == [BATCH, 5, BATCH, 5]
    assert events[0]["lines"][7] == [7, 16, 8, 0, 0, 4, "s", "ERROR"]
    whole = {"group": 1, "at": BATCH + 4, "count": 2 * (BATCH + 5), "pages": 2}
    assert events[-1] == {"kind": "progress", **whole}
    cut = [one async for one in between(aws, {}, told, **asked, most=10)]
    assert cut[-1] == {"kind": "cut", "at": BATCH + 4}


async def test_more_than_ten_groups_are_refused() -> None:
    told: Any = None
    with pytest.raises(AwstuiError, match="10 are the most"):
        await anext(
            aiter(follow(FakeAws({}), {}, told, groups=[str(n) for n in range(11)], since=0))
        )


async def test_a_following_says_how_it_stands_when_that_changes() -> None:
    async def fetch(*_: Any, **__: Any) -> Page:
        raise AwsError(Problem("Too many.", kind="throttled"))

    now = [100.0]
    follower = GroupFollow(fetch, lambda: now[0], 0)
    standing = Standing([follower], lambda: now[0])
    assert standing.changed(0, Found())
    assert not standing.changed(0, Found())
    async for found in follower.step():
        assert standing.changed(0, found)
    [state] = standing.event()["groups"]
    assert state["throttled"]
    assert state["problem"]["what"] == "Too many."
    now[0] += tailing.TOLD
    assert standing.changed(0, Found(gaps=(Gap(1, 2),)))
    assert standing.changed(0, Found(unread=Gap(0, 1)))
    assert standing.event()["gaps"] == [[0, 1, 2]]
    assert standing.event()["unread"] == [[0, 0, 1]]


@pytest.mark.parametrize("ahead", [-700.0, 700.0])
async def test_a_clock_that_is_off_neither_hides_lines_nor_makes_up_a_lag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    monkeypatch.setattr(tailing, "CADENCE", QUICK)
    monkeypatch.setattr(tailing, "TOLD", 0.0)
    server = LogServer(lambda: time.time() - ahead)
    server.put(GROUP, time.time() - ahead - 30, "before", delay=0)
    async with server.running(), followed(server, tmp_path, GROUP) as job:
        await job.until(lambda: job.lines.total() == 1)
        server.put(GROUP, time.time() - ahead, "just now", delay=0)
        await job.until(lambda: job.lines.total() == 2)
        polled = job.state["groups"][0]["polled"]
        await job.until(lambda: job.state["groups"][0]["polled"] > polled)
        assert abs(time.time() - job.state["groups"][0]["polled"]) < 10
