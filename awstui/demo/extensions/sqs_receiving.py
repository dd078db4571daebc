"""Receiving as SQS does it: whole under concurrency, and a dead letter remembers where it died."""

from __future__ import annotations

import copy
import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend, _filter_message_attributes
from moto.sqs.responses import SQSResponse

from awstui.demo.extensions import Refused, replace
from awstui.demo.extensions.sqs_counting import DELETED, EMPTY, RECEIVED, SENT, arrived, die, tally

DEDUPLICATION = 300.0
"""Seconds in which a FIFO queue takes a deduplication id once."""

LONGEST = 43_200
"""Seconds for which a message can be hidden."""

DELETED_KEPT = 10_000
"""Receipt handles of deleted messages that may be deleted once more."""


def held(queue: Queue) -> list[Message]:
    """Every message of a queue: visible, in flight or delayed; moto's own list."""
    return queue._messages  # noqa: SLF001 - moto's public list has only the visible ones


def lock(queue: Queue) -> threading.Condition:
    """What to hold while the messages of a queue are looked through and changed."""
    return queue._messages_lock  # noqa: SLF001 - moto has no public way


_sequence = itertools.count(18_870_000_000_000_000_000, 256)


def deliverable(queue: Queue) -> Iterator[Message]:
    """The messages a receive may take now, in order; hold the queue's lock."""
    now = time.time() * 1000
    busy = {m.group_id for m in held(queue) if m.visible_at > now} if queue.fifo_queue else ()
    for message in list(held(queue)):
        if message.visible_at > now or message.delayed_until > now:
            continue
        if queue.fifo_queue and message.group_id in busy:
            continue
        yield message


def source_of(message: Message) -> str | None:
    """The ARN of the queue from which SQS itself dead-lettered this message."""
    return getattr(message, "dead_letter_source", None)


def set_source(message: Message, arn: str | None) -> None:
    """Remember where a message was dead-lettered."""
    message.dead_letter_source = arn  # type: ignore[attr-defined]


@replace(SQSBackend, "receive_message")
def receive_message(  # noqa: PLR0917 - moto's signature
    self: SQSBackend,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Message]:
    """Take messages; those beyond their last receive go to the dead-letter queue instead."""
    queue = self.get_queue(queue_name)
    over = time.monotonic() + wait_seconds_timeout
    while True:
        with lock(queue):
            taken, dead = _take(queue, count, visibility_timeout)
        for message in dead:
            _dead_letter(queue, message)
        left = over - time.monotonic()
        if taken or left <= 0:
            break
        with lock(queue):
            # A visibility that ends notifies nobody, so look again now and then.
            lock(queue).wait(min(left, 0.25))
    with lock(queue):
        tally(queue, RECEIVED if taken else EMPTY, len(taken) or 1)
    for message in taken:
        _filter_message_attributes(message, message_attribute_names or [])
    return taken


def _take(queue: Queue, count: int, visibility: int) -> tuple[list[Message], list[Message]]:
    policy = queue.redrive_policy if queue.dead_letter_queue else None
    limit = policy["maxReceiveCount"] if policy else None
    keeps = queue.message_retention_period * 1000  # type: ignore[attr-defined]
    taken: list[Message] = []
    dead: list[Message] = []
    for message in deliverable(queue):
        if message.sent_timestamp + keeps <= time.time() * 1000:
            held(queue).remove(message)
        elif limit and message.approximate_receive_count >= limit:
            held(queue).remove(message)
            dead.append(message)
        else:
            message.mark_received(visibility_timeout=visibility)
            taken.append(copy.copy(message))
        if len(taken) >= count:
            break
    return taken, dead


def _dead_letter(queue: Queue, message: Message) -> None:
    set_source(message, queue.queue_arn)
    die(message)
    if queue.fifo_queue:  # only a FIFO queue counts a dead letter's retention anew
        message.mark_sent()
    if queue.dead_letter_queue is not None:
        queue.dead_letter_queue.add_message(message)


@replace(Queue, "add_message")
def add_message(self: Queue, message: Message) -> None:
    """Append a message, unless it is a FIFO duplicate: that one takes the first one's identity."""
    with lock(self):
        if self.fifo_queue and not _is_first(self, message):
            return
        held(self).append(message)
        if source_of(message) is None and arrived(message) > time.time() - 60:
            tally(self, SENT)
        lock(self).notify_all()


def _is_first(queue: Queue, message: Message) -> bool:
    seen: dict[Any, tuple[float, Message]] = queue.__dict__.setdefault("seen", {})
    now = time.monotonic()
    for key in [key for key, (at, _) in seen.items() if now - at > DEDUPLICATION]:
        del seen[key]
    by_group = queue.deduplication_scope == "messageGroup"  # type: ignore[attr-defined]
    key = (message.deduplication_id, message.group_id if by_group else None)
    if message.deduplication_id and key in seen:
        first = seen[key][1]
        message.id, message.sequence_number = first.id, first.sequence_number
        return False
    message.sequence_number = str(next(_sequence))
    seen[key] = (now, message)
    return True


@replace(Queue, "delete_message")
def delete_message(self: Queue, receipt_handle: str) -> None:
    """Delete in place, so that a message that arrives meanwhile is not lost."""
    with lock(self):
        if receipt_handle in self.deleted_messages:
            return
        for message in held(self):
            if message.had_receipt_handle(receipt_handle):
                break
        else:
            raise ReceiptHandleIsInvalid
        held(self).remove(message)
        tally(self, DELETED)
        if len(self.deleted_messages) > DELETED_KEPT:
            self.deleted_messages.clear()
        self.deleted_messages.update(h for h in message.all_receipt_handles if h)


@replace(SQSBackend, "change_message_visibility")
def change_message_visibility(
    self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
) -> None:
    """Hide a message that is in flight for longer, or release it.

    moto counts the 12 hours it may be hidden from when it was sent: no message older than that
    could be released.
    """
    queue = self.get_queue(queue_name)
    with lock(queue):
        for message in held(queue):
            if message.had_receipt_handle(receipt_handle):
                break
        else:
            raise ReceiptHandleIsInvalid
        if message.visible:
            raise Refused(
                "AWS.SimpleQueueService.MessageNotInflight",
                f"Value {receipt_handle} for parameter ReceiptHandle is invalid. "
                "Reason: Message does not exist or is not available for visibility timeout change.",
            )
        message.visible_at = time.time() * 1000 + int(visibility_timeout) * 1000
        queue.pending_messages.discard(message)
        lock(queue).notify_all()


@replace(SQSBackend, "change_message_visibility_batch")
def change_message_visibility_batch(
    self: SQSBackend, queue_name: str, entries: list[dict[str, Any]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """The same for several; each fails alone, with its own code."""
    done: list[str] = []
    failed: list[dict[str, Any]] = []
    for entry in entries:
        visibility = int(entry.get("VisibilityTimeout") or 0)
        if not 0 <= visibility <= LONGEST:
            wrong = {"Code": "InvalidParameterValue", "Message": "Visibility timeout invalid"}
            failed.append({"Id": entry["Id"], "SenderFault": True, **wrong})
            continue
        try:
            change_message_visibility(self, queue_name, entry["ReceiptHandle"], visibility)
            done.append(entry["Id"])
        except (ReceiptHandleIsInvalid, Refused) as error:
            code, text = error.code, str(error.message)
            failed.append({"Id": entry["Id"], "SenderFault": True, "Code": code, "Message": text})
    return done, failed


def _in_whole_seconds(attributes: dict[str, Any]) -> dict[str, Any]:
    for name in ("CreatedTimestamp", "LastModifiedTimestamp"):
        attributes[name] = int(attributes[name])
    return attributes


_moto_get_queue_attributes = SQSBackend.get_queue_attributes
_moto_receive_message = SQSResponse.receive_message


@replace(SQSBackend, "get_queue_attributes")
def get_queue_attributes(
    self: SQSBackend, queue_name: str, attribute_names: list[str]
) -> dict[str, Any]:
    """The attributes, counted once; moto counts all messages again for each attribute's name."""
    queue = self.get_queue(queue_name)
    if "All" in attribute_names:
        return _in_whole_seconds(queue.attributes)
    known = {*queue.BASE_ATTRIBUTES, *queue.FIFO_ATTRIBUTES, *queue.KMS_ATTRIBUTES}
    if not known.issuperset(attribute_names):
        return _moto_get_queue_attributes(self, queue_name, attribute_names)
    values = _in_whole_seconds(queue.attributes)
    return {name: values[name] for name in attribute_names if values.get(name) is not None}


@replace(SQSResponse, "receive_message")
def receive_message_operation(self: SQSResponse) -> ActionResult:
    """moto's ReceiveMessage with ``DeadLetterQueueSourceArn`` where it was asked for."""
    answer = _moto_receive_message(self)
    asked: set[str] = set(self._get_param("MessageSystemAttributeNames", []))
    asked.update(self._get_param("AttributeNames", []))
    if asked & {"All", "DeadLetterQueueSourceArn"}:
        queue = self.sqs_backend.get_queue(self._get_queue_name())
        sources = {message.id: source_of(message) for message in list(held(queue))}
        result: Any = answer.result
        for message in result.get("Messages", ()):
            if source := sources.get(message["MessageId"]):
                message.setdefault("Attributes", {})["DeadLetterQueueSourceArn"] = source
    return answer


# moto's own properties build two datetimes for each message they look at.
Message.visible = property(lambda self: time.time() * 1000 > self.visible_at)  # type: ignore[assignment,method-assign]
Message.delayed = property(lambda self: time.time() * 1000 < self.delayed_until)  # type: ignore[assignment,method-assign]
