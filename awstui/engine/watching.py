"""Keeping who we are true: asking AWS until it says so, and again when credentials lapse or come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from awstui import wire
from awstui.engine.session import Session
from awstui.engine.sources import Place

ASK_AGAIN = 10.0
"""Seconds until AWS is asked again who we are, while it could not say."""

DENIED_AGAIN = 600.0
"""The same where AWS said that we may not ask: that is remembered, not hammered."""

CHOICES_AFTER = 0.7
"""Seconds until profiles and regions are looked up: it takes a tenth of one from the first rows."""

LOOK = 5.0
"""Seconds between looks at how long credentials last."""


class IdentityWatch:
    """Tells the interface who the engine is, whenever that changes."""

    def __init__(
        self,
        session: Session,
        send: Callable[[wire.ToInterface], None],
        back: Callable[[wire.Scope], None],
    ) -> None:
        """``back(scope)`` hears of credentials that are good again."""
        self._session, self._send, self._back = session, send, back
        self._told: wire.Identity | None = None

    async def run(self) -> None:
        """Watch the session's present sources until cancelled."""
        sources = self._session.sources
        async with asyncio.TaskGroup() as group:
            for place in sources.places:
                group.create_task(self._keep(place))
            group.create_task(self._look())
            group.create_task(self._offer_choices())

    def tell(self) -> None:
        """Say who we are, when that is news."""
        identity = self._session.identity()
        if identity != self._told:
            self._told = identity
            self._send(identity)

    async def _keep(self, place: Place) -> None:
        sources = self._session.sources
        while True:
            before = place.problem
            place.stirred.clear()
            if before is not None or not place.settled.is_set():
                await sources.confirm(place)
            self.tell()
            if before is not None and place.problem is None:
                self._back(place.scope)
            try:
                await asyncio.wait_for(place.stirred.wait(), _again(place))
            except TimeoutError:
                continue
            self.tell()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if self._told is not None:
                self.tell()

    async def _offer_choices(self) -> None:
        """Tell what one could change to, once the first rows had their time."""
        await asyncio.gather(*(place.settled.wait() for place in self._session.sources.places[:1]))
        await asyncio.sleep(CHOICES_AFTER)
        await self._session.with_choices(self._session.identity())
        self.tell()


def _again(place: Place) -> float | None:
    """In how many seconds AWS is asked again who a place is; None when it has said so."""
    if place.problem is None:
        return None
    return DENIED_AGAIN if place.problem.kind == "denied" else ASK_AGAIN
