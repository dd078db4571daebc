"""Log groups, streams and the last lines of a stream."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.errors import AwsError, AwstuiError, PartlyListedError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins import logs
from plugins.logs import listing, naming
from tests.plugins.conftest import Show

STREAM = {"logGroupName": "/aws/lambda/ship", "logStreamName": "2024/05/17/[$LATEST]a"}
NOON = 1715947200000


async def test_groups_say_how_long_they_keep_and_what_cannot_be_read(show: Show) -> None:
    found: list[dict[str, Any]] = [
        {"logGroupName": "/aws/lambda/ship", "retentionInDays": 14, "arn": "arn:x:ship:*"},
        {"logGroupName": "/rare", "logGroupClass": "INFREQUENT_ACCESS", "logGroupArn": "arn:rare"},
    ]
    pages: list[dict[str, Any]] = [
        {"logGroups": found[:1]},
        {"logGroups": []},
        {"logGroups": found[1:]},
    ]
    last = {"logStreams": [{"logStreamName": "s", "lastEventTimestamp": NOON}]}
    answers: dict[str, Any] = {"describe_log_groups": pages, "describe_log_streams": last}
    ship, rare = await show(logs.plugin, "groups", FakeAws(answers))
    assert (ship.cells["Keeps"], ship.tones["Keeps"], ship.cells["Note"]) == ("14 d", "", None)
    assert ship.links == {"function": ["ship"]}
    assert (rare.cells["Keeps"], rare.tones["Keeps"]) == ("for ever", "warn")
    assert rare.cells["Note"] == "lines only by Insights"
    assert naming.group_arn(ship.raw) == "arn:x:ship"


THEIRS = "arn:aws:logs:eu-west-1:000000000000:log-group:/shop"
OURS = THEIRS.replace("000000000000", "123456789012")


async def test_groups_of_linked_accounts_follow_and_are_keyed_by_their_arn(show: Show) -> None:
    own = {"logGroupName": "/shop", "arn": f"{OURS}:*", "storedBytes": 5}
    linked = {"logGroupName": "/shop", "arn": f"{THEIRS}:*"}

    def answer(includeLinkedAccounts: bool = False, **_: Any) -> dict[str, Any]:  # noqa: N803
        bare = {name: own[name] for name in ("logGroupName", "arn")}
        return {"logGroups": [bare, linked] if includeLinkedAccounts else [own]}

    last = {"logStreams": [{"logStreamName": "s", "lastEventTimestamp": NOON}]}
    aws = FakeAws({"describe_log_groups": answer, "describe_log_streams": last})
    ours, theirs = await show(logs.plugin, "groups", aws)
    assert (ours.key, ours.cells["Stored"], ours.cells["Note"]) == ("/shop", 5, None)
    assert (theirs.key, theirs.cells["Note"]) == (THEIRS, "account 000000000000")
    asked = [told for name, told in aws.calls if name == "describe_log_streams"]
    assert [one.get("logGroupIdentifier") for one in asked] == [None, THEIRS]
    page = {"events": [line("x")], "nextBackwardToken": "b"}
    aws = FakeAws({"describe_log_streams": last, "get_log_events": page})
    [stream] = await show(logs.plugin, "streams", aws, theirs.raw)
    [seen, _] = await show(logs.plugin, "lines", aws, stream.raw)
    assert {told.get("logGroupIdentifier") for _, told in aws.calls} == {THEIRS}
    assert naming.group_of(stream.raw, "123456789012") == THEIRS
    assert seen.views == {"logs at that time": ([THEIRS], NOON / 1000)}


async def test_an_account_without_linked_ones_is_not_asked_for_them_at_each_refresh() -> None:
    now, refused = [1000.0], AwsError(Problem("no monitor", code="InvalidParameterException"))

    def answer(includeLinkedAccounts: bool = False, **_: Any) -> dict[str, Any]:  # noqa: N803
        if includeLinkedAccounts and now[0] < 2000:
            raise refused
        return {"logGroups": [{"logGroupName": "/shop", "arn": f"{OURS}:*"}]}

    aws = FakeAws({"describe_log_groups": answer})
    found = listing.Groups(lambda: now[0])
    counts = []
    for later in (0, 60, 1800, 60, 1800):
        now[0] += later
        assert len([row async for row in found.rows(aws, {})]) == 1
        counts.append(len(aws.calls))
    assert counts == [2, 3, 5, 6, 8]


async def test_who_may_not_see_linked_accounts_gets_the_own_groups_and_the_reason() -> None:
    refused = AwsError(Problem("ana may not logs:DescribeLogGroups", kind="denied"))

    def answer(includeLinkedAccounts: bool = False, **_: Any) -> dict[str, Any]:  # noqa: N803
        if includeLinkedAccounts:
            raise refused
        return {"logGroups": [{"logGroupName": "/shop", "arn": f"{OURS}:*"}]}

    found: list[dict[str, Any]] = []

    async def read() -> None:
        async for row in listing.Groups().rows(FakeAws({"describe_log_groups": answer}), {}):
            found.append(row)  # noqa: PERF401  what came before the error is what counts

    with pytest.raises(PartlyListedError) as part:
        await read()
    assert [row["logGroupName"] for row in found] == ["/shop"]
    assert part.value.problem.what.startswith("Without the groups of linked accounts: ana may not")
    assert part.value.problem.kind == "denied"


async def test_the_last_event_is_asked_for_of_some_and_remembered() -> None:
    now = [1000.0]
    last = {"logStreams": [{"logStreamName": "s", "lastEventTimestamp": NOON}]}
    aws = FakeAws({"describe_log_streams": last})
    found = listing.Groups(lambda: now[0])
    rows = [await found.enrich(aws, {"logGroupName": f"/g{n}"}) for n in range(150)]
    assert [row.get("LastEvent") for row in rows] == [NOON] * 100 + [None] * 50
    now[0] += 61
    rows = [await found.enrich(aws, {"logGroupName": f"/g{n}"}) for n in range(150)]
    assert all(row["LastEvent"] == NOON for row in rows)
    assert len(aws.calls) == 150, "what is known is not asked for again"


async def test_streams_are_asked_for_by_their_last_event(show: Show) -> None:
    aws = FakeAws({"describe_log_streams": {"logStreams": [{"logStreamName": "a"}]}})
    group = {"logGroupName": "/rare", "logGroupClass": "INFREQUENT_ACCESS"}
    [row] = await show(logs.plugin, "streams", aws, group)
    asked = aws.calls[0][1]
    assert (asked["orderBy"], asked["descending"]) == ("LastEventTime", True)
    with pytest.raises(AwstuiError) as refused:
        [line async for line in listing.last_lines(aws, row.raw)]
    assert "Insights" in refused.value.problem.do
    assert len(aws.calls) == 1, "AWS is not asked for what it refuses"


def line(message: str, second: int = 0) -> dict[str, Any]:
    at = NOON + 1000 * second
    return {"timestamp": at, "ingestionTime": at + 1500, "message": message}


async def test_empty_pages_on_the_way_back_are_passed_through(show: Show) -> None:
    book = {
        None: ([line("three", 2)], "b1"),
        "b1": ([], "b2"),
        "b2": ([line("one"), line("two", 1)], "b3"),
        "b3": ([], "b3"),
    }

    def answer(nextToken: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        found, token = book[nextToken]
        return {"events": found, "nextBackwardToken": token, "nextForwardToken": "f"}

    aws = FakeAws({"get_log_events": answer})
    rows = await show(logs.plugin, "lines", aws, STREAM)
    assert [row.cells["Line"] for row in rows] == ["one", "two", "three"]
    assert rows[0].cells["Late"] == 1.5
    assert len(aws.calls) == 4


async def test_lines_that_share_a_millisecond_all_stay(show: Show) -> None:
    page = {"events": [line("same"), line("same"), line("other")], "nextBackwardToken": "b"}
    aws = FakeAws({"get_log_events": page})
    rows = await show(logs.plugin, "lines", aws, STREAM)
    # The answer is given twice, since only a token that comes back ends the stream.
    assert len(rows) == len({row.key for row in rows}) == 6


async def test_no_more_than_the_newest_lines_are_asked_for(show: Show) -> None:
    def answer(limit: int, nextToken: str = "0", **_: Any) -> dict[str, Any]:  # noqa: N803
        found = [line(f"{nextToken}-{n}") for n in range(min(limit, 400))]
        return {"events": found, "nextBackwardToken": str(int(nextToken) + 1)}

    aws = FakeAws({"get_log_events": answer})
    rows = await show(logs.plugin, "lines", aws, STREAM)
    assert len(rows) == listing.NEWEST
    assert [asked["limit"] for _, asked in aws.calls] == [1000, 600, 200]
    assert all(asked["startFromHead"] is False for _, asked in aws.calls)


@pytest.mark.parametrize(
    ("message", "shown", "tone"),
    [
        ("[/var/task] hello\n", "[/var/task] hello", ""),
        ("Traceback (most recent\n  File\nKeyError\n", "Traceback (most recent  +2", "bad"),
        ('{\n  "level": "WARN",\n  "id": 1\n}\n', '{"level":"WARN","id":1}', "warn"),
        ("{broken\nrest", "{broken  +1", ""),
        ("Task timed out after 3.00 seconds", "Task timed out after 3.00 seconds", "bad"),
        ("no terrors, no warnings here", "no terrors, no warnings here", ""),
        ("\x1b[33mWARN\x1b[0m falling back", "WARN falling back", "warn"),
        ("", "", ""),
    ],
)
def test_a_message_becomes_one_line_with_a_tone(message: str, shown: str, tone: str) -> None:
    row = {"message": message}
    assert (listing.one_line(row), listing.line_tone(row)) == (shown, tone)
