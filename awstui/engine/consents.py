"""From a declaration to a grant: the plan that is shown, the consent to it, and what that lets out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from awstui import confirming, wire
from awstui.engine.audit import fingerprint
from awstui.engine.door import Door
from awstui.engine.gate import SECONDS, Grant
from awstui.engine.planning import (
    Plans,
    Prepared,
    check_said,
    check_same,
    declared,
)
from awstui.engine.session import Session
from awstui.errors import AwstuiError
from awstui.plugin import OFTEN, Action, Job, Row

Deed = Action | Job


@dataclass(frozen=True, slots=True)
class Wanted:
    """A deed on its rows, with what it was asked with."""

    deed: Deed
    door: Door
    refs: tuple[wire.RowRef, ...]
    raws: tuple[bytes, ...]
    fields: Row
    arns: tuple[str, ...] = ()
    """Of those rows that have one."""

    def __post_init__(self) -> None:
        """Rows of several places are several deeds."""
        if len({ref.scope for ref in self.refs}) != 1:
            raise AwstuiError("Rows of several accounts or regions cannot be acted on at once.")

    @property
    def subject(self) -> Row | list[Row]:
        """The row, or the rows where it takes many."""
        rows: list[Row] = [wire.unpack(raw) for raw in self.raws]
        return rows if isinstance(self.deed, Action) and self.deed.many else rows[0]

    @property
    def name(self) -> str:
        """The binding's id, such as ``queues.purge``."""
        ref = self.refs[0]
        return f"{ref.plugin}.{ref.resource}.{self.deed.name}"

    @property
    def keys(self) -> list[str]:
        """What the rows go by."""
        return [ref.key for ref in self.refs]

    @property
    def about(self) -> str:
        """Tells it from every other: another action, other rows or other fields are another plan."""
        rows = [repr(ref) for ref in self.refs]
        return fingerprint(
            {"name": self.name, "rows": rows, "raws": list(self.raws), "fields": self.fields}
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said to a plan."""

    plan: str = ""
    typed: str = ""
    reason: str = ""
    took: float = 0.0


class Consents:
    """Shows plans, and turns a consent to one into a grant for what it said."""

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session, self._plans = session, Plans(clock)

    async def plan(self, wanted: Wanted) -> Row:
        """Work out what would happen, and remember that it is shown; only reads."""
        return self._plans.keep(await self._prepare(wanted))

    async def grant(
        self, wanted: Wanted, said: Said
    ) -> Callable[[float], AbstractContextManager[Grant]]:
        """What grants the deed for some seconds; raises where the consent is not to what would happen."""
        scope, deed = wanted.refs[0].scope, wanted.deed
        production = self._session.is_production(scope)
        demanded: str | None = None
        requests: Sequence[Any] = ()
        if deed.effect != "touch" or (production and deed.sends):
            before = self._plans.take(said.plan, wanted.about)
            check_said(before.demanded, said.typed)
            now = await self._prepare(wanted)
            check_same(before, now)
            demanded, requests = before.demanded, now.requests
        names = await _names(wanted)
        told = {
            "env": "production" if production else "",
            "plan_id": said.plan,
            "confirm": _confirm(demanded, said),
            "reason": said.reason,
        }

        often = deed.often if isinstance(deed, Job) else OFTEN

        def granted(seconds: float = SECONDS) -> AbstractContextManager[Grant]:
            allowed = declared(scope, wanted.door.service, deed.sends, names, often)
            return self._session.gate.grant(
                deed.effect, wanted.name, ", ".join(wanted.keys), scope,
                [*allowed, *(one.allowed for one in requests)],
                seconds=seconds, lifted=bool(said.reason), about=told,
            )  # fmt: skip

        return granted

    async def _prepare(self, wanted: Wanted) -> Prepared:
        scope = wanted.refs[0].scope
        return await self._plans.prepare(
            wanted.deed, wanted.door, wanted.subject, wanted.fields,
            target=confirming.named(wanted.keys),
            about=wanted.about,
            production=self._session.is_production(scope),
            read_only=self._session.gate.is_read_only(scope),
        )  # fmt: skip


async def _names(wanted: Wanted) -> list[str]:
    """What a deed may write on: its rows, and what it declares beside them."""
    deed = wanted.deed
    also: Sequence[str] = ()
    if deed.sends and deed.reaches is not None:
        also = await deed.reaches(wanted.door, wanted.subject, **wanted.fields)
    return [*wanted.keys, *wanted.arns, *also]


def _confirm(demanded: str | None, said: Said) -> Row:
    tier = "none" if demanded is None else "typed" if demanded else "yes"
    return {"tier": tier, "typed": said.typed, "ms": round(said.took * 1000)}
