"""Messages of a file into a queue: checked first, sent once each, and on again after an interruption."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from awstui.errors import AwsError
from awstui.plugin import Aws, Row

from .. import attributes as the
from ..peek import BATCH
from ..redriving.digests import attributes_digest, body_digest
from ..redriving.operation import RESEND_WITHIN
from ..redriving.requests import key_trouble, outcome
from ..sending import SIZE_MAX
from .entries import entry, weight, wrong
from .journal import SentJournal, Standing
from .jsonl import LineError, from_line

SENDS = ("send_message_batch",)
TRIES, BACK_OFF = 4, 0.5
SEND_WITHIN = 20.0
AT_ONCE = 4
"""Batches under way at once into a standard queue; into a FIFO queue one after the other."""


class Sendable(NamedTuple):
    """A message of the file, and the number of its line."""

    line: int
    message: Row

    @property
    def group(self) -> str:
        """Its message group."""
        return str((self.message.get("Attributes") or {}).get("MessageGroupId", ""))


@dataclass(slots=True)
class Checked:
    """What a file holds, before anything is sent."""

    count: int = 0
    size: int = 0
    groups: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    digest: str = ""


def check(file: IO[bytes], to: Row, *, edited: bool = False) -> Checked:
    """Read the whole file: what it holds, and each line that the queue would not take.

    Of what was ``edited`` the digests are those of what it was.
    """
    found, digest = Checked(), hashlib.sha256(str(to["QueueUrl"]).encode())
    for number, text in _lines(file):
        digest.update(text)
        try:
            message = from_line(text, edited=edited)
        except LineError as error:
            found.problems.append(f"line {number}: {error}")
            continue
        if reason := wrong(message, to):
            found.problems.append(f"line {number}: {reason}")
        found.count += 1
        found.size += weight(message)
        found.groups.add(Sendable(number, message).group)
    found.digest = digest.hexdigest()[:16]
    return found


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    file.seek(0)
    for number, text in enumerate(file, 1):
        if text.strip():
            yield number, text


async def send_all(
    aws: Aws,
    to: Row,
    file: IO[bytes],
    journal: SentJournal,
    ident: str,
    *,
    again: bool = False,
    edited: bool = False,
) -> AsyncGenerator[Row, None]:
    """Send what the journal does not know to be sent; says how it goes.

    What may have been taken is sent again only ``again``, or into a FIFO queue while it knows it by its id.
    """
    sender = _Sender(aws, to, journal, ident)
    width = 1 if the.is_fifo(to) else AT_ONCE
    window: list[list[Sendable]] = []
    unsent = _unsent(file, to, journal, again=again, edited=edited)
    for batch in batches(unsent, fifo=the.is_fifo(to)):
        window.append(batch)
        if len(window) == width:
            await sender.send_together(window)
            window = []
            yield {"kind": "progress", **journal.counts()}
    await sender.send_together(window)
    yield {"kind": "done", **journal.counts(), "why": sender.why}


class Sending(NamedTuple):
    """What would be sent: how many requests, and the first of them."""

    requests: int
    calls: tuple[tuple[str, Row], ...]


def planned(
    to: Row, file: IO[bytes], journal: SentJournal, ident: str, *, again: bool, edited: bool = False
) -> Sending:
    """The requests that would go out; the file is read, and nothing is sent."""
    count = 0
    calls: tuple[tuple[str, Row], ...] = ()
    unsent = _unsent(file, to, journal, again=again, edited=edited)
    for batch in batches(unsent, fifo=the.is_fifo(to)):
        calls = calls or (("send_message_batch", _request(batch, to, ident)),)
        count += 1
    return Sending(count, calls)


def _request(batch: list[Sendable], to: Row, ident: str) -> Row:
    entries = [
        {"Id": str(n), **entry(one.message, to, _dedup(one, ident))} for n, one in enumerate(batch)
    ]
    return {"QueueUrl": to["QueueUrl"], "Entries": entries}


def _dedup(one: Sendable, ident: str) -> str:
    """The same for every attempt of one import, and another for every other import."""
    told = f"{ident}|{one.line}|{one.message.get('MessageId', '')}"
    return hashlib.sha256(told.encode()).hexdigest()


def _unsent(
    file: IO[bytes], to: Row, journal: SentJournal, *, again: bool, edited: bool
) -> Iterator[Sendable]:
    """What is to be sent, in order; of a FIFO group nothing behind one that nobody knows of."""
    fifo, stopped = the.is_fifo(to), set[str]()
    for number, text in _lines(file):
        if (standing := journal.standing(number)) == "sent":
            continue
        one = Sendable(number, from_line(text, edited=edited))
        knows = fifo and time.time() - journal.first_sent(number) < RESEND_WITHIN
        if standing == "unknown" and not again and not knows:
            stopped.add(one.group)
        elif not (fifo and one.group in stopped):
            yield one


def batches(messages: Iterable[Sendable], *, fifo: bool) -> Iterator[list[Sendable]]:
    """Ten at most and no more bytes than a batch takes; of a FIFO group one in each, in order."""
    batch: list[Sendable] = []
    room, groups = SIZE_MAX, set[str]()
    for one in messages:
        needs = weight(one.message)
        if batch and (len(batch) == BATCH or needs > room or (fifo and one.group in groups)):
            yield batch
            batch, room, groups = [], SIZE_MAX, set()
        batch.append(one)
        room -= needs
        groups.add(one.group)
    if batch:
        yield batch


class _Sender:
    """Sends batches, each message once as far as anybody can know."""

    def __init__(self, aws: Aws, to: Row, journal: SentJournal, ident: str) -> None:
        self._aws, self._to, self._journal, self._ident = (
            aws.at(deadline=SEND_WITHIN),
            to,
            journal,
            ident,
        )
        self._stopped: set[str] = set()
        """FIFO groups of which one was not taken: what follows it must not overtake it."""

        self._doubtful: set[int] = set()
        """Lines of which an attempt was never answered: a refusal after it says nothing of that one."""

        self.why = ""
        """Why something was not taken, in the words of the last such answer."""

    async def send_together(self, window: list[list[Sendable]]) -> None:
        """Send batches at once; what stops one is raised when the others have had their answers."""
        for ended in await asyncio.gather(*map(self.send, window), return_exceptions=True):
            if ended is not None:
                raise ended

    async def send(self, batch: list[Sendable]) -> None:
        """Send a batch until each message of it was taken, refused for good, or nobody knows."""
        left = [one for one in batch if not (the.is_fifo(self._to) and one.group in self._stopped)]
        for attempt in range(TRIES):
            if not left:
                return
            if attempt:
                await asyncio.sleep(BACK_OFF * 2**attempt)
            self._doubtful.update(
                one.line for one in left if self._journal.standing(one.line) == "unknown"
            )
            self._journal.write({one.line: ("sending", "") for one in left})
            left = await self._once(left, last=attempt == TRIES - 1)

    async def _once(self, batch: list[Sendable], *, last: bool) -> list[Sendable]:
        """Send once; which of them are to be sent again."""
        request = _request(batch, self._to, self._ident)
        try:
            answer = await self._aws.write("send_message_batch", **request)
        except AwsError as error:
            if outcome(error) == "never" and len(batch) > 1:
                # One of them was refused, and not by name: each by itself, and the one is found.
                return [left for one in batch for left in await self._once([one], last=last)]
            return self._unanswered(batch, error, last=last)
        stands: dict[int, tuple[Standing, str]] = {}
        again: list[Sendable] = []
        taken = {held["Id"]: held for held in answer.get("Successful") or []}
        refused = {held["Id"]: held for held in answer.get("Failed") or []}
        for n, one in enumerate(batch):
            held, no = taken.get(str(n)), refused.get(str(n), {})
            if held is not None:
                stands[one.line] = _acknowledged(one.message, held)
            elif no and not no.get("SenderFault") and not last:
                again.append(one)
            else:
                self.why = str(no.get("Message") or no.get("Code") or "the answer did not name it")
                stands[one.line] = (self._refused(one) if no else "unknown", self.why)
                self._stopped.add(one.group)
        self._journal.write(stands)
        if problem := key_trouble(answer):
            self.why = problem.what
            raise AwsError(problem)
        return again

    def _unanswered(self, batch: list[Sendable], error: AwsError, *, last: bool) -> list[Sendable]:
        """What the lack of an answer means: a FIFO queue may be asked again under the same ids."""
        said = outcome(error)
        self.why = error.problem.what
        if said == "unknown":
            self._doubtful.update(one.line for one in batch)
        if said == "stop":
            self._journal.write({one.line: (self._refused(one), self.why) for one in batch})
            raise error
        if not last and (said == "later" or (said == "unknown" and the.is_fifo(self._to))):
            return batch
        self._journal.write({one.line: (self._refused(one), self.why) for one in batch})
        self._stopped.update(one.group for one in batch)
        return []

    def _refused(self, one: Sendable) -> Standing:
        """How a line stands that was not taken by this attempt."""
        return "unknown" if one.line in self._doubtful else "failed"


def _acknowledged(message: Row, held: dict[str, Any]) -> tuple[Standing, str]:
    """Taken, if the queue says that it took these very bytes."""
    body, sent = held.get("MD5OfMessageBody"), held.get("MD5OfMessageAttributes")
    attributes = message.get("MessageAttributes") or {}
    if body != body_digest(message["Body"]) or (sent or "") != attributes_digest(attributes):
        return "unknown", "the queue does not say that it took these bytes"
    return "sent", str(held.get("MessageId", ""))
