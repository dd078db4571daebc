"""The seeded shop: what a person finds in it, whole and page by page."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect
from tests.demo.queues import receive

Ask = Callable[[str], Any]
FULFILMENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:order-fulfilment"


def queue_url(ask: Ask, name: str) -> str:
    return str(ask("sqs").get_queue_url(QueueName=name)["QueueUrl"])


def attributes(ask: Ask, name: str) -> dict[str, str]:
    answer = ask("sqs").get_queue_attributes(QueueUrl=queue_url(ask, name), AttributeNames=["All"])
    return dict(answer["Attributes"])


def test_the_dead_orders_have_four_shapes_and_a_source(connect: Connect) -> None:
    with DemoServer.running(drive=False) as server:
        sqs = connect(server.url, "sqs")
        url = sqs.get_queue_url(QueueName="orders-dlq")["QueueUrl"]
        found = receive(sqs, url)
    kinds = Counter(m["MessageAttributes"]["ErrorType"]["StringValue"] for m in found[:210])
    assert len(found) == 420
    assert [kind for kind, _ in kinds.most_common()][:2] == ["TimeoutError", "KeyError"]
    assert len(kinds) == 4
    sources = {m["Attributes"]["DeadLetterQueueSourceArn"] for m in found}
    assert sources == {"arn:aws:sqs:eu-west-1:123456789012:orders"}
    assert all(m["MessageAttributes"]["trace"]["BinaryValue"] for m in found[:210])
    ages = [time.time() - int(m["Attributes"]["SentTimestamp"]) / 1000 for m in found]
    assert max(ages) > 3.5 * 86_400
    assert min(ages) < 86_400
    assert any("\x9b31m" in m["Body"] for m in found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders-dlq", {"ApproximateNumberOfMessages": "420"}),
        ("payments-dlq.fifo", {"ApproximateNumberOfMessages": "8", "FifoQueue": "true"}),
        ("inventory-dlq", {"ApproximateNumberOfMessages": "0"}),
        ("invoices", {"KmsMasterKeyId": "alias/shop-invoices"}),
        ("thumbnails", {"ApproximateNumberOfMessagesNotVisible": "20"}),
    ],
)
def test_the_queues_differ(ask: Ask, name: str, expected: dict[str, str]) -> None:
    assert expected.items() <= attributes(ask, name).items()


def test_some_messages_are_still_to_come(ask: Ask) -> None:
    assert int(attributes(ask, "notifications")["ApproximateNumberOfMessagesDelayed"]) > 0


def test_shipping_allows_two_receives(ask: Ask) -> None:
    assert '"maxReceiveCount": 2' in attributes(ask, "shipping")["RedrivePolicy"]


def test_topics_feed_queues(ask: Ask) -> None:
    found = ask("sns").list_subscriptions()["Subscriptions"]
    assert Counter(one["Protocol"] for one in found) == {"sqs": 8, "email": 4}
    assert [one["SubscriptionArn"] for one in found].count("PendingConfirmation") == 1


@pytest.mark.parametrize(
    ("listing", "size", "arguments"),
    [
        ("sqs list_queues QueueUrls", 5, {}),
        ("lambda list_functions Functions", 4, {}),
        ("lambda list_versions_by_function Versions", 2, {"FunctionName": "api-checkout"}),
        ("lambda list_event_source_mappings EventSourceMappings", 3, {}),
        ("stepfunctions list_executions executions", 20, {"stateMachineArn": FULFILMENT}),
        ("cloudwatch describe_alarms MetricAlarms", 5, {}),
        ("cloudwatch describe_alarm_history AlarmHistoryItems", 10, {}),
        ("logs describe_log_groups logGroups", 4, {}),
        ("elasticbeanstalk describe_environments Environments", 2, {}),
        ("elasticbeanstalk describe_events Events", 7, {}),
        ("route53 list_hosted_zones HostedZones", 1, {}),
    ],
)
def test_lists_page(ask: Ask, listing: str, size: int, arguments: dict[str, str]) -> None:
    service, operation, key = listing.split()
    pages = ask(service).get_paginator(operation)
    whole = [row for page in pages.paginate(**arguments) for row in page[key]]
    parts = [
        page.get(key, [])
        for page in pages.paginate(**arguments, PaginationConfig={"PageSize": size})
    ]
    assert max(len(part) for part in parts) == size
    assert len(parts) > 1
    assert [row for part in parts for row in part] == whole


def test_functions_have_versions_aliases_and_queues(ask: Ask) -> None:
    functions = ask("lambda")
    aliases = functions.list_aliases(FunctionName="orders-handler")["Aliases"]
    assert [(one["Name"], one["FunctionVersion"]) for one in aliases] == [
        ("live", "3"),
        ("next", "4"),
    ]
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    assert Counter(one["State"] for one in mappings) == {"Enabled": 8, "Disabled": 1}
    own = functions.list_event_source_mappings(FunctionName="shipping-label")
    assert [one["State"] for one in own["EventSourceMappings"]] == ["Disabled"]
    usage = functions.get_account_settings()["AccountUsage"]
    assert usage["FunctionCount"] == len(functions.list_functions()["Functions"])


def test_executions_ended_in_every_way(ask: Ask) -> None:
    found = ask("stepfunctions").list_executions(stateMachineArn=FULFILMENT)["executions"]
    states = Counter(one["status"] for one in found)
    assert set(states) == {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "RUNNING"}
    assert all(("stopDate" in one) == (one["status"] != "RUNNING") for one in found)


def test_history_reads_both_ways_and_pages(ask: Ask) -> None:
    machines = ask("stepfunctions")
    arn = FULFILMENT.replace("order-fulfilment", "catalogue-import")
    execution = machines.list_executions(stateMachineArn=arn)["executions"][0]["executionArn"]
    pages = machines.get_paginator("get_execution_history").paginate(executionArn=execution)
    events = [event for page in pages for event in page["events"]]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert len(events) > 200
    last = machines.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=2)
    assert [event["type"] for event in last["events"]] == [
        "ExecutionSucceeded",
        "SucceedStateExited",
    ]
    assert last["nextToken"]


def test_a_failed_execution_says_why(ask: Ask) -> None:
    machines = ask("stepfunctions")
    failed = machines.list_executions(stateMachineArn=FULFILMENT, statusFilter="FAILED")
    execution = failed["executions"][0]["executionArn"]
    described = machines.describe_execution(executionArn=execution)
    last = machines.get_execution_history(executionArn=execution)["events"][-1]
    assert last["executionFailedEventDetails"]["cause"] == described["cause"]


def test_an_execution_needs_no_name_and_can_be_stopped(ask: Ask) -> None:
    machines = ask("stepfunctions")
    arn = FULFILMENT.replace("order-fulfilment", "returns-intake")
    first, second = (machines.start_execution(stateMachineArn=arn) for _ in range(2))
    assert first["executionArn"] != second["executionArn"]
    for one in (first, second):
        machines.stop_execution(executionArn=one["executionArn"], error="E", cause="C")


def test_the_newest_lines_come_first_when_asked(ask: Ask) -> None:
    name = "/aws/lambda/orders-handler"
    logs = ask("logs")
    newest = logs.filter_log_events(logGroupName=name, startFromHead=False, limit=5)["events"]
    oldest = logs.filter_log_events(logGroupName=name, limit=5)["events"]
    moments = [event["timestamp"] for event in newest]
    assert moments == sorted(moments, reverse=True)
    assert moments[-1] > max(event["timestamp"] for event in oldest)
    found = logs.describe_log_groups(logGroupNamePattern="Orders-H")["logGroups"]
    assert [group["logGroupName"] for group in found] == [name]


def test_lines_look_real(ask: Ask) -> None:
    logs = ask("logs")
    pages = logs.get_paginator("filter_log_events")
    lines = [
        event["message"]
        for page in pages.paginate(logGroupName="/aws/lambda/orders-handler")
        for event in page["events"]
    ]
    starts = ("START", "END", "REPORT", "{", "[INFO]", "[ERROR] TimeoutError", "\x1b[33m")
    for start in starts:
        assert any(line.startswith(start) for line in lines), start
    hostile = logs.filter_log_events(logGroupName="/aws/lambda/legacy-import")["events"]
    assert any("\x1b]52;" in event["message"] for event in hostile)


def test_environments_have_real_values(ask: Ask) -> None:
    beanstalk = ask("elasticbeanstalk")
    found = beanstalk.describe_environments()["Environments"]
    assert {one["Health"] for one in found} == {"Green", "Yellow", "Red", "Grey"}
    assert {"Ok", "Warning", "Degraded", "Severe"} <= {one["HealthStatus"] for one in found}
    (prod,) = beanstalk.describe_environments(EnvironmentNames=["shop-web-prod"])["Environments"]
    assert prod["CNAME"] == "shop-web-prod.eu-west-1.elasticbeanstalk.com"
    assert prod["EnvironmentId"].startswith("e-")
    assert prod["EndpointURL"]
    assert prod["VersionLabel"] == "web-2.41.0"
    assert prod["PlatformArn"].endswith(
        "::platform/Python 3.13 running on 64bit Amazon Linux 2023/4.6.0"
    )


def test_an_environment_tells_its_health_instances_and_resources(ask: Ask) -> None:
    beanstalk = ask("elasticbeanstalk")
    which = {"EnvironmentName": "shop-web-canary"}
    health = beanstalk.describe_environment_health(**which, AttributeNames=["All"])
    assert (health["Color"], health["HealthStatus"]) == ("Red", "Degraded")
    assert health["InstancesHealth"]["Degraded"] == 1
    assert "17.3 %" in health["Causes"][1]
    instances = beanstalk.describe_instances_health(**which, AttributeNames=["All"])
    ids = [one["InstanceId"] for one in instances["InstanceHealthList"]]
    resources = beanstalk.describe_environment_resources(**which)["EnvironmentResources"]
    assert [one["Id"] for one in resources["Instances"]] == ids
    worst = beanstalk.describe_events(Severity="ERROR")["Events"]
    assert [event["EnvironmentName"] for event in worst] == ["shop-admin-prod"]
    versions = beanstalk.describe_application_versions(ApplicationName="shop-web")
    assert len(versions["ApplicationVersions"]) == 2


def test_a_stack_that_rolled_back_says_why(ask: Ask) -> None:
    formation = ask("cloudformation")
    states = {
        one["StackName"]: one["StackStatus"] for one in formation.list_stacks()["StackSummaries"]
    }
    assert states["shop-search-v2"] == "ROLLBACK_COMPLETE"
    assert states["shop-messaging-prod"] == "UPDATE_COMPLETE"
    events = formation.describe_stack_events(StackName="shop-search-v2")["StackEvents"]
    reasons = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert any("deny-public-ingress" in reason for reason in reasons)
    listed = formation.list_stack_resources(StackName="shop-messaging-prod")
    kinds = [one["ResourceType"] for one in listed["StackResourceSummaries"]]
    assert kinds.count("AWS::SQS::Queue") == 2
    with pytest.raises(ClientError, match="does not exist"):
        formation.describe_stacks(StackName="nowhere")


def test_buckets_hold_objects(ask: Ask) -> None:
    s3 = ask("s3")
    names = {one["Name"] for one in s3.list_buckets()["Buckets"]}
    assert "shop-empty-123456789012" in names
    pages = s3.get_paginator("list_objects_v2")
    parts = [
        len(page["Contents"])
        for page in pages.paginate(
            Bucket="shop-product-images-123456789012", PaginationConfig={"PageSize": 50}
        )
    ]
    assert parts == [50, 50, 40]


def test_an_unknown_operation_is_refused_at_once(ask: Ask) -> None:
    for call in (
        ask("cloudwatch").describe_anomaly_detectors,
        ask("elasticbeanstalk").list_platform_versions,
        lambda: ask("lambda").get_runtime_management_config(FunctionName="api-cart"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        answer: Any = caught.value.response
        assert answer["Error"]["Code"] == "NotImplemented"
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_who_we_are(ask: Ask) -> None:
    assert ask("sts").get_caller_identity()["Account"] == "123456789012"
