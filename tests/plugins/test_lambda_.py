"""Lambda: masked variables, what a mapping says, and where the links lead."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.masking import HIDDEN, masked
from awstui.testing import FakeAws
from plugins import lambda_
from tests.plugins.conftest import Show

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"


def function(name: str, **more: Any) -> dict[str, Any]:
    return {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:eu-west-1:123456789012:function:{name}",
        "Runtime": "python3.13",
        "LastModified": "2024-05-17T12:00:00.000+0000",
        "Version": "$LATEST",
        **more,
    }


async def test_every_page_of_functions_is_listed(show: Show) -> None:
    pages = [{"Functions": [function(f"f{page}{n}") for n in range(50)]} for page in range(11)]
    assert len(await show(lambda_.plugin, "functions", FakeAws({"list_functions": pages}))) == 550


async def test_values_of_variables_never_become_part_of_a_row(show: Show) -> None:
    secret = {"Environment": {"Variables": {"TOKEN": "hunter2"}}}
    aws = FakeAws(
        {
            "list_functions": {"Functions": [function("orders", **secret)]},
            "list_versions_by_function": {"Versions": [function("orders", **secret)]},
            "get_function_configuration": {**function("orders", **secret), "ResponseMetadata": {}},
        }
    )
    [row] = await show(lambda_.plugin, "functions", aws)
    [version] = await show(lambda_.plugin, "versions", aws, row.raw)
    described = await lambda_.describe_function(aws, row.raw)
    for seen in (row.raw, version.raw, masked(described)):
        assert seen["Environment"]["Variables"] == {"TOKEN": HIDDEN}
    assert described["Environment"]["Variables"] == {"TOKEN": "hunter2"}, "to be revealed"
    assert aws.calls[-1][0] == "get_function_configuration", "GetFunction hands out the code"
    assert "ResponseMetadata" not in described


async def test_a_function_leads_to_its_log_group_and_dead_letters(show: Show) -> None:
    own = {"LoggingConfig": {"LogGroup": "/shop"}, "DeadLetterConfig": {"TargetArn": QUEUE}}
    topic = {"DeadLetterConfig": {"TargetArn": "arn:aws:sns:eu-west-1:123456789012:t"}}
    found = [function("a", **own), function("b", **topic)]
    a, b = await show(
        lambda_.plugin, "functions", FakeAws({"list_functions": {"Functions": found}})
    )
    assert a.links == {"log group": ["/shop"], "dead-letter queue": [QUEUE]}
    assert b.links == {"log group": ["/aws/lambda/b"]}
    assert (a.views, b.views) == (
        {"logs": (["/shop"], None)},
        {"logs": ([b.raw["FunctionArn"]], None)},
    )
    assert a.cells["Modified"] == 1715947200.0


async def test_a_function_that_cannot_run_comes_first_and_says_why(show: Show) -> None:
    broken = function("z", State="Failed", StateReason="no such role")
    stuck = function("y", State="Active", LastUpdateStatus="Failed", LastUpdateStatusReason="EFS")
    found = [function("a", State="Active", LastUpdateStatus="Successful"), stuck, broken]
    rows = await show(
        lambda_.plugin, "functions", FakeAws({"list_functions": {"Functions": found}})
    )
    assert [row.cells["State"] for row in rows] == [
        "update Failed: EFS",
        "Failed: no such role",
        "",
    ]
    assert [row.tones["Function"] for row in rows] == ["bad", "bad", ""]


@pytest.mark.parametrize(
    ("mapping", "says", "tone"),
    [
        ({"State": "Enabled", "FunctionResponseTypes": ["ReportBatchItemFailures"]}, "", ""),
        ({"State": "Enabled"}, "one bad message fails its whole batch", ""),
        ({"State": "Disabled"}, "nobody takes from orders: disabled", "warn"),
        (
            {"State": "Enabled", "LastProcessingResult": "PROBLEM: Function call failed"},
            "PROBLEM: Function call failed",
            "bad",
        ),
        ({"State": "Updating", "StateTransitionReason": "User action"}, "User action", "warn"),
        (
            {
                "State": "Enabled",
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
            },
            "deletes the messages that its filter leaves out",
            "",
        ),
    ],
)
async def test_a_mapping_says_what_keeps_messages(
    show: Show, mapping: dict[str, Any], says: str, tone: str
) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:ship:live"
    held = {"UUID": "1", "EventSourceArn": QUEUE, "FunctionArn": arn, **mapping}
    aws = FakeAws({"list_event_source_mappings": {"EventSourceMappings": [held]}})
    [row] = await show(lambda_.plugin, "mappings", aws, {"FunctionName": "ship"})
    assert (row.cells["Note"], row.tones["Note"]) == (says, tone)
    assert row.cells["Source"] == "orders"
    assert row.links == {"queue": [QUEUE], "function": ["ship"]}
    assert aws.calls == [("list_event_source_mappings", {"FunctionName": "ship"})]


def test_sources_of_every_kind_have_a_name() -> None:
    at = "eu-west-1:123456789012"
    table = f"arn:aws:dynamodb:{at}:table/orders/stream/2024-05-17T12:00:00.000"
    assert lambda_.fed_by({"EventSourceArn": table}) == "orders"
    assert lambda_.fed_by({"EventSourceArn": f"arn:aws:kinesis:{at}:stream/clicks"}) == "clicks"
    assert lambda_.fed_by({"Topics": ["a", "b"]}) == "a, b"


async def test_versions_stand_newest_first(show: Show) -> None:
    found = [function("f", Version=version) for version in ("1", "$LATEST", "10", "9")]
    aws = FakeAws({"list_versions_by_function": {"Versions": found}})
    rows = await show(lambda_.plugin, "versions", aws, {"FunctionName": "f"})
    assert [row.key for row in rows] == ["$LATEST", "10", "9", "1"]


async def test_an_alias_tells_where_else_it_goes(show: Show) -> None:
    routing = {"AdditionalVersionWeights": {"7": 0.1}}
    found = [{"Name": "live", "FunctionVersion": "6", "RoutingConfig": routing}]
    aws = FakeAws({"list_aliases": {"Aliases": found}})
    [row] = await show(lambda_.plugin, "aliases", aws, {"FunctionName": "f"})
    assert (row.cells["Also goes to"], row.tones["Also goes to"]) == ("10% to 7", "warn")
