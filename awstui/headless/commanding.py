"""A command of a plugin's own: its plan is said, somebody agrees to it, and it gets leave for just that."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from awstui import confirming
from awstui.engine.gate import Gate, tail
from awstui.engine.planning import declared, examples, unnumbered
from awstui.headless.consenting import consent, say_requests, whereabouts
from awstui.headless.exits import Exit
from awstui.plugin import Aws, Command, Out, Plan
from awstui.wire import Scope


class Authority(Protocol):
    """Whom a command asks for leave; a session is one."""

    @property
    def gate(self) -> Gate:
        """What stands before every write."""

    @property
    def scope(self) -> Scope:
        """Whose account it is about."""

    @property
    def is_production(self) -> Any:
        """Whether a scope is production."""


async def carry_out(
    session: Authority, aws: Aws, arguments: argparse.Namespace, out: Out
) -> int:  # fmt: skip
    """Run the command that the arguments name; its exit status."""
    command: Command = arguments.run
    with await _looking(session, command, aws, arguments):
        plan = await _plan(command, aws, arguments)
    writes = bool(command.sends) and (
        bool(plan.requests) if plan is not None else command.plan is None
    )
    names = await _names(command, aws, arguments) if writes else []
    if plan is not None:
        _say(plan, names, session, arguments, out)
        if plan.refusal:
            return Exit.REFUSED
        if getattr(arguments, "dry_run", False):
            calls = [one.shown() for one in examples(aws.service, plan)]
            say_requests(calls, plan.requests, out)
            return Exit.OK
    if writes:
        return await _granted(session, names, aws, arguments, out)
    return await command.run(aws, arguments, out)


async def _looking(
    session: Authority, command: Command, aws: Aws, arguments: argparse.Namespace
) -> AbstractContextManager[Any]:  # fmt: skip
    """Leave for what a plan looks at, as any look has it: not read-only, and asked for on production."""
    scope = session.scope
    production = session.is_production(scope)
    asked = confirming.demanded("touch", "", scope, production=production) is not None
    if not command.looks or session.gate.is_read_only(scope) or (asked and not arguments.yes):
        return nullcontext()
    names = await _names(command, aws, arguments)
    return session.gate.grant(
        "touch", f"{arguments.plugin.name}.{command.name}", tail("".join(names[:1])), scope,
        declared(scope, aws.service, command.looks, names, command.often),
        seconds=command.lasts,
        about={"env": "production" if production else "", "confirm": {"tier": "look"}},
    )  # fmt: skip


async def _plan(command: Command, aws: Aws, arguments: argparse.Namespace) -> Plan | None:
    """What it would do; None where there is nothing to say beforehand."""
    if command.plan is not None:
        return await command.plan(aws, arguments)
    if command.effect == "touch":
        return None
    sends = unnumbered(aws.service, command.sends)
    return Plan((f"{command.help.capitalize()}.",), requests=sends)


async def _granted(
    session: Authority, names: list[str], aws: Aws, arguments: argparse.Namespace, out: Out
) -> int:
    """Ask for what it needs, and run it with leave for that."""
    command: Command = arguments.run
    scope, target = session.scope, tail("".join(names[:1]))
    production = session.is_production(scope)
    demanded = confirming.demanded(command.effect, target, scope, production=production)
    if demanded is not None and command.effect == "touch":
        out.note(f"{whereabouts(scope, production=True)}: {command.name} {target}")
    if (production or session.gate.is_read_only(scope)) and not scope.account:
        out.note(confirming.unknown_account(scope))
    typed = await consent(
        command.name, demanded, arguments, out, read_only=session.gate.is_read_only(scope)
    )
    if typed is None:
        return Exit.REFUSED
    with session.gate.grant(
        command.effect, f"{arguments.plugin.name}.{command.name}", target, scope,
        declared(scope, aws.service, command.sends, names, command.often),
        seconds=command.lasts, lifted=bool(arguments.reason),
        about={
            "env": "production" if production else "",
            "reason": arguments.reason,
            "confirm": {"tier": "command", "typed": typed},
        },
    ):  # fmt: skip
        return await command.run(aws, arguments, out)


async def _names(command: Command, aws: Aws, arguments: argparse.Namespace) -> list[str]:
    """What it may write on, first what has to be named to confirm it."""
    if command.reaches is not None:
        return list(await command.reaches(aws, arguments))
    return [str(getattr(arguments, arguments.target))] if arguments.target else []


def _say(
    plan: Plan, names: list[str], session: Authority, arguments: argparse.Namespace, out: Out
) -> None:
    where = whereabouts(session.scope, production=session.is_production(session.scope))
    out.note(f"{where}: {arguments.run.name} {tail(''.join(names[:1]))}".rstrip())
    for line in filter(None, (*plan.lines, plan.refusal)):
        out.note(line)
    if plan.requests and plan.undo:
        out.note(plan.undo)
