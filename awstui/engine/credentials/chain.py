"""The chain of credential providers: aiobotocore's own, with what it lacks beside a terminal.

Stock, a role that wants MFA reads the terminal on the event loop and cannot be renewed, a
``credential_process`` has no limit and inherits the terminal, and roles are cached in memory alone.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from aiobotocore.credentials import (
    AioAssumeRoleCredentialFetcher,
    AioAssumeRoleProvider,
    AioCredentialResolver,
    AioProcessProvider,
    AioProfileProviderBuilder,
    create_credential_resolver,
)
from aiobotocore.session import AioSession
from botocore.exceptions import ClientError

from awstui.engine.credentials import program
from awstui.engine.credentials.asking import Asker
from awstui.engine.credentials.caches import RoleCache, TokenCache
from awstui.engine.credentials.lifetime import MARGIN
from awstui.engine.credentials.machine import asks_metadata
from awstui.wire import Ask

WRONG = "AWS did not take that code: it was mistyped, has been used before, or is too old."


class _Process(AioProcessProvider):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, popen=program.start, **options)  # type: ignore[no-untyped-call]


class _Builder(AioProfileProviderBuilder):
    def _create_process_provider(self, profile_name: str) -> _Process:
        return _Process(profile_name=profile_name, load_config=lambda: self._session.full_config)


class _AskingFetcher(AioAssumeRoleCredentialFetcher):
    """Assumes a role; where that wants a code, a person is asked until AWS takes it."""

    asker: Asker
    profile: str

    async def _get_credentials(self) -> Any:
        wanted = deepcopy(self._assume_kwargs)
        serial = wanted.get("SerialNumber")
        if serial is None:
            return await super()._get_credentials()  # type: ignore[no-untyped-call]
        complaint = ""
        while True:
            ask = Ask(0, "code", self.profile, str(serial), complaint)
            wanted["TokenCode"] = await self.asker.ask(ask)
            try:
                async with await self._create_client() as sts:  # type: ignore[no-untyped-call]
                    answer = await sts.assume_role(**wanted)
            except ClientError as error:
                if not _is_wrong_code(error):
                    raise
                complaint = WRONG
                continue
            self._add_account_id_to_response(answer)  # type: ignore[no-untyped-call]
            return answer


class _AskingProvider(AioAssumeRoleProvider):
    """Profiles with a ``role_arn``, asked for their codes without holding the loop."""

    asker: Asker

    async def _load_creds_via_assume_role(self, profile_name: str) -> Any:
        credentials = await super()._load_creds_via_assume_role(profile_name)  # type: ignore[no-untyped-call]
        fetcher = _fetcher(credentials)
        fetcher.__class__ = (
            _AskingFetcher  # botocore has no public way to give it a prompter that waits
        )
        fetcher.asker, fetcher.profile = self.asker, profile_name
        if "SerialNumber" in fetcher._assume_kwargs:  # noqa: SLF001
            credentials._refresh_using = fetcher.fetch_credentials  # noqa: SLF001  stock works once
            credentials._advisory_refresh_timeout = MARGIN  # noqa: SLF001  or it asks 15 minutes early
            credentials.asks = True
        return credentials


def chain(session: AioSession, asker: Asker, roles: RoleCache) -> AioCredentialResolver:
    """The providers of a session's profile, in botocore's order."""
    resolver: AioCredentialResolver = create_credential_resolver(session, cache=roles)
    builder = _Builder(session, cache=roles, sso_token_cache=TokenCache())  # type: ignore[no-untyped-call]
    profile = session.get_config_variable("profile") or "default"
    named = session.instance_variables().get("profile") is not None
    ours = {
        provider.METHOD: provider
        for provider in builder.providers(profile_name=profile, disable_env_vars=named)  # type: ignore[no-untyped-call]
    }
    resolver.providers = [
        ours.get(one.METHOD, one)
        for one in resolver.providers
        if one.METHOD != "iam-role" or asks_metadata()
    ]
    role = resolver.get_provider("assume-role")
    role.__class__ = _AskingProvider
    role.asker = asker
    role._profile_provider_builder = builder  # noqa: SLF001  what a source profile is found with
    return resolver


def _fetcher(credentials: Any) -> Any:
    """The fetcher inside of what the stock provider made; for MFA there is a one-shot around it."""
    owner = credentials._refresh_using.__self__  # noqa: SLF001
    return owner if isinstance(owner, AioAssumeRoleCredentialFetcher) else owner._refresh.__self__  # noqa: SLF001


def _is_wrong_code(error: ClientError) -> bool:
    """Whether AWS says that the code is wrong, and not that the role may not be had."""
    message = str(error.response.get("Error", {}).get("Message", ""))
    return "invalid MFA one time pass code" in message or "tokenCode" in message
