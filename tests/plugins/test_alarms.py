"""Alarms: every kind of them, the red ones first, and where they lead."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins import alarms
from tests.plugins.conftest import Show

AT = "eu-west-1:123456789012"
EVERY_KIND = ["MetricAlarm", "CompositeAlarm", "LogAlarm"]
TOPIC = f"arn:aws:sns:{AT}:pager"


def alarm(name: str, state: str = "OK", **more: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{AT}:alarm:{name}",
        "StateValue": state,
        "StateReason": "Threshold Crossed",
        "StateUpdatedTimestamp": dt.datetime(2024, 5, 17, tzinfo=dt.UTC),
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        **more,
    }


def depth(queue: str) -> dict[str, Any]:
    return {
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Namespace": "AWS/SQS",
        "Dimensions": [{"Name": "QueueName", "Value": queue}],
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 100.0,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Period": 60,
    }


async def test_composite_and_log_alarms_are_asked_for_and_shown(show: Show) -> None:
    pages = [
        {"MetricAlarms": [alarm("m", **depth("orders"))], "CompositeAlarms": []},
        {
            "CompositeAlarms": [alarm("c", "ALARM", AlarmRule='ALARM("m") OR NOT OK(n)')],
            "LogAlarms": [
                alarm("l", ScheduledQueryConfiguration={"LogGroupIdentifiers": ["/shop"]})
            ],
        },
    ]
    aws = FakeAws({"describe_alarms": pages})
    rows = await show(alarms.plugin, "alarms", aws)
    assert [(row.key, row.cells["Kind"]) for row in rows] == [
        ("c", "composite"),
        ("l", "log"),
        ("m", "metric"),
    ]
    assert aws.calls[0][1]["AlarmTypes"] == EVERY_KIND
    assert rows[0].links["alarms it is made of"] == ["m", "n"]
    assert rows[1].links["log group"] == ["/shop"]
    assert not any(row.trouble for row in rows)


async def test_an_endpoint_without_log_alarms_is_asked_again(show: Show) -> None:
    def answer(AlarmTypes: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803  as the API calls it
        if "LogAlarm" in AlarmTypes:
            raise AwsError(Problem("refused", code="ValidationError"))
        return {"MetricAlarms": [alarm("m")]}

    aws = FakeAws({"describe_alarms": answer})
    assert [row.key for row in await show(alarms.plugin, "alarms", aws)] == ["m"]


async def test_a_denied_list_is_not_asked_twice() -> None:
    aws = FakeAws({"describe_alarms": AwsError(Problem("denied", code="AccessDenied"))})
    with pytest.raises(AwsError, match="denied"):
        [row async for row in alarms.list_alarms(aws, {})]
    assert len(aws.calls) == 1


async def test_red_comes_first_and_silenced_red_before_that(show: Show) -> None:
    found = [
        alarm("a"),
        alarm("b", ActionsEnabled=False),
        alarm("c", "INSUFFICIENT_DATA"),
        alarm("d", "ALARM"),
        alarm("e", "ALARM", ActionsEnabled=False),
        alarm("f", AlarmActions=[]),
    ]
    rows = await show(
        alarms.plugin, "alarms", FakeAws({"describe_alarms": {"MetricAlarms": found}})
    )
    assert [row.key for row in rows] == ["e", "d", "c", "b", "a", "f"]
    assert rows[0].cells["Reason"] == "its actions are off · Threshold Crossed"
    assert rows[0].tones["Actions"] == "warn"
    assert "on" in {row.cells["Actions"] for row in rows}, "somebody is told"
    assert rows[4].cells["Reason"] == ""
    assert rows[5].cells["Actions"] == "none"


async def test_an_alarm_says_its_condition_and_leads_to_what_it_watches(show: Show) -> None:
    maths: dict[str, Any] = {
        "Metrics": [
            {"Id": "e", "Expression": "m1 / m2"},
            {"Id": "m1", "MetricStat": {"Metric": {
                "MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": "ship"}],
            }}},
        ],
        "ComparisonOperator": "GreaterThanUpperThreshold", "EvaluationPeriods": 1,
    }  # fmt: skip
    ship = f"arn:aws:states:{AT}:stateMachine:ship"
    machine: dict[str, Any] = {"Dimensions": [{"Name": "StateMachineArn", "Value": ship}]}
    found = [alarm("a", **depth("orders")), alarm("b", **maths), alarm("c", **machine)]
    aws = FakeAws({"describe_alarms": {"MetricAlarms": found}})
    queue, function, states = await show(alarms.plugin, "alarms", aws)
    assert states.cells["Watches"] == "ship", "its name is read, its ARN is followed"
    assert states.links["state machine"] == [ship]
    assert queue.cells["Condition"] == "ApproximateNumberOfMessagesVisible > 100, 2 of 3 × 60 s"
    assert queue.links == {"queue": [f"arn:aws:sqs:{AT}:orders"], "topics it tells": [TOPIC]}
    assert function.cells["Condition"] == "Errors above its band, 1 of 1"
    assert function.links["function"] == ["ship"]


async def test_history_is_of_every_kind_and_newest_first(show: Show) -> None:
    held = {
        "Timestamp": dt.datetime(2024, 5, 17, tzinfo=dt.UTC),
        "HistoryItemType": "StateUpdate",
        "HistorySummary": "Alarm updated from OK to ALARM",
    }
    aws = FakeAws({"describe_alarm_history": {"AlarmHistoryItems": [held]}})
    [row] = await show(alarms.plugin, "history", aws, {"AlarmName": "c"})
    assert row.tones["What"] == "bad"
    arguments = aws.calls[0][1]
    assert (arguments["AlarmTypes"], arguments["ScanBy"]) == (EVERY_KIND, "TimestampDescending")


async def test_home_hears_of_red_alarms_only() -> None:
    aws = FakeAws({"describe_alarms": {"CompositeAlarms": [alarm("c", "ALARM")]}})
    [signal] = [one async for one in alarms.signals(aws)]
    assert (signal.text, signal.tone, signal.key) == ("c is in ALARM", "bad", "c")
    assert aws.calls[0][1]["StateValue"] == "ALARM"


async def test_an_alarm_leads_to_the_logs_at_the_time_of_its_transition(show: Show) -> None:
    at = dt.datetime(2024, 5, 17, tzinfo=dt.UTC)
    counted: dict[str, Any] = {"MetricName": "Errors", "Namespace": "Shop", "Dimensions": []}
    function: dict[str, Any] = {"MetricName": "Errors", "Namespace": "AWS/Lambda",
                "Dimensions": [{"Name": "FunctionName", "Value": "ship:live"}]}  # fmt: skip
    found = [alarm("a", **depth("orders")), alarm("b", **counted), alarm("c", **function)]
    aws = FakeAws({"describe_alarms": {"MetricAlarms": found}})
    rows = await show(alarms.plugin, "alarms", aws)
    assert [row.views["logs at that time"] for row in rows] == [
        ([f"arn:aws:sqs:{AT}:orders"], at.timestamp()),
        (["metric:Shop|Errors"], at.timestamp()),
        ([f"arn:aws:lambda:{AT}:function:ship:live"], at.timestamp()),
    ]
    later = at + dt.timedelta(hours=1)
    held = {"AlarmName": "c", "Timestamp": later, "HistoryItemType": "StateUpdate"}
    aws = FakeAws({"describe_alarm_history": {"AlarmHistoryItems": [held]}})
    [past] = await show(alarms.plugin, "history", aws, rows[2].raw)
    assert past.views == {
        "logs at that time": ([f"arn:aws:lambda:{AT}:function:ship:live"], later.timestamp())
    }


async def test_a_composite_alarm_leads_to_the_logs_of_what_its_members_watch(show: Show) -> None:
    inner = alarm("inner", AlarmRule="ALARM(deep) OR ALARM(outer)")
    outer = alarm("outer", AlarmRule=f'ALARM("arn:aws:cloudwatch:{AT}:alarm:inner") AND OK(gone)')
    page = {"MetricAlarms": [alarm("deep", **depth("orders"))], "CompositeAlarms": [inner, outer]}
    rows = await show(alarms.plugin, "alarms", FakeAws({"describe_alarms": page}))
    logs = {row.key: row.views["logs at that time"][0] for row in rows}
    queue = f"arn:aws:sqs:{AT}:orders"
    assert logs == {"deep": [queue], "inner": [queue], "outer": [queue]}
