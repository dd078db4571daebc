"""Who we are: the user's profiles and regions, and whose credentials they turn out to be."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from awstui.engine.credentials.caches import config_file, shown
from awstui.engine.credentials.sentences import sentence
from awstui.engine.door import Doors
from awstui.engine.partitions import partition, regions
from awstui.engine.sessions import DEMO
from awstui.errors import AwsError, AwstuiError, explain
from awstui.wire import Problem, Scope

DEMO_REGION = "eu-west-1"
STARTING = 20.0
"""Seconds that the embedded AWS may take to listen."""


@dataclass(frozen=True, slots=True)
class Known:
    """An identity that AWS has confirmed."""

    scope: Scope
    arn: str
    partition: str


class Identities:
    """Turns names of profiles and regions into scopes that calls can be made under."""

    def __init__(self, doors: Doors, region: str = "") -> None:
        """``region`` is the one to use where neither person, environment nor profile names one."""
        self._doors, self._region = doors, region

    async def profiles(self) -> tuple[str, ...]:
        """The profiles that the user has configured, in the order of the files."""
        if self._doors.sessions.demo:
            return (DEMO,)
        try:
            return await self._doors.clients.in_thread(_profiles)
        except Exception as error:
            raise AwstuiError(explain(error)) from error

    async def identify(self, profile: str = "", region: str = "") -> Known:
        """Ask AWS who a profile is; credentials come first, once, however many ask at a time."""
        scope = await self.scope(profile, region)
        account = await self._doors.accounts.confirm(
            scope.profile, lambda: self._doors.account_of(scope)
        )
        known = Scope(scope.profile, scope.region, account)
        return Known(known, self._doors.principals[scope.profile], partition(known.region))

    async def scope(self, profile: str = "", region: str = "") -> Scope:
        """Whom calls would be made as, unconfirmed and with no account: enough where AWS has no STS."""
        name = profile or self._doors.sessions.ambient
        try:
            if self._doors.sessions.demo:
                await listening(self._doors.sessions.endpoint_url)
            session = await self._doors.sessions.session(
                name, explicit=bool(profile), region=self._named(region)
            )
        except Exception as error:
            raise AwsError(sentence(error, name, {})) from error
        configured = session.get_scoped_config().get("region", "")
        return Scope(name, self.region(region, str(configured), name), "")

    def _named(self, asked: str) -> str:
        """The region that comes before the profile's: the one asked for, or the environment's."""
        return asked or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""

    def region(self, asked: str = "", configured: str = "", profile: str = "") -> str:
        """The region to use: the one asked for, the environment's, the profile's."""
        if self._doors.sessions.demo:
            return asked or DEMO_REGION
        found = self._named(asked) or configured or self._region
        if not found:
            who, file = f"profile {profile or 'default'}", shown(config_file())
            raise AwstuiError(
                Problem(
                    f"No region is set for {who}.",
                    f"Neither --region, AWS_REGION, AWS_DEFAULT_REGION nor {who} in {file} names one.",
                    f"Give --region, or put `region = …` under {who} in {file}.",
                    kind="credentials",
                )
            )
        return found

    async def regions(self, service: str, scope: Scope) -> tuple[str, ...]:
        """The regions of the scope's partition where a service has an endpoint."""
        await self._doors.clients.warm(service)
        return regions(service, partition(scope.region))


async def listening(url: str, patience: float = STARTING) -> None:
    """Wait until the embedded AWS, which is started beside us, takes connections."""
    where = urlsplit(url)
    async with asyncio.timeout(patience):
        while True:
            try:
                _, writer = await asyncio.open_connection(where.hostname, where.port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return


def _profiles() -> tuple[str, ...]:
    import boto3.session

    return tuple(boto3.session.Session().available_profiles)
