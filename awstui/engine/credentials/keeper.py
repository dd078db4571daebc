"""The credentials of one profile: resolved once however many ask, renewed when due, refused once lapsed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from aiobotocore.credentials import AioCredentialResolver, AioCredentials
from botocore.credentials import ReadOnlyCredentials, RefreshableCredentials
from botocore.exceptions import NoCredentialsError

from awstui.engine.credentials.asking import Asker, DeclinedError, declined
from awstui.engine.credentials.caches import RoleCache, traces
from awstui.engine.credentials.failure import Config
from awstui.engine.credentials.lifetime import MARGIN, login_end, until
from awstui.engine.credentials.nearby import over
from awstui.engine.credentials.sentences import sentence
from awstui.engine.credentials.trying import SkippedError, Tries
from awstui.errors import AwsError
from awstui.masking import remember
from awstui.wire import Ask, Problem

AGAIN = 10.0
"""Seconds until what failed is tried again, doubled each time; at once when the user's files change."""

AT_LAST = 320.0

REST = 30.0
"""Seconds until a renewal that failed while the old credentials still hold is tried again."""

Spawn = Callable[[str, Coroutine[Any, Any, None]], Any]


class Held(AioCredentials):
    """What clients sign with: whatever the keeper holds at that moment, also after a login."""

    method = "awstui"

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The keys to sign with now."""
        return await self._keeper.frozen()

    async def get_account_id(self) -> str | None:
        """The account that the credentials say they are of."""
        account: str | None = (await self._keeper.frozen()).account_id
        return account


class Keeper:
    """Keeps one profile's credentials."""

    def __init__(
        self,
        profile: str,
        providers: Callable[[Asker, RoleCache, bool], AioCredentialResolver],
        asker: Asker,
        spawn: Spawn,
        *,
        changed: Callable[[str], None],
        config: Callable[[], Config],
    ) -> None:
        """``spawn`` runs what must outlive the one who asked; ``changed`` hears of each lapse.

        ``providers(asker, roles, again)`` is the chain, from the files as they are now when ``again``.
        ``config`` is botocore's reading of the user's files.
        """
        self.profile = profile
        self.held = Held(self)
        self.problem: Problem | None = None
        """Why no request can be signed; None while one can."""

        self._asker, self._spawn, self._changed, self._config = asker, spawn, changed, config
        self._tries = Tries(asker, profile)
        self._roles = RoleCache()
        self._chain = providers
        self._sought = False
        self._inner: Any = None
        self._method = ""
        """botocore's name of the provider that gave the last of them."""

        self._run: asyncio.Future[None] | None = None
        self._muted = False
        self._lapsed_key = ""
        self._traces: tuple[tuple[str, int], ...] = ()
        self._again_at = self._rest_until = self._since = 0.0
        self._wait = AGAIN

    # ---- what calls need -----------------------------------------------------------------------------

    async def frozen(self) -> ReadOnlyCredentials:
        """The keys to sign with, resolved or renewed where that is due; raises why there are none."""
        if self._inner is None or self._due():
            await self._shared()
        keys: ReadOnlyCredentials = (
            self._inner._frozen_credentials  # noqa: SLF001  what has rest is not renewed here
            if self._renewable
            else await self._inner.get_frozen_credentials()
        )
        return keys

    @property
    def _renewable(self) -> bool:
        return isinstance(self._inner, RefreshableCredentials)

    @property
    def expires(self) -> float:
        """When they end unless a person renews them, in epoch seconds; 0 when they do not."""
        if self._inner is None:
            return 0.0
        ends = until(self._inner), login_end(self._config(), self.profile)
        return min(filter(None, ends), default=0.0)

    def _due(self) -> bool:
        if not self._renewable or not self._inner.refresh_needed():
            return False
        margin = self._inner._mandatory_refresh_timeout  # noqa: SLF001
        return bool(self._inner.refresh_needed(margin)) or time.monotonic() >= self._rest_until

    # ---- one run at a time ---------------------------------------------------------------------------

    async def _shared(self) -> None:
        """Resolve or renew, once for all who wait; leaving does not end it for the others."""
        if self._run is None:
            if self.problem is not None and not self._may_try():
                raise AwsError(self.problem)
            self._run = asyncio.get_running_loop().create_future()
            self._spawn(f"credentials of {self.profile}", self._resolve(self._run))
        await asyncio.shield(self._run)

    def _may_try(self) -> bool:
        if traces() != self._traces:
            self._tries.forget()
            return True
        return time.monotonic() >= self._again_at

    async def _resolve(self, run: asyncio.Future[None]) -> None:
        before = self.problem
        try:
            await self._find()
        except asyncio.CancelledError:
            run.cancel()
            raise
        except Exception as error:  # noqa: BLE001  whatever it was, all who wait are told
            self._fail(error)
            run.set_exception(AwsError(self.problem or Problem(str(error))))
            run.exception()  # somebody may wait or nobody: either is fine
        else:
            self.problem, self._wait, self._lapsed_key = None, AGAIN, ""
            run.set_result(None)
        finally:
            self._run = None
        if (before is None) != (self.problem is None):
            self._changed(self.profile)

    async def _find(self) -> None:
        inner = self._inner or await self._load()
        self._method = inner.method
        if isinstance(inner, RefreshableCredentials):
            inner._mandatory_refresh_timeout = MARGIN  # noqa: SLF001  stock gives up 10 minutes early
        keys = await self._keys(inner)
        remember(keys.secret_key, keys.token)
        if keys.access_key + (keys.token or "") == self._lapsed_key:
            raise AwsError(self.problem or Problem("The credentials have expired.", kind="expired"))
        self._inner, self._since = inner, time.monotonic()
        if self._renewable and inner.refresh_needed():
            self._rest_until = time.monotonic() + REST

    async def _load(self) -> Any:
        """What the first provider that has any gives."""
        again, self._sought, self._method = self._sought, True, ""
        for provider in self._chain(self, self._roles, again).providers:
            given = await self._tries.of(provider.METHOD, provider.load)
            if given is not None:
                return given
        raise NoCredentialsError

    async def _keys(self, inner: Any) -> Any:
        """Keys of these credentials, renewed where that is due; old ones that hold outlast a skipped renewal."""
        try:
            return await self._tries.of(inner.method, inner.get_frozen_credentials)
        except SkippedError:
            held = getattr(inner, "_frozen_credentials", None)
            if held is None or inner.refresh_needed(MARGIN):
                raise
            self._tries.forget()
            return held

    def _fail(self, error: Exception) -> None:
        self._inner = None
        self._muted = self._muted or isinstance(error, DeclinedError)
        self._traces = traces()
        self._again_at = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, AT_LAST)
        self.problem = over(sentence(error, self.profile, self._config()), self._method)

    # ---- asking --------------------------------------------------------------------------------------

    async def ask(self, question: Ask) -> str:
        """Pass a question on, unless the person has said that they will not answer."""
        if self._muted:
            raise declined(question)
        return await self._asker.ask(question)

    async def show(self, question: Ask) -> None:
        """Show what is to be done elsewhere."""
        await self._asker.show(question)

    # ---- lapsing and renewing ------------------------------------------------------------------------

    def lapse(self, asked_at: float, problem: Problem) -> None:
        """AWS says that the keys are over: nothing is sent with them again.

        ``asked_at``, on the monotonic clock, tells late answers to earlier keys apart.
        """
        inner = self._inner
        if inner is None or self.problem is not None or asked_at < self._since:
            return
        held = getattr(inner, "_frozen_credentials", None) or inner
        self._lapsed_key = _key(held)
        self._roles.refuse(_part(held, "access_key"))
        self._inner, self.problem = None, over(problem, self._method)
        self._again_at, self._traces = 0.0, traces()
        self._changed(self.profile)

    async def renew(self) -> None:
        """Resolve anew at once, asking again what was declined; raises why it cannot be."""
        if self._run is None:
            self._inner = None
            self._muted, self._wait, self._again_at = False, AGAIN, 0.0
            self._tries.forget()
        await self._shared()


def _key(held: Any) -> str:
    return _part(held, "access_key") + _part(held, "token")


def _part(held: Any, name: str) -> str:
    return str(getattr(held, name, "") or "")
