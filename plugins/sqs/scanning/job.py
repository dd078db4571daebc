"""The scan at the edge of the network: parallel receives, a spool, and everything given back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator

from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws, Row, Told

from .. import around, peeking
from .. import attributes as the
from .receiving import Receiving
from .scan import HOLD_MAX, WANT_MAX, Found, Scan, hold_for
from .spool import Spool

__all__ = ["HOLD_MAX", "OFTEN", "scan"]

OFTEN = 100_000
"""Requests of one kind that it may send: a tenth of it sees as many as may be in flight."""

COUNT_AGAIN = 3.0
"""Seconds that reading the counts at the end may take."""

GLANCE = 0.001
"""Seconds in which it is looked whether something was told: none at all would see nothing."""


async def scan(
    aws: Aws, row: Row, told: Told, *, hold: int = 0, want: int = 0, confirmed: str = "",
    close: bool = False,
) -> AsyncGenerator[Row, None]:  # fmt: skip
    """Receive all there is, spool it, and give it back; says each step as it happens.

    Events: ``preflight``, then ``refused`` or ``spool``, ``messages`` many times, ``scanned`` and
    ``released``. Telling it ``{"release": True}`` stops it; the spool stays until the job is closed, as
    a pane does that reads it, or ends with the last event when ``close`` says so.
    """
    row = await around.fresh(aws, row)
    seconds = hold_for(the.waiting(row), hold)
    judged = await peeking.judge(aws, row, want=the.waiting(row), hold=seconds, longest=seconds)
    yield peeking.preflight_event(row, judged)
    if judged.verdict == "refuse" and confirmed != row["QueueName"]:
        yield {"kind": "refused", "why": list(judged.why), "type": row["QueueName"]}
        return
    peeking.count_look(row)
    state = Scan(
        about=the.waiting(row),
        hidden=the.in_flight(row) + the.delayed(row),
        hold=seconds,
        started=time.time(),
        fifo=judged.fifo,
        want=want or WANT_MAX,
    )
    spool = Spool.create()
    receiving = Receiving(aws, row, seconds)
    try:
        yield {"kind": "spool", "path": str(spool.path)}
        async with contextlib.aclosing(_received(receiving, state, spool, told)) as events:
            async for event in events:
                yield event
        yield await _released(receiving)
        while not close and not (await told.next() or {}).get("close"):
            pass  # the pane may still read what is spooled
    finally:
        try:
            await receiving.give_back_in_time()
        finally:
            spool.close(remove=True)


async def _received(
    receiving: Receiving, state: Scan, spool: Spool, told: Told
) -> AsyncGenerator[Row, None]:
    """Receive until there is a reason to stop; the messages as they come, and how it ended."""
    why = ""
    while not (why := why or state.stop(time.time())):
        try:
            brought = await receiving.some(state.width)
        except AwsError as error:
            if not state.seen:
                raise
            why = f"Stopped: {error.problem.what}"
            break
        for messages, began in brought:
            new = state.take(messages, began, time.time())
            yield _progress(state, spool.add(new))
        said = await told.next(timeout=GLANCE)
        if said and said.get("release"):
            why = "Stopped."
    # What is still on its way belongs to what was seen.
    for messages, began in await receiving.rest():
        yield _progress(state, spool.add(state.take(messages, began, time.time())))
    yield _scanned(await _found(receiving, state, why), state, spool)


def _progress(state: Scan, messages: list[Row]) -> Row:
    return {
        "kind": "messages",
        "messages": messages,
        "seen": len(state.seen),
        "about": max(state.about, len(state.seen)),
    }


async def _found(receiving: Receiving, state: Scan, why: str) -> Found:
    """How it ended, by the queue's counts as they are now; not knowing them is no completeness."""
    try:
        after = await around.fresh(receiving.aws.at(deadline=COUNT_AGAIN), receiving.row)
    except AwstuiError:
        return state.found(why, max(0, state.about - len(state.seen)))
    return state.found(why, the.waiting(after))


def _scanned(found: Found, state: Scan, spool: Spool) -> Row:
    return {
        "kind": "scanned",
        "seen": found.seen,
        "about": found.about,
        "complete": found.complete,
        "why": found.why,
        "sentence": found.sentence,
        "took": time.time() - state.started,
        "left_out": spool.left_out,
    }


async def _released(receiving: Receiving) -> Row:
    count = len(receiving.holding)
    expired = receiving.holding.drop_expired(time.time())
    failed = await receiving.give_back()
    return {
        "kind": "released",
        "count": count - expired - len(failed),
        "expired": expired,
        "failed": failed,
    }
