"""One console's time with AWS: who it is at this moment, and the doors opened for it."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from awstui import confirming, paths, wire
from awstui.engine.credentials.asking import Asker
from awstui.engine.credentials.login import renew
from awstui.engine.door import Door, Doors
from awstui.engine.gate import Gate
from awstui.engine.identity import Identities
from awstui.engine.sources import Sources
from awstui.errors import AwstuiError


class Session:
    """Who the engine is. Only new subscriptions look here; what runs keeps the scope it has."""

    def __init__(self, start: wire.Start) -> None:
        self._start = start
        self._doors = Doors(
            audit_folder=paths.audit_folder(),
            endpoint_url=start.endpoint_url,
            demo=start.demo,
            read_only=start.read_only,
            read_only_for=confirming.matching(start.read_only_for),
        )
        self.is_production = confirming.matching(start.production or confirming.PRODUCTION)
        self._identities = Identities(self._doors)
        self._profiles: tuple[str, ...] = ()
        self._regions: tuple[str, ...] = ()
        self.sources = Sources(self._doors, start.profile, start.region)
        self._doors.sessions.changed = self._stir

    @property
    def scope(self) -> wire.Scope:
        """The profile and region that stand for all that are read."""
        return self.sources.scope

    def ask_through(self, asker: Asker) -> None:
        """Put questions for codes and logins to this asker, not to the terminal."""
        self._doors.sessions.asker = asker

    async def identify(self) -> wire.Identity:
        """Ask AWS who we are; when that fails the identity says why, and rows are read all the same."""
        with contextlib.suppress(AwstuiError):  # each source says why
            await self.sources.confirm_all()
        return self.identity()

    async def with_choices(self, identity: wire.Identity) -> wire.Identity:
        """The identity with the profiles and regions one could change to; finding them takes a while."""
        problem = identity.problem
        try:
            self._profiles = await self._identities.profiles()
        except AwstuiError as error:
            problem = problem or error.problem
        self._regions = await self._identities.regions("sts", identity.scope)
        return msgspec.structs.replace(
            identity, profiles=self._profiles, regions=self._regions, problem=problem
        )

    async def switch(self, profile: str, region: str) -> wire.Identity:
        """Become other profiles or regions once AWS has confirmed one; raises and stays otherwise."""
        coming = Sources(self._doors, profile, region, self.scope.region)
        await coming.confirm_all()
        await self.with_choices(wire.Identity(coming.scope))
        self.sources = coming  # from here on nothing waits: who learns of it learns before any row
        return self.identity()

    async def renew(self, profile: str, *, by: str = "") -> dict[str, Any]:
        """Renew credentials as the person asked; what has to be run on the terminal, if anything."""
        named = profile or self.sources.lapsed or self.scope.profile
        return await renew(self._doors.sessions, named, by=by)

    def _stir(self, profile: str) -> None:
        self.sources.stir(profile)

    def identity(self) -> wire.Identity:
        """Who we are at this moment."""
        return wire.Identity(
            self.scope,
            arn=self.sources.first.arn,
            endpoint_url=self._start.endpoint_url,
            profiles=self._profiles,
            regions=self._regions,
            problem=self.sources.problem,
            sources=self.sources.told(),
        )

    async def endpoint(self) -> str:
        """Where calls go that no setting for one service sends elsewhere; empty for AWS's own."""
        return await self._doors.sessions.everywhere(self.scope.profile)

    def door(self, scope: wire.Scope, service: str) -> Door:
        """A door for one service under one scope."""
        return self._doors.open(scope, service)

    @property
    def gate(self) -> Gate:
        """What stands before every write."""
        return self._doors.gate

    async def reveal(self, scope: wire.Scope, what: str) -> None:
        """Note that secrets of something are shown; raises where that cannot be noted."""
        await self._doors.audit.intent(
            phase="reveal", action="reveal", target=what, profile=scope.profile,
            account=scope.account, region=scope.region,
        )  # fmt: skip

    @property
    def unsettled(self) -> list[str]:
        """The writes that were ended after they were sent."""
        return self._doors.unsettled

    async def audit_trouble(self) -> str:
        """Why the audit could not take its last line; empty when it could."""
        await self._doors.audit.flush()
        return self._doors.audit.trouble

    def pulse(self) -> wire.Pulse:
        """How busy it is."""
        meter = self._doors.meter
        ahead = round(self._doors.hearing.ahead)
        return wire.Pulse(round(meter.calls_per_second, 1), meter.in_flight, meter.throttled, ahead)

    async def warm(self, service: str) -> None:
        """Load what a service needs before it is asked for."""
        await self._doors.clients.warm(service)

    async def close(self) -> None:
        """Hang up on AWS and finish the audit."""
        await self._doors.close()
