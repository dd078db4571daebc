"""Sending as SQS does it: in a batch, too, a message keeps its trace header."""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Message, SQSBackend

from awstui.demo.extensions import replace
from awstui.demo.extensions.sqs_receiving import lock

_moto_send_message_batch = SQSBackend.send_message_batch


@replace(SQSBackend, "send_message_batch")
def send_message_batch(
    self: SQSBackend, queue_name: str, entries: dict[str, dict[str, Any]]
) -> tuple[list[Message], list[dict[str, Any]]]:
    """moto's batch, with the system attributes of each entry that it leaves out."""
    system = {entry["Id"]: entry.get("MessageSystemAttributes") for entry in entries.values()}
    with lock(self.get_queue(queue_name)):  # nobody receives one before it is whole
        messages, failed = _moto_send_message_batch(self, queue_name, entries)
        for message in messages:
            message.system_attributes = system.get(message.user_id) or {}  # type: ignore[attr-defined]
    return messages, failed
