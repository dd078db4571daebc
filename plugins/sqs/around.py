"""What stands around a queue: who feeds it, who takes from it, what it belongs to. Reads only."""

from __future__ import annotations

import asyncio
from typing import Any

from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws, Row
from awstui.wire import Problem

from . import attributes as the

SUBSCRIPTION_PAGES = 10
"""Pages of an account's subscriptions that are looked through for a queue: 100 are on a page."""

LIMITS_OF = 20
"""Sources of a dead-letter queue that are asked how often they let a message be received."""


async def fresh(aws: Aws, row: Row) -> Row:
    """The row with its attributes as they are now."""
    answer = await aws.read(
        "get_queue_attributes", QueueUrl=row["QueueUrl"], AttributeNames=["All"]
    )
    return row | {"Attributes": the.parsed(answer.get("Attributes", {}))}


async def named(aws: Aws, queue: str) -> Row:
    """The row of a queue that a person named: by name, URL or ARN."""
    if "://" in queue:
        return {"QueueUrl": queue, "QueueName": the.name_of(queue)}
    asked: dict[str, Any] = {"QueueName": the.name_of(queue)}
    if queue.startswith("arn:"):
        asked["QueueOwnerAWSAccountId"] = queue.split(":")[4]
    answer = await aws.read("get_queue_url", **asked)
    return {"QueueUrl": answer["QueueUrl"], "QueueName": the.name_of(queue)}


async def sources(aws: Aws, row: Row) -> list[str]:
    """The URLs of the queues whose dead letters come here."""
    urls = aws.rows(
        "list_dead_letter_source_queues", "queueUrls", QueueUrl=row["QueueUrl"], MaxResults=1000
    )
    return [str(url) async for url in urls]


async def limits(aws: Aws, urls: list[str]) -> dict[str, int]:
    """How often a message may be received in each of some queues, by name, as far as that can be known."""
    asked = urls[:LIMITS_OF]
    found = await asyncio.gather(*(_lives(aws, url) for url in asked))
    return {the.name_of(url): lives for url, lives in zip(asked, found, strict=True) if lives}


async def _lives(aws: Aws, url: str) -> int:
    try:
        return the.lives(await fresh(aws, {"QueueUrl": url}))
    except AwstuiError:
        return 0


async def consumers(aws: Aws, row: Row) -> list[Row]:
    """The event source mappings through which Lambda functions take from the queue."""
    mappings = aws.at(service="lambda", deadline=5.0).rows(
        "list_event_source_mappings", "EventSourceMappings", EventSourceArn=the.arn_of(row)
    )
    return [
        mapping async for mapping in mappings if mapping.get("EventSourceArn") == the.arn_of(row)
    ]


async def known_consumers(aws: Aws, row: Row) -> list[Row] | None:
    """The same, or None where they may not or cannot be asked for: a peek does not fail for that."""
    try:
        return await consumers(aws, row)
    except AwstuiError:
        return None


async def subscriptions(aws: Aws, row: Row) -> list[Row]:
    """The topics that deliver to the queue; looks through a bounded part of the account's list."""
    found: list[Row] = []
    pages = 0
    async for page in aws.at(service="sns", deadline=5.0).pages("list_subscriptions"):
        pages += 1
        held = page.get("Subscriptions", [])
        found += [each for each in held if each.get("Endpoint") == the.arn_of(row)]
        if pages >= SUBSCRIPTION_PAGES:
            break
    return found


async def tags(aws: Aws, row: Row) -> dict[str, str]:
    """The queue's tags."""
    answer = await aws.read("list_queue_tags", QueueUrl=row["QueueUrl"])
    return dict(answer.get("Tags") or {})


async def move_tasks(aws: Aws, row: Row) -> list[Row]:
    """The last ten move tasks out of this queue, the newest first."""
    answer = await aws.read("list_message_move_tasks", SourceArn=the.arn_of(row), MaxResults=10)
    return list(answer.get("Results") or [])


def taking(mapping: Row) -> bool:
    """Whether a mapping takes messages at this moment."""
    return mapping.get("State") in ("Enabled", "Enabling", "Updating", "Creating")


def function_of(mapping: Row) -> str:
    """The name of the function behind a mapping, with its alias or version if there is one."""
    return ":".join(str(mapping.get("FunctionArn", "")).split(":")[6:])


def refused(what: str, why: str = "", do: str = "") -> AwsError:
    """A refusal of ours, made before anything was sent."""
    return AwsError(Problem(what, why=why, do=do, kind="refused"))
