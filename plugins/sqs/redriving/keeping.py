"""Keeping: claims are extended before they end, and it is watched what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import time

from awstui.errors import AwstuiError

from .claims import Claim, tens
from .ledger import State
from .run import Run
from .unseen import Unseen

EXTEND = 4
"""A claim is extended when less than this part of its hold is left: one in so many."""

OFTEN = 0.25
"""Seconds between two looks through all that is held: that may be a hundred thousand."""

AT_ONCE = 16
"""Requests that extend or give back under way at once."""


class Keeping:
    """Looks after what is held."""

    def __init__(self, run: Run) -> None:
        self._run, self._looked = run, 0.0
        self._unseen = Unseen(run)

    async def work(self) -> None:
        """Keep claims from ending, forget those that have, and look at what comes back."""
        while not self._run.is_through:
            if time.time() - self._looked >= OFTEN:
                self._looked = time.time()
                await self.keep()
            await self._watch()
            await self._run.idle()

    async def keep(self) -> None:
        """Extend what is near its end, under way or not, and forget what has ended."""
        near = self._run.clearing.ending(time.time(), self._run.operation.hold / EXTEND)
        batches = list(tens(near))
        for start in range(0, len(batches), AT_ONCE):
            window = batches[start : start + AT_ONCE]
            ended = await asyncio.gather(*(extended(self._run, claims) for claims in window))
            gone = [claim for claims in ended for claim in claims if not claim.busy]
            self._run.intake.again(self._run.course.drop(gone))
        self._run.intake.again(self._run.clearing.drop_expired(time.time()))

    async def _watch(self) -> None:
        if not self._run.operation.canary:
            return
        if why := await self._unseen.look(time.time()):
            self._run.end(why)
        counts = self._run.ledger.counts()
        sent = counts[State.SENT] + counts[State.DONE]
        why = self._run.pace.look(
            time.time(),
            sent=sent,
            bounced=len(self._run.ledger.bounced),
            out=counts[State.JOURNALED],
            holds=self._unseen.holds,
        )
        if why:
            self._run.end(why)


async def extended(run: Run, claims: list[Claim]) -> list[Claim]:
    """Extend up to ten claims; those that have ended instead."""
    asked = time.time()
    try:
        failed = await run.requests.hide(claims, run.operation.hold)
    except AwstuiError:
        return [claim for claim in claims if claim.deadline <= time.time()]
    wrong = {int(entry["Id"]) for entry in failed}
    fine = [claim for number, claim in enumerate(claims) if number not in wrong]
    run.add(run.clearing.extended(fine, asked + run.operation.hold))
    return [claim for number, claim in enumerate(claims) if number in wrong]


async def given_back(run: Run) -> list[str]:
    """Make visible again all that is not to be deleted; the ids of what has still to be sent.

    It is forgotten first: what comes once more while it is given back is held anew. What cannot be given
    back becomes visible when its hold is over.
    """
    batches = run.clearing.releases(time.time())
    unsent = run.course.drop([claim for claims in batches for claim in claims])
    for start in range(0, len(batches), AT_ONCE):
        window = batches[start : start + AT_ONCE]
        await asyncio.gather(*(_give_back(run, claims) for claims in window))
    return unsent


async def _give_back(run: Run, claims: list[Claim]) -> None:
    with contextlib.suppress(AwstuiError):
        wrong = {str(entry.get("Id")) for entry in await run.requests.hide(claims, 0)}
        fine = [claim for number, claim in enumerate(claims) if str(number) not in wrong]
        run.add(run.clearing.released(fine))
