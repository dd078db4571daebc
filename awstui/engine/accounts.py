"""Whose account the keys of each profile are of, so that a renewal cannot lead a write into another one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from awstui.engine.sessions import Sessions
from awstui.errors import AwsError, AwstuiError
from awstui.wire import Problem, Scope


class Confirmed(NamedTuple):
    """What AWS has said of a key."""

    key: str
    account: str


class Accounts:
    """Remembers the account of the keys that each profile signs with."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._known: dict[str, Confirmed] = {}

    def of(self, profile: str) -> str:
        """The account of a profile; its name while AWS has not said."""
        known = self._known.get(profile)
        return known.account if known is not None and known.account else profile

    async def confirm(self, profile: str, ask: Callable[[], Awaitable[str]]) -> str:
        """Ask AWS which account the present keys of a profile are of."""
        key = await self._sessions.key(profile)
        account = await ask()
        if key == await self._sessions.key(profile):
            self._known[profile] = Confirmed(key, account)
        return account

    async def check(self, action: str, scope: Scope, ask: Callable[[], Awaitable[str]]) -> None:
        """Raise where the keys that a write would be signed with are not of the account of its row."""
        known = self._known.get(scope.profile)
        if known is None or not scope.account:
            return  # AWS has never said, which the gate knows how to take
        account = known.account
        if known.key != await self._sessions.key(scope.profile):
            try:
                account = await self.confirm(scope.profile, ask)
            except AwstuiError as error:
                why = f"Its credentials are others than before, and AWS does not say whose: {error}"
                raise _refused(action, why) from error
        if account != scope.account:
            why = f"The credentials of {scope.profile} are of account {account}, the row is of {scope.account}."
            raise _refused(action, why)


def _refused(action: str, why: str) -> AwsError:
    return AwsError(
        Problem(f"{action} was not sent.", why, "Read the list again and look.", kind="refused")
    )
