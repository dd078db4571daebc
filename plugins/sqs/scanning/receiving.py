"""Several receives under way at once, and what they brought given back: whatever happens in between."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws, Row

from .. import attributes as the
from ..peek import BATCH
from ..peeking import POLL, RELEASE_WITHIN, problem_of_receive
from ..redriving.requests import outcome
from .holding import Holding

AT_ONCE = 16
"""Batches of releases, or of deletes, under way at once."""

TRIES, BACK_OFF = 4, 0.25
"""How often a receive is asked that costs nothing to repeat, and seconds between, doubled each time."""

ANSWER = 10.0
"""Seconds that a receive may take longer than it was asked to wait for messages."""

Brought = tuple[list[Row], float]
"""What a receive brought, and when it was asked, in epoch seconds."""


class Receiving:
    """Receives from one queue, and remembers what is hidden from others since."""

    def __init__(self, aws: Aws, row: Row, hold: int) -> None:
        """``hold`` is for how many seconds each message is hidden."""
        self.aws, self.row, self._hold = aws, row, hold
        self.holding = Holding()
        self._asked: set[asyncio.Future[Brought]] = set()
        self._number = 0
        self._name = f"scan-{time.time():.6f}"

    async def some(self, width: int) -> list[Brought]:
        """Have so many receives under way, and give what the first of them bring."""
        while len(self._asked) < width:
            self._asked.add(asyncio.ensure_future(self._receive()))
        done, self._asked = await asyncio.wait(self._asked, return_when=asyncio.FIRST_COMPLETED)
        return self._brought(done)

    async def rest(self) -> list[Brought]:
        """Wait for what is still under way; one that failed brought nothing."""
        if not self._asked:
            return []
        done, self._asked = await asyncio.wait(self._asked)
        return self._brought({one for one in done if one.exception() is None})

    def _brought(self, done: set[asyncio.Future[Brought]]) -> list[Brought]:
        """What came, held from now on; raises what went wrong once nothing can be lost by that."""
        brought: list[Brought] = []
        problem: BaseException | None = None
        for one in done:
            if (error := one.exception()) is not None:
                problem = error
                continue
            messages, began = one.result()
            for message in messages:
                self.holding.take(message, began + self._hold)
            brought.append((messages, began))
        if problem is not None and not brought:
            raise problem
        return brought

    async def _receive(self) -> Brought:
        began = time.time()
        self._number += 1
        asked: dict[str, Any] = {
            "QueueUrl": self.row["QueueUrl"],
            "MaxNumberOfMessages": BATCH,
            "WaitTimeSeconds": POLL,
            "VisibilityTimeout": self._hold,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        if the.is_fifo(self.row):
            asked["ReceiveRequestAttemptId"] = f"{self._name}-{self._number}"
        for tries in range(1, TRIES + 1):
            try:
                answer = await self.aws.at(deadline=POLL + ANSWER).write("receive_message", **asked)
                break
            except AwsError as error:
                if tries == TRIES or not self._costs_nothing(error):
                    problem = problem_of_receive(error.problem, self.row["QueueName"])
                    raise AwsError(problem) from error
            await asyncio.sleep(BACK_OFF * 2**tries)
        return list(answer.get("Messages") or []), began

    def _costs_nothing(self, error: AwsError) -> bool:
        """Whether a receive that failed can be repeated and hides nothing twice.

        One that AWS refused for the moment hid nothing; a FIFO queue answers the same under the same name.
        """
        said = outcome(error)
        return said == "later" or (said == "unknown" and the.is_fifo(self.row))

    # ---- giving back -----------------------------------------------------------------------------

    async def give_back(self) -> list[str]:
        """Make visible again what is held; the sentences of what the service would not release."""
        self.holding.drop_expired(time.time())
        failed: list[str] = []
        batches = list(self.holding.batches())
        for start in range(0, len(batches), AT_ONCE):
            window = batches[start : start + AT_ONCE]
            for said in await asyncio.gather(*(self._release(*batch) for batch in window)):
                failed += said
        return failed

    async def _release(self, idents: list[str], entries: list[Row]) -> list[str]:
        """Release one batch; one that is refused as a whole must not keep the others from going."""
        door = self.aws.at(deadline=RELEASE_WITHIN)
        timed = [entry | {"VisibilityTimeout": 0} for entry in entries]
        try:
            answer = await door.write(
                "change_message_visibility_batch", QueueUrl=self.row["QueueUrl"], Entries=timed
            )
        except AwstuiError as error:
            self.holding.drop(idents)
            return [error.problem.what] * len(idents)
        failed = self.holding.released(idents, list(answer.get("Failed") or []))
        return [str(entry.get("Message") or entry.get("Code") or "") for entry in failed]

    async def give_back_in_time(self) -> None:
        """Give back what is held, and what is still on its way to us, in the time that leaving may take."""
        # Too little time: the rest becomes visible by itself when the hold is over.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RELEASE_WITHIN):
                with contextlib.suppress(AwstuiError):
                    await asyncio.shield(self._settled())
                if self.holding:
                    await self.give_back()

    async def _settled(self) -> None:
        if self._asked:
            done, self._asked = await asyncio.wait(self._asked)
            self._brought(done)
