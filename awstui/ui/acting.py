"""From a key to a deed: ask what it needs, show the plan, have it confirmed, do it, say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from awstui.confirming import named
from awstui.errors import AwsError
from awstui.plugin import Action, Job, Plan, Row
from awstui.ui.confirm import Confirm, Confirmation, Reply
from awstui.ui.dialogs import Form
from awstui.ui.status import key_name
from awstui.ui.target import Target
from awstui.wire import RowRef

__all__ = ["Target", "open_job", "perform"]

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui
    from awstui.ui.remote import Stream


async def perform(console: AwsTui, action: Action, targets: list[Target]) -> bool | str:
    """Carry an action through; False when the person did not go on, else the view to show, or True."""
    first = targets[0]
    if sending := console.engine.deeds.on([target.ref for target in targets]):
        console.say(f"{sending} is still being sent: wait for what comes of it.", "warn")
        return False
    fields: dict[str, Any] = {}
    if action.ask:
        heading = f"{action.title.capitalize()} · {_names(targets)}"
        given = await console.push_screen_wait(
            Form(heading, first.ref.scope, action.ask, first.row)
        )
        if given is None:
            return False
        fields = given
    deed = _Deed(console, action, targets, fields, action.title)
    notice = ""
    while True:
        made = await deed.plan()
        if made.get("shows"):
            return str(made["shows"])
        reply = await deed.confirmed(made, notice)
        if reply is None:
            return False
        try:
            sentence = await deed.do(made, reply)
        except AwsError as error:
            if error.problem.kind != "stale":
                raise
            notice = error.problem.why
        else:
            console.say(sentence)
            return action.shows or True


async def open_job(
    console: AwsTui, job: Job, target: Target, fields: dict[str, Any], *, title: str
) -> Stream | None:
    """Start a job once the person has agreed to its plan; None when they have not."""
    deed = _Deed(console, job, [target], fields, title)
    made = await deed.plan()
    reply = await deed.confirmed(made, "")
    if reply is None:
        return None
    stream = console.remote.job(
        target.ref, target.raw, job.name, consent=_consent(made, reply), **fields
    )
    if job.effect != "touch":
        console.engine.deeds.began(f"{title} · {target.ref.key}", stream)
    return stream


def _consent(made: Row, reply: Reply) -> Row:
    return {
        "plan": str(made.get("id", "")),
        "typed": reply.typed,
        "reason": reply.reason,
        "took": reply.took,
    }


@dataclass(frozen=True, slots=True)
class _Deed:
    """One action or job on its way: planned, confirmed and done."""

    console: AwsTui
    action: Action | Job
    targets: list[Target]
    fields: dict[str, Any]
    title: str
    """What it is called, such as ``redrive``."""

    @property
    def rows(self) -> tuple[tuple[RowRef, ...], tuple[bytes, ...]]:
        """The rows, by name and whole."""
        return tuple(one.ref for one in self.targets), tuple(one.raw for one in self.targets)

    async def plan(self) -> Row:
        """What it would do; nothing is asked for what plans nothing and sends nothing."""
        if self.action.effect == "touch" and self.action.plan is None and not self.action.sends:
            return {}
        return await self.console.remote.plan(*self.rows, self.action.name, self.fields)

    async def confirmed(self, made: Row, notice: str) -> Reply | None:
        """The person's yes; None when there is none."""
        silent = made.get("demanded") is None and not made.get("read_only")
        if silent and not made.get("refusal"):
            return Reply()
        first = self.targets[0].ref
        question = Confirmation(
            title=f"{self.title.capitalize()} · {_names(self.targets)}",
            verb=self.title.lower(),
            effect=self.action.effect,
            scope=first.scope,
            target=named([one.ref.key for one in self.targets]),
            plan=Plan(
                lines=tuple(made.get("lines", ())),
                requests=tuple(made.get("requests", ())),
                undo=str(made.get("undo", "")),
                refusal=str(made.get("refusal", "")),
            ),
            production=bool(made.get("production")),
            calls=tuple(made.get("calls", ())),
            read_only=bool(made.get("read_only")),
            notice=notice,
        )
        reply: Reply | None = await self.console.push_screen_wait(Confirm(question))
        return reply

    async def do(self, made: Row, reply: Reply) -> str:
        """Do what the plan said; the sentence that says so, and the key that takes it back."""
        rows, raws = self.rows
        title = f"{self.title} · {_names(self.targets)}"
        return await self.console.engine.deeds.carry(title, rows, self._do(rows, raws, made, reply))

    async def _do(
        self, rows: tuple[RowRef, ...], raws: tuple[bytes, ...], made: Row, reply: Reply
    ) -> str:
        sentence = await self.console.remote.act(
            rows, raws, self.action.name, self.fields, **_consent(made, reply)
        )
        return f"{sentence or self.title.capitalize() + ': done.'}{self._way_back()}"

    def _way_back(self) -> str:
        """The key that takes it back, or that ends what it began."""
        if isinstance(self.action, Job):
            return ""
        first = self.targets[0].ref
        _, resource = self.console.registry.resource(f"{first.plugin}.{first.resource}")
        for one in resource.actions:
            if one.name == self.action.undo:
                return f"  {key_name(one.key)} takes it back: {one.title}."
            if one.name == self.action.stop:
                return f"  {key_name(one.key)} stops it; what is done by then stays done."
        return ""


def _names(targets: list[Target]) -> str:
    if len(targets) == 1:
        return targets[0].ref.key
    return f"{len(targets)} marked: {', '.join(one.ref.key for one in targets)}"
