"""Asking the providers of credentials, which may take their time: said on screen, and ended when the person says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from awstui.engine.credentials.asking import Asker
from awstui.wire import TRYING, Ask

UNSAID = 1.0
"""Seconds that a provider may take before anything is said of it."""

NAMES = {
    "iam-role": "IMDS",
    "container-role": "the container's endpoint",
    "custom-process": "credential_process",
    "assume-role": "the assumed role",
    "assume-role-with-web-identity": "the web identity",
    "sso": "SSO",
    "login": "the console session",
}
"""From botocore's name of a provider to a person's."""


class SkippedError(Exception):
    """The person would not wait for a provider."""

    def __init__(self, method: str, seconds: float) -> None:
        """``method`` is botocore's name of the provider, which was waited for so long."""
        super().__init__(f"{NAMES.get(method, method)} gave no answer in {seconds:.0f} s")
        self.method, self.seconds = method, seconds


class Tries:
    """The tries of one profile; what was skipped is not tried again until the person asks for it.

    Another provider does not stand in for it: that could be another identity, which nobody has chosen.
    """

    def __init__(self, asker: Asker, profile: str) -> None:
        self._asker, self._profile = asker, profile
        self._skipped: dict[str, float] = {}

    def forget(self) -> None:
        """Try again what was skipped."""
        self._skipped.clear()

    async def of(self, method: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """What a provider gives; raises :class:`SkippedError` when the person will not wait for it."""
        if method in self._skipped:
            raise SkippedError(method, self._skipped[method])
        began = time.monotonic()
        asking = asyncio.ensure_future(ask())
        try:
            if not await self._comes(asking, NAMES.get(method, method)):
                self._skipped[method] = time.monotonic() - began
                raise SkippedError(method, self._skipped[method])
            return asking.result()
        finally:
            if not asking.done():
                asking.cancel()
                await asyncio.wait({asking})  # a program is ended with all that it started

    async def _comes(self, asking: asyncio.Future[Any], name: str) -> bool:
        """Whether an answer comes before the person gives up; nothing is said of a quick one."""
        await asyncio.wait({asking}, timeout=UNSAID)
        if not asking.done():
            ask = Ask(0, TRYING, self._profile, name, until=time.time() - UNSAID)
            shown = asyncio.ensure_future(self._asker.show(ask))
            try:
                await asyncio.wait({asking, shown}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                shown.cancel()
        return asking.done()
