"""Below botocore: a request goes out to exactly where it is signed for, and can be watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL


@dataclass(slots=True)
class Request:
    """One request as it goes out."""

    session: aiohttp.ClientSession
    method: str
    url: URL
    headers: CIMultiDict[str]
    body: Any
    proxy: Any


class Exchange:
    """One call to AWS as it is seen from below botocore."""

    def __init__(self, seen: Callable[[Request], None], *, once: bool = False) -> None:
        """``seen(request)`` hears of each request just before it goes out.

        ``once`` allows no other over the session in which :meth:`had` has told of one.
        """
        self.seen, self._once = seen, once
        self._spent: aiohttp.ClientSession | None = None
        self.answer: aiohttp.ClientResponse | None = None
        """The last that came back."""

        self._had: tuple[aiohttp.ClientSession, aiohttp.ClientResponse | Exception] | None = None

    def had(self, session: aiohttp.ClientSession, what: aiohttp.ClientResponse | Exception) -> None:
        """Let botocore take this for what comes of its first request, which is not sent again."""
        self._had, self._spent = (session, what), session

    def take(self, session: aiohttp.ClientSession) -> aiohttp.ClientResponse | None:
        """What a request over this session has come to before it was made, once; raises if that is an error."""
        if self._had is None or self._had[0] is not session:
            if self._once and self._spent is session:
                raise aiohttp.ClientError("It went out already, and goes out once.")
            return None
        (_, what), self._had = self._had, None
        if isinstance(what, Exception):
            raise what
        return what

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the requests that are made within the block."""
        token = _watched.set(self)
        try:
            yield
        finally:
            _watched.reset(token)


_watched: ContextVar[Exchange | None] = ContextVar("awstui_exchange", default=None)


class Straight:
    """An HTTP session that follows no redirect.

    aiohttp would, with the session's token in a header, and would make a GET of a POST; botocore never
    does, and knows itself where S3 wants another region.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @property
    def connector(self) -> aiohttp.BaseConnector | None:
        """The pool of connections."""
        return self._session.connector

    async def request(self, method: str, *, url: URL, **options: Any) -> aiohttp.ClientResponse:
        """Send one request to exactly where it is signed for."""
        exchange = _watched.get()
        if exchange is not None and (had := exchange.take(self._session)) is not None:
            return had
        if exchange is None:
            return await self._session.request(method, url, allow_redirects=False, **options)
        exchange.seen(
            Request(
                self._session, method, url, options["headers"], options.get("data"),
                options.get("proxy"),
            )
        )  # fmt: skip
        exchange.answer = await self._session.request(method, url, allow_redirects=False, **options)
        return exchange.answer
