"""Alarms: kinds, filters, composites that follow their children, history, notifications."""

from __future__ import annotations

import json
from typing import Any

import pytest

from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect
from tests.demo.queues import receive


@pytest.fixture
def alarms(empty: DemoServer, connect: Connect) -> Any:
    return connect(empty.url, "cloudwatch")


def put(alarms: Any, name: str, **more: Any) -> None:
    alarms.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        **more,
    )


def state(alarms: Any, name: str) -> str:
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = alarms.describe_alarms(AlarmNames=[name], AlarmTypes=kinds)
    return str((found["MetricAlarms"] + found["CompositeAlarms"])[0]["StateValue"])


def set_state(alarms: Any, name: str, value: str) -> None:
    alarms.set_alarm_state(AlarmName=name, StateValue=value, StateReason="a test says so")


def test_a_new_alarm_has_no_data(alarms: Any, name: str) -> None:
    put(alarms, name)
    assert state(alarms, name) == "INSUFFICIENT_DATA"


def test_a_composite_follows_its_children(alarms: Any, name: str) -> None:
    one, two, both = f"{name}-1", f"{name}-2", f"{name}-both"
    put(alarms, one)
    put(alarms, two)
    rule = f'ALARM("{one}") AND NOT (OK("{two}") OR FALSE)'
    alarms.put_composite_alarm(AlarmName=both, AlarmRule=rule)
    assert state(alarms, both) == "OK"
    set_state(alarms, one, "ALARM")
    assert state(alarms, both) == "ALARM"
    set_state(alarms, two, "OK")
    assert state(alarms, both) == "OK"
    (described,) = alarms.describe_alarms(AlarmNames=[both], AlarmTypes=["CompositeAlarm"])[
        "CompositeAlarms"
    ]
    assert described["AlarmRule"] == rule
    children = alarms.describe_alarms(ChildrenOfAlarmName=both)["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in children] == [one, two]


def test_composites_are_told_only_when_asked_for(alarms: Any, name: str) -> None:
    alarms.put_composite_alarm(AlarmName=name, AlarmRule="TRUE")
    plain = alarms.describe_alarms(AlarmNamePrefix=name)
    asked = alarms.describe_alarms(AlarmNamePrefix=name, AlarmTypes=["CompositeAlarm"])
    assert (plain["MetricAlarms"], plain["CompositeAlarms"]) == ([], [])
    assert [alarm["StateValue"] for alarm in asked["CompositeAlarms"]] == ["ALARM"]


def test_history_is_kept(alarms: Any, name: str) -> None:
    put(alarms, name)
    set_state(alarms, name, "ALARM")
    set_state(alarms, name, "OK")
    entries = alarms.describe_alarm_history(AlarmName=name)["AlarmHistoryItems"]
    assert [entry["HistoryItemType"] for entry in entries] == [
        "StateUpdate",
        "StateUpdate",
        "ConfigurationUpdate",
    ]
    assert entries[0]["HistorySummary"] == "Alarm updated from ALARM to OK"
    data = json.loads(entries[0]["HistoryData"])
    assert data["newState"]["stateReason"] == "a test says so"
    updates = alarms.describe_alarm_history(AlarmName=name, HistoryItemType="ConfigurationUpdate")
    assert len(updates["AlarmHistoryItems"]) == 1


@pytest.mark.parametrize("enabled", [True, False])
def test_a_change_tells_the_topic(
    alarms: Any, empty: DemoServer, connect: Connect, name: str, enabled: bool
) -> None:
    sns, sqs = connect(empty.url, "sns"), connect(empty.url, "sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:eu-west-1:123456789012:{name}",
        Attributes={"RawMessageDelivery": "true"},
    )
    put(alarms, name, AlarmActions=[topic], ActionsEnabled=enabled)
    set_state(alarms, name, "ALARM")
    told = [json.loads(message["Body"])["NewStateValue"] for message in receive(sqs, url)]
    assert told == (["ALARM"] if enabled else [])


def test_the_shop_has_alarms_in_each_state(shop: DemoServer, connect: Connect) -> None:
    found = connect(shop.url, "cloudwatch").describe_alarms(
        AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    every = found["MetricAlarms"] + found["CompositeAlarms"]
    assert {alarm["StateValue"] for alarm in every} == {"OK", "ALARM", "INSUFFICIENT_DATA"}
    assert {alarm["ActionsEnabled"] for alarm in every} == {True, False}
    composites = {alarm["AlarmName"]: alarm["StateValue"] for alarm in found["CompositeAlarms"]}
    assert composites == {"checkout-degraded": "ALARM", "quiet-hours": "OK", "shop-down": "OK"}
