"""The safe peek, at the edge of the network: one receive after the other, and always a release."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any

from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws, Row, Told
from awstui.wire import Problem

from . import around
from . import attributes as the
from .peek import HOLD_MAX, Peek, Preflight, preflight

POLL = 1
"""Seconds of each long poll: one second already asks every host of the queue."""

RELEASE_WITHIN = 2.0
"""Seconds that giving back may take when the pane closes; what is not back by then comes back by itself."""

RELEASES_AT_ONCE = 8

SENDS = ("receive_message", "change_message_visibility_batch")
"""What a peek writes: it takes, and gives back."""

LASTS = 2.0 * HOLD_MAX
"""Seconds a peek may go on: receiving, and then as long as it may hold."""

_peeks: Counter[str] = Counter()
"""How often each queue was peeked at while this engine lives: a second look costs a second life."""


async def peek(
    aws: Aws, row: Row, told: Told, *, want: int = 0, hold: int = 0, confirmed: str = ""
) -> AsyncGenerator[Row, None]:
    """Look at messages and give them back; says each step as it happens.

    Events: ``preflight``, then ``refused`` or any of ``receiving``, ``message``, ``held`` and
    ``released``. Telling it ``{"release": True}`` gives everything back at once.
    """
    row = await around.fresh(aws, row)
    judged = await judge(aws, row, want=want, hold=hold)
    yield preflight_event(row, judged)
    if judged.verdict == "refuse" and confirmed != row["QueueName"]:
        yield {"kind": "refused", "why": list(judged.why), "type": row["QueueName"]}
        return
    count_look(row)
    session = _Session(aws, row, Peek(judged.want, judged.hold, time.time(), judged.fifo))
    try:
        for step in (session.receive, session.keep):
            async with contextlib.aclosing(step(told)) as events:
                async for event in events:
                    yield event
    finally:
        await session.give_back_in_time()


def count_look(row: Row) -> None:
    """Remember that this queue was looked into."""
    _peeks[the.arn_of(row)] += 1


async def judge(aws: Aws, row: Row, *, want: int, hold: int, longest: int = HOLD_MAX) -> Preflight:
    """What a look would cost, by reading only."""
    mappings = await around.known_consumers(aws, row)
    try:
        feeders = await around.sources(aws, row)
    except AwstuiError:
        feeders = []  # not to be known: then it is held as briefly as where consumers wait
    return preflight(
        lives=the.lives(row),
        fifo=the.is_fifo(row),
        dead_letter=bool(feeders),
        want=want,
        consumers=None if mappings is None else sum(around.taking(each) for each in mappings),
        peeks_before=_peeks[the.arn_of(row)],
        hold=hold,
        longest=longest,
        limits=await around.limits(aws, feeders),
    )


def preflight_event(row: Row, judged: Preflight) -> Row:
    """The first event of a look: what it costs, and what the queue is like."""
    return {
        "kind": "preflight",
        "verdict": judged.verdict,
        "why": list(judged.why),
        "want": judged.want,
        "hold": judged.hold,
        "lives": judged.lives,
        "limits": dict(judged.limits),
        "fifo": judged.fifo,
        "dead_letter": judged.dead_letter,
        "waiting": the.waiting(row),
        "in_flight": the.in_flight(row),
        "retention": the.retention(row),
    }


def _held_event(state: Peek, why: str) -> Row:
    return {"kind": "held", "count": len(state.held), "until": state.until(), "why": why}


class _Session:
    """What one peek holds, and how it gives that back."""

    def __init__(self, aws: Aws, row: Row, state: Peek) -> None:
        self._aws, self._row, self._peek = aws, row, state
        self._asked: asyncio.Future[Row] | None = None
        self._asked_at = 0.0
        self._let_go = False

    async def receive(self, told: Told) -> AsyncGenerator[Row, None]:
        """Receive until there is a reason to stop; yields messages as they come."""
        state = self._peek
        while not (why := state.stop(time.time())):
            yield {"kind": "receiving", "seen": len(state.held), "want": state.want}
            for message in state.take(await self._next(), self._asked_at):
                yield {"kind": "message", "message": message}
            said = await told.next(timeout=0)
            if said and said.get("release"):
                self._let_go = True
                why = "Stopped."
                break
        yield _held_event(state, why + await self._about_the_rest())

    async def _next(self) -> list[Row]:
        """One receive. It is waited for even when the pane closes: what it brings must be given back."""
        self._asked_at = time.time()
        asked: dict[str, Any] = {
            "QueueUrl": self._row["QueueUrl"],
            "MaxNumberOfMessages": self._peek.ask,
            "WaitTimeSeconds": POLL,
            "VisibilityTimeout": self._peek.hold,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        if self._peek.fifo:
            # Makes a receive whose answer was lost repeatable: the same messages and handles again.
            asked["ReceiveRequestAttemptId"] = f"peek-{self._asked_at:.6f}-{self._peek.polls}"
        door = self._aws.at(deadline=POLL + 10.0)
        self._asked = asyncio.ensure_future(door.write("receive_message", **asked))
        try:
            answer = await asyncio.shield(self._asked)
        except AwsError as error:
            self._asked = None
            raise AwsError(problem_of_receive(error.problem, self._row["QueueName"])) from error
        self._asked = None
        return list(answer.get("Messages") or [])

    async def _about_the_rest(self) -> str:
        """Why there may be more than was seen; asks for the counts only when nothing came."""
        if self._peek.held or self._let_go:
            return ""
        row = await around.fresh(self._aws, self._row)
        if the.in_flight(row):
            return f" About {the.in_flight(row):,} are in flight: others hold them."
        if the.waiting(row):
            return f" The count says about {the.waiting(row):,}; it may lag by a minute."
        return ""

    async def keep(self, told: Told) -> AsyncGenerator[Row, None]:
        """Hold what was received until told to release it, or until it becomes visible by itself."""
        state = self._peek
        expired = 0
        while state.held and not self._let_go:
            rest = state.until() - time.time()
            if rest <= 0:
                expired += len(state.drop_expired(time.time()))
                if state.held:
                    yield _held_event(state, "")
                continue
            said = await told.next(timeout=rest)
            self._let_go = bool(said and said.get("release"))
        count = len(state.held)
        failed = await self._give_back()
        yield {
            "kind": "released",
            "count": count - len(failed),
            "expired": expired,
            "failed": [str(entry.get("Message") or entry.get("Code") or "") for entry in failed],
        }

    async def _give_back(self) -> list[Row]:
        """Make visible again what is held; returns what the service would not release."""
        self._peek.drop_expired(time.time())
        failed: list[Row] = []
        batches = list(self._peek.releases())
        for start in range(0, len(batches), RELEASES_AT_ONCE):
            chosen = batches[start : start + RELEASES_AT_ONCE]
            for entries in await asyncio.gather(*(self._release(*batch) for batch in chosen)):
                failed += entries
        return failed

    async def _release(self, idents: list[str], entries: list[Row]) -> list[Row]:
        """Release one batch; one that is refused as a whole must not keep the others from going."""
        door = self._aws.at(deadline=RELEASE_WITHIN)
        try:
            answer = await door.write(
                "change_message_visibility_batch", QueueUrl=self._row["QueueUrl"], Entries=entries
            )
            failed = list(answer.get("Failed") or [])
        except AwstuiError as error:
            said = {"Message": error.problem.what, "Code": error.problem.code}
            failed = [{"Id": entry["Id"], **said} for entry in entries]
        return self._peek.released(idents, failed)

    async def give_back_in_time(self) -> None:
        """Whatever way the peek ended, nothing stays hidden longer than it must."""
        try:
            async with asyncio.timeout(RELEASE_WITHIN):
                if self._asked is not None:
                    with contextlib.suppress(AwstuiError):  # nothing came: nothing to give back
                        answer = await self._asked
                        self._peek.take(list(answer.get("Messages") or []), self._asked_at)
                if self._peek.held:
                    await self._give_back()
        except TimeoutError:
            return  # the hold is short: they become visible by themselves


def problem_of_receive(problem: Problem, queue: str) -> Problem:
    """What a refused receive means, where the message alone does not say."""
    code = problem.code.rsplit(".", 1)[-1]
    if code == "OverLimit":
        return Problem(
            f"{queue} has as many messages in flight as SQS allows.",
            why="Its consumers take messages and do not delete them.",
            do="Look at the consumers; nothing more can be received until they are done.",
            code=problem.code,
            kind=problem.kind,
        )
    if code.startswith("Kms"):
        return Problem(
            f"You may receive from {queue}, but not decrypt what it holds.",
            why=problem.what,
            do="Ask for kms:Decrypt on the key of the queue.",
            action="kms:Decrypt",
            code=problem.code,
            kind=problem.kind,
        )
    return problem
