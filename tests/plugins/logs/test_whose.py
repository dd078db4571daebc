"""Which log groups a link means: by name, prefix, metric, or the ARN of what writes to them."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.logs.whose import find

AT = "eu-west-1:123456789012"
OTHER = "000000000000"
MISSING = AwsError(Problem("no such function", kind="missing"))


def group(name: str, account: str = "123456789012") -> dict[str, Any]:
    arn = f"arn:aws:logs:eu-west-1:{account}:log-group:{name}"
    return {"logGroupName": name, "arn": f"{arn}:*", "logGroupArn": arn}


def groups(*held: dict[str, Any]) -> Any:
    """Answers DescribeLogGroups as AWS does: by prefix, in the order of names."""

    def answer(
        logGroupNamePrefix: str,  # noqa: N803
        includeLinkedAccounts: bool = False,  # noqa: N803
        accountIdentifiers: tuple[str, ...] = ("123456789012",),  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        found = [
            one
            for one in held
            if one["logGroupName"].startswith(logGroupNamePrefix)
            and one["arn"].split(":")[4] in accountIdentifiers
        ]
        assert includeLinkedAccounts or all(f":{OTHER}:" not in one["arn"] for one in found)
        return {"logGroups": sorted(found, key=lambda one: one["logGroupName"])}

    return answer


async def names(wanted: str, *held: str, **answers: Any) -> list[str]:
    aws = FakeAws({"describe_log_groups": groups(*map(group, held)), **answers})
    return [row["logGroupName"] async for row in find(aws, wanted)]


async def test_a_name_is_that_group_and_a_star_all_that_begin_so() -> None:
    held = ("/shop", "/shop/a", "/shop/b", "/shops")
    assert await names("/shop", *held) == ["/shop"]
    assert await names("/sho", *held) == []
    assert await names("/shop/*", *held) == ["/shop/a", "/shop/b"]
    assert await names(f"arn:aws:logs:{AT}:log-group:/shop/a:*", *held) == ["/shop/a"]


@pytest.mark.parametrize("configured", [{"LoggingConfig": {"LogGroup": "/own"}}, {}, MISSING])
async def test_a_function_logs_where_it_is_told_to(configured: Any) -> None:
    function = f"arn:aws:lambda:{AT}:function:ship:live"
    found = await names(function, "/aws/lambda/ship", "/own", get_function_configuration=configured)
    own = isinstance(configured, dict) and configured
    assert found == (["/own"] if own else ["/aws/lambda/ship"])


async def test_a_function_that_cannot_be_asked_for_says_why() -> None:
    throttled = AwsError(Problem("too many calls", kind="throttled"))
    with pytest.raises(AwsError, match="too many"):
        await names(f"arn:aws:lambda:{AT}:function:ship", get_function_configuration=throttled)


@pytest.mark.parametrize("kind", ["stateMachine:pay", "execution:pay:one", "express:pay:one:x"])
async def test_a_machine_and_its_executions_log_where_it_is_told_to(kind: str) -> None:
    end = {"cloudWatchLogsLogGroup": {"logGroupArn": f"arn:aws:logs:{AT}:log-group:/pay:*"}}

    def machine(stateMachineArn: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        assert stateMachineArn == f"arn:aws:states:{AT}:stateMachine:pay"
        return {"loggingConfiguration": {"destinations": [end]}}

    assert await names(f"arn:aws:states:{AT}:{kind}", "/pay", describe_state_machine=machine) == [
        "/pay"
    ]


async def test_a_queue_leads_to_the_functions_that_take_from_it() -> None:
    mappings = {
        "EventSourceMappings": [
            {"FunctionArn": f"arn:aws:lambda:{AT}:function:{name}"} for name in ("a", "b", "a")
        ]
    }
    found = await names(
        f"arn:aws:sqs:{AT}:orders", "/aws/lambda/a", "/aws/lambda/b",
        list_event_source_mappings=mappings, get_function_configuration={},
    )  # fmt: skip
    assert found == ["/aws/lambda/a", "/aws/lambda/b"]


async def test_topics_environments_and_metrics() -> None:
    sent = f"sns/{AT.replace(':', '/')}/orders"
    assert await names(f"arn:aws:sns:{AT}:orders", sent, f"{sent}/Failure", f"{sent}-old") == [
        sent,
        f"{sent}/Failure",
    ]
    streamed = "/aws/elasticbeanstalk/prod/var/log/web.stdout.log"
    assert await names(f"arn:aws:elasticbeanstalk:{AT}:environment/shop/prod", streamed) == [
        streamed
    ]

    def filters(metricNamespace: str, metricName: str) -> dict[str, Any]:  # noqa: N803
        assert (metricNamespace, metricName) == ("Shop/Web", "Errors")
        return {"metricFilters": [{"logGroupName": "/shop"}]}

    assert await names("metric:Shop/Web|Errors", "/shop", describe_metric_filters=filters) == [
        "/shop"
    ]


async def test_an_arn_of_which_nothing_is_known_leads_nowhere() -> None:
    assert await names(f"arn:aws:dynamodb:{AT}:table/x", "/shop") == []


async def test_a_group_of_a_linked_account_is_found_there() -> None:
    theirs = group("/shop", OTHER)
    aws = FakeAws({"describe_log_groups": groups(group("/shop"), theirs)})
    [row] = [row async for row in find(aws, theirs["arn"])]
    assert (row["logGroupArn"], row["LinkedAccount"]) == (theirs["logGroupArn"], OTHER)
