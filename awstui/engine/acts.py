"""What is asked about single rows: describe, plan, act, jobs, and the calls of panes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from awstui import wire
from awstui.engine.consents import Consents, Deed, Said, Wanted
from awstui.engine.door import Door
from awstui.engine.gate import SECONDS
from awstui.engine.session import Session
from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Action, Job, Resource, Row
from awstui.project import Projector
from awstui.registry import Registry

TIDY = 10.0
"""Seconds in which a job that has ended may still give back what it holds."""


UNACCOUNTED = "The audit could not take how it went"


class Inbox:
    """What the interface has told a job and the job has not taken yet."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[Row] = asyncio.Queue()

    def put(self, what: Row) -> None:
        """Keep what was told."""
        self._told.put_nowait(what)

    async def next(self, timeout: float | None = None) -> Row | None:
        """The next thing told, or None when nothing came within ``timeout`` seconds."""
        if timeout == 0:  # what is there already; waiting for no time at all would not see it
            return None if self._told.empty() else self._told.get_nowait()
        try:
            return await asyncio.wait_for(self._told.get(), timeout)
        except TimeoutError:
            return None


class Acts:
    """Answers what is asked about rows, each under the row's own scope."""

    def __init__(
        self, registry: Registry, session: Session, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._registry, self._session = registry, session
        self._inboxes: dict[int, Inbox] = {}
        self._consents = Consents(session, clock)

    async def answer(self, message: wire.Describe | wire.MakePlan | wire.Act | wire.Call) -> Any:
        """The answer to one question; raises what went wrong."""
        match message:
            case wire.Describe():
                return await self._describe(message)
            case wire.MakePlan():
                return await self._plan(message)
            case wire.Act():
                return await self._act(message)
            case wire.Call():
                return await self._call(message)

    def tell(self, message: wire.Tell) -> None:
        """Pass something on to a job; one that has ended hears nothing."""
        if inbox := self._inboxes.get(message.id):
            inbox.put(message.what)

    def _resource(self, ref: wire.RowRef) -> tuple[Resource, Door]:
        plugin, resource = self._registry.resource(f"{ref.plugin}.{ref.resource}")
        return resource, self._session.door(ref.scope, plugin.botocore_name)

    async def _describe(self, message: wire.Describe) -> Any:
        resource, aws = self._resource(message.row)
        row = wire.unpack(message.raw)
        if resource.describe is None:
            return row
        if callable(resource.describe):
            return await resource.describe(aws, row)
        arguments = Projector(resource).describe_arguments(row)
        answer = await aws.read(resource.describe[0], **arguments)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def _wanted(
        self,
        name: str,
        refs: tuple[wire.RowRef, ...],
        raws: tuple[bytes, ...],
        fields: Row,
    ) -> Wanted:
        resource, door = self._resource(refs[0])
        deeds: list[Deed] = [*resource.actions, *resource.jobs]
        for deed in deeds:
            if deed.name == name:
                arns = (Projector(resource).arn(wire.unpack(raw)) for raw in raws)
                return Wanted(deed, door, refs, raws, fields, tuple(filter(None, arns)))
        raise AwstuiError(f"{refs[0].plugin}.{refs[0].resource} has no {name!r}.")

    async def _plan(self, message: wire.MakePlan) -> Row:
        return await self._consents.plan(
            self._wanted(message.action, message.rows, message.raws, message.fields)
        )

    async def _act(self, message: wire.Act) -> str:
        wanted = self._wanted(message.action, message.rows, message.raws, message.fields)
        action = wanted.deed
        if not isinstance(action, Action):
            raise AwstuiError(f"{wanted.name} is a job: it is opened, not run.")
        said = Said(message.plan, message.typed, message.reason, message.took)
        granted = await self._consents.grant(wanted, said)
        try:
            with granted(SECONDS):
                done = await action.run(wanted.door, wanted.subject, **message.fields)
        except AwsError as error:
            told = await _settled(error, action, wanted)
            why = await self._accounted(told.problem.why)
            raise AwsError(msgspec.structs.replace(told.problem, why=why)) from error
        return await self._accounted(done or "")

    async def _accounted(self, sentence: str) -> str:
        """The sentence, and beside it that the audit could not take the outcome."""
        trouble = await self._session.audit_trouble()
        return f"{sentence} {UNACCOUNTED}: {trouble}".strip() if trouble else sentence

    async def job(self, message: wire.OpenJob) -> AsyncIterator[Row]:
        """The events of a job."""
        wanted = self._wanted(message.job, (message.row,), (message.raw,), message.arguments)
        job = wanted.deed
        if not isinstance(job, Job):
            raise AwstuiError(f"{wanted.name} is an action: it is run, not opened.")
        said = Said(message.plan, message.typed, message.reason, message.took)
        granted = await self._consents.grant(wanted, said)
        inbox = self._inboxes[message.id] = Inbox()
        events: Any = job.run(wanted.door, wanted.subject, inbox, **message.arguments)
        try:
            with granted(job.lasts):
                async for event in events:
                    yield event
            if trouble := await self._session.audit_trouble():
                raise AwstuiError(f"{UNACCOUNTED}: {trouble}")
        finally:
            self._inboxes.pop(message.id, None)
            with granted(TIDY):
                await events.aclose()

    def many(self, message: wire.Call) -> AsyncIterator[Any]:
        """The pages or rows of a pane's call."""
        aws = self._session.door(message.scope, message.service).at(deadline=message.deadline)
        if message.verb == "pages":
            return aws.pages(message.operation, **message.arguments)
        if message.verb == "stream":
            return aws.stream(message.operation, **message.arguments)
        return aws.rows(message.operation, message.pick, **message.arguments)

    async def _call(self, message: wire.Call) -> Row:
        if message.verb == "reveal":
            await self._session.reveal(message.scope, message.operation)
            return {}
        aws = self._session.door(message.scope, message.service).at(deadline=message.deadline)
        if message.verb == "write":
            return await aws.write(message.operation, **message.arguments)
        return await aws.read(message.operation, **message.arguments)


async def _settled(error: AwsError, action: Action, wanted: Wanted) -> AwsError:
    """An error after which nobody knows whether it happened: asked right away where that can be."""
    problem = error.problem
    if problem.kind != "unknown" or action.check is None:
        return error
    try:
        found = await action.check(wanted.door, wanted.subject, **wanted.fields)
    except AwstuiError as failed:
        found = f"It could not be checked either: {failed.problem.what}"
    return AwsError(msgspec.structs.replace(problem, do=found))
