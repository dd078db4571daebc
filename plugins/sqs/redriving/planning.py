"""The plan of a selective redrive: how many, where to, what stays, what to beware of. Reads only."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

from awstui.plugin import Aws, Plan, Row

from .. import around
from .. import attributes as the
from ..message import shown, size
from . import locks, operations
from .course import Goal
from .goals import Chosen, Goals
from .operation import Operation
from .outbox import SOON
from .preparing import prepared

PRICE, PRICE_FIFO = 0.40, 0.50
"""Dollars for a million requests; each 64 KiB of a request is one."""

OURS = "By awstui itself, through a journal on this machine: AWS's own task cannot choose, edit or watch."


def is_for_aws(asked: Row) -> bool:
    """Whether AWS's own move task does what was asked for: all of it, unedited, and nothing watched."""
    ours = ("ids", "filter", "group", "count", "canary", "keep", "edits", "resume")
    return not any(asked.get(name) for name in ours)


async def plan(
    aws: Aws, row: Row, *, sample: Iterable[Row] = (), about: int = 0, **asked: Any
) -> Plan:
    """What a selective redrive would do; ``sample`` are messages that are known, ``about`` how many go."""
    row = await around.fresh(aws, row)
    if ident := asked.pop("resume", ""):
        return _resumed(row, str(ident), cleanup=bool(asked.get("cleanup")))
    for name in ("cleanup", "stay"):
        asked.pop(name, None)
    operation, found = await prepared(aws, row, **asked)
    if other := locks.holder(operation):
        return Plan((), refusal=f"Another redrive out of {operation.name} is running: {other}.")
    known = [one for one in sample if not Chosen(operation.selection).refuses(one)]
    count = len(operation.selection.ids) or about or len(known)
    lines = [_how_many(row, operation, found, count), OURS, *_how(operation)]
    lines += _what_stays(operation)
    lines += _sizes(known, found, operation)
    lines += _ages(known, row)
    for goal in found.rows[:3]:
        lines += await _about(aws, goal)
    if not found.rows:
        why = "No queue sends its dead letters here: name a destination."
        return Plan((), refusal=why)
    lines += _left_behind(operation)
    return Plan(
        tuple(line for line in lines if line),
        requests=_requests(count or the.waiting(row), len(known) and _weight(known), operation),
        calls=_calls(found, operation),
        undo="What was sent stays sent; the journal keeps each message whole.",
        state=(row["QueueName"], *(one["QueueName"] for one in found.rows)),
    )


def _how_many(row: Row, operation: Operation, found: Goals, count: int) -> str:
    waiting = the.counted(the.waiting(row))
    names = ", ".join(one["QueueName"] for one in found.rows[:4]) or "nowhere"
    where = f"to {names}" if found.fixed or len(found.rows) == 1 else f"each to its source: {names}"
    verb = "are copied" if operation.keep else "go"
    which = _which(operation)
    if count:
        return f"{the.counted(count)}{which} of about {waiting} in {operation.name} {verb} {where}."
    return (
        f"Those{which} of about {waiting} in {operation.name} {verb} {where};"
        " how many is known once they have been received."
    )


def _which(operation: Operation) -> str:
    wanted = operation.selection
    said = [f"match {wanted.filter}"] if wanted.filter else []
    said += [f"are of the group {wanted.group}"] if wanted.group else []
    said += [f"are the first {wanted.count:,}"] if wanted.count else []
    return f" that {' and '.join(said)}" if said else ""


def _how(operation: Operation) -> list[str]:
    lines = [f"At most {operation.rate:,.0f} each second."]
    if operation.canary:
        lines.append(
            f"First one, watched for {the.span(operation.canary)}; then 1, 2, 4 … each second."
            " More than 20 % that come back stop it."
        )
    if operation.is_fifo:
        lines.append(
            "Of each group one at a time, in order, under new deduplication ids;"
            " a group stops at its first failure. Behind messages that stay nothing can be reached."
        )
    if operation.edits:
        lines.append(f"{the.counted(len(operation.edits))} edited; the originals are deleted.")
    return lines


def _what_stays(operation: Operation) -> list[str]:
    rest = "" if operation.selection.is_all else " What is not chosen stays, and costs one receive."
    kept = "The originals stay." if operation.keep else "Bodies and attributes stay as they are."
    return [f"{kept} Each copy gets a new message id, and its retention starts anew.{rest}"]


def _sizes(known: list[Row], found: Goals, operation: Operation) -> list[str]:
    large = 0
    for message in known:
        goal = found.of(message)
        edit = operation.edits.get(str(message["MessageId"]))
        held = message | {"Body": edit.body} if edit else message
        large += isinstance(goal, Goal) and size(held) > goal.limit
    homeless = sum(isinstance(found.of(message), str) for message in known)
    lines = [f"{the.counted(large)} too large for where they go: they stay."] if large else []
    if homeless:
        lines.append(f"{the.counted(homeless)} of unknown source: they stay; name a destination.")
    return lines


def _ages(known: list[Row], row: Row) -> list[str]:
    now = time.time()
    ends = [shown(message, retention=the.retention(row)).expires for message in known]
    soon = sum(0 < end < now + SOON for end in ends)
    return [f"{the.counted(soon)} would expire within the hour: they go first."] if soon else []


async def _about(aws: Aws, goal: Row) -> list[str]:
    name = goal["QueueName"]
    mappings = await around.known_consumers(aws, goal)
    if mappings and not any(around.taking(each) for each in mappings):
        return [f"Beware: nobody takes from {name}, its event source mapping is disabled."]
    if mappings:
        taking = sum(around.taking(each) for each in mappings)
        return [f"{name}: {the.counted(taking, 'consumer')}."]
    return []


def _weight(known: list[Row]) -> float:
    return sum(map(size, known)) / len(known)


def _requests(count: int, weight: float, operation: Operation) -> tuple[str, ...]:
    tens = math.ceil(count / 10)
    chunks = max(1.0, 10 * weight / 65_536)
    billed = tens * (2 * chunks + 1) + 3
    price = billed * (PRICE_FIFO if operation.is_fifo else PRICE) / 1e6
    names = [("ReceiveMessage", tens + 3), ("SendMessage", tens)]
    names += [] if operation.keep else [("DeleteMessage", tens)]
    said = [f"sqs:{name} × {number:,} or more" for name, number in names]
    return (*said, f"about ${price:,.4f}")


def _calls(found: Goals, operation: Operation) -> tuple[tuple[str, Row], ...]:
    """One of each request; which messages are in it is known once they have been received."""
    receive: Row = {
        "QueueUrl": operation.queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": operation.hold,
    }  # fmt: skip
    sent = [
        ("send_message_batch", {"QueueUrl": one["QueueUrl"], "Entries": "1 to 10 of the messages"})
        for one in found.rows
    ]
    delete: Row = {"QueueUrl": operation.queue, "Entries": "those that were taken there"}
    deleted = [] if operation.keep else [("delete_message_batch", delete)]
    return (("receive_message", receive), *sent, *deleted)


def _left_behind(operation: Operation) -> list[str]:
    listed = operations.listed(operation.arn)
    lines = [
        f"Beware: {operations.sentence(one)}." for one in listed if one["standing"] == "interrupted"
    ]
    return lines + [f"Beware: {one['why']}" for one in listed if one["standing"] == "unreadable"]


def _resumed(row: Row, ident: str, *, cleanup: bool) -> Plan:
    """What going on with an interrupted redrive would do."""
    held = next((one for one in operations.listed(the.arn_of(row)) if one["op"] == ident), None)
    if held is None:
        return Plan((), refusal=f"{row['QueueName']} has no redrive {ident} on this machine.")
    if held["standing"] == "running":
        return Plan((), refusal=f"Redrive {ident} is running.")
    lines = [
        operations.sentence(held) + ".",
        f"{held['sent']:,} that were taken there are deleted here, and never sent again.",
    ]
    if held["unknown"]:
        lines.append(
            f"{held['unknown']:,} whose answer never came are left alone: they may be in both queues."
        )
    lines.append(
        "Nothing is sent." if cleanup else "What has not been sent goes, as it was planned."
    )
    requests = ("sqs:DeleteMessage",) if cleanup else ("sqs:SendMessage", "sqs:DeleteMessage")
    return Plan(tuple(lines), requests=requests, state=(ident,))
