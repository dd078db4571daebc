"""What is asked about single rows: describe, plan, act, jobs, and the calls of panes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from awstui import confirming, wire
from awstui.engine.audit import fingerprint
from awstui.engine.door import Door
from awstui.engine.gate import Grant
from awstui.engine.planning import (
    Plans,
    Prepared,
    check_said,
    check_same,
    declared,
    same_place,
    texts,
)
from awstui.engine.session import Session
from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Action, Job, Resource, Row
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
        self._plans = Plans()

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

    def _action(
        self, message: wire.MakePlan | wire.Act
    ) -> tuple[Action, Door, Row | list[Row], wire.RowRef]:
        refs = message.rows
        same_place({ref.scope for ref in refs})
        resource, aws = self._resource(refs[0])
        action = next((one for one in resource.actions if one.name == message.action), None)
        if action is None:
            raise AwstuiError(f"{refs[0].plugin}.{refs[0].resource} has no {message.action!r}.")
        rows: list[Row] = [wire.unpack(raw) for raw in message.raws]
        return action, aws, rows if action.many else rows[0], refs[0]

    async def _plan(self, message: wire.MakePlan) -> Row:
        return self._plans.keep(await self._prepare(message))

    async def _prepare(self, message: wire.MakePlan | wire.Act) -> Prepared:
        action, door, subject, ref = self._action(message)
        return await self._plans.prepare(
            action, door, subject, message.fields,
            target=confirming.named([one.key for one in message.rows]),
            about=_about(message),
            production=self._session.is_production(ref.scope),
            read_only=self._session.gate.is_read_only(ref.scope),
        )  # fmt: skip

    async def _act(self, message: wire.Act) -> str:
        action, door, subject, ref = self._action(message)
        production = self._session.is_production(ref.scope)
        names = [*texts(subject), *(one.key for one in message.rows)]
        allowed = declared(door.service, action.sends, names)
        demanded = None
        if action.effect != "touch" or production:
            before = self._plans.take(message.plan, _about(message))
            check_said(before.demanded, message.typed)
            now = await self._prepare(message)
            check_same(before, now)
            allowed += [one.allowed for one in now.requests]
            demanded = before.demanded
        told = {
            "env": "production" if production else "",
            "plan_id": message.plan,
            "confirm": _confirmed(demanded, message),
            "reason": message.reason,
        }
        grant = self._session.gate.grant(
            action.effect,
            f"{ref.plugin}.{ref.resource}.{action.name}",
            ", ".join(one.key for one in message.rows),
            ref.scope,
            allowed,
            lifted=bool(message.reason),
            about=told,
        )
        try:
            with grant:
                sentence = await action.run(door, subject, **message.fields) or ""
        except AwsError as error:
            raise await _settled(error, action, door, subject, message.fields) from error
        return await self._accounted(sentence)

    async def _accounted(self, sentence: str) -> str:
        """The sentence, and beside it that the audit could not take the outcome."""
        trouble = await self._session.audit_trouble()
        return (
            f"{sentence} The audit could not take how it went: {trouble}" if trouble else sentence
        )

    async def job(self, message: wire.OpenJob) -> AsyncIterator[Row]:
        """The events of a job."""
        resource, aws = self._resource(message.row)
        job: Job | None = next((one for one in resource.jobs if one.name == message.job), None)
        if job is None:
            raise AwstuiError(f"{message.row.plugin} has no job {message.job!r}.")
        inbox = self._inboxes[message.id] = Inbox()
        ref, row = message.row, wire.unpack(message.raw)
        name = f"{ref.plugin}.{ref.resource}.{job.name}"

        def granted(seconds: float) -> AbstractContextManager[Grant]:
            allowed = declared(aws.service, job.sends, [*texts(row), ref.key])
            env = "production" if self._session.is_production(ref.scope) else ""
            return self._session.gate.grant(
                job.effect, name, ref.key, ref.scope, allowed, seconds=seconds, about={"env": env}
            )

        events: Any = job.run(aws, row, inbox, **message.arguments)
        try:
            with granted(job.lasts):
                async for event in events:
                    yield event
        finally:
            self._inboxes.pop(message.id, None)
            with granted(TIDY):
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


TIDY = 10.0
"""Seconds in which a job that has ended may still give back what it holds."""


def _about(message: wire.MakePlan | wire.Act) -> str:
    """What a plan is of: another action, other rows or other fields are another plan."""
    rows = [repr(one) for one in message.rows]
    return fingerprint({"action": message.action, "rows": rows, "fields": message.fields})


def _confirmed(demanded: str | None, message: wire.Act) -> Row:
    tier = "none" if demanded is None else "typed" if demanded else "yes"
    return {"tier": tier, "typed": message.typed, "ms": round(message.took * 1000)}


async def _settled(
    error: AwsError, action: Action, door: Door, subject: Row | list[Row], fields: Row
) -> AwsError:
    """An error after which nobody knows whether it happened: asked right away where that can be."""
    problem = error.problem
    if problem.kind != "unknown" or action.check is None:
        return error
    try:
        found = await action.check(door, subject, **fields)
    except AwstuiError as failed:
        found = f"It could not be checked either: {failed.problem.what}"
    return AwsError(msgspec.structs.replace(problem, do=found))
