"""The gate: what is no known read needs a grant, and nothing of it is sent in read-only mode."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from awstui.engine.reads import is_for_credentials, is_read
from awstui.errors import AwsError
from awstui.plugin import Effect
from awstui.wire import Problem, Scope


@dataclass(slots=True)
class Grant:
    """What a person allowed: an action on a target, under one scope."""

    effect: Effect
    action: str
    """The binding's id, such as ``queues.purge``."""

    target: str
    scope: Scope
    expires: float = math.inf
    """When it lapses, on the monotonic clock."""

    uses: float = math.inf
    """How many requests it still covers."""


_grant: ContextVar[Grant | None] = ContextVar("awstui_grant", default=None)
_admitted: ContextVar[tuple[str, str] | None] = ContextVar("awstui_admitted", default=None)


class Gate:
    """Stands before every call that may change something."""

    def __init__(
        self, *, read_only: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.read_only = read_only
        self._clock = clock

    @contextmanager
    def grant(
        self,
        effect: Effect,
        action: str,
        target: str,
        scope: Scope,
        *,
        seconds: float = math.inf,
        uses: float = math.inf,
    ) -> Iterator[Grant]:
        """Allow writes within the block, also in tasks it starts: the person has confirmed."""
        given = Grant(effect, action, target, scope, self._clock() + seconds, uses)
        token = _grant.set(given)
        try:
            yield given
        finally:
            given.uses = 0  # a task that outlives the block has no grant any more
            _grant.reset(token)

    @contextmanager
    def admit(self, action: str, service: str, operation: str, scope: Scope) -> Iterator[Grant]:
        """Let one write through, or raise an AwsError of kind ``refused``."""
        given = self._covering(action, scope)
        given.uses -= 1
        token = _admitted.set((service, operation))
        try:
            yield given
        finally:
            _admitted.reset(token)

    def guard(self, model: Any, **_: Any) -> None:
        """Stop a request that nobody admitted; botocore's ``before-call`` of every client."""
        service, operation = model.service_model.service_name, model.name
        if is_read(operation) or is_for_credentials(service, operation):
            return
        if self.read_only or _admitted.get() != (service, operation):
            raise refusal(f"{service}:{operation}", "It did not come through the gate.")

    def _covering(self, action: str, scope: Scope) -> Grant:
        if self.read_only:
            raise refusal(action, "awstui is read-only.", "Start it without --read-only.")
        given = _grant.get()
        if given is None or given.uses <= 0:
            raise refusal(action, "Nobody has confirmed it.", "Declare it as an action or a job.")
        if given.expires < self._clock():
            raise refusal(action, "It was confirmed too long ago.", "Confirm it again.")
        if (given.scope.profile, given.scope.region) != (scope.profile, scope.region):
            raise refusal(
                action,
                f"It was confirmed for {_place(given.scope)}, not for {_place(scope)}.",
            )
        return given


def refusal(action: str, why: str, do: str = "") -> AwsError:
    """The error for a call that awstui itself does not let out."""
    return AwsError(Problem(f"{action} was not sent.", why, do, kind="refused"))


def _place(scope: Scope) -> str:
    return f"{scope.profile} in {scope.region}"
