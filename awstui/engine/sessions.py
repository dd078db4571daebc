"""A session for each profile: its credentials kept, its calls behind the guard."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError

from awstui.engine.credentials.asking import Asker, TerminalAsker
from awstui.engine.credentials.chain import chain
from awstui.engine.credentials.failure import Config
from awstui.engine.credentials.keeper import Keeper
from awstui.engine.shared import SharedTls, endpoints, models
from awstui.engine.tasks import Tasks
from awstui.errors import Attempt, explain
from awstui.wire import Problem

DEMO = "demo"
"""The profile of the embedded AWS."""

DEMO_KEY = "awstui"
"""Key and secret that only the embedded AWS ever sees."""

EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"))
"""Codes by which AWS says that keys were valid once."""

_DEMO_SETTINGS: dict[str, tuple[None, list[str], str | None, None]] = {
    "profile": (None, [], None, None),
    "config_file": (None, [], os.devnull, None),
    "credentials_file": (None, [], os.devnull, None),
}
"""The embedded AWS neither needs nor sees what the user has configured."""

_OUR_ORDER: dict[str, tuple[None, list[str], None, None]] = {
    "profile": (None, ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], None, None)
}
"""Where both are set botocore takes the other one: it would sign for whom the console does not name."""

_FOR_CREDENTIALS = AioConfig(
    http_session_cls=SharedTls,
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 2},
)
"""How the clients behave that providers make for themselves; stock they try five times for a minute."""

_log = logging.getLogger(__name__)


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
        self.asker: Asker = TerminalAsker()
        self.changed: Callable[[str], None] = lambda _profile: None
        """Hears the profile whose credentials have lapsed or are back."""

        self._prepare = prepare
        self._sessions: dict[str, AioSession] = {}
        self._keepers: dict[str, Keeper] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._tasks = Tasks(_unforeseen)

    @property
    def ambient(self) -> str:
        """The profile used where none is named."""
        if self.demo:
            return DEMO
        named = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
        return named or "default"

    async def get(self, profile: str, *, explicit: bool = False, region: str = "") -> AioSession:
        """The session of a profile with its credentials at hand; raises what botocore raises.

        Many callers at once wait for one resolution: each could otherwise ask for MFA of its own.
        ``explicit`` puts the named profile before keys in the environment, as ``--profile`` does.
        """
        name = profile or self.ambient
        session = await self.session(name, explicit=explicit, region=region)
        await self.ready(name)
        return session

    async def session(
        self, profile: str, *, explicit: bool = False, region: str = ""
    ) -> AioSession:
        """The session of a profile, its files read but its credentials not asked for yet."""
        async with self._locks.setdefault(profile, asyncio.Lock()):
            if profile not in self._sessions:
                self._sessions[profile] = await self._make(
                    profile, explicit=explicit, region=region
                )
        return self._sessions[profile]

    async def ready(self, profile: str) -> None:
        """Wait until a call under a profile can be signed, be it for a person; raises why it cannot.

        To be awaited before a call's deadline begins: a person takes longer than AWS.
        """
        if self.demo:
            return
        keeper = self._keepers.get(profile)
        if keeper is None:
            await self.session(profile)
            keeper = self._keepers[profile]
        await keeper.frozen()

    async def keys(self, profile: str) -> ReadOnlyCredentials | None:
        """What calls under a profile are signed with now; None when nobody has asked for its session."""
        if self.demo:
            return ReadOnlyCredentials(DEMO_KEY, DEMO_KEY, None)
        keeper = self._keepers.get(profile)
        return await keeper.frozen() if keeper is not None else None

    async def key(self, profile: str) -> str:
        """The id of the access key that a profile signs with at this moment."""
        keeper = self._keepers.get(profile)
        return DEMO_KEY if keeper is None else (await keeper.frozen()).access_key

    def keeper(self, profile: str) -> Keeper | None:
        """What keeps a profile's credentials; None while nobody has asked for them."""
        return self._keepers.get(profile or self.ambient)

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

    async def everywhere(self, profile: str) -> str:
        """The custom endpoint of every service that has none of its own; empty for AWS's."""
        try:
            return self.endpoint(await self.session(profile or self.ambient), "")
        except BotoCoreError:  # what is wrong with the profile is said where somebody needs it
            return self.endpoint_url

    async def close(self) -> None:
        """End what resolves credentials, programs included."""
        await self._tasks.close()

    async def _make(self, name: str, *, explicit: bool, region: str) -> AioSession:
        if self.demo:
            session = AioSession(session_vars=_DEMO_SETTINGS)
            session.set_credentials(DEMO_KEY, DEMO_KEY)
        else:
            named = name if explicit or name != self.ambient else None
            session = AioSession(session_vars=_OUR_ORDER, profile=named)
            await asyncio.to_thread(session.get_scoped_config)  # 500 profiles take 30 ms
            session.set_default_client_config(_FOR_CREDENTIALS)
            if region:
                session.set_config_variable("region", region)
            self._keep(name, session)
        session.register_component("data_loader", models())
        # botocore has no public way to give a session a resolver that another has parsed.
        session._internal_components.register_component(  # noqa: SLF001
            "endpoint_resolver", endpoints()
        )
        self._prepare(name, session)
        return session

    def _keep(self, name: str, session: AioSession) -> None:
        keeper = self._keepers[name] = Keeper(
            name,
            lambda asker, roles, again: chain(_reread(session, again=again), asker, roles),
            self,
            self._tasks.spawn,
            changed=self._changed,
            config=lambda: _config_of(session),
        )
        session._credentials = keeper.held  # noqa: SLF001  the public setter takes only plain keys
        events = session.get_component("event_emitter")
        events.register("before-call", _note_time)
        events.register("response-received", lambda **told: _hear(keeper, **told))

    def _changed(self, profile: str) -> None:
        self.changed(profile)

    # What a keeper asks goes to whoever is there to be asked at that moment.

    async def ask(self, question: Any) -> str:
        """Put a question to the person."""
        return await self.asker.ask(question)

    async def show(self, question: Any) -> None:
        """Show what is to be done elsewhere."""
        await self.asker.show(question)


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def _reread(session: AioSession, *, again: bool) -> AioSession:
    """The session with the user's files as they are now: a login may have written them."""
    if again:
        session._config = session._profile_map = None  # noqa: SLF001  there is no public way
    return session


def _config_of(session: AioSession) -> Config:
    """The user's files as botocore reads them; nothing when they cannot be read."""
    try:
        config: Config = session.full_config
    except BotoCoreError:
        return {}
    return config


def _note_time(context: dict[str, Any], **_: Any) -> None:
    context["awstui_asked_at"] = time.monotonic()


def _hear(keeper: Keeper, **told: Any) -> None:
    """Hear of keys that AWS calls expired."""
    answer, context = told.get("parsed_response") or {}, told.get("context") or {}
    code = str((answer.get("Error") or {}).get("Code", "")).rsplit("#", 1)[-1]
    if code in EXPIRED:
        problem = _expired(keeper.profile, answer)
        keeper.lapse(float(context.get("awstui_asked_at", 0.0)), problem)


def _expired(profile: str, answer: dict[str, Any]) -> Problem:
    error = Exception()
    error.response = answer  # type: ignore[attr-defined]
    return explain(error, Attempt(profile=profile))


def _unforeseen(name: str, error: BaseException) -> None:
    _log.error("%s failed: %r", name, error)
