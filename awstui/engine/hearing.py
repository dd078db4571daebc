"""What every answer tells beside its content: too many calls, an outage, a clock that is off."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from typing import Any

from awstui.engine.breaker import Breaker, Circuit
from awstui.engine.limits import Limits, Quota, is_throttling, note_refusal
from awstui.engine.meter import Meter
from awstui.plugin import Row

LOOKED = 5.0
"""Seconds after which an answer that is no error has its date looked at again."""


GRAIN = 2.0
"""Seconds by which a clock may seem to be off and be right: a date tells whole seconds, and comes late."""


class Hearing:
    """Listens to the answers of all sessions."""

    def __init__(self, limits: Limits, meter: Meter, breaker: Breaker) -> None:
        self.skew = 0.0
        """By how many seconds this machine's clock is ahead of AWS's."""

        self._limits, self._meter, self._breaker = limits, meter, breaker
        self._regions: dict[str, set[str]] = {}
        self._looked_at = 0.0

    @property
    def ahead(self) -> float:
        """By how many seconds this machine's clock is ahead of AWS's; 0 where it may well be right."""
        return self.skew if abs(self.skew) > GRAIN else 0.0

    def elsewhere(self, profile: str, region: str) -> str:
        """A region that takes these credentials, when this one never did."""
        known = self._regions.get(profile, set())
        return "" if region in known else min(known, default="")

    def of(self, profile: str) -> Callable[..., None]:
        """The handler of botocore's ``response-received`` for a profile's session."""

        def heard(
            event_name: str,
            context: Row,
            parsed_response: Row | None = None,
            exception: BaseException | None = None,
            **_: Any,
        ) -> None:
            service, operation = event_name.split(".")[1:3]
            place = Circuit(profile, str(context["client_region"]), service, operation)
            if parsed_response is None:
                if exception is not None:
                    self._breaker.failed(place, str(exception), reached=False)
            else:
                self._answered(place, parsed_response)

        return heard

    def _answered(self, place: Circuit, answer: Row) -> None:
        told = answer.get("Error") or {}
        meta = answer.get("ResponseMetadata") or {}
        status = int(meta.get("HTTPStatusCode") or 0)
        code, message = str(told.get("Code", "")), str(told.get("Message", ""))
        if told and is_throttling(code, status):
            self._meter.refused()
            self._limits.refused(Quota(*place))
            note_refusal()
        if status >= 500 and status != 501 and not is_throttling(code):
            self._breaker.failed(place, f"{status} {message or code}".strip(), reached=True)
        else:
            self._breaker.answered(place)
        headers = meta.get("HTTPHeaders") or {}
        if not told and status < 300:
            self._regions.setdefault(place.profile, set()).add(place.region)
        self._look(headers, anyway=bool(told))

    def well(self, place: Circuit, headers: Row) -> None:
        """Hear of an answer that is plainly a good one."""
        self._breaker.answered(place)
        self._regions.setdefault(place.profile, set()).add(place.region)
        self._look(headers)

    def _look(self, headers: Row, *, anyway: bool = False) -> None:
        now = time.monotonic()
        if not anyway and now - self._looked_at <= LOOKED:
            return
        self._looked_at = now
        try:
            at = email.utils.parsedate_to_datetime(str(headers.get("date", "")))
        except ValueError:
            return  # an answer without a date says nothing of the clock
        self.skew = time.time() - at.timestamp()
