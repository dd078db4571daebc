"""Beanstalk: health in words, its causes, and the events under whatever was opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins import beanstalk
from tests.plugins.conftest import Show


def environment(name: str, health: str = "Green", status: str = "", **more: Any) -> dict[str, Any]:
    finer = {"HealthStatus": status} if status else {}
    return {
        "EnvironmentName": name,
        "ApplicationName": "shop",
        "Health": health,
        "Status": "Ready",
        **finer,
        **more,
    }


BASIC = AwsError(Problem("not enhanced", code="InvalidRequestException"))


async def test_the_sick_come_first_with_their_causes(show: Show) -> None:
    severe = {
        "HealthStatus": "Severe",
        "Color": "Red",
        "Causes": ["100 % of requests fail with 5xx.", "ELB is unhealthy."],
        "InstancesHealth": {"Ok": 3, "Severe": 1, "Warning": 0},
        "ApplicationMetrics": {"StatusCodes": {"Status5xx": 12}},
    }

    def health(EnvironmentName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return severe if EnvironmentName == "prod" else {"HealthStatus": "Ok", "Causes": []}

    found = [environment("a"), environment("prod", "Red", "Severe")]
    answers = {"describe_environments": {"Environments": found}}
    aws = FakeAws({**answers, "describe_environment_health": health})
    prod, other = await show(beanstalk.plugin, "environments", aws)
    assert (prod.cells["Health"], prod.tones["Health"]) == ("Severe", "bad")
    assert prod.cells["Causes"] == "100 % of requests fail with 5xx. ELB is unhealthy."
    assert (prod.cells["5xx / 10 s"], prod.cells["Instances"]) == (12, "1 Severe, 3 Ok")
    assert (other.key, other.tones["Health"], other.cells["Causes"]) == ("a", "", "")
    assert aws.calls[0][1] == {"IncludeDeleted": False}


async def test_basic_health_is_no_error(show: Show) -> None:
    found = [environment("a"), environment("b", "Yellow"), environment("c", Status="Updating")]
    answers = {"describe_environments": {"Environments": found}}
    aws = FakeAws({**answers, "describe_environment_health": BASIC})
    b, c, a = await show(beanstalk.plugin, "environments", aws)
    assert [row.trouble for row in (a, b, c)] == ["", "", ""]
    assert (b.cells["Health"], b.tones["Health"]) == ("Yellow", "warn")
    assert b.cells["Causes"] == "basic health: AWS names no causes"
    assert (a.cells["Causes"], c.cells["Causes"]) == ("", "updating now")


async def test_other_errors_of_health_are_shown_on_the_row(show: Show) -> None:
    denied = AwsError(Problem("may not read health", code="AccessDenied"))
    answers = {"describe_environments": {"Environments": [environment("a")]}}
    aws = FakeAws({**answers, "describe_environment_health": denied})
    [row] = await show(beanstalk.plugin, "environments", aws)
    assert row.trouble == "may not read health"


@pytest.mark.parametrize(
    ("parent", "asked"),
    [
        ({}, {}),
        ({"ApplicationName": "shop"}, {"ApplicationName": "shop"}),
        (environment("prod"), {"ApplicationName": "shop", "EnvironmentName": "prod"}),
    ],
)
async def test_events_are_those_of_what_was_opened(
    show: Show, parent: dict[str, Any], asked: dict[str, str]
) -> None:
    same = {"EventDate": "2024-05-17T12:00:00Z", "EnvironmentName": "prod", "Severity": "ERROR"}
    found = [{**same, "Message": "one"}, {**same, "Message": "two"}]
    aws = FakeAws({"describe_events": {"Events": found}})
    rows = await show(beanstalk.plugin, "events", aws, parent)
    assert [row.cells["Message"] for row in rows] == ["one", "two"]
    assert rows[0].tones["Severity"] == "bad"
    assert aws.calls == [("describe_events", {"MaxRecords": 1000, **asked})]


async def test_an_application_names_its_sick_environments(show: Show) -> None:
    found = [environment("y", "Yellow"), environment("r", "Red"), environment("g")]
    aws = FakeAws(
        {
            "describe_environments": {"Environments": found},
            "describe_applications": {
                "Applications": [
                    {"ApplicationName": "blog"},
                    {"ApplicationName": "shop", "Versions": ["1", "2"]},
                ]
            },
        }
    )
    shop, blog = await show(beanstalk.plugin, "applications", aws)
    assert (shop.cells["State"], shop.tones["State"]) == ("r Red, y Yellow", "bad")
    assert (shop.cells["Environments"], shop.cells["Versions"]) == (3, 2)
    assert (blog.cells["State"], blog.cells["Versions"]) == ("", 0)
    signals = [one async for one in beanstalk.signals(aws)]
    assert [(one.key, one.tone) for one in signals] == [("y", "warn"), ("r", "bad")]


async def test_an_event_leads_to_what_its_environment_logged_then(show: Show) -> None:
    at = dt.datetime(2024, 5, 17, tzinfo=dt.UTC)
    found = [
        {"EventDate": at, "EnvironmentName": "prod", "Message": "down", "Severity": "ERROR"},
        {"EventDate": at, "Message": "made a version", "Severity": "INFO"},
    ]
    aws = FakeAws({"describe_events": {"Events": found}})
    down, made = await show(beanstalk.plugin, "events", aws)
    logs = (["/aws/elasticbeanstalk/prod/*"], at.timestamp())
    assert (down.views, made.views) == ({"logs at that time": logs}, {})


async def test_an_environment_is_described_with_its_options() -> None:
    option = {
        "Namespace": "aws:elasticbeanstalk:application:environment",
        "OptionName": "K",
        "Value": "v",
    }
    settings = {"ConfigurationSettings": [{"EnvironmentName": "a", "OptionSettings": [option]}]}
    aws = FakeAws({"describe_configuration_settings": settings})
    told = await beanstalk.with_options(aws, environment("a"))
    assert told["OptionSettings"] == [option]
    assert aws.calls[0][1] == {"ApplicationName": "shop", "EnvironmentName": "a"}
