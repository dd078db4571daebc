"""Queries against a server: results as they come, stopping, refusals, and the lines around a result."""

from __future__ import annotations

import time
from typing import Any

import pytest

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.testing import FakeAws
from plugins.logs.insights.answer import place
from plugins.logs.insights.around import lines_around, located
from plugins.logs.insights.job import insights, refusal
from plugins.logs.insights.question import wrong
from tests.plugins.logs.conftest import Logs

LINES = [f"line {n}" for n in range(10)]


def ask(
    logs: Logs, groups: list[str], query: str = "fields @timestamp, @message, @logStream"
) -> Any:
    now = time.time()
    return insights(
        logs.aws, {}, None, query=query, groups=groups, since=now - 600, until=now
    )  # fmt: skip


async def finished(logs: Logs, groups: list[str], query: str) -> Row:
    """The last event of a query."""
    events = [event async for event in ask(logs, groups, query)]
    last: Row = events[-1]
    return last


async def status(logs: Logs, ident: str) -> str:
    answer = await logs.aws.read("describe_queries")
    return next(str(one["status"]) for one in answer["queries"] if one["queryId"] == ident)


async def test_results_come_while_the_query_runs(logs: Logs) -> None:
    group = await logs.group("g", LINES)
    events = [event async for event in ask(logs, [group])]
    assert events[0]["kind"] == "started"
    assert [(e["status"], len(e["rows"]), e["ended"]) for e in events[1:]] == [
        ("Scheduled", 0, False), ("Running", 5, False), ("Complete", 10, True),
    ]  # fmt: skip
    assert events[-1]["statistics"]["bytesScanned"] == sum(len(one) + 26 for one in LINES)
    assert events[-1]["rows"][0]["@message"] == "line 9"
    assert await status(logs, events[0]["query_id"]) == "Complete"


async def test_closing_stops_the_query(logs: Logs) -> None:
    group = await logs.group("g", LINES)
    asking = ask(logs, [group])
    started = await anext(asking)
    await anext(asking)
    await asking.aclose()
    assert await status(logs, started["query_id"]) == "Cancelled"


async def test_one_query_asks_many_groups(logs: Logs) -> None:
    groups = [await logs.group("g", ["same"]) for _ in range(3)]
    last = await finished(logs, groups, "stats count(*) as n by @log")
    assert {row["@log"] for row in last["rows"]} == {f"123456789012:{group}" for group in groups}


async def test_too_many_groups_are_refused_before_aws_is_asked() -> None:
    aws = FakeAws({})
    with pytest.raises(AwstuiError, match="1 to 50 log groups, not 51"):
        await anext(insights(aws, {}, None, query="limit 1", groups=["g"] * 51, since=0, until=1))
    assert aws.calls == []


async def test_a_malformed_query_says_where(logs: Logs) -> None:
    group = await logs.group("g", LINES)
    query = "fields @message\n| filtre x"
    with pytest.raises(AwstuiError) as refused:
        await anext(ask(logs, [group], query))
    problem = refused.value.problem
    place_of = wrong(query, f"{problem.what} {problem.why}")
    assert place_of is not None
    assert (place_of.line, place_of.position) == (2, 3)


async def test_every_page_of_a_result_is_read() -> None:
    def results(nextToken: str = "0", **_: Any) -> Row:  # noqa: N803
        following = {"nextToken": str(int(nextToken) + 1)} if nextToken < "2" else {}
        return {
            "status": "Complete", "results": [[{"field": "n", "value": nextToken}]], **following,
        }  # fmt: skip

    aws = FakeAws({"start_query": {"queryId": "q"}, "get_query_results": results})
    far = "arn:aws:logs:r:1:log-group:g:*"
    asking = insights(aws, {}, None, query="x", groups=[far], since=0.5, until=1.5)
    events = [event async for event in asking]
    assert [row["n"] for row in events[-1]["rows"]] == ["0", "1", "2"]
    asked = aws.calls[0][1]
    assert asked["logGroupIdentifiers"] == ["arn:aws:logs:r:1:log-group:g"]
    assert (asked["startTime"], asked["endTime"]) == (0, 2), "whole seconds, nothing left out"
    assert "stop_query" not in dict(aws.calls)


def test_an_end_that_is_none_is_explained() -> None:
    assert refusal("Complete") is None
    assert all(refusal(status) for status in ("Failed", "Timeout", "Cancelled", "Unknown"))


async def test_a_result_leads_to_the_lines_around_it(logs: Logs) -> None:
    group = await logs.group("g", LINES)
    last = await finished(
        logs, [group], "fields @timestamp, @logStream | filter @message = 'line 4'"
    )
    where = place(last["rows"][0], [group])
    assert where is not None
    around = await lines_around(logs.aws, where)
    assert [line["message"] for line in around] == LINES


async def test_a_pointer_leads_to_a_line_whose_fields_were_not_asked_for() -> None:
    aws = FakeAws(
        {
            "get_log_record": {
                "logRecord": {
                    "@timestamp": "1715947200120", "@logStream": "s", "@log": "123456789012:/a",
                }
            }
        }
    )  # fmt: skip
    found = await located(aws, {"@ptr": "p", "level": "x"}, ["/a", "/b"])
    assert (found.group, found.stream, found.at) == ("/a", "s", 1715947200120)
    with pytest.raises(AwstuiError, match="counted row"):
        await located(aws, {"count(*)": "3"}, ["/a"])


async def test_lines_are_found_through_empty_pages() -> None:
    at = 1_000
    book = {
        (True, None): ([], "f1"), (True, "f1"): ([{"timestamp": at, "message": "it"}], "f2"),
        (True, "f2"): ([], "f2"),
        (False, None): ([{"timestamp": at - 1, "message": "before"}], "b1"), (False, "b1"): ([], "b1"),
    }  # fmt: skip

    def answer(startFromHead: bool, nextToken: str | None = None, **_: Any) -> Row:  # noqa: N803
        events, token = book[startFromHead, nextToken]
        return {"events": events, "nextForwardToken": token, "nextBackwardToken": token}

    aws = FakeAws({"get_log_events": answer})
    found = await located(aws, {"@timestamp": "1970-01-01 00:00:01.000", "@logStream": "s"}, ["/a"])
    assert [line["message"] for line in await lines_around(aws, found)] == ["before", "it"]
