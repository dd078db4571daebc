"""Host names are looked up in threads of their own, and a name server that is silent is given up.

A lookup cannot be cancelled, and botocore's connect timeout does not hold for it. In the loop's own pool
of a few threads, one dead name server would hold up every other lookup, and the end of the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

PATIENCE = 5.0
"""Seconds that a lookup may take."""

SILENT = "DNS did not answer"
"""What the error of a lookup that was given up begins with."""


class Lookups(AbstractResolver):
    """aiohttp's way to addresses: one daemon thread for each lookup."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host; OSError when there are none, or none in time."""
        try:
            async with asyncio.timeout(self._patience):
                found = await _in_thread(host, port, family)
        except TimeoutError:
            raise OSError(f"{SILENT} within {self._patience:g} s.") from None
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=its,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for its, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Nothing is kept."""


async def _in_thread(host: str, port: int, family: int) -> list[Any]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Any]] = loop.create_future()

    def settle(found: list[Any] | None, error: OSError | None) -> None:
        if answer.done():
            return  # nobody waits any more
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(found or [])

    def ask() -> None:
        found, failed = None, None
        try:
            found = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG
            )
        except OSError as error:
            failed = error
        except UnicodeError as error:  # a label of more than 63 letters
            failed = OSError(str(error))
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(settle, found, failed)

    threading.Thread(target=ask, name="awstui-dns", daemon=True).start()
    return await answer
