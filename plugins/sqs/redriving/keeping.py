"""Keeping: claims are extended before they end, and it is watched what comes back."""

from __future__ import annotations

import time

from awstui.errors import AwstuiError

from .claims import Claim
from .ledger import State
from .run import Run

EXTEND = 4
"""A claim is extended when less than this part of its hold is left: one in so many."""


class Keeping:
    """Looks after what is held."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def work(self) -> None:
        """Keep claims from ending, forget those that have, and look at what comes back."""
        while not self._run.is_through:
            now = time.time()
            near = self._run.clearing.ending(now, self._run.operation.hold / EXTEND)
            if near:
                for claim in near:
                    claim.busy = True
                gone = await extended(self._run, near)
                for claim in near:
                    claim.busy = False
                self._run.intake.again(self._run.course.drop(gone))
            self._run.intake.again(self._run.clearing.drop_expired(time.time()))
            self._watch()
            if not near:
                await self._run.idle()

    def _watch(self) -> None:
        if not self._run.operation.canary:
            return
        counts = self._run.ledger.counts()
        sent = counts[State.SENT] + counts[State.DONE]
        why = self._run.pace.look(
            time.time(),
            sent=sent,
            bounced=len(self._run.ledger.bounced),
            out=counts[State.JOURNALED],
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
