"""Insights: the query language, results that come bit by bit, stopping, saved definitions."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awstui.demo.insights.parsing import parsed
from awstui.demo.insights.running import run, text
from awstui.demo.insights.words import QueryError
from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect

REPORT = (
    "REPORT RequestId: r-{n}\tDuration: {n}0.00 ms\tBilled Duration: {n}1 ms\t"
    "Memory Size: 512 MB\tMax Memory Used: 70 MB\t"
)
MESSAGES = (
    'ERROR order 17 failed',
    json.dumps({"level": "WARN", "took": {"ms": 40}, "tags": ["a", "b"]}),
    json.dumps({"level": "INFO", "took": {"ms": 7}}),
    REPORT.format(n=1),
    REPORT.format(n=2),
    "START RequestId: r-3 Version: $LATEST",
)  # fmt: skip


def events(messages: Sequence[str] = MESSAGES) -> list[dict[str, Any]]:
    """One event a minute."""
    return [
        {
            "@timestamp": 1_715_947_200.0 + 60 * n, "@message": message, "@ptr": str(n),
            "@logStream": "s", "@log": "123456789012:g", "@ingestionTime": 0.0,
        }
        for n, message in enumerate(messages)
    ]  # fmt: skip


def answers(query: str) -> list[dict[str, str]]:
    rows, _ = run(parsed(query), events())
    return [{name: text(name, held) for name, held in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("query", "column", "found"),
    [
        ("fields @message | filter @message like /order \\d+/", "@ptr", ["0"]),
        ("filter @message like 'order 17' or level = 'WARN' | sort @timestamp asc", "@ptr", ["0", "1"]),
        ("filter level != 'INFO'", "@ptr", ["1"]),
        ("filter took.ms > 7 and tags.1 = 'b'", "@ptr", ["1"]),
        ("filter level in ['WARN']", "@ptr", ["1"]),
        ("filter level in ('WARN', 'INFO') | sort took.ms", "@ptr", ["2", "1"]),
        ("filter not ispresent(level) and @type = 'REPORT'", "@ptr", ["4", "3"]),
        ("filter @type = 'REPORT' | stats max(@duration) as most", "most", ["20"]),
        ("filter @type = 'REPORT' | stats pct(@duration, 50), avg(@duration)", "avg(@duration)", ["15"]),
        ("stats count(*) as n by bin(2m) | sort n desc", "n", ["2", "2", "2"]),
        ("stats count(*) by level | sort level", "count(*)", ["4", "1", "1"]),
        ("parse @message 'order * failed' as order | filter ispresent(order)", "@ptr", ["0"]),
        ("parse @message /order (?<order>\\d+)/ | fields order | filter order = 17", "order", ["17"]),
        ("fields @timestamp, @message # all\n| limit 2", "@ptr", ["5", "4"]),
        ("fields took.ms * 2 as double | filter double > 14", "double", ["80"]),
    ],
)  # fmt: skip
def test_what_a_query_finds(query: str, column: str, found: list[str]) -> None:
    assert [row[column] for row in answers(query)] == found


@pytest.mark.parametrize(
    ("query", "at", "what"),
    [
        ("fields @message | filtre x", 18, "filtre"),
        ("stats nothing(*)", 6, "nothing"),
        ("filter a =", 10, "end of query"),
        ("fields @message |\nlimit many", 24, "many"),
    ],
)
def test_what_is_wrong_is_pointed_at(query: str, at: int, what: str) -> None:
    with pytest.raises(QueryError) as wrong:
        parsed(query)
    assert wrong.value.start == at
    assert what in str(wrong.value)


@pytest.fixture
def logs(empty: DemoServer, connect: Connect, name: str) -> Any:
    client = connect(empty.url, "logs")
    client.create_log_group(logGroupName=name)
    client.create_log_stream(logGroupName=name, logStreamName="s")
    now = int(time.time() * 1000)
    client.put_log_events(
        logGroupName=name, logStreamName="s",
        logEvents=[{"timestamp": now - 1000 + n, "message": f"line {n}"} for n in range(10)],
    )  # fmt: skip
    return client


def start(logs: Any, name: str, query: str = "fields @message") -> str:
    now = int(time.time())
    return str(
        logs.start_query(
            logGroupNames=[name], startTime=now - 60, endTime=now + 60, queryString=query
        )["queryId"]
    )


def test_results_come_bit_by_bit(logs: Any, name: str) -> None:
    ident = start(logs, name)
    seen = [logs.get_query_results(queryId=ident) for _ in range(3)]
    assert [(one["status"], len(one["results"])) for one in seen] == [
        ("Scheduled", 0), ("Running", 5), ("Complete", 10),
    ]  # fmt: skip
    assert seen[-1]["statistics"]["bytesScanned"] == 10 * (len("line 0") + 26)
    assert seen[-1]["statistics"]["recordsMatched"] == 10
    with pytest.raises(ClientError, match="ended already"):
        logs.stop_query(queryId=ident)


def test_a_query_is_stopped(logs: Any, name: str) -> None:
    ident = start(logs, name)
    assert logs.stop_query(queryId=ident)["success"]
    assert logs.get_query_results(queryId=ident)["status"] == "Cancelled"
    assert logs.describe_queries(logGroupName=name)["queries"][0]["status"] == "Cancelled"


def test_a_malformed_query_says_where(logs: Any, name: str) -> None:
    with pytest.raises(logs.exceptions.MalformedQueryException) as wrong:
        start(logs, name, "fields @message | sorted x")
    told = wrong.value.response["queryCompileError"]
    assert told["location"] == {"startCharOffset": 18, "endCharOffset": 24}
    assert "at line 1 and position 19" in str(wrong.value)


def test_definitions_are_saved_and_found_by_prefix(logs: Any, name: str) -> None:
    made = logs.put_query_definition(name=f"{name}/slow", queryString="limit 1")
    found = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert [one["queryDefinitionId"] for one in found] == [made["queryDefinitionId"]]
    assert found[0]["queryString"] == "limit 1"
