"""The shop's alarms, in every state, with what they went through."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from moto.cloudwatch.models import (
    Alarm,
    CloudWatchBackend,
    Dimension,
    Metric,
    MetricDataQuery,
    MetricStat,
    cloudwatch_backends,
)

from awstui.demo.extensions import cloudwatch
from awstui.demo.fleet import ACCOUNT, REGION, ago, arn, dice

TOPIC = arn("sns", "ops-alarms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An alarm: what it watches, when it goes off, and the state it is in."""

    name: str
    description: str = ""
    state: str = "OK"
    metric: tuple[str, str] = ("", "")
    of: tuple[str, str] | None = None
    above: float = 0
    statistic: str = "Maximum"
    percentile: str | None = None
    period: int = 60
    periods: int = 5
    missing: str = "notBreaching"
    rule: str | None = None
    actions: bool = True
    topic: bool = True
    flips: int = 4
    hours: float = 3.0


def _queue(metric: str) -> tuple[str, str]:
    return "AWS/SQS", metric


def _function(metric: str) -> tuple[str, str]:
    return "AWS/Lambda", metric


PLANS = (
    Plan(
        name="orders-dlq-not-empty",
        description="Orders fail five times and land here. Runbook: wiki/orders-dlq",
        state="ALARM",
        metric=_queue("ApproximateNumberOfMessagesVisible"),
        of=("QueueName", "orders-dlq"),
        periods=1,
        hours=62,
    ),
    Plan(
        name="payments-dlq-not-empty",
        description="A charge failed three times",
        state="ALARM",
        metric=_queue("ApproximateNumberOfMessagesVisible"),
        of=("QueueName", "payments-dlq.fifo"),
        periods=1,
        hours=0.7,
    ),
    Plan(
        name="orders-waiting-too-long",
        metric=_queue("ApproximateAgeOfOldestMessage"),
        of=("QueueName", "orders"),
        above=300,
    ),
    Plan(
        name="shipping-backlog",
        description="Nobody prints labels",
        state="ALARM",
        metric=_queue("ApproximateAgeOfOldestMessage"),
        of=("QueueName", "shipping"),
        above=3600,
        hours=4,
    ),
    Plan(
        name="orders-handler-errors",
        description="More than 1 % of orders fail",
        metric=_function("Errors"),
        of=("FunctionName", "orders-handler"),
        statistic="Sum",
        above=5,
        flips=16,
    ),
    Plan(
        name="orders-handler-throttles",
        metric=_function("Throttles"),
        of=("FunctionName", "orders-handler"),
        statistic="Sum",
        flips=0,
    ),
    Plan(
        name="payments-charge-slow",
        description="p99 of a charge",
        metric=_function("Duration"),
        of=("FunctionName", "payments-charge"),
        percentile="p99",
        above=4500,
    ),
    Plan(
        name="invoice-pdf-no-calls",
        state="INSUFFICIENT_DATA",
        metric=_function("Invocations"),
        of=("FunctionName", "invoice-pdf"),
        statistic="Sum",
        missing="missing",
        flips=2,
    ),
    Plan(
        name="nightly-report-missing",
        description="No report by six in the morning",
        state="INSUFFICIENT_DATA",
        metric=("AWS/States", "ExecutionsSucceeded"),
        of=("StateMachineArn", arn("states", "stateMachine:nightly-report")),
        statistic="Sum",
        period=86_400,
        periods=1,
        missing="missing",
        topic=False,
        flips=1,
    ),
    Plan(
        name="fulfilment-failures",
        description="Muted while the carrier is being replaced",
        state="ALARM",
        metric=("AWS/States", "ExecutionsFailed"),
        of=("StateMachineArn", arn("states", "stateMachine:order-fulfilment")),
        statistic="Sum",
        above=3,
        actions=False,
        hours=9,
    ),
    Plan(
        name="shop-web-prod-health",
        metric=("AWS/ElasticBeanstalk", "EnvironmentHealth"),
        of=("EnvironmentName", "shop-web-prod"),
        above=15,
    ),
    Plan(
        name="legacy-import-errors",
        description="\x1b]0;owned\x07\x1b[31mred\x1b[0m [bold]markup[/] \u202egnp",
        metric=_function("Errors"),
        of=("FunctionName", "legacy-import"),
        actions=False,
        topic=False,
        flips=0,
    ),
    Plan(
        name="checkout-degraded",
        description="Customers notice",
        state="ALARM",
        rule='ALARM("orders-handler-errors") OR ALARM("payments-dlq-not-empty")',
        hours=0.7,
    ),
    Plan(
        name="shop-down",
        description="Wake everybody",
        rule='ALARM("checkout-degraded") AND ALARM("shop-web-prod-health")',
        flips=2,
    ),
    Plan(
        name="quiet-hours",
        description="Nothing to send, muted",
        rule='NOT ALARM("orders-waiting-too-long") AND FALSE',
        actions=False,
        topic=False,
        flips=0,
    ),
)


def seed() -> None:
    """Make the alarms and their history."""
    backend = cloudwatch_backends[ACCOUNT][REGION]
    chance = dice("alarms")
    for plan in PLANS:
        alarm = _make(backend, plan)
        born = ago(days=chance.uniform(60, 300))
        cloudwatch.record(
            alarm, "ConfigurationUpdate", f'Alarm "{plan.name}" created', {"type": "Create"}, born
        )
        alarm.configuration_updated_timestamp = born
        _live(alarm, plan, chance)
    _add_math(backend)


def reason(plan: Plan, state: str, value: float) -> str:
    """What CloudWatch says when an alarm changes."""
    if plan.rule is not None:
        return f"{plan.rule} is {'true' if state == 'ALARM' else 'false'}"
    if state == "INSUFFICIENT_DATA":
        return "Insufficient Data: 1 datapoint was unknown."
    compared = "greater than" if state == "ALARM" else "not greater than"
    return (
        f"Threshold Crossed: {plan.periods} out of the last {plan.periods} datapoints "
        f"[{value:.1f}] was {compared} the threshold ({plan.above:.1f})."
    )


def _make(backend: CloudWatchBackend, plan: Plan) -> Alarm:
    topics = [TOPIC] if plan.topic else []
    watched: dict[str, Any] = {
        "namespace": plan.metric[0] or None,
        "metric_name": plan.metric[1] or None,
        "comparison_operator": None if plan.rule else "GreaterThanThreshold",
        "evaluation_periods": None if plan.rule else plan.periods,
        "period": None if plan.rule else plan.period,
        "threshold": None if plan.rule else float(plan.above),
        "statistic": None if plan.rule or plan.percentile else plan.statistic,
        "extended_statistic": plan.percentile,
        "dimensions": [{"Name": plan.of[0], "Value": plan.of[1]}] if plan.of else [],
        "treat_missing_data": None if plan.rule else plan.missing,
    }
    return backend.put_metric_alarm(
        plan.name,
        description=plan.description,
        alarm_actions=topics,
        ok_actions=topics[: 0 if plan.state == "INSUFFICIENT_DATA" else 1],
        actions_enabled=plan.actions,
        rule=plan.rule,
        **watched,
    )


def _live(alarm: Alarm, plan: Plan, chance: random.Random) -> None:
    """Let an alarm go through its past, up to its last change ``plan.hours`` ago."""
    alarm.state_value = "INSUFFICIENT_DATA"
    moments = sorted(ago(hours=plan.hours + chance.uniform(0.5, 200)) for _ in range(plan.flips))
    for moment in moments:
        state = "OK" if alarm.state_value != "OK" else "ALARM"
        value = plan.above + chance.uniform(1, 40) * (1 if state == "ALARM" else -1)
        cloudwatch.change(alarm, state, reason(plan, state, value), moment)
    last = ago(hours=plan.hours)
    cloudwatch.change(alarm, plan.state, reason(plan, plan.state, max(0, plan.above + 3)), last)
    if plan.state != "ALARM":
        alarm.state_updated_timestamp = last + dt.timedelta(minutes=1)


def _add_math(backend: CloudWatchBackend) -> None:
    """One alarm on an expression over two metrics."""
    watched = [Dimension("FunctionName", "api-checkout")]

    def metric(number: str, name: str) -> MetricDataQuery:
        stat = MetricStat(Metric(name, "AWS/Lambda", watched), "300", "Sum", "Count")
        return MetricDataQuery(number, name, "300", "false", metric_stat=stat)

    percent = MetricDataQuery(
        "e1", "error percentage", "300", "true", expression="100 * errors / calls"
    )
    queries = [percent, metric("errors", "Errors"), metric("calls", "Invocations")]
    unset: dict[str, Any] = dict.fromkeys(("namespace", "metric_name", "period", "statistic"))
    alarm = backend.put_metric_alarm(
        "api-checkout-error-rate",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=3,
        threshold=2.0,
        description="Share of checkouts that fail, in percent",
        dimensions=[],
        alarm_actions=[TOPIC],
        metric_data_queries=queries,
        **unset,
    )
    cloudwatch.change(alarm, "OK", "Threshold Crossed: 3 datapoints were not greater.", ago(days=2))
