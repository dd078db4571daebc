"""The requests of a redrive, and what their failures mean: taken, not taken, or nobody knows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Literal, TypeAlias

from awstui.errors import AwsError
from awstui.plugin import Aws, Row
from awstui.wire import Problem

from .. import attributes as the
from .claims import BATCH, Batch, Claim, handles
from .operation import Operation
from .outbox import is_of_key

POLL = 1
"""Seconds of each long poll."""

SENDS = (
    "receive_message", "send_message_batch", "delete_message_batch",
    "change_message_visibility_batch",
)  # fmt: skip
"""What a redrive writes: the first, third and fourth on the dead-letter queue."""

Outcome: TypeAlias = Literal["later", "never", "stop", "unknown"]
"""What an error says of a send: refused for the moment, refused for good, no use to go on, or nothing."""

_OUTCOMES: dict[str, Outcome] = {
    "throttled": "later",
    "offline": "later",  # of a write that is said only where nothing went out
    "denied": "stop",
    "expired": "stop",
    "credentials": "stop",
    "missing": "stop",
    "refused": "stop",
    "error": "never",
}


_UNAVAILABLE = frozenset({"ServiceUnavailable", "ServiceUnavailableException", "503"})
"""Codes of an answer that says that nothing was done."""


def outcome(error: AwsError) -> Outcome:
    """What an error says of a send; in doubt it may have been carried out."""
    problem = error.problem
    if problem.code in _UNAVAILABLE and problem.kind == "fault":
        return "later"
    if problem.kind == "error" and is_of_key(problem.code):
        return "stop"
    return _OUTCOMES.get(problem.kind, "unknown")


def key_trouble(answer: Row) -> Problem | None:
    """What a batch's answer says of the KMS key, where that is what refused an entry."""
    for entry in answer.get("Failed") or []:
        if is_of_key(code := str(entry.get("Code", ""))):
            return Problem(
                "The KMS key of the destination cannot be used, so nothing more is sent.",
                why=str(entry.get("Message") or code),
                do="Look at the key's state and policy in KMS, then resume.",
                code=code,
                kind="denied",
            )
    return None


class Requests:
    """Asks one queue and its destinations, each request once and in time."""

    def __init__(self, aws: Aws, row: Row, operation: Operation) -> None:
        self._aws, self._operation = aws.at(deadline=operation.within), operation
        self._polls = aws.at(deadline=POLL + 10.0)
        self._url = row["QueueUrl"]
        self._fifo = the.is_fifo(row)
        self._number = 0

    def attempt(self) -> str:
        """A name for one receive, under which a FIFO queue answers it again."""
        self._number += 1
        return f"{self._operation.ident}-{time.time_ns()}-{self._number}"

    async def receive(self, attempt: str) -> list[Row]:
        """Up to ten messages, hidden from now on."""
        asked: dict[str, Any] = {
            "QueueUrl": self._url,
            "MaxNumberOfMessages": BATCH,
            "WaitTimeSeconds": POLL,
            "VisibilityTimeout": self._operation.hold,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        if self._fifo:
            asked["ReceiveRequestAttemptId"] = attempt
        answer = await self._polls.write("receive_message", **asked)
        return list(answer.get("Messages") or [])

    async def send(self, batch: Batch, until: float) -> Row:
        """Send a batch with everything that can be copied; nothing of it leaves after ``until``.

        A call's own deadline is for one attempt: it counts neither the wait for credentials nor the
        attempts that AWS refused because there were too many.
        """
        deduplication = self._operation.deduplication if self._fifo else _none
        entries = [
            claim.entry(number, deduplication(claim.ident))
            for number, claim in enumerate(batch.claims)
        ]
        sending = self._aws.write("send_message_batch", QueueUrl=batch.to, Entries=entries)
        return await _in_time(sending, until)

    async def delete(self, entries: list[Row], until: float) -> list[Row]:
        """Delete up to ten, before ``until``: later their handles do nothing. What was not deleted."""
        deleting = self._aws.write("delete_message_batch", QueueUrl=self._url, Entries=entries)
        answer = await _in_time(deleting, until)
        return list(answer.get("Failed") or [])

    async def hide(self, claims: list[Claim], seconds: int) -> list[Row]:
        """Hide up to ten for so many seconds from now, or release them; what could not be."""
        return await self.hide_entries(handles(claims, seconds))

    async def hide_entries(self, entries: list[Row]) -> list[Row]:
        """The same for entries that are made already."""
        answer = await self._aws.write(
            "change_message_visibility_batch", QueueUrl=self._url, Entries=entries
        )
        return list(answer.get("Failed") or [])


async def _in_time(call: Awaitable[Row], until: float) -> Row:
    """What a call answers before a moment; afterwards nobody knows whether it was carried out."""
    try:
        async with asyncio.timeout(max(0.0, until - time.time())):
            return await call
    except TimeoutError as error:
        raise AwsError(
            Problem("No answer came while the messages were hidden for us.", kind="unknown")
        ) from error


def _none(_: str) -> str:
    return ""
