"""A walk through an action that reads for real and only notes what it would write: the dry run."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from awstui.engine import model
from awstui.engine.audit import fingerprint
from awstui.engine.door import Door
from awstui.engine.gate import Allowed, refusal
from awstui.engine.reads import is_read
from awstui.engine.resources import resources_of
from awstui.errors import AwstuiError
from awstui.masking import masked
from awstui.plugin import Aws, Path, Row

SECONDS = 15.0
"""How long a walk may take; an action that waits for what it has begun would never end."""

READS_AFTER = 5
"""Reads after the first write at most: what they look for has not happened."""

WRITES = 1_000
"""Requests that one action may send."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request that an action would send."""

    service: str
    operation: str
    action: str
    """The IAM action, such as ``sqs:PurgeQueue``."""

    arguments: Row
    resources: frozenset[str]

    @property
    def allowed(self) -> Allowed:
        """What lets it through, once."""
        return Allowed(self.service, self.operation, self.resources)

    @property
    def print_of(self) -> str:
        """Tells it from every other request but its own repetition."""
        return f"{self.service}:{self.operation}:{sorted(self.resources)}"

    def shown(self) -> Row:
        """The request for a person: what looks like a secret is masked."""
        return {
            "action": self.action,
            "operation": f"{self.service}:{self.operation}",
            "parameters": masked(self.arguments),
            "parameters_sha256": fingerprint(self.arguments),
        }


@dataclass(slots=True)
class Rehearsal:
    """What a walk has noted."""

    requests: list[Request] = field(default_factory=list)
    whole: bool = True
    """Whether nothing came after that only the real answers can tell."""

    reads_after: int = 0


class _EnoughError(Exception):
    """The walk has seen what it can see."""


async def rehearse(door: Door, run: Callable[[Aws], Awaitable[Any]]) -> Rehearsal:
    """Walk through ``run``; what it refuses by itself is raised, what AWS would answer is made up."""
    told = Rehearsal()
    try:
        async with asyncio.timeout(SECONDS):
            await run(_Noting(door, told))
    except (_EnoughError, TimeoutError):
        told.whole = False
    except AwstuiError:
        raise
    except Exception:
        if not told.requests:
            raise
        told.whole = False  # it stumbled over an answer that we made up
    return told


class _Noting:
    """``awstui.plugin.Aws`` that sends no write."""

    rehearses = True

    def __init__(self, door: Door, told: Rehearsal) -> None:
        self._door, self._told = door, told
        self.service, self.profile = door.service, door.profile
        self.account, self.region, self.partition = door.account, door.region, door.partition
        self.reason = door.reason

    def at(self, *, service: str = "", region: str = "", deadline: float = 0.0) -> Aws:
        """The same elsewhere, noted in the same list."""
        return _Noting(self._door.at(service=service, region=region, deadline=deadline), self._told)

    def now(self) -> float:
        """AWS's time."""
        return self._door.now()

    async def read(self, operation: str, /, **arguments: Any) -> Row:
        """Read for real."""
        self._count()
        return await self._door.read(operation, **arguments)

    def pages(self, operation: str, /, **arguments: Any) -> AsyncIterator[Row]:
        """Read for real."""
        self._count()
        return self._door.pages(operation, **arguments)

    def rows(self, operation: str, pick: Path = "", /, **arguments: Any) -> AsyncIterator[Any]:
        """Read for real."""
        self._count()
        return self._door.rows(operation, pick, **arguments)

    def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
        """Read for real."""
        self._count()
        return self._door.stream(operation, **arguments)

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        """Note it, and answer something of the right shape."""
        await self._door.warm()
        known = model.operation(self.service, operation)
        action = model.iam_action(self.service, known.name)
        if is_read(self.service, known.name):
            return await self._door.read(operation, **arguments)
        if len(self._told.requests) >= WRITES:
            raise refusal(action, f"One action may send {WRITES:,} requests at most.")
        self._told.requests.append(
            Request(
                self.service, known.name, action, arguments, resources_of(known, arguments)
            )
        )  # fmt: skip
        answer: Row = _made_up(known.output_shape) or {}
        return answer

    def _count(self) -> None:
        if self._told.requests:
            self._told.reads_after += 1
            if self._told.reads_after > READS_AFTER:
                raise _EnoughError


def _made_up(shape: Any, depth: int = 4) -> Any:
    """A plain value of a shape: no entries, no numbers, and a text that says what it is."""
    if shape is None or depth == 0:
        return None
    if shape.type_name == "structure":
        return {name: _made_up(held, depth - 1) for name, held in shape.members.items()}
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "dry-run"
    plain = {"list": [], "map": {}, "blob": b"", "boolean": False}
    return (
        dt.datetime.now(dt.UTC) if shape.type_name == "timestamp" else plain.get(shape.type_name, 0)
    )
