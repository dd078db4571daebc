"""The gate: what is no known read needs a grant that names it, and in read-only mode even that is not enough."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from awstui.confirming import unknown_account
from awstui.engine.reads import is_for_credentials, is_read
from awstui.errors import AwsError
from awstui.plugin import Effect
from awstui.wire import Problem, Scope

SECONDS = 60.0
"""How long a grant lasts where nothing else is declared."""

SENT_AGAIN = 3
"""How often one admitted request may go out: again only when AWS says that it refused it."""


@dataclass(slots=True)
class Allowed:
    """One request that a grant allows: the operation, what on, and how often."""

    service: str
    operation: str
    resources: frozenset[str] = frozenset()
    """What the request names: exactly these or, ``within``, none but these."""

    within: bool = False
    scope: Scope = Scope()  # noqa: RUF009  immutable
    """Whose a bare name is."""

    uses: int = 1

    def fits(self, service: str, operation: str, resources: frozenset[str]) -> bool:
        """Whether it is this request."""
        if (service, operation) != (self.service, self.operation):
            return False
        if self.within:
            return bool(resources) and all(
                any(covers(name, one, self.scope) for name in self.resources) for one in resources
            )
        return resources == self.resources


@dataclass(slots=True)
class Grant:
    """What a person allowed: an action on a target, under one scope."""

    effect: Effect
    action: str
    """The binding's id, such as ``queues.purge``."""

    target: str
    scope: Scope
    allowed: list[Allowed]
    expires: float = math.inf
    """When it lapses, on the monotonic clock."""

    lifted: bool = False
    """Whether read-only mode is dropped for it."""

    about: Mapping[str, Any] = field(default_factory=dict)
    """What the audit tells beside: the plan, how it was confirmed, why."""


@dataclass(slots=True)
class _Admitted:
    service: str
    operation: str
    scope: Scope
    lifted: bool
    left: int = SENT_AGAIN


_grant: ContextVar[Grant | None] = ContextVar("awstui_grant", default=None)
_admitted: ContextVar[_Admitted | None] = ContextVar("awstui_admitted", default=None)


class Gate:
    """Stands before every call that may change something."""

    def __init__(
        self,
        *,
        read_only: bool = False,
        read_only_for: Callable[[Scope], bool] = lambda scope: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_only, self._read_only_for, self._clock = read_only, read_only_for, clock

    def is_read_only(self, scope: Scope) -> bool:
        """Whether nothing may be changed under a scope."""
        return self._read_only or self._read_only_for(scope)

    @property
    def reason(self) -> str:
        """Why a person lifted read-only for what runs under the present grant; empty where nobody did."""
        given = _grant.get()
        return str(given.about.get("reason", "")) if given is not None and given.lifted else ""

    @contextmanager
    def grant(
        self,
        effect: Effect,
        action: str,
        target: str,
        scope: Scope,
        allowed: Iterable[Allowed],
        *,
        seconds: float = SECONDS,
        lifted: bool = False,
        about: Mapping[str, Any] | None = None,
    ) -> Iterator[Grant]:
        """Allow these requests within the block, also in tasks it starts: the person has confirmed."""
        given = Grant(
            effect, action, target, scope, list(allowed),
            expires=self._clock() + seconds, lifted=lifted, about=about or {},
        )  # fmt: skip
        token = _grant.set(given)
        try:
            yield given
        finally:
            given.allowed.clear()  # a task that outlives the block has no grant any more
            _grant.reset(token)

    @contextmanager
    def admit(
        self, action: str, service: str, operation: str, scope: Scope, resources: frozenset[str]
    ) -> Iterator[Grant]:
        """Let one write through, or raise an AwsError of kind ``refused``."""
        given = self._covering(action, scope)
        allowed = _found(given, action, service, operation, resources)
        allowed.uses -= 1
        token = _admitted.set(_Admitted(service, operation, scope, given.lifted))
        try:
            yield given
        finally:
            _admitted.reset(token)

    def guard(self, model: Any, **_: Any) -> None:
        """Stop a request that nobody admitted; botocore's ``before-call`` of every client."""
        service, operation = model.service_model.service_name, model.name
        if is_read(service, operation) or is_for_credentials(service, operation):
            return
        name, admitted = f"{service}:{operation}", _admitted.get()
        if admitted is None or (admitted.service, admitted.operation) != (service, operation):
            raise refusal(name, "It did not come through the gate.")
        if self.is_read_only(admitted.scope) and not admitted.lifted:
            raise self._refused(name, admitted.scope)
        if admitted.left <= 0:
            raise refusal(name, "It was sent already.")
        admitted.left -= 1

    @staticmethod
    def uncount() -> None:
        """Let botocore be told of the request that was let through last, which is not sent again for that."""
        if (admitted := _admitted.get()) is not None:
            admitted.left += 1

    def _refused(self, action: str, scope: Scope) -> AwsError:
        unknown = "" if self._read_only else unknown_account(scope)
        return refusal(
            action,
            " ".join(filter(None, ("awstui is read-only.", unknown))),
            "Start it without --read-only, or give a reason to lift it for one action.",
        )

    def _covering(self, action: str, scope: Scope) -> Grant:
        given = _grant.get()
        if self.is_read_only(scope) and not (given and given.lifted):
            raise self._refused(action, scope)
        if given is None or not given.allowed:
            raise refusal(
                action,
                "Nobody has confirmed it.",
                "Declare it as an action or a job, and what it `sends`.",
            )
        if given.expires < self._clock():
            raise refusal(action, "It was confirmed too long ago.", "Confirm it again.")
        if given.scope != scope:
            raise refusal(
                action, f"It was confirmed for {_place(given.scope)}, not for {_place(scope)}."
            )
        return given


def covers(name: str, resource: str, scope: Scope) -> bool:
    """Whether a name means this resource; both may be keys, ARNs or URLs, and a key is of the scope."""
    arns = name.startswith("arn:") + resource.startswith("arn:")
    if name == resource or arns == 2:
        return name == resource
    mine, theirs = _parted(name, scope), _parted(resource, scope)
    if any(one and other and one != other for one, other in zip(mine[:2], theirs[:2], strict=True)):
        return False
    one, other = sorted((mine[2], theirs[2]), key=len)
    return bool(one) and (one == other or bool(arns and other.endswith((f"/{one}", f":{one}"))))


def _parted(name: str, scope: Scope) -> tuple[str, str, str]:
    """The region, the account and the rest of a name, as far as it says them."""
    if name.startswith("arn:"):
        region, account, rest = [*name.split(":", 5), *[""] * 5][3:6]
        return region, account, rest
    if "://" in name:
        before, last = name.rstrip("/").rsplit("/", 2)[-2:]
        return "", before if re.fullmatch(r"\d{12}", before) else "", last
    return scope.region, scope.account, name


def tail(resource: str) -> str:
    """The name at the end of an ARN or URL, by which a person calls a thing."""
    if resource.startswith("arn:") or "://" in resource:
        return resource.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return resource


def refusal(action: str, why: str, do: str = "") -> AwsError:
    """The error for a call that awstui itself does not let out."""
    return AwsError(Problem(f"{action} was not sent.", why, do, kind="refused"))


def _found(
    given: Grant, action: str, service: str, operation: str, resources: frozenset[str]
) -> Allowed:
    fitting = [one for one in given.allowed if one.fits(service, operation, resources)]
    if not fitting:
        on = f" on {', '.join(sorted(resources))}" if resources else ""
        raise refusal(
            action, f"{given.action} on {given.target} was confirmed, and that is not this{on}."
        )
    for one in fitting:
        if one.uses > 0:
            return one
    raise refusal(action, f"{given.action} was confirmed, and this has been sent already.")


def _place(scope: Scope) -> str:
    return " ".join(filter(None, (scope.profile, scope.account, "in", scope.region)))
