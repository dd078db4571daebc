"""From a row of any service to its logs at that time, by one key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import boto3

from plugins.logs.tail_pane import TailPane
from tests.plugins.logs.conftest import Logs
from tests.plugins.logs.insights.test_panes import at_row
from tests.ui.conftest import Console, app_of, console, screen, shows, type_in, until


def tail_of(pilot: Console) -> TailPane:
    """The tail on screen."""
    pane = app_of(pilot).workspace.pane
    assert isinstance(pane, TailPane), screen(pilot)
    return pane


async def at_line(pilot: Console, beginning: str) -> None:
    """Wait until the cursor of the tail is on a line."""

    def there() -> bool:
        entry = tail_of(pilot).lines.current()
        return entry is not None and entry.message.startswith(beginning)

    await until(pilot, there)


async def alarm(logs: Logs, name: str, metric: dict[str, Any], state: str = "") -> None:
    """An alarm over a metric, as it is at this moment, or in a state."""
    client = boto3.client(
        "cloudwatch", endpoint_url=logs.url, region_name="eu-west-1",
        aws_access_key_id="demo", aws_secret_access_key="demo",
    )  # fmt: skip
    client.put_metric_alarm(
        AlarmName=name, Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanThreshold", **metric,
    )  # fmt: skip
    if state:
        client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test says so")
    client.close()


async def test_an_alarm_leads_to_the_logs_of_its_function(logs: Logs) -> None:
    name = await logs.group("/aws/lambda/ship", ["all is lost"])
    function = [{"Name": "FunctionName", "Value": name.rpartition("/")[2]}]
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": function}
    await alarm(logs, "ship-fails", metric)
    async with console(logs.url) as pilot:
        await type_in(pilot, ":alarms ship-fails")
        await pilot.press("enter")
        await at_row(pilot, "ship-fails")
        await pilot.press("L")
        await shows(pilot, f"Tail {name}", "all is lost")
        assert tail_of(pilot).moment is not None
        await pilot.press("escape")
        await shows(pilot, "Alarms")
        await pilot.press("d")
        await shows(pilot, "ship-fails › describe", "EvaluationPeriods")
        await pilot.press("L")
        await shows(pilot, f"Tail {name}", "all is lost")


async def test_from_home_the_logs_of_what_is_wrong_are_one_key_away(logs: Logs) -> None:
    name = await logs.group("/aws/lambda/home", ["all is lost"])
    function = [{"Name": "FunctionName", "Value": name.rpartition("/")[2]}]
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": function}
    await alarm(logs, "0-home-fails", metric, state="ALARM")
    async with console(logs.url) as pilot:
        await type_in(pilot, ":home")
        await pilot.press("enter")
        await shows(pilot, "0-home-fails")
        await type_in(pilot, "/0-home-fails")
        await pilot.press("enter", "L")
        await shows(pilot, f"Tail {name}", "all is lost")
        await pilot.press("escape", "escape", "escape")
        await type_in(pilot, "/Route 53")
        await pilot.press("enter", "L")
        await shows(pilot, "names nothing that is wrong")


async def test_what_has_no_logs_says_so_and_stays(logs: Logs) -> None:
    await alarm(logs, "unknown", {"Namespace": "Shop", "MetricName": "Sold"})
    async with console(logs.url) as pilot:
        await type_in(pilot, ":alarms unknown")
        await pilot.press("enter")
        await at_row(pilot, "unknown")
        await pilot.press("L")
        await shows(pilot, "No log groups belong to")
        assert not isinstance(app_of(pilot).workspace.pane, TailPane)


async def test_a_moment_far_back_is_read_around_and_gone_to(logs: Logs) -> None:
    ident = "8f5b7c1e-0000-4000-8000-000000000001"
    lines = [
        (7201, "s", f"START RequestId: {ident} Version: $LATEST"),
        (7200, "s", f"[ERROR] TimeoutError RequestId: {ident}"),
        (600, "s", "long after"),
    ]
    name = await logs.group("/aws/lambda/slow", lines)
    async with console(logs.url) as pilot:
        await type_in(pilot, f":logs {name}")
        await pilot.press("enter")
        await at_row(pilot, name)
        await pilot.press("I")
        await shows(pilot, ident[:8])
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app_of(pilot).workspace.pane, TailPane))
        await shows(pilot, "START RequestId", "[ERROR] TimeoutError", "G follows")
        pane = tail_of(pilot)
        await at_line(pilot, "START RequestId")
        assert "long after" not in screen(pilot)
        assert 1100 < pane.until - pane.since < 1300
        assert dt.datetime.now(dt.UTC).timestamp() - pane.until > 6000


async def test_a_result_of_insights_leads_on_to_all_of_the_group(logs: Logs) -> None:
    name = await logs.group("g", [(60, "a", "of one stream"), (59, "b", "of another")])
    async with console(logs.url) as pilot:
        await type_in(pilot, f":logs {name}")
        await pilot.press("enter")
        await at_row(pilot, name)
        await pilot.press("F")
        await until(pilot, lambda: bool(pilot.app.screen.query("#field-ident")))
        pilot.app.screen.query_one("#field-ident").value = "one stream"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await shows(pilot, "1 of 1 groups read", "of one stream")
        await pilot.press("enter")
        await shows(pilot, "1 lines of a")
        await pilot.press("L")
        await shows(pilot, f"Tail {name}", "of one stream", "of another")
        await at_line(pilot, "of one stream")
