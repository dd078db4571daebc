"""The plan of a selective redrive: how many, where to, what stays, what to beware of. Reads only."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from typing import Any

from awstui.plugin import Aws, Plan, Row

from .. import around
from .. import attributes as the
from . import locks, operations
from .goals import Goals
from .operation import Operation
from .preparing import prepared
from .tally import Tally, spooled

PRICE, PRICE_FIFO = 0.40, 0.50
"""Dollars for a million requests; each 64 KiB of a request is one."""

_OURS = {
    "ids": "choose messages", "filter": "choose messages", "group": "choose messages",
    "count": "choose messages", "edits": "edit them", "edited": "edit them",
    "canary": "watch whether one comes back",
    "keep": "leave the originals", "resume": "go on where awstui was interrupted",
}  # fmt: skip
"""What AWS's own task cannot do, by what was asked for."""

_NOT_ASKED = ("cleanup", "stay", "spool", "incomplete")
"""What is said beside an operation, and is none of it."""


def is_for_aws(asked: Row, *, feeds: bool = True) -> bool:
    """Whether AWS's own move task does what was asked for: all of it, unedited, and nothing watched.

    It moves only out of the dead-letter queue of an SQS queue: ``feeds`` says whether one sends here.
    """
    return feeds and not any(asked.get(name) for name in _OURS)


def why_ours(asked: Row, name: str) -> str:
    """Why awstui does it itself."""
    cannot = list(dict.fromkeys(text for word, text in _OURS.items() if asked.get(word)))
    why = f"cannot {' or '.join(cannot)}" if cannot else (
        f"moves only out of the dead-letter queue of an SQS queue, and {name} is none"
    )  # fmt: skip
    return f"By awstui itself, through a journal on this machine: AWS's own task {why}."


async def plan(
    aws: Aws, row: Row, *, sample: Iterable[Row] | None = None, about: int = 0, **asked: Any
) -> Plan:
    """What a selective redrive would do; ``about`` is how many go, where that is known.

    ``sample`` are the messages that were looked at, or ``spool`` is the file in which a scan has them;
    ``incomplete`` says why that is not all of the queue.
    """
    row = await around.fresh(aws, row)
    if ident := asked.pop("resume", ""):
        return _resumed(row, str(ident), cleanup=bool(asked.get("cleanup")))
    beside = {name: asked.pop(name, "") for name in _NOT_ASKED}
    operation, found = await prepared(aws, row, **asked)
    if other := locks.holder(operation):
        return Plan((), refusal=f"Another redrive out of {operation.name} is running: {other}.")
    if not found.rows:
        return Plan((), refusal="No queue sends its dead letters here: name a destination.")
    looked = sample is not None or bool(beside["spool"])
    tally = Tally(operation, found, the.retention(row))
    if sample is not None:
        tally.look(sample)
    elif beside["spool"]:
        await asyncio.to_thread(_look, tally, str(beside["spool"]))
    count = _count(operation, tally, about)
    lines = [
        _how_many(row, operation, found, count if count or not looked else None),
        *tally.edited(),
        why_ours(asked, operation.name),
        *_how(operation),
        *_what_stays(operation),
        *tally.lines(),
        *([f"Beware: this is not all of the queue: {beside['incomplete']}"] if beside["incomplete"] else ()),
        *[line for goal in found.rows[:3] for line in await _about(aws, goal)],
        *_left_behind(operation),
        _when_closed(stays=bool(beside["stay"])),
    ]  # fmt: skip
    return Plan(
        tuple(line for line in lines if line),
        requests=_requests(
            count or (0 if looked and not beside["incomplete"] else the.waiting(row)),
            the.waiting(row),
            tally.bytes / tally.count if tally.count else 0.0,
            operation,
        ),
        calls=_calls(found, operation),
        undo="What was sent stays sent; the journal keeps each message whole.",
        state=(row["QueueName"], *(one["QueueName"] for one in found.rows)),
    )


def _look(tally: Tally, path: str) -> None:
    tally.look(spooled(path, tally.operation.selection.ids))


def _count(operation: Operation, tally: Tally, about: int) -> int:
    """How many go, as far as is known; 0 where it is not."""
    wanted = operation.selection
    known = tally.count or about or len(wanted.ids)
    return min(known, wanted.count) if wanted.count else known


def _when_closed(*, stays: bool) -> str:
    if stays:
        return "It goes on by itself when this console closes, and the next one finds it."
    return "It ends when this console closes, in good order, and can be taken up again."


def _how_many(row: Row, operation: Operation, found: Goals, count: int | None) -> str:
    waiting = the.counted(the.waiting(row))
    names = ", ".join(one["QueueName"] for one in found.rows[:4])
    where = f"to {names}" if found.fixed or len(found.rows) == 1 else f"each to its source: {names}"
    verb = "are copied" if operation.keep else "go"
    which = _which(operation)
    if count is None:
        return f"None{which} of about {waiting} in {operation.name}: nothing goes {where}."
    if count:
        return f"{the.counted(count)}{which} of about {waiting} in {operation.name} {verb} {where}."
    if operation.selection.is_all:
        return f"All of about {waiting} in {operation.name} {verb} {where}."
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
    if operation.is_fifo and operation.canary:
        lines.append(
            "What comes back behind ten others of its group is not seen, but counted:"
            " where the queue has grown meanwhile, it stops."
        )
    if operation.is_fifo:
        lines.append(
            "Of each group one at a time, in order, under new deduplication ids;"
            " a group stops at its first failure. Behind messages that stay nothing can be reached."
        )
    if operation.edits:
        lines.append(
            f"{the.counted(len(operation.edits))} with bodies and attributes of their own;"
            " each original is deleted once its new one was taken."
        )
    return lines


def _what_stays(operation: Operation) -> list[str]:
    rest = "" if operation.selection.is_all else " What is not chosen stays, and costs one receive."
    kept = "Bodies and attributes stay as they are."
    if operation.keep or operation.edits:
        kept = "The originals stay." if operation.keep else "All else of them stays as it is."
    return [f"{kept} Each copy gets a new message id, and its retention starts anew.{rest}"]


async def _about(aws: Aws, goal: Row) -> list[str]:
    """Who takes from a destination, as far as that may be asked."""
    name = goal["QueueName"]
    mappings = await around.known_consumers(aws, goal)
    if mappings is None:
        return [f"Who takes from {name} is not known: its event source mappings cannot be read."]
    if not mappings:
        return [f"No Lambda function takes from {name}; other consumers are not known to AWS."]
    taking = sum(around.taking(each) for each in mappings)
    if not taking:
        return [f"Beware: nobody takes from {name}, its event source mapping is disabled."]
    return [f"{name}: {the.counted(taking, 'consumer')}."]


def _requests(
    count: int, waiting: int, weight: float, operation: Operation
) -> tuple[str, ...]:  # fmt: skip
    if not count:
        return (f"sqs:ReceiveMessage × {math.ceil(waiting / 10) + 3:,} or more",)
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
        f"What was taken there, {held['sent']:,}, is deleted here, and never sent again.",
    ]
    if held["unknown"]:
        lines.append(
            f"What was never answered, {held['unknown']:,}, is left alone: it may be in both queues."
        )
    lines.append(
        "Nothing is sent." if cleanup else "What has not been sent goes, as it was planned."
    )
    requests = ("sqs:DeleteMessage",) if cleanup else ("sqs:SendMessage", "sqs:DeleteMessage")
    return Plan(tuple(lines), requests=requests, state=(ident,))
