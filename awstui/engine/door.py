"""The door to AWS: every call of every plugin goes through here, under one scope."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import cache
from typing import Any

import jmespath

from awstui.engine import model
from awstui.engine.calls import Access, Call
from awstui.engine.clients import READ_DEADLINE, WRITE_DEADLINE
from awstui.engine.gate import refusal
from awstui.engine.partitions import partition
from awstui.engine.reads import goes_once, is_read
from awstui.engine.resources import resources_of
from awstui.engine.streams import events
from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Path, Row
from awstui.wire import Problem, Scope

PAGE_CAP = 10_000
"""Pages after which a list is given up, loudly: it would not end, or fill the memory."""


class Doors(Access):
    """Opens doors; the host makes one, and closes it at the end."""

    def open(self, scope: Scope, service: str, deadline: float = 0.0) -> Door:
        """A door for one service under one scope."""
        return Door(self, scope, service, deadline)

    async def account_of(self, scope: Scope) -> str:
        """Ask AWS which account the credentials of a profile are of."""
        told = await self.open(scope, "sts").read("get_caller_identity")
        self.principals[scope.profile] = str(told.get("Arn", ""))
        return str(told.get("Account", ""))


class Door:
    """``awstui.plugin.Aws`` for one service under one scope."""

    def __init__(self, doors: Doors, scope: Scope, service: str, deadline: float = 0.0) -> None:
        self.scope = scope
        self._doors = doors
        self._service = service
        self._deadline = deadline

    @property
    def service(self) -> str:
        """botocore's name of the service."""
        return self._service

    @property
    def profile(self) -> str:
        """The profile that the credentials come from."""
        return self.scope.profile

    @property
    def rehearses(self) -> bool:
        """Never: what is written goes out."""
        return False

    @property
    def account(self) -> str:
        """The twelve digits of the account; empty while unknown."""
        return self.scope.account

    @property
    def region(self) -> str:
        """The region every call goes to."""
        return self.scope.region

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""
        return partition(self.scope.region)

    @property
    def reason(self) -> str:
        """Why read-only is lifted for what is done at this moment; empty where it is not."""
        return self._doors.gate.reason

    def at(self, *, service: str = "", region: str = "", deadline: float = 0.0) -> Door:
        """The same identity at another service or region, or with another deadline in seconds."""
        scope = Scope(self.profile, region or self.region, self.account)
        return Door(self._doors, scope, service or self._service, deadline or self._deadline)

    def now(self) -> float:
        """The time in epoch seconds by AWS's clock, as its answers tell it."""
        return time.time() - self._doors.hearing.ahead

    async def warm(self) -> None:
        """Load the service's models beside the loop."""
        await self._doors.clients.warm(self._service)

    async def read(self, operation: str, /, **arguments: Any) -> Row:
        """Call an operation that changes nothing; retried with back-off when AWS refuses or fails."""
        call = await self._call(operation)
        if call.streams:
            raise refusal(call.action, "It answers with a stream.", "Call it with `stream`.")
        return await self._reading(call).send(arguments)

    async def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
        """The events of an operation that answers with a stream; sent once."""
        call = await self._call(operation, once=True)
        if not call.streams:
            raise refusal(call.action, "It answers at once, not with a stream.", "Use `read`.")
        async with aclosing(events(self._reading(call), arguments)) as coming:
            async for event in coming:
                yield event

    def _reading(self, call: Call) -> Call:
        """The call, as long as it is known to change nothing."""
        if not is_read(self._service, call.name):
            raise refusal(
                call.action, "It is not known to change nothing.", "Call it with `write`."
            )
        return call

    async def pages(self, operation: str, /, **arguments: Any) -> AsyncIterator[Row]:
        """Every response of a reading operation, following each token, through empty pages."""
        await self._doors.clients.warm(self._service)
        paging = model.paging(self._service, operation)
        seen: set[str] = set()
        for _ in range(PAGE_CAP):
            page = await self.read(operation, **arguments)
            yield page
            tokens = _tokens(paging, page) if paging else {}
            if not any(tokens.values()):
                return
            if (print_of := repr(tokens)) in seen:
                raise self._fault(operation, "gave the same token twice, so its pages do not end")
            seen.add(print_of)
            arguments.update(tokens)
            for name in [name for name, token in tokens.items() if not token]:
                del arguments[name]
        raise self._fault(operation, f"has more than {PAGE_CAP:,} pages; narrow it down")

    async def rows(
        self, operation: str, pick: Path = "", /, **arguments: Any
    ) -> AsyncIterator[Any]:
        """Every row in the pages of a reading operation; ``pick`` says where when the model does not."""
        await self._doors.clients.warm(self._service)
        if not pick:
            pick = self._only_key(operation)
        find = _compiled(pick)
        async for page in self.pages(operation, **arguments):
            found = find.search(page)
            if isinstance(found, list):
                for row in found:
                    yield row
            elif found is not None:
                yield found

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        """Call any other operation: once, through the gate, written to the audit."""
        call = await self._call(operation, write=True)
        resources = resources_of(model.operation(self._service, operation), arguments)
        admitted = self._doors.gate.admit(
            call.action, self._service, call.name, self.scope, resources
        )
        with admitted as grant:
            await self._doors.accounts.check(
                call.action, self.scope, lambda: self._doors.account_of(self.scope)
            )
            return await call.write(arguments, grant)

    async def _call(self, operation: str, *, write: bool = False, once: bool = False) -> Call:
        await self._doors.clients.warm(self._service)
        name = model.operation(self._service, operation).name
        once = once or write or goes_once(self._service, name)
        deadline = self._deadline or (WRITE_DEADLINE if write else READ_DEADLINE)
        return Call(self._doors, self.scope, self._service, operation, once=once, deadline=deadline)

    def _only_key(self, operation: str) -> str:
        keys = model.result_keys(self._service, operation)
        if len(keys) == 1:
            return keys[0]
        held = f"It holds {', '.join(keys)}." if keys else "Its model names no list."
        raise AwstuiError(
            Problem(
                f"Where the rows of {self._service}:{operation} are has to be said.",
                held,
                "Give `pick`, a JMESPath expression.",
                kind="fault",
            )
        )

    def _fault(self, operation: str, why: str) -> AwsError:
        return AwsError(Problem(f"{self._service}:{operation} {why}.", kind="fault"))


def _tokens(paging: model.Paging, page: Row) -> Row:
    if paging.more and not _compiled(paging.more).search(page):
        return {}
    return {
        given: _compiled(found).search(page)
        for given, found in zip(paging.given, paging.found, strict=True)
    }


@cache
def _compiled(path: str) -> Any:
    return jmespath.compile(path)
