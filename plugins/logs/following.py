"""Several groups followed together: each at its own pace, what they bring in one stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from awstui.plugin import Aws

from .follow import Found, GroupFollow
from .naming import named
from .page import Fetch, Page
from .waiting import Waiting

MOST = 10
"""Groups that are followed together at most."""

STIRRED = -1
"""In place of a group's number: :meth:`Together.stir` was called."""

PAGE_DEADLINE = 15.0
"""Seconds for one page: a following must not stand still because one call does."""


def fetcher(
    aws: Aws,
    group: str,
    *,
    streams: Sequence[str] = (),
    prefix: str = "",
    pattern: str = "",
) -> Fetch:
    """What reads pages of a group, by its name, or by its ARN where another account owns it."""
    narrowed: dict[str, Any] = named(group)
    if streams:
        narrowed["logStreamNames"] = list(streams)
    if prefix:
        narrowed["logStreamNamePrefix"] = prefix
    if pattern:
        narrowed["filterPattern"] = pattern
    door = aws.at(deadline=PAGE_DEADLINE)

    async def fetch(
        start: int, token: str = "", *, newest_first: bool = False, end: int = 0
    ) -> Page:
        more: dict[str, Any] = {"nextToken": token} if token else {}
        if newest_first:
            more["startFromHead"] = False
        if end:
            more["endTime"] = end
        answer = await door.read("filter_log_events", startTime=start, **narrowed, **more)
        return Page(answer.get("events") or [], str(answer.get("nextToken") or ""))

    return fetch


class Together:
    """Runs every follower beside the others until it is closed."""

    def __init__(
        self,
        followers: Sequence[GroupFollow],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.followers = followers
        self._sleep = sleep
        self._waiting = Waiting()
        self._stirred = False

    def stir(self) -> None:
        """Have :meth:`found` give :data:`STIRRED` as soon as it is asked: something else has come."""
        if not self._stirred:
            self._stirred = True
            self._waiting.put_first(STIRRED, Found())

    async def found(self) -> AsyncGenerator[tuple[int, Found], None]:
        """What each brings, with its number; never ends by itself."""
        runs = [
            asyncio.ensure_future(self._run(number, follower))
            for number, follower in enumerate(self.followers)
        ]
        try:
            while True:
                number, found = await self._waiting.take()
                self._stirred = self._stirred and number != STIRRED
                yield number, found
        finally:
            for run in runs:
                run.cancel()
            await asyncio.gather(*runs, return_exceptions=True)

    async def _run(self, number: int, follower: GroupFollow) -> None:
        try:
            while True:
                async for found in follower.step():
                    await self._waiting.put(number, found)
                await self._sleep(follower.wait)
        except Exception as fault:  # noqa: BLE001  a fault of ours is raised where somebody listens
            self._waiting.put_first(number, fault)
