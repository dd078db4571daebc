"""A session for each profile: its credentials resolved once, its calls behind the guard."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from urllib.parse import urlsplit

from aiobotocore.session import AioSession
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import NoCredentialsError

from awstui.engine.shared import endpoints, models

DEMO = "demo"
"""The profile of the embedded AWS."""

DEMO_KEY = "awstui"
"""Key and secret that only the embedded AWS ever sees."""

_DEMO_SETTINGS: dict[str, tuple[None, list[str], str | None, None]] = {
    "profile": (None, [], None, None),
    "config_file": (None, [], os.devnull, None),
    "credentials_file": (None, [], os.devnull, None),
}
"""The embedded AWS neither needs nor sees what the user has configured."""


class Sessions:
    """One session for each profile, made when first asked for."""

    def __init__(
        self,
        *,
        endpoint_url: str = "",
        demo: bool = False,
        prepare: Callable[[str, AioSession], None] = lambda _profile, _session: None,
    ) -> None:
        """``prepare(profile, session)`` registers what must see every call, such as the gate."""
        self.demo = demo
        self.endpoint_url = endpoint_url
        self._prepare = prepare
        self._sessions: dict[str, AioSession] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def ambient(self) -> str:
        """The profile used where none is named."""
        if self.demo:
            return DEMO
        named = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
        return named or "default"

    async def get(self, profile: str, *, explicit: bool = False) -> AioSession:
        """The session of a profile with its credentials at hand; raises what botocore raises.

        Many callers at once wait for one resolution: each could otherwise ask for MFA of its own.
        ``explicit`` puts the named profile before keys in the environment, as ``--profile`` does.
        """
        name = profile or self.ambient
        async with self._locks.setdefault(name, asyncio.Lock()):
            session = self._sessions.get(name)
            if session is None:
                session = self._make(name, explicit=explicit)
                if await session.get_credentials() is None:
                    raise NoCredentialsError
                self._sessions[name] = session
        return session

    def endpoint(self, session: AioSession, service: str) -> str:
        """The custom endpoint of a service: as asked for, else as environment or profile say."""
        if self.endpoint_url:
            return self.endpoint_url
        if session.get_config_variable("ignore_configured_endpoint_urls"):
            return ""
        found = ConfiguredEndpointProvider(
            full_config=session.full_config,
            scoped_config=session.get_scoped_config(),
            client_name=service,
        ).provide()
        return str(found or "")

    def forget(self, profile: str) -> None:
        """Resolve the credentials of a profile anew the next time, such as after a login."""
        self._sessions.pop(profile or self.ambient, None)

    def _make(self, name: str, *, explicit: bool) -> AioSession:
        if self.demo:
            session = AioSession(session_vars=_DEMO_SETTINGS)
            session.set_credentials(DEMO_KEY, DEMO_KEY)
        else:
            session = AioSession(profile=name if explicit or name != self.ambient else None)
        session.register_component("data_loader", models())
        # botocore has no public way to give a session a resolver that another has parsed.
        session._internal_components.register_component(  # noqa: SLF001
            "endpoint_resolver", endpoints()
        )
        self._prepare(name, session)
        return session


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")
