"""A redrive at the edge of the network, from what an earlier process has left to the last release."""

from __future__ import annotations

import asyncio
import math
import time

from awstui.errors import AwsError
from awstui.plugin import Row

from .claiming import Claiming
from .claims import BATCH
from .journal import last_line
from .keeping import Keeping, given_back
from .ledger import State
from .pairing import Pairing
from .run import Run

CLAIMERS, SENDERS = 12, 24
"""How many requests of a kind are under way at once, at most."""

EACH = 50
"""Messages each second for which there is one more of each kind."""


class Runner:
    """Runs one operation with as many workers as its rate needs."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._pairing = Pairing(run)

    async def run(self) -> None:
        """Until nothing is left to do, or it is told to end."""
        now = time.time()
        doubts = self._run.ledger.doubts(fifo=self._run.operation.is_fifo, now=now)
        self._run.add(self._run.course.noted([{"kind": "begun", "at": now}, *doubts]))
        await self._run.journal.sync()
        await self._take_over()
        wide = max(1, math.ceil(self._run.operation.rate / EACH))
        claiming = Claiming(self._run)
        async with asyncio.TaskGroup() as group:
            for number in range(min(CLAIMERS, wide)):
                group.create_task(claiming.work(number))
            for _ in range(min(SENDERS, wide)):
                group.create_task(self._pairing.work())
            group.create_task(Keeping(self._run).work())

    async def _take_over(self) -> None:
        """What another process has left hidden: deleted where it was acknowledged, else released."""
        now = time.time()
        held = {i: one for i, one in self._run.ledger.handles.items() if one.until > now + 1.0}
        for taken in (True, False):
            idents = [i for i in held if (self._run.ledger.state(i) is State.SENT) is taken]
            for start in range(0, len(idents), BATCH):
                part = idents[start : start + BATCH]
                entries = [
                    {"Id": str(number), "ReceiptHandle": held[ident].handle}
                    for number, ident in enumerate(part)
                ]
                await self._take_over_part(part, entries, delete=taken)

    async def _take_over_part(self, idents: list[str], entries: list[Row], *, delete: bool) -> None:
        delete = delete and not self._run.operation.keep
        try:
            if delete:
                until = min(self._run.ledger.handles[ident].until for ident in idents)
                failed = await self._run.requests.delete(entries, until)
            else:
                failed = await self._run.requests.hide_entries(
                    [entry | {"VisibilityTimeout": 0} for entry in entries]
                )
        except AwsError:
            return  # they come by themselves when their hold is over
        wrong = {str(entry.get("Id")) for entry in failed}
        fine = [ident for number, ident in enumerate(idents) if str(number) not in wrong]
        if delete:
            now, keys = time.time(), self._run.ledger.handles
            lines: list[Row] = [{"kind": "done", "id": i} for i in fine if keys[i].until > now]
        else:
            lines = [{"kind": "released", "ids": fine}]
        self._run.add(self._run.course.noted(lines))

    async def tidy(self, why: str, *, over: bool) -> None:
        """Delete what is acknowledged, give back all else; ``over`` when nothing is left to resume."""
        self._run.clearing.hurry()
        while claims := self._run.clearing.deletes(time.time()):
            await self._pairing.delete(claims)
        await given_back(self._run)
        if over:
            now = time.time()
            self._run.add(self._run.course.noted(self._run.ledger.doubts(fifo=False, now=now)))
            self._run.add(self._run.course.noted([last_line(self._run.ledger, why, now)]))
        await self._run.journal.sync()
