"""Sending a message, and purging: what a person typed becomes a request, or a sentence why not."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from awstui.errors import AwsError
from awstui.plugin import Aws, Field, Plan, Row
from awstui.wire import Problem

from . import around
from . import attributes as the
from .message import size

ATTRIBUTES_MAX = 10
SIZE_MAX = 1_048_576
DELAY_MAX = 900
HEAD = 160
"""Characters of a body that a confirmation shows."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,255}")


def _fifo(row: Row) -> bool:
    return the.is_fifo(row)


def _standard(row: Row) -> bool:
    return not the.is_fifo(row)


ASK = (
    Field("body", "Body", kind="multiline", required=True),
    Field(
        "attributes", "Attributes", kind="multiline",
        hint="One name=value or name:Number=7 on each line, or a JSON object.",
    ),
    Field("group", "Group", hint="FIFO needs one; a standard queue takes it for fair queues."),
    Field(
        "dedup", "Deduplication id", when=_fifo,
        hint="Empty: the queue makes it of the body, if it does that.",
    ),
    Field(
        "delay", "Delay", kind="number", when=_standard,
        hint=f"Seconds until it can be received, up to {DELAY_MAX}; empty: the queue's own.",
    ),
)  # fmt: skip


async def plan(aws: Aws, row: Row, **typed: Any) -> Plan:
    """What would be sent, and where to."""
    asked = request(row, **typed)
    weight = size({"Body": asked["MessageBody"], **asked})
    names = list(asked.get("MessageAttributes", {}))
    kind = "FIFO" if the.is_fifo(row) else "standard"
    lines = [
        f"Sends one message of {the.counted(weight, 'byte')} to {row['QueueName']}, a {kind} queue.",
        f"Body: {_head(asked['MessageBody'])}",
        f"{the.counted(len(names), 'attribute')}: {', '.join(names)}."
        if names
        else "No attributes.",
    ]
    if group := asked.get("MessageGroupId"):
        lines.append(f"Group {group}.")
    if ident := asked.get("MessageDeduplicationId"):
        lines.append(f"Deduplication id {ident}.")
    if delay := asked.get("DelaySeconds"):
        lines.append(f"Nobody can receive it for {the.span(delay)}.")
    return Plan(tuple(lines), requests=("sqs:SendMessage × 1",))


def _head(body: str) -> str:
    """The beginning of a body in one line."""
    line = " ".join(body.split())
    return line if len(line) <= HEAD else f"{line[:HEAD]} …"


async def send(
    aws: Aws,
    row: Row,
    *,
    body: str = "",
    attributes: str = "",
    group: str = "",
    dedup: str = "",
    delay: Any = None,
) -> str:
    """Send one message, once; says under which id."""
    asked = request(row, body=body, attributes=attributes, group=group, dedup=dedup, delay=delay)
    try:
        answer = await aws.write("send_message", **asked)
    except AwsError as error:
        raise AwsError(_explained(error.problem, row["QueueName"])) from error
    return f"Sent to {row['QueueName']} as {answer.get('MessageId', '')}."


def request(
    row: Row,
    *,
    body: str,
    attributes: str = "",
    group: str = "",
    dedup: str = "",
    delay: Any = None,
) -> dict[str, Any]:
    """The arguments of SendMessage; refuses with a sentence what SQS would refuse with a code."""
    if not body:
        raise around.refused("A message needs a body of at least one character.")
    asked: dict[str, Any] = {"QueueUrl": row["QueueUrl"], "MessageBody": body}
    if sent := read_attributes(attributes):
        asked["MessageAttributes"] = sent
    if group:
        asked["MessageGroupId"] = group
    elif the.is_fifo(row):
        raise around.refused("A FIFO queue needs a group: messages of one group keep their order.")
    if the.is_fifo(row):
        if dedup:
            asked["MessageDeduplicationId"] = dedup
        elif the.of(row) and not the.of(row).get("ContentBasedDeduplication"):
            raise around.refused("This queue needs a deduplication id: it makes none of the body.")
    elif (seconds := _delay(delay)) is not None:
        asked["DelaySeconds"] = seconds
    _check(row, asked)
    return asked


def read_attributes(text: str) -> dict[str, dict[str, str]]:
    """Message attributes from ``name=value`` lines or a JSON object."""
    if not text.strip():
        return {}
    values = _json_object(text) if text.lstrip().startswith("{") else _lines(text)
    if len(values) > ATTRIBUTES_MAX:
        raise around.refused(f"A message takes {ATTRIBUTES_MAX} attributes, not {len(values)}.")
    found = {}
    for name, value in values.items():
        if not _NAME.fullmatch(name):
            raise around.refused(f"{name!r} is no attribute name: letters, digits, _ - and . only.")
        word = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if not word:
            raise around.refused(f"The attribute {name} has no value: SQS takes no empty ones.")
        kind = "Number" if isinstance(value, _Digits) else "String"
        found[name] = {"DataType": kind, "StringValue": str(word)}
    return found


class _Digits(str):
    """A number as it was written: SQS takes 38 digits, and no float holds them."""

    __slots__ = ()


def _lines(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        left, equals, value = line.partition("=")
        if not equals:
            raise around.refused(f"An attribute is written name=value, not {line.strip()!r}.")
        name, _, kind = (part.strip() for part in left.partition(":"))
        word = value.strip()
        if kind == "Number" and not _NUMBER.fullmatch(word):
            raise around.refused(f"{name} is to be a Number, and {word!r} is none.")
        values[name] = _Digits(word) if kind == "Number" else word
    return values


def _json_object(text: str) -> dict[str, Any]:
    try:
        held = json.loads(text, parse_int=_Digits, parse_float=_Digits)
    except ValueError as error:
        raise around.refused(f"The attributes are no JSON: {error}.") from error
    return {str(name): value for name, value in held.items()}


def _delay(asked: Any) -> int | None:
    text = str(asked if asked is not None else "").strip()
    if not text:
        return None
    if not text.isdigit() or int(text) > DELAY_MAX:
        raise around.refused(
            f"The delay is a whole number of seconds up to {DELAY_MAX}, not {text}."
        )
    return int(text)


@cache
def _forbidden() -> re.Pattern[str]:
    """What no message may hold; compiled when it is needed, because that takes 5 ms."""
    return re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def forbidden(text: str) -> str:
    """The first character of a text that SQS does not take, such as ``U+001B``; empty when it takes all."""
    found = _forbidden().search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def _check(row: Row, asked: dict[str, Any]) -> None:
    texts = [asked["MessageBody"]]
    texts += [held["StringValue"] for held in asked.get("MessageAttributes", {}).values()]
    for text in texts:
        if found := forbidden(text):
            raise around.refused(f"SQS does not take the character {found}.")
    limit = min(SIZE_MAX, the.number(row, "MaximumMessageSize") or SIZE_MAX)
    weight = size({"Body": asked["MessageBody"], **asked})
    if weight > limit:
        raise around.refused(f"It has {weight:,} bytes, and {row['QueueName']} takes {limit:,}.")


async def purge_plan(aws: Aws, row: Row) -> Plan:
    """What a purge would delete, and what it may delete besides."""
    row = await around.fresh(aws, row)
    lines = [
        f"Deletes about {the.counted(the.waiting(row))} of {row['QueueName']}.",
        "Also what is in flight: "
        + (f"about {the.in_flight(row):,}." if the.in_flight(row) else "none now."),
        "It takes up to 60 seconds, and a message sent meanwhile may be deleted too.",
        "Nothing is kept of them: to have a copy first, scan the queue (S) and export it (W).",
    ]
    if the.delayed(row):
        lines.insert(1, f"Also about {the.delayed(row):,} that are still delayed.")
    state = (the.arn_of(row), the.magnitude(row))
    return Plan(tuple(lines), requests=("sqs:PurgeQueue × 1",), state=state)


async def left(aws: Aws, row: Row) -> str:
    """What the queue holds: settles what a lost reply left open."""
    row = await around.fresh(aws, row)
    held = the.counted(the.waiting(row))
    return f"About {held} wait in it now; a purge that began empties it within 60 seconds."


async def waits(aws: Aws, row: Row, **_: Any) -> str:
    """What can be looked at when nobody knows whether a message was sent: SQS cannot be asked for one."""
    row = await around.fresh(aws, row)
    return (
        f"SQS cannot be asked for one message. About {the.counted(the.waiting(row))} wait in"
        f" {row['QueueName']} now: peek (p) before you send it again."
    )


async def purge(aws: Aws, row: Row) -> str:
    """Delete every message of the queue."""
    try:
        await aws.write("purge_queue", QueueUrl=row["QueueUrl"])
    except AwsError as error:
        raise AwsError(_explained(error.problem, row["QueueName"])) from error
    return f"Purging {row['QueueName']}: up to 60 seconds until it is empty."


def _explained(problem: Problem, queue: str) -> Problem:
    """A refusal as a sentence, where AWS's own says too little."""
    code = problem.code.rsplit(".", 1)[-1]
    if code == "PurgeQueueInProgress":
        return Problem(
            f"{queue} was purged less than 60 seconds ago.",
            why="AWS takes one purge of a queue in 60 seconds.",
            do="Wait a minute, look what is left, and purge again if it must be.",
            code=problem.code, request_id=problem.request_id, kind="refused",
        )  # fmt: skip
    if code.startswith("Kms"):
        return Problem(
            f"You may send to {queue}, but not encrypt for it.",
            why=problem.what,
            do="Ask for kms:GenerateDataKey and kms:Decrypt on the key of the queue.",
            action="kms:GenerateDataKey", code=problem.code,
            request_id=problem.request_id, kind=problem.kind,
        )  # fmt: skip
    return problem
