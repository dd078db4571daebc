"""Live Tail of our log server: streams that sample, drop and end as the real ones do."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

from tests.faults.event_stream import CUT, damaged, event, exception
from tests.plugins.logs.log_server import ACCOUNT, Event, LogServer

ENDS = ("clean", "timeout", "broken", "cut", "damaged", "silence")


class Live:
    """Answers StartLiveTail; what it says of a line has no event id."""

    def __init__(
        self, server: LogServer, *, ends: Sequence[str] = (), after: int = 4, every: float = 0.03,
        misses: float = 0.0, silently: float = 0.0, seed: int = 1,
    ) -> None:  # fmt: skip
        """``ends`` is how each session ends ``after`` so many updates; those beyond go on.

        ``misses`` is the chance of a line to be left out with a word, ``silently`` without one.
        """
        self._server, self._ends, self._after, self._every = server, ends, after, every
        self._misses, self._silently = misses, silently
        self._chance = random.Random(seed)
        self.sessions = self.sent = 0
        self.left = asyncio.Event()
        """A session is over, whoever ended it."""

    async def __call__(self, body: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        """The frames of one session."""
        groups = [str(one).rpartition(":log-group:")[2] for one in body["logGroupIdentifiers"]]
        end = self._ends[self.sessions] if self.sessions < len(self._ends) else ""
        self.sessions += 1
        try:
            places = {group: len(self._server.arrived(group)) for group in groups}
            yield event("sessionStart", {"sessionId": str(self.sessions)})
            for number in itertools.count():
                if end and number == self._after:
                    break
                yield self._update(places)
                await asyncio.sleep(self._every)
            async for last in self._last(end):
                yield last
        finally:
            self.left.set()

    def _update(self, places: dict[str, int]) -> bytes:
        told, missed = list[dict[str, Any]](), False
        for group, place in places.items():
            arrived = self._server.arrived(group)[place:]
            places[group] += len(arrived)
            for one in arrived:
                if self._chance.random() < self._misses:
                    missed = True
                elif self._chance.random() >= self._silently:
                    told.append(_shown(group, one))
        self.sent += len(told)
        metadata = {"sampled": missed}
        return event("sessionUpdate", {"sessionMetadata": metadata, "sessionResults": told})

    async def _last(self, end: str) -> AsyncIterator[bytes]:
        if end == "timeout":
            yield exception("SessionTimeoutException", "The session lasted for 3 hours.")
        elif end == "broken":
            yield exception("SessionStreamingException", "Something went wrong.")
        elif end == "cut":
            yield CUT
        elif end == "damaged":
            yield damaged(event("sessionUpdate", {"sessionResults": []}))
        elif end == "silence":
            await asyncio.sleep(3600)


def _shown(group: str, one: Event) -> dict[str, Any]:
    return {
        "logGroupIdentifier": f"{ACCOUNT}:{group}", "logStreamName": one.stream,
        "timestamp": one.at, "ingestionTime": one.taken, "message": one.message,
    }  # fmt: skip
