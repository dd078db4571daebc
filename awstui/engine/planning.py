"""What an action would do, prepared for a person to confirm, and checked again when they have."""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from awstui import confirming
from awstui.engine.audit import fingerprint
from awstui.engine.door import Door
from awstui.engine.gate import Allowed
from awstui.engine.model import iam_action, operation
from awstui.engine.rehearsal import Rehearsal, Request, rehearse
from awstui.errors import AwsError, AwstuiError
from awstui.plugin import OFTEN, Action, Job, Plan, Row
from awstui.wire import Problem, Scope

KEPT = 32
"""Plans that wait for a person at once; the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, what it would send, and what tells it from the plan of another moment."""

    ident: str
    about: str
    """The action, its rows and its fields."""

    at: float
    plan: Plan
    rehearsal: Rehearsal
    demanded: str | None
    """What has to be typed; nothing but a yes when empty, not even that when None."""

    production: bool
    read_only: bool
    warning: str = ""
    """What stands before the plan."""

    service: str = ""

    @property
    def requests(self) -> list[Request]:
        """What it would send."""
        return self.rehearsal.requests

    @property
    def state(self) -> str:
        """The same as long as nothing that matters has changed."""
        said = self.plan.state or self.plan.lines
        return fingerprint({"said": said, "sends": [one.print_of for one in self.requests]})

    def shown(self) -> Row:
        """The plan as it crosses to whoever asks the person."""
        counted = _counted(self.requests)
        more = () if self.rehearsal.whole else ("and what their answers call for",)
        return {
            "id": self.ident,
            "lines": (*filter(None, (self.warning,)), *self.plan.lines),
            "requests": (*counted, *more) if counted else self.plan.requests,
            "calls": [one.shown() for one in self.requests or examples(self.service, self.plan)],
            "undo": self.plan.undo,
            "refusal": self.plan.refusal,
            "shows": self.plan.shows,
            "demanded": self.demanded,
            "production": self.production,
            "read_only": self.read_only,
        }


class Plans:
    """The plans that were shown and wait for their answer; each can be answered once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting: OrderedDict[str, Prepared] = OrderedDict()
        self._clock = clock

    def keep(self, prepared: Prepared) -> Row:
        """Remember a plan that is shown; what is shown of it."""
        self._waiting[prepared.ident] = prepared
        while len(self._waiting) > KEPT:
            self._waiting.popitem(last=False)
        return prepared.shown()

    def take(self, ident: str, about: str) -> Prepared:
        """The plan that was confirmed; raises when it is none, is another's, or is too old."""
        found = self._waiting.pop(ident, None)
        if found is None or found.about != about:
            raise stale("Nobody has seen a plan of this.")
        if self._clock() - found.at > confirming.FRESH:
            raise stale(f"Its plan is older than {confirming.FRESH:.0f} seconds.")
        return found

    async def prepare(
        self,
        deed: Action | Job,
        door: Door,
        subject: Row | list[Row],
        fields: Row,
        *,
        target: str,
        about: str,
        production: bool,
        read_only: bool,
    ) -> Prepared:
        """Work out what an action would do; only reads."""
        at = self._clock()
        plan = await _plan(deed, door, subject, fields, target)
        rehearsal = Rehearsal()
        run = deed.run if isinstance(deed, Action) and deed.effect != "touch" else None
        if run is not None and not plan.refusal and not plan.shows:
            try:
                rehearsal = await rehearse(door, lambda aws: run(aws, subject, **fields))
            except AwstuiError as error:
                plan = Plan((), refusal=" ".join(filter(None, _sentences(error.problem))))
        harmless = is_harmless(deed)
        demanded = None if harmless else confirming.demanded(
            deed.effect, target, door.scope, production=production
        )  # fmt: skip
        return Prepared(
            uuid.uuid4().hex[:16], about, at, plan, rehearsal,
            demanded,
            production=production, read_only=read_only and not harmless,
            warning=confirming.unknown_account(door.scope) if production or read_only else "",
            service=door.service,
        )  # fmt: skip


def check_same(before: Prepared, now: Prepared) -> None:
    """Raise when a plan that was confirmed is not what would happen now."""
    if now.plan.refusal:
        raise AwsError(Problem(now.plan.refusal, kind="refused"))
    if now.plan.shows or now.state != before.state:
        raise stale("What it is about has changed since.")


def check_said(demanded: str | None, typed: str) -> None:
    """Raise when what had to be typed was not."""
    if demanded and typed != demanded:
        raise AwsError(
            Problem(
                "Nothing was sent.", f"{demanded!r} had to be typed to confirm it.", kind="refused"
            )
        )


def is_harmless(deed: Action | Job) -> bool:
    """Whether it can write nothing."""
    return deed.effect == "touch" and not deed.sends


def declared(
    scope: Scope, service: str, sends: Sequence[str], names: Sequence[str], often: int = OFTEN
) -> list[Allowed]:
    """What a declaration lets through: its operations, on what one of the names means."""
    return [
        Allowed(*_operation(service, sent), frozenset(names), within=True, scope=scope, uses=often)
        for sent in sends
    ]


def examples(service: str, plan: Plan) -> list[Request]:
    """One of each request that something that takes time would send, as its plan says."""
    found = []
    for sent, arguments in plan.calls:
        own, name = _operation(service, sent)
        action = iam_action(own, name)
        found.append(Request(own, name, action, arguments, frozenset()))
    return found


def unnumbered(service: str, sends: Sequence[str]) -> tuple[str, ...]:
    """The IAM actions of what is declared to be sent, where nobody says how often."""
    return tuple(iam_action(*_operation(service, sent)) for sent in sends)


def _operation(service: str, sent: str) -> tuple[str, str]:
    """The service and AWS's name of an operation that may name its service."""
    own, _, name = sent.rpartition(":")
    return own or service, operation(own or service, name).name


def stale(why: str) -> AwsError:
    """The error for a plan that may not be carried out any more."""
    return AwsError(Problem("Nothing was sent.", why, "Look at the plan anew.", kind="stale"))


async def _plan(
    deed: Action | Job, door: Door, subject: Row | list[Row], fields: Row, target: str
) -> Plan:
    if deed.plan is not None:
        return await deed.plan(door, subject, **fields)
    if isinstance(deed, Action):
        undo = "" if deed.undo else Plan(()).undo
        return Plan((f"{deed.title.capitalize()} {target}.",), undo=undo)
    return Plan(
        (f"{deed.name.replace('-', ' ').capitalize()} {target}.",),
        requests=unnumbered(door.service, deed.sends),
    )


def _sentences(problem: Problem) -> tuple[str, str, str]:
    return problem.what, problem.why, problem.do


def _counted(requests: Sequence[Request]) -> list[str]:
    """Each operation with how often it would be sent."""
    counts: dict[str, int] = {}
    for one in requests:
        counts[one.action] = counts.get(one.action, 0) + 1
    return [f"{action} × {count}" for action, count in counts.items()]
