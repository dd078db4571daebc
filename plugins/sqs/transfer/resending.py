"""One message edited and sent anew: checked, on disk before it goes, all else of it kept, the original left alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from awstui.errors import AwsError
from awstui.plugin import Aws, Field, Plan, Row

from .. import around, sending
from .. import attributes as the
from ..message import size
from ..redriving.requests import outcome
from ..sending import ATTRIBUTES_MAX
from . import drafts
from .entries import entry, wrong
from .jsonl import LineError, read_attribute, written
from .relayout import data_of, edited, to_edit


def has_message(row: Row) -> bool:
    """Whether the row carries a message: only a pane of messages can offer this."""
    return isinstance(row.get("Message"), dict)


def _message(row: Row) -> Row:
    held = row.get("Message")
    return held if isinstance(held, dict) else {}


def _shown(row: Row) -> Row:
    """What the form begins with: the message, or an edit of it that a crash has kept from being sent."""
    held = row.get("Draft")
    return held if isinstance(held, dict) else _message(row)


def _body(row: Row) -> str:
    return to_edit(str(_shown(row).get("Body", "")))


def _group(row: Row) -> str:
    return str((_shown(row).get("Attributes") or {}).get("MessageGroupId", ""))


def _attributes(row: Row) -> str:
    held = _shown(row).get("MessageAttributes") or {}
    return json.dumps({name: written(one) for name, one in held.items()}, indent=2) if held else ""


def _destination(row: Row) -> str:
    source = (_message(row).get("Attributes") or {}).get("DeadLetterQueueSourceArn", "")
    feeders = the.sources(row)
    if source:
        return the.name_of(str(source))
    return the.name_of(feeders[0]) if len(feeders) == 1 else str(row.get("QueueName", ""))


ASK = (
    Field(
        "body", "Body", kind="multiline", required=True, default=_body, hint="^o opens $EDITOR.",
    ),
    Field(
        "attributes", "Attributes", kind="multiline", default=_attributes,
        hint="With their types, binary ones in base64.",
    ),
    Field("destination", "Destination", required=True, default=_destination, hint="A queue's name."),
    Field("group", "Group", default=_group),
    Field("text", "Send it although it is no JSON any more", kind="flag"),
)  # fmt: skip


async def plan(aws: Aws, row: Row, **fields: Any) -> Plan:
    """What would be sent, what changed, and what stays; the edit is on disk from here on."""
    to, message = await _edited(aws, row, **fields)
    before = _message(row)
    await asyncio.to_thread(_kept, row, to, message)
    changed = [
        f"The {what}: {'changed' if now != was else 'as it was'}."
        for what, was, now in (
            ("body", before.get("Body"), message["Body"]),
            ("attributes", before.get("MessageAttributes") or {}, message["MessageAttributes"]),
        )
    ]
    lines = (
        f"Sends one new message of {size(message):,} bytes to {to['QueueName']}.",
        *changed,
        *_beware(before, to, message),
        f"The original {before.get('MessageId', '')} stays in {row['QueueName']} until you delete it.",
    )
    return Plan(lines, undo="A message that was sent cannot be taken back.")


def _kept(row: Row, to: Row, message: Row) -> str:
    """Write an edit down; refuses where the disk does not take it, for then a crash would cost it."""
    try:
        return drafts.keep(to, message, of=str(_message(row).get("MessageId", "")))
    except OSError as error:
        raise around.refused(
            f"The edit cannot be kept, so it is not sent: {error.strerror}.",
            do=f"Make room where {drafts.place()} is.",
        ) from error


def _beware(before: Row, to: Row, message: Row) -> Iterator[str]:
    """What an edit of the same message did before this one."""
    now = time.time()
    if at := drafts.in_doubt(to, message):
        yield (
            f"Beware: {the.span(now - at)} ago the same was sent to {to['QueueName']} and no answer"
            " came: it may be there."
        )
    if last := drafts.sent(str(before.get("MessageId", ""))):
        yield (
            f"Beware: {the.span(now - last['at'])} ago an edit of this message was sent to"
            f" {the.name_of(last['to'])} as {last['said']}."
        )


async def resend(aws: Aws, row: Row, **fields: Any) -> str:
    """Send the edited message, once, when it is on disk; says under which id."""
    to, message = await _edited(aws, row, **fields)
    # A new id each time: under one that SQS has seen it takes a message and does not deliver it.
    asked = entry(message, to, uuid.uuid4().hex)
    if aws.rehearses:
        return str(await aws.write("send_message", QueueUrl=to["QueueUrl"], **asked))
    kept = await asyncio.to_thread(_kept, row, to, message)
    await asyncio.to_thread(drafts.note, kept, "sending")
    try:
        answer = await aws.write("send_message", QueueUrl=to["QueueUrl"], **asked)
    except AwsError as error:
        if outcome(error) != "unknown":
            await _noted(kept, "refused", error.problem.what)
        raise
    sent = str(answer.get("MessageId", ""))
    await _noted(kept, "sent", sent)
    return f"Sent to {to['QueueName']} as {sent}; the original stays in {row['QueueName']}."


async def _noted(kept: str, standing: drafts.Standing, said: str) -> None:
    """Note what came of it; where that cannot be written the edit stays in doubt, which costs a warning."""
    with contextlib.suppress(OSError):
        await asyncio.to_thread(drafts.note, kept, standing, said)


async def waits(aws: Aws, row: Row, *, destination: str = "", **fields: Any) -> str:
    """What can be looked at when nobody knows whether it was sent, and where what was sent is kept."""
    said = await sending.waits(aws, await around.named(aws, destination or row["QueueName"]))
    if has_message(row):
        to, message = await _edited(aws, row, destination=destination, **fields)
        if drafts.in_doubt(to, message):
            return f"{said} What was sent is kept in {drafts.place()}."
    return said


async def _edited(
    aws: Aws,
    row: Row,
    *,
    body: str = "",
    attributes: str = "",
    destination: str = "",
    group: str = "",
    text: bool = False,
) -> tuple[Row, Row]:
    """The destination, and the message as it would be sent; raises what a person has to mend."""
    before = _message(row)
    to = await around.fresh(aws, await around.named(aws, destination or row["QueueName"]))
    original = str(before.get("Body", ""))
    meant = edited(original, body)
    if not text and data_of(original) is not None and data_of(meant) is None:
        raise around.refused(
            f"It was JSON, and is not any more: {_complaint(meant)}.",
            do="Mend it, or say that it is to be sent all the same.",
        )
    system = {
        name: held
        for name, held in (before.get("Attributes") or {}).items()
        if name != "MessageGroupId"
    }
    if group:
        system["MessageGroupId"] = group
    message = {"Body": meant, "Attributes": system, "MessageAttributes": _typed(attributes)}
    if reason := wrong(message, to):
        raise around.refused(f"It cannot be sent: {reason}.")
    return to, message


def _complaint(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        return str(error)
    return "it is no object and no array"


def _typed(text: str) -> dict[str, Row]:
    if not text.strip():
        return {}
    try:
        held = json.loads(text)
        if not isinstance(held, dict):
            raise around.refused("The attributes are no JSON object.")
        found = {name: read_attribute(name, one) for name, one in held.items()}
    except LineError as error:
        raise around.refused(f"They cannot be sent: {error}.") from error
    except ValueError as error:
        raise around.refused(f"The attributes are no JSON: {error}.") from error
    if len(found) > ATTRIBUTES_MAX:
        raise around.refused(f"A message takes {ATTRIBUTES_MAX} attributes, not {len(found)}.")
    return found
