"""Running one command without a screen: who we are, the door, the command, and how it ended."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from awstui.engine.guard import problem_of
from awstui.engine.session import Session
from awstui.errors import AwstuiError
from awstui.headless import asking, auditing, commanding, doing, inventory
from awstui.headless.exits import Exit
from awstui.headless.output import Output
from awstui.plugin import Aws, Command, Plugin
from awstui.registry import Registry
from awstui.wire import Identity, Problem, Start

_STATUS = {"refused": Exit.REFUSED, "stale": Exit.REFUSED, "unknown": Exit.UNKNOWN}
"""How a command ends by the kind of its problem, where it did not just fail."""

_NOBODY = frozenset({"credentials", "expired"})
"""Problems of an identity with which no call can succeed."""


def run(arguments: argparse.Namespace, start: Start, registry: Registry) -> int:
    """Run the command that the arguments name; the exit status."""
    out = Output(arguments.output, reveal=arguments.reveal)
    status: int = Exit.FAILED
    try:
        try:
            status = _run(arguments, start, registry, out)
        finally:
            out.close(complete=status == Exit.OK)
    except BrokenPipeError:
        # Whoever read us has had enough; what Python flushes at its end must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    return status


def _run(arguments: argparse.Namespace, start: Start, registry: Registry, out: Output) -> int:
    try:
        if arguments.command == "plugins":
            return inventory.list_plugins(registry, arguments, out)
        if arguments.command == "audit":
            return auditing.audit(arguments, out)
        return asyncio.run(_until_told(_with_aws(arguments, start, registry, out)))
    except BrokenPipeError:
        raise
    except asking.UsageError as error:
        out.note(f"awstui: {error}")
        return Exit.USAGE
    except (KeyboardInterrupt, asyncio.CancelledError):
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001  a plugin's or ours: told as the console would
        problem = problem_of(error, f"awstui {arguments.command}")
        _explain(problem, out)
        return _STATUS.get(problem.kind, Exit.FAILED)


def _explain(problem: Problem, out: Output) -> None:
    for sentence in (problem.what, problem.why, problem.do):
        if sentence:
            out.note(sentence)


async def _with_aws(
    arguments: argparse.Namespace, start: Start, registry: Registry, out: Output
) -> int:
    session = Session(start)
    try:
        if arguments.reveal:
            await session.reveal(session.scope, f"awstui {arguments.command}")
        if arguments.command == "info":
            identity = await session.identify()
            return inventory.info(identity, await session.endpoint(), registry, out)
        if isinstance(arguments.run, Command):
            aws = await _door(session, arguments.plugin, out)
            return await commanding.carry_out(session, aws, arguments, out)
        if arguments.command == "do":
            plugin, *_ = doing.action_named(registry, arguments.action)
            aws = await _door(session, plugin, out)
            return await doing.do(session, registry, aws, arguments, out)
        plugin, resource = asking.place(registry, arguments)
        if arguments.command == "ls":
            doors = await _doors(session, plugin, out)
            return await asking.ls_of(doors, plugin, resource, arguments, out)
        return await asking.describe(
            await _door(session, plugin, out), plugin, resource, arguments, out
        )
    finally:
        out.end_progress()
        for action in session.unsettled:
            out.note(f"{action} was sent, and it was ended before an answer came.")
            out.note("Whether it happened is unknown: look before you do it again.")
        await session.close()


async def _until_told(work: Coroutine[Any, Any, int]) -> int:
    """Run a command; one that is told to end gives back what it holds, as with Ctrl+C."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    told: list[int] = []

    def end(number: int) -> None:
        told.append(number)
        if task is not None:
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    try:
        return await work
    except asyncio.CancelledError:
        if not told:
            raise
        return 128 + told[0]


async def _doors(session: Session, plugin: Plugin, out: Output) -> list[Aws]:
    """A door for each profile and region; of what has no region, for each profile."""
    if len(session.sources.places) == 1:
        return [await _door(session, plugin, out)]
    await session.identify()
    scopes = [place.scope for place in session.sources.places]
    if plugin.is_global:
        scopes = list({scope.profile: scope for scope in reversed(scopes)}.values())[::-1]
    return [session.door(scope, plugin.botocore_name) for scope in scopes]


async def _door(session: Session, plugin: Plugin, out: Output) -> Aws:
    if len(session.sources.places) > 1:
        raise asking.UsageError("only `ls` reads several profiles or regions at once")
    identity: Identity = await session.identify()
    if identity.problem is not None:
        if identity.problem.kind in _NOBODY:
            raise AwstuiError(identity.problem)
        out.note(identity.problem.what)
    return session.door(identity.scope, plugin.botocore_name)
