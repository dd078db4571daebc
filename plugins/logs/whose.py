"""Which log groups are meant: by name, by their ARN, or by the ARN of what writes to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from awstui.errors import AwsError
from awstui.plugin import Aws, Row

from .naming import account_of, is_linked

METRIC: Final = "metric:"
"""Begins ``metric:NAMESPACE|NAME``: the groups whose metric filters count that."""


async def find(aws: Aws, wanted: str) -> AsyncIterator[Row]:
    """The groups there are of those that are meant: a name, ``prefix*``, a metric, or any ARN."""
    for name in dict.fromkeys(await names(aws, wanted)):
        async for row in _named(aws, name):
            yield row


async def _named(aws: Aws, name: str) -> AsyncIterator[Row]:
    prefix, more = name.rstrip("*"), {}
    if name.startswith("arn:"):
        *_, account, _, prefix = name.split(":", 6)
        if aws.account and account != aws.account:
            more = {"includeLinkedAccounts": True, "accountIdentifiers": [account]}
    async for row in aws.rows("describe_log_groups", limit=50, logGroupNamePrefix=prefix, **more):
        if row["logGroupName"] == prefix or name.endswith("*"):
            linked = is_linked(row, aws.account)
            yield {**row, "LinkedAccount": account_of(row)} if linked else row
        else:
            return  # a name comes before all that it begins


async def names(aws: Aws, wanted: str) -> list[str]:
    """The names, or ``prefix*``, or ARNs of the groups that are meant."""
    if wanted.startswith(METRIC):
        return await _counting(aws, *wanted.removeprefix(METRIC).split("|", 1))
    if not wanted.startswith("arn:"):
        return [wanted]
    service = wanted.split(":")[2]
    if service == "logs":
        return [wanted.removesuffix(":*")]
    known = WRITERS.get(service)
    return await known(aws.at(service=ASKED.get(service, service)), wanted) if known else []


async def _counting(aws: Aws, namespace: str, name: str) -> list[str]:
    asked = {"metricNamespace": namespace, "metricName": name}
    return [row["logGroupName"] async for row in aws.rows("describe_metric_filters", **asked)]


async def _of_function(aws: Aws, arn: str) -> list[str]:
    """Where a function logs: as it is told to, else by its name."""
    function = ":".join(arn.split(":")[:7])
    usual = f"/aws/lambda/{arn.split(':')[6]}"
    try:
        found = await aws.read("get_function_configuration", FunctionName=function)
    except AwsError as error:
        if error.problem.kind not in ("missing", "denied"):
            raise
        return [usual]  # a function that is gone leaves its group
    return [(found.get("LoggingConfig") or {}).get("LogGroup") or usual]


async def _of_machine(aws: Aws, arn: str) -> list[str]:
    """Where a state machine logs, also given one of its executions."""
    parts = arn.split(":")
    machine = ":".join([*parts[:5], "stateMachine", parts[6]])
    told = {"stateMachineArn": machine, "includedData": "METADATA_ONLY"}
    found: Any = (await aws.read("describe_state_machine", **told)).get("loggingConfiguration")
    ends = [one.get("cloudWatchLogsLogGroup") for one in (found or {}).get("destinations") or ()]
    return [end["logGroupArn"].removesuffix(":*") for end in ends if end]


async def _of_queue(aws: Aws, arn: str) -> list[str]:
    """Where the functions log that take from a queue."""
    found: list[str] = []
    asked = ("list_event_source_mappings", "EventSourceMappings")
    async for mapping in aws.rows(*asked, EventSourceArn=arn):
        found += await _of_function(aws, mapping["FunctionArn"])
    return found


async def _of_topic(aws: Aws, arn: str) -> list[str]:
    """Where a topic logs its deliveries, and those that failed, when it is told to."""
    del aws
    region, account, name = arn.split(":")[3:6]
    return [f"sns/{region}/{account}/{name}", f"sns/{region}/{account}/{name}/Failure"]


async def _of_environment(aws: Aws, arn: str) -> list[str]:
    """The files of its instances that an environment streams."""
    del aws
    return [f"/aws/elasticbeanstalk/{arn.rsplit('/', 1)[-1]}/*"]


WRITERS: Final[dict[str, Callable[[Aws, str], Awaitable[list[str]]]]] = {
    "lambda": _of_function,
    "states": _of_machine,
    "sqs": _of_queue,
    "sns": _of_topic,
    "elasticbeanstalk": _of_environment,
}
"""How to tell from an ARN of a service which groups it writes to."""

ASKED: Final = {"states": "stepfunctions", "sqs": "lambda"}
"""The service to ask, where it is not the one of the ARN."""
