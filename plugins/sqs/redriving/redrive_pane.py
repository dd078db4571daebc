"""The redrives out of a queue: one that runs here, paused and ended by key, and those before it."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui import wire
from awstui.errors import AwstuiError
from awstui.plugin import Field, Row
from awstui.ui.acting import open_job
from awstui.ui.detail_pane import DetailPane
from awstui.ui.dialogs import Form
from awstui.ui.grid import Grid, GridColumn, GridRow

from .. import attributes as the
from .. import queues
from ..queue_pane import QueuePane
from . import operations
from .operation import rate_of
from .progress import Progress
from .watch import Watch

COLUMNS = (
    GridColumn("Redrive", rank=0),
    GridColumn("State", rank=0),
    GridColumn("Done", "number", rank=0),
    GridColumn("Unknown", "number", rank=1),
    GridColumn("Refused", "number", rank=2),
    GridColumn("To", rank=2),
    GridColumn("Started", "age", rank=1),
    GridColumn("Why", rank=3),
)
SCAN = {
    "spool": "Spool", "sample": "Sample", "incomplete": "Incomplete", "edited": "Edited",
    "digest": "Digest",
}  # fmt: skip
"""What the plan is told of the look in which messages were chosen and edited, by what the row calls it."""

TONES = {"running": "warn", "interrupted": "bad", "over": "good", "unreadable": "bad"}
ASK = (
    Field("to", "To", hint="A queue's name or ARN; empty: each goes back to the queue it came from."),
    Field("rate", "Messages each second", kind="number", hint="1 to 10,000; empty: 10."),
    Field("canary", "One first, and watch whether it comes back", kind="flag"),
    Field("stay", "Go on when this console closes", kind="flag"),
)  # fmt: skip


class RedrivePane(QueuePane):
    """What was chosen goes back under the eyes of a person; what was interrupted is taken up again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "pause", "pause/go on", id="redrive.pause", tooltip="Pause, or go on"),
        Binding("x", "tell('cancel')", "cancel", id="redrive.cancel",
                tooltip="End after what is under way; what was sent stays sent"),
        Binding("v", "tell('passed')", "let go", id="redrive.passed",
                tooltip="The canary has proved good: let the others go"),
        Binding("o", "stay", "go on alone", id="redrive.stay",
                tooltip="Go on when this console closes, or not"),
        Binding("a", "resume", "take up", id="redrive.resume",
                tooltip="Take up an interrupted redrive: delete what was sent, send the rest"),
        Binding("u", "clean_up", "clean up", id="redrive.clean-up",
                tooltip="Only delete what an interrupted redrive has sent"),
        Binding("U", "again", "send unknown again", id="redrive.again",
                tooltip="Send those again that are unknown, once you have looked: they may arrive twice"),
        Binding("f", "rate", "rate", id="redrive.rate", tooltip="How many messages each second"),
        Binding("r", "refresh", "refresh", show=False, id="redrive.refresh", tooltip="Look again"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    RedrivePane Grid { height: 1fr; border-top: solid $panel; }
    """

    def __init__(self, row: Row) -> None:
        super().__init__(row, "redrives")
        self.progress, self.grid = Progress(markup=False), Grid(COLUMNS)
        self._watch: Watch | None = None
        self._operations: dict[str, Row] = {}
        self._chosen: list[str] = list(row.get("Chosen") or ())
        self._says_none = False

    def content(self) -> ComposeResult:
        """The redrive that runs here, over all that this machine knows."""
        yield self.progress
        yield self.grid

    def on_mount(self) -> None:
        """Look at the one that runs, ask for what a redrive of the chosen needs, or show what there is."""
        super().on_mount()
        self._look_at(self.console.kept.get(self._kept_as))
        self.action_refresh()
        if self._chosen:
            self.work(self._begin(self._chosen), "redrive")

    def on_unmount(self) -> None:
        """Look away; what runs goes on."""
        if self._watch is not None and self._hear in self._watch.listeners:
            self._watch.listeners.remove(self._hear)

    # ---- the one that runs -----------------------------------------------------------------------------

    @property
    def _kept_as(self) -> tuple[str, wire.RowRef]:
        """Under what the console keeps the redrive out of this queue."""
        return ("redrive", self.target.ref)

    @property
    def runs(self) -> bool:
        """Whether one runs that this console began."""
        return self._watch is not None and not self._watch.is_over

    def _look_at(self, watch: Watch | None) -> None:
        """Look at a redrive."""
        self._watch = watch
        if watch is not None:
            watch.listeners.append(self._hear)
            self._hear(watch)

    def _hear(self, watch: Watch) -> None:
        """Show how it stands, as long as there is somewhere to show it."""
        if not self.is_attached or not self.is_running:
            return
        if watch.problem is not None:
            self.fail(watch.problem)
        elif watch.note:
            self.notice.say([(watch.note, "warn")], alone=False)
        if watch.seen:
            self.progress.say(watch.seen, watch.chosen)
        if watch.is_over:
            self.action_refresh()
        self.retitle()
        self.refresh_bindings()

    # ---- beginning and going on ------------------------------------------------------------------------

    async def _begin(self, ids: list[str]) -> None:
        if self.runs:
            self.console.say("A redrive out of this queue is running.", "warn")
            return
        heading = f"Redrive {the.counted(len(ids))} · {self.row['QueueName']}"
        given = await self.console.push_screen_wait(
            Form(heading, self.target.ref.scope, ASK, self.row)
        )
        if given is None or not self.is_attached:
            return
        fields = {**given, "canary": _flag(given["canary"]), "stay": _flag(given["stay"])}
        scan = {name: self.row[said] for name, said in SCAN.items() if self.row.get(said)}
        await self._run({"ids": ids, **fields, **scan, "endpoint": self._endpoint}, "redrive")

    @property
    def _endpoint(self) -> str:
        identity = self.console.identity
        return identity.endpoint_url if identity else ""

    async def _run(self, fields: dict[str, Any], title: str) -> None:
        """Have the plan agreed to, then look on; it is the console's from then on, not this pane's."""
        job = next(job for job in queues.jobs if job.name == "redrive-some")
        stream = await open_job(self.console, job, self.target, fields, title=title)
        if stream is None:
            return
        chosen = len(fields.get("ids", ()))
        watch = Watch(stream, chosen=chosen, stays=bool(fields.get("stay")))
        self.console.kept[self._kept_as] = watch
        self.console.do(watch.follow(self.console.say), f"redrive {id(watch)}")
        if self.is_attached:
            self._look_at(watch)

    def action_resume(self) -> None:
        """Take up the interrupted redrive under the cursor."""
        if held := self._interrupted():
            self.work(self._run({"resume": held["op"]}, "resume"), "redrive")

    def action_clean_up(self) -> None:
        """Only delete what the interrupted redrive under the cursor has sent."""
        if held := self._interrupted():
            self.work(self._run({"resume": held["op"], "cleanup": True}, "clean up"), "redrive")

    def _interrupted(self) -> Row:
        held = self._here()
        if not self.runs and held.get("standing") == "interrupted":
            return held
        self.console.say("Nothing that was interrupted is under the cursor.")
        return {}

    def action_again(self) -> None:
        """Send those again of which nobody knows whether they arrived: a person has looked."""
        if ids := self._here().get("unknown_ids"):
            self.work(self._begin(list(ids)), "redrive")
        else:
            self.console.say("Nothing unknown is under the cursor.")

    # ---- while it runs ---------------------------------------------------------------------------------

    @property
    def _ongoing(self) -> Row:
        """What is known of the redrive that runs out of this queue, here or in a process of its own."""
        if self._watch is not None and self.runs:
            return self._watch.seen or {"state": "beginning"}
        running = (one for one in self._operations.values() if one.get("standing") == "running")
        return next(running, {})

    def _tell(self, **what: Any) -> None:
        """Say something to it."""
        if self._watch is not None and self.runs:
            self._watch.tell(**what)
        elif ident := self._ongoing.get("op"):
            self.work(self._tell_elsewhere(str(ident), what), "tell")

    async def _tell_elsewhere(self, ident: str, what: Row) -> None:
        self.console.say(await asyncio.to_thread(operations.tell, ident, **what))
        await self._list()

    def action_pause(self) -> None:
        """Pause, or go on."""
        self._tell(**{"go" if self._ongoing.get("state") == "paused" else "pause": True})

    def action_tell(self, what: str) -> None:
        """Tell it one word."""
        self._tell(**{what: True})

    def action_rate(self) -> None:
        """Ask how fast it is to go."""
        self.console.guide.ask_filter(
            "messages each second", rate_complaint, "", done=lambda text: self._tell(rate=text)
        )

    def action_stay(self) -> None:
        """Whether it goes on when the console closes."""
        if (watch := self._watch) is not None:
            watch.stays = not watch.stays
            watch.tell(stay=watch.stays)
            words = "goes on" if watch.stays else "ends"
            self.console.say(f"It {words} when this console closes.")
            self.retitle()

    # ---- those before it -----------------------------------------------------------------------------

    def action_refresh(self) -> None:
        """Look what redrives there are."""
        self.work(self._list(), "list")

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Show all that is known of a redrive."""
        message.stop()
        if held := self._here():

            async def load() -> Row:
                return held

            pane = DetailPane(f"redrive {held['op']}", load)
            pane.bound_to = self.bound_to
            self.post_message(self.Opened(pane))

    def on_grid_highlighted(self, message: Grid.Highlighted) -> None:
        """Offer what can be done to another one."""
        message.stop()
        self.refresh_bindings()

    def _here(self) -> Row:
        """The redrive under the cursor."""
        return self._operations.get(str(self.grid.cursor_key or ""), {})

    async def _list(self) -> None:
        async for event in self.remote.job(self.target.ref, self.target.raw, "redrives"):
            self._operations = {one["op"]: one for one in event["operations"]}
            self.grid.replace(map(_grid_row, event["operations"]))
        if (running := self._ongoing) and not self.runs:  # its process says how it goes
            self.progress.say({"kind": "progress", **running}, 0)
        self._say_none(is_none=not self._operations and not self._chosen and self._watch is None)
        self.refresh_bindings()

    def _say_none(self, *, is_none: bool) -> None:
        """Say that there is nothing here, as long as that is so."""
        if is_none != self._says_none:
            self._says_none = is_none
            said = "No redrive out of this queue is known on this machine." if is_none else ""
            self.notice.say([(said, "muted")], alone=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done at this moment."""
        runs, running = self.runs, self._ongoing
        if action == "stay":
            return runs
        if action in ("pause", "tell", "rate"):
            watching = running.get("state") == "watching the canary"
            return bool(running) and (parameters != ("passed",) or watching)
        if action in ("resume", "clean_up"):
            return not runs and self._here().get("standing") == "interrupted"
        if action == "again":
            return not runs and bool(self._here().get("unknown_ids"))
        return super().check_action(action, parameters)

    def tick(self, now: float) -> None:
        """Let ages grow, and follow what runs, without this console, too."""
        super().tick(now)
        self.grid.tick(now)
        if self._ongoing:
            self.action_refresh()

    def facts(self) -> tuple[str, str]:
        """What it does at this moment."""
        if not (running := self._ongoing):
            return "", ""
        if not self.runs:
            return f"{running.get('state', 'running')} by itself", "warn"
        more = ", goes on when this console closes" if self._watch and self._watch.stays else ""
        return f"{running.get('state', 'ending')}{more}", "warn"


def _flag(value: Any) -> bool:
    return value in (True, "true", "1", "yes", "on")


def rate_complaint(text: str) -> str:
    """What is wrong with a rate that is typed."""
    try:
        rate_of(text)
    except AwstuiError as error:
        return error.problem.what
    return ""


def _grid_row(one: Row) -> GridRow:
    standing = str(one["standing"])
    cells: tuple[Any, ...] = (
        one["op"], standing, one.get("done"), one.get("unknown"), one.get("skipped"),
        one.get("to") or "their sources", one["started"] or None, one.get("why") or None,
    )  # fmt: skip
    return GridRow(one["op"], cells, ("", TONES[standing], *[""] * 6), (-float(one["started"]),))
