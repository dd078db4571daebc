"""One long-lived read and write client for each service, profile and region."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any, NamedTuple, TypeVar

from aiobotocore.config import AioConfig

from awstui import __version__
from awstui.engine.dns import Lookups
from awstui.engine.sessions import Sessions, is_loopback
from awstui.engine.shared import SharedTls, live_socket, warm
from awstui.wire import Scope

T = TypeVar("T")

CONCURRENCY = 200
"""Connections of a client at most: as many as there are calls at once where the region is far away."""

CONNECT_TIMEOUT = 3
READ_TIMEOUTS = (10, 60)
"""Seconds a read may be silent; a read with a longer deadline than usual gets the longer one."""

WRITE_TIMEOUTS = (30, 120, 960)
"""Seconds a write may be silent; the last is for an invocation of fifteen minutes."""

READ_DEADLINE = 20.0
WRITE_DEADLINE = 30.0

USER_AGENT = f"awstui/{__version__}"
"""Set, because botocore otherwise builds it anew for every request: a fifth of the work."""

for _library in ("botocore", "aiobotocore", "boto3", "aiohttp", "urllib3"):
    # Below this botocore logs signed headers and bodies; and nothing may reach the terminal.
    logging.getLogger(_library).setLevel(logging.WARNING)
    logging.getLogger(_library).addHandler(logging.NullHandler())


class ClientKey(NamedTuple):
    """What tells clients apart."""

    service: str
    profile: str
    region: str
    write: bool
    read_timeout: int


class Clients:
    """Makes clients when they are first needed, and keeps them until the end."""

    def __init__(self, sessions: Sessions, session: str = "") -> None:
        """``session`` is what the audit calls this one: AWS's own record names it by the agent."""
        self.sessions = sessions
        self._agent = f"{USER_AGENT} sid/{session}" if session else USER_AGENT
        self._clients: dict[ClientKey, Any] = {}
        self._locks: dict[ClientKey, asyncio.Lock] = {}
        self._open = AsyncExitStack()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="awstui-models")
        self._warm: set[str] = set()
        self.endpoints: dict[tuple[str, str], str] = {}
        """The custom endpoint of each profile and service that a client was made for."""

    async def get(self, scope: Scope, service: str, *, write: bool, deadline: float = 0.0) -> Any:
        """The client for calls to a service under a scope; many callers at once get the same one.

        A write client sends each request once; a read client up to three times.
        """
        key = ClientKey(
            service, scope.profile, scope.region, write, read_timeout(deadline, write=write)
        )
        client = self._clients.get(key)
        if client is not None:
            return client
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._clients:
                self._clients[key] = await self._make(key)
        return self._clients[key]

    async def warm(self, service: str) -> None:
        """Parse a service's models in a thread, so that using them does not hold up the loop."""
        if service not in self._warm:
            await self.in_thread(warm, service)
            self._warm.add(service)

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run work that blocks beside the loop, not in the pool that resolves host names."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    async def close(self) -> None:
        """Close every connection."""
        self._clients.clear()
        await self._open.aclose()
        await asyncio.sleep(0)  # the loop lets go of the sockets one turn later
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _make(self, key: ClientKey) -> Any:
        session = await self.sessions.get(key.profile)
        await self.warm(key.service)
        endpoint = self.sessions.endpoint(session, key.service)
        self.endpoints[key.profile, key.service] = endpoint
        return await self._open.enter_async_context(
            session.create_client(
                key.service,
                region_name=key.region,
                endpoint_url=endpoint or None,
                config=config(key, endpoint, self._agent),
            )
        )


def read_timeout(deadline: float, *, write: bool) -> int:
    """How long a client for calls with that deadline waits for the next byte."""
    if not write:
        return READ_TIMEOUTS[deadline > READ_DEADLINE]
    return next((step for step in WRITE_TIMEOUTS if step >= deadline), WRITE_TIMEOUTS[-1])


def config(key: ClientKey, endpoint: str, agent: str = USER_AGENT) -> AioConfig:
    """How the client of that key behaves."""
    options: dict[str, Any] = {}
    if is_loopback(endpoint):
        options["proxies"] = {}  # a proxy of the company's does not reach this machine
    return AioConfig(
        connector_args={"socket_factory": live_socket, "resolver": Lookups()},
        http_session_cls=SharedTls,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=key.read_timeout,
        # Always explicit: the environment must not be able to make a write go out five times.
        retries={"mode": "standard", "total_max_attempts": 1 if key.write else 3},
        max_pool_connections=CONCURRENCY,
        user_agent=agent,
        # A custom endpoint has no `stream-` or `sync-` hosts beside it.
        inject_host_prefix=not endpoint,
        **options,
    )
