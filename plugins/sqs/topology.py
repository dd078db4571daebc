"""A queue's detail and its way: who sends to it, who takes from it, where its failures go. Never receives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row, Tone

from . import around, listing
from . import attributes as the
from .move_task import active, progress_line

Part = Callable[[Aws, Row], Awaitable[Any]]

PARTS: dict[str, tuple[str, Part]] = {
    "SourceUrls": ("sqs:ListDeadLetterSourceQueues", around.sources),
    "Consumers": ("lambda:ListEventSourceMappings", around.consumers),
    "Subscriptions": ("sns:ListSubscriptions", around.subscriptions),
    "Tags": ("sqs:ListQueueTags", around.tags),
}
"""What is asked beside the attributes: the name in the answer, and the permission that it needs."""

DEAD_PARTS: dict[str, tuple[str, Part]] = {
    "MoveTasks": ("sqs:ListMessageMoveTasks", around.move_tasks),
}
"""What is asked of a dead-letter queue only: of any other AWS answers with an error."""


async def detail(aws: Aws, row: Row) -> Row:
    """Everything about a queue that can be known without receiving; what is refused is said."""
    return await _surrounded(aws, await around.fresh(aws, row))


async def _surrounded(aws: Aws, row: Row) -> Row:
    """The row with each part that could be read; all are asked at once, and none stops another."""
    unknown: dict[str, str] = {}

    async def ask(parts: dict[str, tuple[str, Part]]) -> Row:
        async def one(permission: str, part: Part) -> Any:
            try:
                return await part(aws, row)
            except AwstuiError as error:
                unknown[permission] = error.problem.what
                return None

        answers = await asyncio.gather(*(one(*part) for part in parts.values()))
        found = zip(parts, answers, strict=True)
        return {name: answer for name, answer in found if answer is not None}

    found = await ask(PARTS)
    if found.get("SourceUrls"):
        found |= await ask(DEAD_PARTS)
    return row | found | {"Unknown": unknown}


async def look(aws: Aws, row: Row) -> AsyncIterator[Row]:
    """The detail of a queue as it comes: first its attributes, then all that stands around it."""
    row = await around.fresh(aws, row)
    yield row
    yield await _surrounded(aws, row)


Said = tuple[str, str, Tone]
"""A line of the detail: its label, what it says, and how that feels."""


def way(detail: Row) -> list[Said]:
    """The queue's topology as sentences, from those who send to those who take and to the failures."""
    lines: list[Said] = [*_topics(detail), *_feeders(detail)]
    lines.extend(_takers(detail))
    lines.extend(_failures(detail))
    running = active(detail.get("MoveTasks") or [])
    if running:
        lines.append(("move task", progress_line(running), "warn"))
    unknown = detail.get("Unknown") or {}
    lines += [("not known", f"{action}: {what}", "muted") for action, what in unknown.items()]
    return lines


def _topics(detail: Row) -> list[Said]:
    found: list[Said] = []
    for each in detail.get("Subscriptions") or []:
        topic = the.name_of(str(each.get("TopicArn", "")))
        found.append(("from topic", topic, ""))
    return found


def _feeders(detail: Row) -> list[Said]:
    urls = detail.get("SourceUrls") or []
    return [("dead letters of", the.name_of(url), "") for url in urls]


def _takers(detail: Row) -> list[Said]:
    mappings = detail.get("Consumers")
    if mappings is None:
        return []
    if not mappings:
        return [("taken by", "no function; other consumers cannot be seen from here", "muted")]
    found: list[Said] = []
    for mapping in mappings:
        state = str(mapping.get("State", ""))
        text = f"{around.function_of(mapping)} · {state.lower()} · batches of {mapping.get('BatchSize', '?')}"
        result = str(mapping.get("LastProcessingResult") or "")
        if result and result not in ("OK", "No records processed"):
            text += f" · {result}"
        found.append(("taken by", text, "" if around.taking(mapping) else "bad"))
    if not any(around.taking(mapping) for mapping in mappings):
        found.append(("", "nobody takes: every mapping is disabled", "bad"))
    return found


def _failures(detail: Row) -> list[Said]:
    goal = the.target(detail)
    if not goal:
        if detail.get("SourceUrls"):
            return []
        return [("failures go to", "nowhere: they come back until they expire", "warn")]
    count = the.lives(detail)
    if count == 1:
        return [
            ("failures go to", f"{the.name_of(goal)} after 1 receive: one look condemns", "warn")
        ]
    return [("failures go to", f"{the.name_of(goal)} after {count} receives", "")]


def facts(detail: Row) -> list[Said]:
    """What the attributes say, in the order an operator asks."""
    held = the.of(detail)
    lines: list[Said] = [
        (
            "waiting",
            f"~{the.waiting(detail):,}",
            "bad" if the.is_dead_letter(detail) and the.waiting(detail) else "",
        ),
        ("in flight", f"~{the.in_flight(detail):,}", ""),
        ("delayed", f"~{the.delayed(detail):,}", ""),
        ("type", listing.kind(detail), ""),
        ("keeps", the.span(the.retention(detail)), ""),
        ("visibility", the.span(the.number(detail, "VisibilityTimeout")), ""),
        ("delay", the.span(the.number(detail, "DelaySeconds")), ""),
        ("long poll", the.span(the.number(detail, "ReceiveMessageWaitTimeSeconds")), ""),
        ("largest", f"{the.number(detail, 'MaximumMessageSize'):,} bytes", ""),
        (
            "encryption",
            the.encryption(detail) or "",
            "" if the.encryption(detail) != "none" else "warn",
        ),
    ]
    if the.is_fifo(detail):
        lines.append(
            ("deduplicates", "by content" if held.get("ContentBasedDeduplication") else "by id", "")
        )
    lines.append(("ARN", the.arn_of(detail), ""))
    tags = detail.get("Tags") or {}
    lines += [("tag", f"{name} = {value}", "") for name, value in sorted(tags.items())]
    return lines
