"""Declarations are held against the service models, and sample rows look like AWS's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from awstui import registry
from awstui.engine.contract import check_models, result_key, rows_in
from awstui.engine.sampling import NO_ROWS, check_rows
from awstui.plugin import Aws, Column, Plugin, Resource, Row
from awstui.testing import FakeAws, sample_row


def complaints(columns: tuple[Column, ...] = (Column("Name"),), **declared: Any) -> list[str]:
    given: dict[str, Any] = {"name": "zones", "rows": "list_hosted_zones", "key": "Id", **declared}
    resource = Resource(columns=columns, **given)
    plugin = Plugin(name="dns", title="DNS", service="route53", resources=(resource,))
    return [line.removeprefix("dns.zones: ") for line in check_models(plugin)]


@pytest.mark.parametrize("plugin", registry.load().plugins, ids=lambda plugin: plugin.name)
def test_every_plugin_of_ours_agrees_with_its_service(plugin: Plugin) -> None:
    assert check_models(plugin) == []


FROM_TEXT = {"logs": ["invocations", "invocation-lines", "patterns", "pattern-lines"]}
"""Rows that are made of what lines say, which no model tells."""


@pytest.mark.parametrize("plugin", registry.load().plugins, ids=lambda plugin: plugin.name)
async def test_rows_made_by_functions_fill_the_columns_and_ask_only_what_there_is(
    plugin: Plugin,
) -> None:
    expected = [f"{plugin.name}.{name}: {NO_ROWS}" for name in FROM_TEXT.get(plugin.name, ())]
    assert await check_rows(plugin) == expected


async def test_what_a_function_asks_in_vain_is_told() -> None:
    async def rows(aws: Aws, parent: Row) -> AsyncIterator[Row]:
        """Asks for what there is not, and writes while it reads."""
        await aws.read("list_zones")
        await aws.read("get_hosted_zone", Id="x", Colour="red")
        await aws.read("delete_hosted_zone", Id="x")
        async for row in aws.rows("list_hosted_zones"):
            yield row

    async def enrich(aws: Aws, row: Row) -> Row:
        """Adds nothing."""
        return row

    columns = (Column("Name"), Column("Nick name"), Column("Odd", lambda row: row["Odd"]))
    zones = Resource(name="zones", rows=rows, columns=columns, key="Id", enrich=enrich)
    plugin = Plugin(name="dns", title="DNS", service="route53", resources=(zones,))
    assert [line.removeprefix("dns.zones: ") for line in await check_rows(plugin)] == [
        "route53 has no operation 'list_zones'",
        "get_hosted_zone takes no argument 'Colour'",
        "delete_hosted_zone is called, but it is no read",
        "Odd: KeyError: 'Odd'",
        "column 'Nick name' finds nothing in any row",
    ]


def test_a_sound_declaration_has_nothing_against_it() -> None:
    assert complaints(describe=("get_hosted_zone", {"Id": "Id"})) == []


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"rows": "list_zones"}, "route53 has no operation 'list_zones'"),
        ({"arguments": {"Colour": "red"}}, "list_hosted_zones takes no argument 'Colour'"),
        ({"pick": "Zones"}, "list_hosted_zones has no rows at 'Zones'"),
        ({"key": "Identifier"}, "key 'Identifier' finds nothing in a row of list_hosted_zones"),
        (
            {"rows": "list_resource_record_sets", "key": "Name"},
            "list_resource_record_sets needs the argument 'HostedZoneId'",
        ),
        (
            {"columns": (Column("Nick name"), Column("Kind", "Config.Private"))},
            "column 'Kind' finds nothing in a row of list_hosted_zones",
        ),
        ({"describe": ("get_zone", {"Id": "Id"})}, "route53 has no operation 'get_zone'"),
        ({"describe": ("get_hosted_zone", {})}, "get_hosted_zone needs the argument 'Id'"),
        (
            {"describe": ("get_hosted_zone", {"Id": "Identifier"})},
            "describe's Id finds nothing at 'Identifier'",
        ),
    ],
)
def test_what_does_not_fit_the_model_is_told(declared: dict[str, Any], said: str) -> None:
    assert said in complaints(**declared)


def test_what_is_sent_is_an_operation() -> None:
    async def run(aws: Aws, row: Row) -> None:
        """Do nothing."""

    resource = Resource(name="zones", rows="list_hosted_zones", key="Id", columns=(Column("Name"),))
    for name, sends in (("a", "delete_hosted_zone"), ("b", "drop_zone"), ("c", "nope:send_message"),
                        ("d", "sqs:send_message")):  # fmt: skip
        resource.action(name, name, effect="touch", sends=[sends])(run)
    plugin = Plugin(name="dns", title="DNS", service="route53", resources=(resource,))
    assert check_models(plugin) == [
        "dns.zones: run sends 'drop_zone', which is no operation",
        "dns.zones: run sends 'nope:send_message', which is no operation",
    ]


def test_a_service_that_botocore_does_not_know_is_told() -> None:
    resource = Resource(name="r", rows="x", columns=(Column("Name"),))
    plugin = Plugin(name="nope", title="Nope", resources=(resource,))
    assert check_models(plugin) == ["nope: botocore knows no service 'nope'"]


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("route53", "list_hosted_zones", "HostedZones"),
        ("elasticbeanstalk", "describe_applications", "Applications"),
        ("cloudwatch", "describe_alarms", "MetricAlarms"),
        ("sqs", "list_queues", "QueueUrls"),
    ],
)
def test_where_rows_are_comes_from_the_model(service: str, operation: str, expected: str) -> None:
    assert result_key(service, operation) == expected
    assert rows_in(service, operation)


def test_a_sample_row_has_every_field_with_its_type() -> None:
    row = sample_row("stepfunctions", "list_executions")
    assert row["status"] == "RUNNING"
    assert isinstance(row["startDate"], dt.datetime)
    assert isinstance(row["itemCount"], int)
    with pytest.raises(LookupError):
        sample_row("route53", "list_hosted_zones", "Nothing")


def test_a_shape_that_holds_itself_ends() -> None:
    assert sample_row("dynamodb", "scan")


async def test_the_fake_answers_pages_rows_and_errors_and_keeps_the_calls() -> None:
    def named(**arguments: Any) -> Row:
        return {"Name": arguments["Name"]}

    aws = FakeAws(
        {"list_x": [{"X": [1, 2]}, {"X": []}, {"X": [3]}], "get_x": named, "bad": ValueError("no")}
    )
    assert [row async for row in aws.rows("list_x")] == [1, 2, 3]
    assert [row async for row in aws.rows("list_x", "X[?@ > `1`]")] == [2, 3]
    assert await aws.at(region="us-east-1").read("get_x", Name="a") == {"Name": "a"}
    with pytest.raises(ValueError, match="no"):
        await aws.write("bad")
    with pytest.raises(AssertionError, match="no answer is given"):
        await aws.read("other")
    assert aws.calls[2] == ("get_x", {"Name": "a"})
