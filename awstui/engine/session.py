"""One console's time with AWS: who it is at this moment, and the doors opened for it."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from awstui import paths, wire
from awstui.engine.door import Doors
from awstui.engine.identity import Identities, Known
from awstui.errors import AwstuiError
from awstui.plugin import Aws, Effect

class Session:
    """Who the engine is. Only new subscriptions look here; what runs keeps the scope it has."""

    def __init__(self, start: wire.Start) -> None:
        self._start = start
        self._doors = Doors(
            audit_folder=paths.audit_folder(),
            endpoint_url=start.endpoint_url,
            demo=start.demo,
            read_only=start.read_only,
        )
        self._identities = Identities(self._doors)
        self._arn = ""
        self.scope = wire.Scope(start.profile or self._doors.sessions.ambient, start.region, "")

    async def identify(self) -> wire.Identity:
        """Ask AWS who we are; when that fails the identity says why, and rows are read all the same."""
        asked = self._start.profile, self._start.region
        try:
            self._become(await self._identities.identify(*asked))
        except AwstuiError as error:
            with contextlib.suppress(AwstuiError):  # it would say the same once more
                self.scope = await self._identities.scope(*asked)
            return self._identity(error.problem)
        return self._identity()

    async def with_choices(self, identity: wire.Identity) -> wire.Identity:
        """The identity with the profiles and regions one could change to; finding them takes a while."""
        problem = identity.problem
        try:
            profiles = await self._identities.profiles()
        except AwstuiError as error:
            profiles, problem = (), problem or error.problem
        regions = await self._identities.regions("sts", self.scope)
        return msgspec.structs.replace(
            identity, profiles=profiles, regions=regions, problem=problem
        )

    async def switch(self, profile: str, region: str) -> wire.Identity:
        """Become another profile or region once AWS has confirmed it; raises and stays otherwise."""
        self._become(await self._identities.identify(profile, region))
        return await self.with_choices(self._identity())

    def _become(self, known: Known) -> None:
        self.scope, self._arn = known.scope, known.arn

    def _identity(self, problem: wire.Problem | None = None) -> wire.Identity:
        return wire.Identity(
            self.scope,
            arn=self._arn,
            endpoint_url=self._start.endpoint_url,
            read_only=self._start.read_only,
            problem=problem,
        )

    def door(self, scope: wire.Scope, service: str) -> Aws:
        """A door for one service under one scope."""
        return self._doors.open(scope, service)

    def grant(
        self, effect: Effect, action: str, target: str, scope: wire.Scope
    ) -> AbstractContextManager[Any]:
        """Allow what a person has confirmed, within the block."""
        return self._doors.gate.grant(effect, action, target, scope)

    def pulse(self) -> wire.Pulse:
        """How busy it is."""
        meter = self._doors.meter
        return wire.Pulse(round(meter.calls_per_second, 1), meter.in_flight, meter.throttled)

    async def warm(self, service: str) -> None:
        """Load what a service needs before it is asked for."""
        await self._doors.clients.warm(service)

    async def close(self) -> None:
        """Hang up on AWS and finish the audit."""
        await self._doors.close()
