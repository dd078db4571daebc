"""From a key to a deed: ask what it needs, show the plan, have it confirmed, do it, say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from awstui.plugin import Action, Plan, Row
from awstui.ui.dialogs import Confirm, Form, Question
from awstui.wire import RowRef, unpack

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui


@dataclass(frozen=True, slots=True)
class Target:
    """A row to act on: where it is, and its raw form."""

    ref: RowRef
    raw: bytes

    @property
    def row(self) -> Row:
        """The row itself."""
        row: Row = unpack(self.raw)
        return row


async def perform(console: AwsTui, action: Action, targets: list[Target]) -> bool | str:
    """Carry an action through; False when the person did not go on, else the view to show, or True."""
    first = targets[0]
    fields: dict[str, Any] = {}
    if action.ask:
        heading = f"{action.title.capitalize()} · {_names(targets)}"
        given = await console.push_screen_wait(
            Form(heading, first.ref.scope, action.ask, first.row)
        )
        if given is None:
            return False
        fields = given
    refs = tuple(target.ref for target in targets)
    raws = tuple(target.raw for target in targets)
    plan = await _plan(console, action, refs, raws, fields)
    if plan.shows:
        return plan.shows
    typed = ""
    if action.effect != "touch" or plan.refusal:
        typed = await _confirmed(console, action, targets, plan)
        if not typed:
            return False
    sentence = await console.remote.act(refs, raws, action.name, fields, typed)
    console.say(sentence or f"{action.title.capitalize()}: done.")
    return action.shows or True


async def _plan(
    console: AwsTui,
    action: Action,
    refs: tuple[RowRef, ...],
    raws: tuple[bytes, ...],
    fields: dict[str, Any],
) -> Plan:
    if action.plan is None:
        return Plan((f"{action.title.capitalize()} {', '.join(ref.key for ref in refs)}.",))
    made = await console.remote.plan(refs, raws, action.name, fields)
    return Plan(
        lines=tuple(made.get("lines", ())),
        requests=tuple(made.get("requests", ())),
        undo=str(made.get("undo", "")),
        refusal=str(made.get("refusal", "")),
        shows=str(made.get("shows", "")),
    )


async def _confirmed(console: AwsTui, action: Action, targets: list[Target], plan: Plan) -> str:
    first = targets[0].ref
    target = first.key if len(targets) == 1 else str(len(targets))
    question = Question(
        title=f"{action.title.capitalize()} · {_names(targets)}",
        verb=action.title.lower(),
        effect=action.effect,
        scope=first.scope,
        target=target,
        plan=plan,
        production=console.is_production(first.scope),
    )
    return str(await console.push_screen_wait(Confirm(question)) or "")


def _names(targets: list[Target]) -> str:
    if len(targets) == 1:
        return targets[0].ref.key
    return f"{len(targets)} marked"
