"""A breaker for each service: while nothing of it answers, one call in ten seconds tries, no others.

What fails together is found by profile, region and operation; who tries takes turns by account and service,
so that ten regions of a service that is down are not ten times as many probes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from awstui.errors import AwsError
from awstui.wire import Problem

STORM = 5
"""Failures in a row, none of which was a refusal, after which a breaker opens."""

PAUSE = 10.0
"""Seconds between two probes."""


class Circuit(NamedTuple):
    """What fails and recovers together."""

    profile: str
    region: str
    service: str
    operation: str = ""
    """Empty: all operations of the service."""


@dataclass(slots=True)
class Storm:
    """The failures of a circuit since its last answer."""

    since: float
    """Wall clock of the first of them."""

    why: str = ""
    failures: int = 0
    probe_at: float = 0.0
    """When the next call may try; 0 while every call may."""

    alone: bool = False
    """Whether another operation of the service has answered since it began."""


class Breaker:
    """Counts failures; what never reached AWS speaks for a service, a 5xx for one operation.

    An endpoint that lacks operations must not take the others from us: two failing ones speak for all only
    while no other has answered. Once one does, the service is back, and the rest need not wait for a turn
    each: every one of them may try, and its next failure is enough.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pause: float = PAUSE,
        account: Callable[[str], str] = str,
    ) -> None:
        """``account`` is that of a profile, or anything else that tells it from the others."""
        self.pause = pause
        self._clock, self._account = clock, account
        self._probed: dict[tuple[str, str], float] = {}
        """When an account last tried a service."""

        self._storms: dict[Circuit, Storm] = {}

    def admit(self, circuit: Circuit) -> bool:
        """Whether this call is a probe; raises while it is not yet time for the next one."""
        now = self._clock()
        storms = [
            storm
            for place in (circuit._replace(operation=""), circuit)
            if (storm := self._storms.get(place)) is not None and storm.probe_at
        ]
        if not storms:
            return False
        whose = self._account(circuit.profile), circuit.service
        turn = self._probed.get(whose, -math.inf) + self.pause
        waiting = max(turn, *(storm.probe_at for storm in storms)) - now
        if waiting > 0:
            whole = self.open(circuit._replace(operation=""))
            raise offline(circuit._replace(operation="") if whole else circuit, storms[0], waiting)
        self._probed[whose] = now
        for storm in storms:
            storm.probe_at = now + self.pause
        return True

    def failed(self, circuit: Circuit, why: str, *, reached: bool) -> None:
        """Count a failure; ``reached`` when AWS answered that it failed."""
        whole = circuit._replace(operation="")
        if not self._count(circuit if reached else whole, why) or not reached:
            return
        failing = self._failing(circuit)
        if len(failing) > 1:
            storm = self._storms.setdefault(whole, Storm(min(one.since for one in failing)))
            storm.failures, storm.why = sum(one.failures for one in failing), why
            self._open(storm)

    def answered(self, circuit: Circuit) -> None:
        """Something came back that is no failure: all is well again."""
        if not self._storms:
            return
        self._storms.pop(circuit, None)
        whole = self._storms.pop(circuit._replace(operation=""), None)
        for storm in self._of(circuit):
            storm.alone = True
            if whole is not None and whole.probe_at:
                storm.probe_at, storm.failures = 0.0, STORM - 1

    def open(self, circuit: Circuit) -> bool:
        """Whether calls of this circuit have to wait for a probe."""
        places = circuit, circuit._replace(operation="")
        return any(place in self._storms and self._storms[place].probe_at for place in places)

    def _count(self, place: Circuit, why: str) -> bool:
        """Note one failure; whether there is a storm."""
        storm = self._storms.setdefault(place, Storm(time.time()))
        storm.failures += 1
        storm.why = why
        if storm.failures >= STORM:
            self._open(storm)
        return storm.probe_at > 0

    def _open(self, storm: Storm) -> None:
        if not storm.probe_at:
            storm.probe_at = self._clock() + self.pause

    def _failing(self, circuit: Circuit) -> list[Storm]:
        """The storms that speak for all of a service together."""
        return [storm for storm in self._of(circuit) if storm.probe_at and not storm.alone]

    def _of(self, circuit: Circuit) -> list[Storm]:
        """The storms of single operations of a service."""
        return [
            storm
            for place, storm in self._storms.items()
            if place[:3] == circuit[:3] and place.operation
        ]


def offline(circuit: Circuit, storm: Storm, waiting: float) -> AwsError:
    """What a call is told that is not made."""
    what = circuit.service if not circuit.operation else f"{circuit.service}:{circuit.operation}"
    since = time.strftime("%H:%M:%S", time.localtime(storm.since))
    problem = Problem(
        f"{what} in {circuit.region} is offline since {since}, next try in {waiting:.0f} s.",
        f"{storm.failures} calls in a row failed, the last one so: {storm.why}",
        "This call was not made. It is tried again by itself; what is on screen is what was last read.",
        kind="offline",
    )
    return AwsError(problem, again=waiting)
