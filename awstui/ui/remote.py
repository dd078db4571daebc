"""The engine as the interface sees it: calls to await, rows to follow, jobs to listen to."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any

from awstui import wire
from awstui.errors import AwsError
from awstui.link import Link
from awstui.plugin import Row

OnRows = Callable[[wire.RowsChanged], None]
OnState = Callable[[wire.RowsState], None]


class Subscription:
    """Rows being followed."""

    def __init__(self, remote: Remote, ident: int, on_rows: OnRows, on_state: OnState) -> None:
        self.id, self._remote = ident, remote
        self.on_rows, self.on_state = on_rows, on_state

    def refresh(self, every: float = -1.0) -> None:
        """Ask for the rows again at once; ``every`` of 0 or more also sets the cadence."""
        self._remote.send(wire.Refresh(self.id, every))

    def close(self) -> None:
        """Follow no longer."""
        self._remote.forget(self.id)
        self._remote.send(wire.Unsubscribe(self.id))


class Stream(AsyncIterator[Any]):
    """What a job, or a call that gives many, says: iterate it, tell it, close it."""

    def __init__(self, remote: Remote, ident: int) -> None:
        self.id, self._remote = ident, remote
        self._heard: asyncio.Queue[wire.Event | wire.Ended] = asyncio.Queue()
        self._over = False

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self._over

    def hear(self, message: wire.Event | wire.Ended) -> None:
        """Take in one message of the engine."""
        self._heard.put_nowait(message)

    async def __anext__(self) -> Any:
        """The next event; ends with the job, or raises its problem."""
        if self._over:
            raise StopAsyncIteration
        try:
            message = await self._heard.get()
        except asyncio.CancelledError:
            self.close()
            raise
        if isinstance(message, wire.Event):
            return wire.unpack(message.value)
        self._over = True
        self._remote.forget(self.id)
        if message.problem is not None:
            raise AwsError(message.problem)
        raise StopAsyncIteration

    def tell(self, **what: Any) -> None:
        """Say something to the job."""
        self._remote.send(wire.Tell(self.id, what))

    def close(self) -> None:
        """End it: the job's own tidying up runs in the engine."""
        if not self._over:
            self._over = True
            self._remote.forget(self.id)
            self._remote.send(wire.Cancel(self.id))


class Remote:
    """Everything the interface asks of the engine goes through here."""

    def __init__(self, link: Link, on_message: Callable[[wire.ToInterface], None]) -> None:
        """``on_message`` hears what is addressed to nobody: identity, pulse, last words."""
        self._link, self._on_message = link, on_message
        self.ahead = 0.0
        """By how many seconds this machine's clock is ahead of AWS's."""

        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._subscriptions: dict[int, Subscription] = {}
        self._streams: dict[int, Stream] = {}
        self._early: list[wire.ToEngine] | None = []

    def opened(self) -> None:
        """The line stands: what panes asked before goes out in its order."""
        early, self._early = self._early or [], None
        for message in early:
            self._link.send(message)

    def send(self, message: wire.ToEngine) -> None:
        """Send a message that has no answer."""
        if self._early is not None:
            self._early.append(message)
        else:
            self._link.send(message)

    def deliver(self, message: wire.ToInterface) -> None:
        """Hand a message of the engine to whom it is for."""
        match message:
            case wire.RowsChanged():
                if subscription := self._subscriptions.get(message.id):
                    subscription.on_rows(message)
            case wire.RowsState():
                if subscription := self._subscriptions.get(message.id):
                    subscription.on_state(message)
            case wire.Event() | wire.Ended():
                if stream := self._streams.get(message.id):
                    stream.hear(message)
            case wire.Result():
                self._answer(message)
            case wire.Pulse():
                self.ahead = message.ahead
                self._on_message(message)
            case _:
                self._on_message(message)

    def _answer(self, message: wire.Result) -> None:
        future = self._answers.pop(message.id, None)
        if future is None or future.done():
            return
        if message.problem is not None:
            future.set_exception(AwsError(message.problem))
        else:
            future.set_result(wire.unpack(message.value))

    def lost(self, reason: str) -> None:
        """Fail whatever waits: the engine has died."""
        problem = wire.Problem(
            "The engine stopped before it answered.",
            why=reason,
            do="If this was a change, look whether it happened before doing it again.",
            kind="unknown",
        )
        for future in self._answers.values():
            if not future.done():
                future.set_exception(AwsError(problem))
        for stream in list(self._streams.values()):
            stream.hear(wire.Ended(stream.id, problem))
        self._answers.clear()
        self._subscriptions.clear()

    def forget(self, ident: int) -> None:
        """Hear no more of this id."""
        self._subscriptions.pop(ident, None)
        self._streams.pop(ident, None)

    # ---- rows ----------------------------------------------------------------------------------------

    def subscribe(
        self,
        plugin: str,
        resource: str,
        on_rows: OnRows,
        on_state: OnState,
        *,
        scopes: tuple[wire.Scope, ...] = (),
        parent: bytes = b"",
        every: float = -1.0,
        on_screen: tuple[str, ...] = (),
    ) -> Subscription:
        """Follow the rows of a resource."""
        subscription = self._subscription(on_rows, on_state)
        ident = subscription.id
        self.send(wire.Subscribe(ident, plugin, resource, scopes, parent, every, on_screen))
        return subscription

    def subscribe_home(self, on_rows: OnRows, on_state: OnState, every: float) -> Subscription:
        """Follow what each service holds."""
        subscription = self._subscription(on_rows, on_state)
        self.send(wire.SubscribeHome(subscription.id, every))
        return subscription

    def _subscription(self, on_rows: OnRows, on_state: OnState) -> Subscription:
        subscription = Subscription(self, next(self._ids), on_rows, on_state)
        self._subscriptions[subscription.id] = subscription
        return subscription

    # ---- calls ---------------------------------------------------------------------------------------

    async def _ask(self, message: Any) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[message.id] = future
        self.send(message)
        try:
            return await future
        except asyncio.CancelledError:
            self._answers.pop(message.id, None)
            self.send(wire.Cancel(message.id))
            raise

    async def describe(self, row: wire.RowRef, raw: bytes) -> Any:
        """The details of a row."""
        return await self._ask(wire.Describe(next(self._ids), row, raw))

    async def plan(
        self,
        rows: tuple[wire.RowRef, ...],
        raws: tuple[bytes, ...],
        action: str,
        fields: dict[str, Any],
    ) -> Row:
        """What an action would do, as the fields of a :class:`awstui.plugin.Plan`."""
        plan: Row = await self._ask(wire.MakePlan(next(self._ids), rows, raws, action, fields))
        return plan

    async def act(
        self,
        rows: tuple[wire.RowRef, ...],
        raws: tuple[bytes, ...],
        action: str,
        fields: dict[str, Any],
        *,
        typed: str = "",
        plan: str = "",
        reason: str = "",
        took: float = 0.0,
    ) -> str:
        """Do what a plan said; the sentence that says what came of it."""
        done = await self._ask(
            wire.Act(next(self._ids), rows, raws, action, fields, typed, plan, reason, took)
        )
        return str(done or "")

    async def switch(self, profile: str, region: str) -> None:
        """Become another profile or region; raises and stays when that cannot be."""
        await self._ask(wire.Switch(next(self._ids), profile, region))

    async def login(self, profile: str = "", *, by: str = "") -> Row:
        """Renew a profile's credentials; what has to be run on the terminal instead, if anything.

        ``by`` is as in :class:`awstui.wire.Login`.
        """
        told: Row = await self._ask(wire.Login(next(self._ids), profile, by)) or {}
        return told

    def job(
        self,
        row: wire.RowRef,
        raw: bytes,
        job: str,
        /,
        *,
        consent: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Stream:
        """Start a job on a row; ``consent`` is what a person said to its plan."""
        stream = Stream(self, next(self._ids))
        self._streams[stream.id] = stream
        self.send(wire.OpenJob(stream.id, row, raw, job, arguments, **(consent or {})))
        return stream

    def aws(self, scope: wire.Scope, service: str) -> RemoteAws:
        """The door of a pane: the same as a plugin has in the engine."""
        return RemoteAws(self, scope, service)

    async def call(self, scope: wire.Scope, service: str, **what: Any) -> Row:
        """One call through the door."""
        row: Row = await self._ask(wire.Call(next(self._ids), scope, service, **what))
        return row

    def many(self, scope: wire.Scope, service: str, **what: Any) -> Stream:
        """A call that gives many pages or rows."""
        stream = Stream(self, next(self._ids))
        self._streams[stream.id] = stream
        self.send(wire.Call(stream.id, scope, service, **what))
        return stream


class RemoteAws:
    """``awstui.plugin.Aws`` for a pane: every call is made by the engine."""

    def __init__(
        self, remote: Remote, scope: wire.Scope, service: str, deadline: float = 0.0
    ) -> None:
        self._remote, self._scope, self._deadline = remote, scope, deadline
        self.service = service
        self.profile, self.region, self.account = scope.profile, scope.region, scope.account
        self.reason = ""  # a pane has no leave of its own that read-only could be lifted for

    @property
    def rehearses(self) -> bool:
        """Never: the interface asks the engine for a plan."""
        return False

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""
        for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(prefix):
                return partition
        return "aws"

    def at(self, *, service: str = "", region: str = "", deadline: float = 0.0) -> RemoteAws:
        """The same identity at another service or region, or with another deadline."""
        scope = self._scope
        if region:
            scope = wire.Scope(scope.profile, region, scope.account)
        return RemoteAws(self._remote, scope, service or self.service, deadline or self._deadline)

    def now(self) -> float:
        """The time in epoch seconds by AWS's clock."""
        return time.time() - self._remote.ahead

    async def read(self, operation: str, /, **arguments: Any) -> Row:
        """Call an operation that changes nothing."""
        return await self._call("read", operation, arguments)

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        """Call any other operation, through the gate."""
        return await self._call("write", operation, arguments)

    async def _call(self, verb: str, operation: str, arguments: dict[str, Any]) -> Row:
        return await self._remote.call(
            self._scope,
            self.service,
            verb=verb,
            operation=operation,
            arguments=arguments,
            deadline=self._deadline,
        )

    def pages(self, operation: str, /, **arguments: Any) -> AsyncIterator[Row]:
        """Every response of a reading operation."""
        return self._many("pages", operation, "", arguments)

    def rows(self, operation: str, pick: str = "", /, **arguments: Any) -> AsyncIterator[Any]:
        """Every row in the pages of a reading operation."""
        return self._many("rows", operation, pick, arguments)

    async def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
        """The events of an operation that answers with a stream."""
        events = self._many("stream", operation, "", arguments)
        try:
            async for event in events:
                yield event
        finally:
            events.close()

    def _many(self, verb: str, operation: str, pick: str, arguments: dict[str, Any]) -> Stream:
        return self._remote.many(
            self._scope,
            self.service,
            verb=verb,
            operation=operation,
            pick=pick,
            arguments=arguments,
            deadline=self._deadline,
        )
