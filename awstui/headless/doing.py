"""``awstui do``: any declared action without a screen, through the same plan, gate and audit."""

from __future__ import annotations

import argparse
import time
from typing import Any

from awstui import wire
from awstui.engine.acts import Acts
from awstui.engine.session import Session
from awstui.headless import asking
from awstui.headless.asking import UsageError
from awstui.headless.consenting import consent, say_requests, whereabouts
from awstui.headless.exits import Exit
from awstui.headless.output import Output
from awstui.plugin import Action, Aws, Field, Plugin, Resource, Row
from awstui.project import Projector
from awstui.registry import Registry, UnknownNameError


def action_named(registry: Registry, name: str) -> tuple[Plugin, Resource, Action]:
    """The action that PLUGIN.RESOURCE.ACTION names."""
    place, _, wanted = name.rpartition(".")
    try:
        plugin, resource = registry.resource(place) if place else (None, None)
    except UnknownNameError as error:
        raise UsageError(str(error)) from None
    if plugin is None or resource is None:
        raise UsageError(f"{name!r} is no PLUGIN.RESOURCE.ACTION")
    for action in resource.actions:
        if action.name == wanted:
            return plugin, resource, action
    names = ", ".join(action.name for action in resource.actions) or "none"
    raise UsageError(f"{place} has no action {wanted!r}; it has {names}")


async def do(
    session: Session, registry: Registry, aws: Aws, arguments: argparse.Namespace, out: Output
) -> Exit:
    """Find the rows, plan, have it confirmed by the options or by the person, and do it."""
    plugin, resource, action = action_named(registry, arguments.action)
    if len(arguments.keys) > 1 and not action.many:
        raise UsageError(f"{arguments.action} takes one KEY at a time")
    parent = await asking.parent_of(aws, plugin, resource, arguments.parent)
    rows = [await asking.find(Projector(resource), aws, parent, key) for key in arguments.keys]
    for key, row in zip(arguments.keys, rows, strict=True):
        if action.when is not None and not action.when(row):
            out.note(f"{action.title.capitalize()} is not for {key} as it is.")
            return Exit.REFUSED
    deed = _Deed(session, registry, action, arguments, out)
    return await deed.carry_out(
        tuple(
            wire.RowRef(session.scope, plugin.name, resource.name, Projector(resource).key(row))
            for row in rows
        ),
        tuple(wire.pack(row) for row in rows),
        fields_of(action, arguments.arg, rows[0]),
    )


class _Deed:
    """One action as the command line asks for it."""

    def __init__(
        self,
        session: Session,
        registry: Registry,
        action: Action,
        arguments: argparse.Namespace,
        out: Output,
    ) -> None:
        self._acts = Acts(registry, session)
        self._action, self._arguments, self._out = action, arguments, out

    async def carry_out(
        self, refs: tuple[wire.RowRef, ...], raws: tuple[bytes, ...], fields: Row
    ) -> Exit:
        """Plan it, and do it when that is confirmed; the exit status."""
        name = self._action.name
        made = await self._acts.answer(wire.MakePlan(0, refs, raws, name, fields))
        self._say(made, refs)
        if made["refusal"] or made["shows"]:
            return Exit.REFUSED
        if self._arguments.dry_run:
            return self._dry_run(made)
        began = time.monotonic()
        typed = await consent(
            self._action.title.lower(), made["demanded"], self._arguments, self._out,
            read_only=made["read_only"],
        )  # fmt: skip
        if typed is None:
            return Exit.REFUSED
        said = await self._acts.answer(
            wire.Act(
                0, refs, raws, name, fields, typed, made["id"], self._arguments.reason,
                time.monotonic() - began,
            )
        )  # fmt: skip
        self._out.row(
            {
                "action": self._arguments.action,
                "target": ", ".join(one.key for one in refs),
                "outcome": "ok",
                "said": said,
            }
        )
        return Exit.OK

    def _say(self, made: Row, refs: tuple[wire.RowRef, ...]) -> None:
        names = ", ".join(one.key for one in refs)
        where = whereabouts(refs[0].scope, production=made["production"])
        self._out.note(f"{where}: {self._action.title} {names}")
        for line in filter(None, (*made["lines"], made["refusal"])):
            self._out.note(line)
        if not made["refusal"] and self._action.effect != "touch" and made["undo"]:
            self._out.note(made["undo"])

    def _dry_run(self, made: Row) -> Exit:
        """Say what would be sent."""
        say_requests(made["calls"], made["requests"], self._out)
        return Exit.OK


def fields_of(action: Action, given: list[str], row: Row) -> Row:
    """What ``--arg NAME=VALUE`` says, as the action's fields take it; defaults for the rest."""
    said: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise UsageError(f"--arg takes NAME=VALUE, not {one!r}")
        said[name] = value
    asked = [field for field in action.ask if field.when is None or field.when(row)]
    if unknown := set(said) - {field.name for field in asked}:
        names = ", ".join(field.name for field in asked) or "nothing"
        raise UsageError(f"{action.name} does not ask for {min(unknown)!r}; it asks for {names}")
    return {field.name: _value(field, said, row) for field in asked}


def _value(field: Field, said: dict[str, str], row: Row) -> Any:
    default = field.default(row) if callable(field.default) else field.default
    text = said.get(field.name, default)
    if field.required and not text:
        raise UsageError(f"--arg {field.name}=VALUE is needed: {field.title}")
    if field.kind == "flag":
        return text.lower() in ("true", "yes", "1")
    if field.choices and text and text not in field.choices:
        raise UsageError(f"{field.name} takes one of {', '.join(field.choices)}, not {text!r}")
    if field.kind == "number" and text:
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            raise UsageError(f"{field.name} takes a number, not {text!r}") from None
    return text
