"""What is asked about single rows: describe, plan, act, jobs, and the calls of panes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from awstui import wire
from awstui.engine.session import Session
from awstui.errors import AwstuiError
from awstui.plugin import Action, Aws, Job, Plan, Resource, Row
from awstui.project import Projector
from awstui.registry import Registry


class Inbox:
    """What the interface has told a job and the job has not taken yet."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[Row] = asyncio.Queue()

    def put(self, what: Row) -> None:
        """Keep what was told."""
        self._told.put_nowait(what)

    async def next(self, timeout: float | None = None) -> Row | None:
        """The next thing told, or None when nothing came within ``timeout`` seconds."""
        try:
            return await asyncio.wait_for(self._told.get(), timeout)
        except TimeoutError:
            return None


class Acts:
    """Answers what is asked about rows, each under the row's own scope."""

    def __init__(self, registry: Registry, session: Session) -> None:
        self._registry, self._session = registry, session
        self._inboxes: dict[int, Inbox] = {}

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

    def _resource(self, ref: wire.RowRef) -> tuple[Resource, Aws]:
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

    def _action(
        self, message: wire.MakePlan | wire.Act
    ) -> tuple[Action, Aws, Row | list[Row], wire.RowRef]:
        refs = message.rows
        if len({ref.scope for ref in refs}) != 1:
            raise AwstuiError("Rows of several accounts or regions cannot be acted on at once.")
        resource, aws = self._resource(refs[0])
        action = next((one for one in resource.actions if one.name == message.action), None)
        if action is None:
            raise AwstuiError(f"{refs[0].plugin}.{refs[0].resource} has no {message.action!r}.")
        rows: list[Row] = [wire.unpack(raw) for raw in message.raws]
        return action, aws, rows if action.many else rows[0], refs[0]

    async def _plan(self, message: wire.MakePlan) -> Row:
        action, aws, subject, _ = self._action(message)
        if action.plan is None:
            return {}
        plan: Plan = await action.plan(aws, subject, **message.fields)
        return {
            "lines": plan.lines,
            "requests": plan.requests,
            "undo": plan.undo,
            "refusal": plan.refusal,
            "shows": plan.shows,
        }

    async def _act(self, message: wire.Act) -> str:
        action, aws, subject, ref = self._action(message)
        target = ", ".join(one.key for one in message.rows)
        name = f"{ref.plugin}.{ref.resource}.{action.name}"
        with self._session.grant(action.effect, name, target, ref.scope):
            return await action.run(aws, subject, **message.fields) or ""

    async def job(self, message: wire.OpenJob) -> AsyncIterator[Row]:
        """The events of a job."""
        resource, aws = self._resource(message.row)
        job: Job | None = next((one for one in resource.jobs if one.name == message.job), None)
        if job is None:
            raise AwstuiError(f"{message.row.plugin} has no job {message.job!r}.")
        inbox = self._inboxes[message.id] = Inbox()
        ref = message.row
        name = f"{ref.plugin}.{ref.resource}.{job.name}"
        events: Any = job.run(aws, wire.unpack(message.raw), inbox, **message.arguments)
        try:
            with self._session.grant(job.effect, name, ref.key, ref.scope):
                async for event in events:
                    yield event
        finally:
            self._inboxes.pop(message.id, None)
            with self._session.grant(job.effect, name, ref.key, ref.scope):
                await events.aclose()

    def many(self, message: wire.Call) -> AsyncIterator[Any]:
        """The pages or rows of a pane's call."""
        aws = self._session.door(message.scope, message.service)
        if message.verb == "pages":
            return aws.pages(message.operation, **message.arguments)
        return aws.rows(message.operation, message.pick, **message.arguments)

    async def _call(self, message: wire.Call) -> Row:
        aws = self._session.door(message.scope, message.service).at(deadline=message.deadline)
        if message.verb == "write":
            return await aws.write(message.operation, **message.arguments)
        return await aws.read(message.operation, **message.arguments)
