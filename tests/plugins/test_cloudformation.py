"""CloudFormation: failed stacks first, the root cause first in one, and what it made."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from awstui.testing import FakeAws
from plugins import cloudformation
from tests.plugins.conftest import Show

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1"
NOON = dt.datetime(2024, 5, 17, 12, 0, tzinfo=dt.UTC)


def stack(name: str, status: str, minutes: int = 0, **more: Any) -> dict[str, Any]:
    made = NOON + dt.timedelta(minutes=minutes)
    own = {"StackName": name, "StackId": name, "StackStatus": status, "CreationTime": made}
    return {**own, **more}


async def test_failed_stacks_come_first_and_deleted_ones_are_not_there(show: Show) -> None:
    pages = [
        {
            "Stacks": [
                stack("a", "CREATE_COMPLETE", 1),
                stack("gone", "DELETE_COMPLETE"),
                stack("b", "UPDATE_ROLLBACK_COMPLETE", 2),
            ]
        },
        {
            "Stacks": [
                stack("c", "UPDATE_IN_PROGRESS", 3),
                stack("d", "ROLLBACK_COMPLETE", 4, StackStatusReason="quota"),
            ]
        },
    ]
    rows = await show(cloudformation.plugin, "stacks", FakeAws({"describe_stacks": pages}))
    assert [row.key for row in rows] == ["d", "c", "b", "a"]
    assert [row.tones["Status"] for row in rows] == ["bad", "", "warn", ""]
    assert rows[0].cells["Reason"] == "was never made; can only be deleted · quota"
    signals = [one async for one in cloudformation.signals(FakeAws({"describe_stacks": pages}))]
    assert [one.key for one in signals] == ["d"]


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        ("CREATE_FAILED", "bad"),
        ("ROLLBACK_IN_PROGRESS", "bad"),
        ("UPDATE_ROLLBACK_FAILED", "bad"),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "warn"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("DELETE_FAILED", "bad"),
        ("DELETE_IN_PROGRESS", "muted"),
        ("REVIEW_IN_PROGRESS", "warn"),
        ("IMPORT_ROLLBACK_COMPLETE", "bad"),
    ],
)
def test_every_status_has_its_tone(status: str, tone: str) -> None:
    assert cloudformation.tone_of(status) == tone


def event(number: int, part: str, status: str, reason: str = "") -> dict[str, Any]:
    itself = part == "shop"
    return {
        "EventId": str(number),
        "StackId": STACK,
        "LogicalResourceId": part,
        "PhysicalResourceId": STACK if itself else part,
        "ResourceType": "AWS::CloudFormation::Stack" if itself else "AWS::SQS::Queue",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": NOON + dt.timedelta(seconds=number),
    }


FAILING = [
    event(1, "shop", "CREATE_IN_PROGRESS"),
    event(2, "Old", "CREATE_FAILED", "an earlier attempt"),
    event(3, "shop", "UPDATE_IN_PROGRESS", "User Initiated"),
    event(4, "Orders", "UPDATE_IN_PROGRESS"),
    event(5, "Other", "UPDATE_FAILED", "Resource update cancelled"),
    event(6, "Orders", "UPDATE_FAILED", "no such key"),
    event(7, "Later", "UPDATE_FAILED", "follows from it"),
    event(8, "shop", "UPDATE_ROLLBACK_IN_PROGRESS", "[Orders] failed"),
    event(9, "shop", "UPDATE_ROLLBACK_COMPLETE"),
]


async def test_the_root_cause_of_the_latest_attempt_stands_first(show: Show) -> None:
    pages = [{"StackEvents": FAILING[:3:-1]}, {"StackEvents": FAILING[3::-1]}]
    aws = FakeAws({"describe_stack_events": pages})
    rows = await show(cloudformation.plugin, "events", aws, {"StackId": STACK})
    assert [row.key for row in rows] == ["6", "9", "8", "7", "5", "4", "3", "2", "1"]
    assert rows[0].cells["Reason"] == "root cause: no such key"
    assert rows[4].tones["Resource"] == "muted", "what was only cancelled is not to blame"
    assert aws.calls == [("describe_stack_events", {"StackName": STACK})]


async def test_an_attempt_that_went_well_has_no_root_cause(show: Show) -> None:
    well = [*FAILING[:4], event(5, "shop", "UPDATE_COMPLETE")]
    aws = FakeAws({"describe_stack_events": {"StackEvents": well[::-1]}})
    rows = await show(cloudformation.plugin, "events", aws, {"StackId": STACK})
    assert rows[0].key == "5"
    assert not any(row.raw.get("RootCause") for row in rows)


async def test_what_a_stack_made_leads_to_where_it_is_at_home(show: Show) -> None:
    made = {
        "AWS::SQS::Queue": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
        "AWS::Lambda::Function": "ship",
        "AWS::CloudFormation::Stack": STACK.replace("shop", "nested"),
        "AWS::IAM::Role": "role",
    }
    found = [
        {
            "LogicalResourceId": kind,
            "ResourceType": kind,
            "PhysicalResourceId": physical,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for kind, physical in made.items()
    ]
    aws = FakeAws({"list_stack_resources": {"StackResourceSummaries": found}})
    rows = await show(cloudformation.plugin, "resources", aws, {"StackId": STACK})
    links = {row.key.rsplit("::", 1)[-1]: row.links for row in rows}
    assert links == {
        "Queue": {"Queue": ["arn:aws:sqs:eu-west-1:123456789012:orders"]},
        "Function": {"Function": ["ship"]},
        "Stack": {"Stack": [STACK.replace("shop", "nested")]},
        "Role": {},
    }
    assert {row.key.rsplit("::", 1)[-1]: row.views for row in rows} == {
        "Queue": {"logs": (["arn:aws:sqs:eu-west-1:123456789012:orders"], None)},
        "Function": {"logs": (["arn:aws:lambda:eu-west-1:123456789012:function:ship"], None)},
        "Stack": {},
        "Role": {},
    }


def test_a_stack_does_not_lead_to_itself() -> None:
    assert cloudformation.elsewhere("AWS::CloudFormation::Stack", FAILING[0]) is None
