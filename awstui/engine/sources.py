"""The profiles and regions that are read together, and who each of them turned out to be."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from awstui.engine.door import Doors
from awstui.engine.identity import Identities
from awstui.errors import LAPSED, AwstuiError
from awstui.wire import Problem, Scope, Source


@dataclass(eq=False)
class Place:
    """One profile in one region: as it was asked for, and as AWS confirmed it."""

    profile: str
    region: str
    scope: Scope
    arn: str = ""
    problem: Problem | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once AWS has said who it is, or why not."""

    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when its credentials have lapsed or come back."""

    async def known(self) -> Scope:
        """Its scope, once AWS has said who it is, or why not."""
        await self.settled.wait()
        return self.scope


class Sources:
    """Every place that is read; most often one."""

    def __init__(self, doors: Doors, profile: str, region: str, otherwise: str = "") -> None:
        """Several profiles or regions are separated by commas; each profile is read in each region.

        ``otherwise`` is the region where a profile names none.
        """
        self._doors = doors
        self._identities = Identities(doors, otherwise)
        ambient = doors.sessions.ambient
        self.places = tuple(
            Place(one, where, Scope(one or ambient, where, ""))
            for one in names(profile)
            for where in names(region)
        )

    @property
    def scope(self) -> Scope:
        """The place that stands for all: the first that is somebody."""
        return self.first.scope

    @property
    def first(self) -> Place:
        """The first place that AWS has confirmed, else the first."""
        return next((one for one in self.places if one.arn and not one.problem), self.places[0])

    @property
    def problem(self) -> Problem | None:
        """Why none of them is anybody; None when one is."""
        problems = [one.problem for one in self.places]
        return None if None in problems else problems[0]

    @property
    def lapsed(self) -> str:
        """The first profile that a login may help; empty when there is none."""
        over = (one for one in self.places if one.problem and one.problem.kind in LAPSED)
        return next((one.scope.profile for one in over), "")

    async def confirm(self, place: Place) -> None:
        """Ask AWS who a place is; when that fails the place says why, and is read all the same."""
        try:
            known = await self._identities.identify(place.profile, place.region)
        except AwstuiError as error:
            place.problem = error.problem
            if not place.arn:
                with contextlib.suppress(AwstuiError):  # it would say the same once more
                    place.scope = await self._identities.scope(place.profile, place.region)
        else:
            place.problem, place.scope, place.arn = None, known.scope, known.arn
        place.settled.set()

    async def confirm_all(self) -> None:
        """Ask about all at once; raises the first problem when none is anybody."""
        async with asyncio.TaskGroup() as group:
            for place in self.places:
                group.create_task(self.confirm(place))
        if self.problem is not None:
            raise AwstuiError(self.problem)

    def stir(self, profile: str) -> None:
        """The credentials of a profile have lapsed or are back."""
        keeper = self._doors.sessions.keeper(profile)
        for place in self.places:
            if place.scope.profile == profile:
                if keeper is not None and keeper.problem is not None:
                    place.problem = keeper.problem
                place.stirred.set()

    def told(self) -> tuple[Source, ...]:
        """What the interface is told of each."""
        return tuple(self._told(place) for place in self.places)

    def _told(self, place: Place) -> Source:
        keeper = self._doors.sessions.keeper(place.scope.profile)
        return Source(
            place.scope,
            place.arn,
            place.problem,
            expires=keeper.expires if keeper is not None else 0.0,
            asking=not place.settled.is_set(),
            read_only=self._doors.gate.is_read_only(place.scope),
        )


def names(text: str) -> tuple[str, ...]:
    """The names in a text that commas separate, each once; one empty name when there is none."""
    found = dict.fromkeys(one.strip() for one in text.split(",") if one.strip())
    return tuple(found) or ("",)
