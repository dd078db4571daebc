"""What the service models say, without a client."""

from __future__ import annotations

import pytest

from awstui.engine import model
from awstui.errors import AwstuiError


@pytest.mark.parametrize(
    ("service", "operation", "keys"),
    [
        ("sqs", "list_queues", ("QueueUrls",)),
        ("sns", "list_topics", ("Topics",)),
        ("cloudwatch", "describe_alarms", ("MetricAlarms", "CompositeAlarms", "LogAlarms")),
        ("s3", "list_objects_v2", ("Contents", "CommonPrefixes")),
        ("sqs", "list_message_move_tasks", ("Results",)),
        ("sqs", "get_queue_url", ()),
        ("cloudfront", "list_distributions", ("DistributionList.Items",)),
    ],
)
def test_where_the_rows_of_an_operation_are(
    service: str, operation: str, keys: tuple[str, ...]
) -> None:
    assert model.result_keys(service, operation) == keys


def test_operations_without_a_paginator_page_by_convention() -> None:
    paging = model.paging("elasticbeanstalk", "describe_instances_health")
    assert paging is not None
    assert (paging.given, paging.found) == (("NextToken",), ("NextToken",))
    assert model.paging("sqs", "get_queue_url") is None


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("sqs", "ListQueues", "sqs:ListQueues"),
        ("stepfunctions", "ListStateMachines", "states:ListStateMachines"),
        ("cloudwatch", "DescribeAlarms", "cloudwatch:DescribeAlarms"),
        ("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("sesv2", "GetAccount", "ses:GetAccount"),
    ],
)
def test_the_iam_action_of_an_operation(service: str, operation: str, action: str) -> None:
    assert model.iam_action(service, operation) == action


def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(AwstuiError, match="has no operation 'list_nothing'"):
        model.operation("sqs", "list_nothing")
    with pytest.raises(AwstuiError, match="knows no service 'nothing'"):
        model.operation("nothing", "list_nothing")
