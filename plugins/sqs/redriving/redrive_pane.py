"""The redrives out of a queue: one that runs here, paused and ended by key, and those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.plugin import Field, Row
from awstui.ui.acting import open_job
from awstui.ui.dialogs import Form
from awstui.ui.grid import Grid, GridColumn, GridRow

from .. import attributes as the
from .. import queues
from ..queue_pane import QueuePane
from .progress import Progress

if TYPE_CHECKING:
    from awstui.ui.remote import Stream

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
        Binding("z", "pause", "pause", id="redrive.pause", tooltip="Pause, or go on"),
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
        Binding("r", "refresh", "refresh", id="redrive.refresh", tooltip="Look again"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    RedrivePane Grid { height: 1fr; border-top: solid $panel; }
    """

    def __init__(self, row: Row) -> None:
        super().__init__(row, "redrives")
        self.progress, self.grid = Progress(markup=False), Grid(COLUMNS)
        self._stream: Stream | None = None
        self._seen: Row = {}
        self._operations: dict[str, Row] = {}
        self._stays = False
        self._chosen: list[str] = list(row.get("Chosen") or ())

    def content(self) -> ComposeResult:
        """The redrive that runs here, over all that this machine knows."""
        yield self.progress
        yield self.grid

    def on_mount(self) -> None:
        """Ask for what a redrive of the chosen needs, or show what there is."""
        super().on_mount()
        self.action_refresh()
        if self._chosen:
            self.work(self._begin(), "redrive")

    def on_unmount(self) -> None:
        """Leaving ends it tidily, or leaves it to a process of its own."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    # ---- beginning and going on ----------------------------------------------------------------------

    async def _begin(self) -> None:
        heading = f"Redrive {the.counted(len(self._chosen))} · {self.row['QueueName']}"
        given = await self.console.push_screen_wait(
            Form(heading, self.target.ref.scope, ASK, self.row)
        )
        if given is None or not self.is_attached:
            return
        fields = {**given, "canary": _flag(given["canary"]), "stay": _flag(given["stay"])}
        await self._run({"ids": self._chosen, **fields, "endpoint": self._endpoint}, "redrive")

    @property
    def _endpoint(self) -> str:
        identity = self.console.identity
        return identity.endpoint_url if identity else ""

    async def _run(self, fields: dict[str, Any], title: str) -> None:
        """Have the plan agreed to, then watch it until it is over."""
        job = next(job for job in queues.jobs if job.name == "redrive-some")
        stream = await open_job(self.console, job, self.target, fields, title=title)
        if stream is None or not self.is_attached:
            return
        self._stream, self._stays = stream, bool(fields.get("stay"))
        try:
            async for event in stream:
                self._take(event)
        finally:
            self._stream = None
            self.retitle()
            self.refresh_bindings()
            self.action_refresh()

    def _take(self, event: Row) -> None:
        match event["kind"]:
            case "note":
                self.notice.say([(event["text"], "warn")], alone=False)
            case "progress" | "ended":
                self._seen = event
                self.progress.say(event, len(self._chosen))
        self.retitle()
        self.refresh_bindings()

    def action_resume(self) -> None:
        """Take up the interrupted redrive under the cursor."""
        if ident := self._interrupted():
            self.work(self._run({"resume": ident}, "resume"), "redrive")

    def action_clean_up(self) -> None:
        """Only delete what the interrupted redrive under the cursor has sent."""
        if ident := self._interrupted():
            self.work(self._run({"resume": ident, "cleanup": True}, "clean up"), "redrive")

    def _interrupted(self) -> str:
        ident = str(self.grid.cursor_key or "")
        held = self._operations.get(ident, {})
        if self._stream is None and held.get("standing") == "interrupted":
            return ident
        self.console.say("Nothing that was interrupted is under the cursor.")
        return ""

    # ---- while it runs -------------------------------------------------------------------------------

    def action_pause(self) -> None:
        """Pause, or go on."""
        if self._stream is not None:
            what = "go" if self._seen.get("state") == "paused" else "pause"
            self._stream.tell(**{what: True})

    def action_tell(self, what: str) -> None:
        """Tell it one word."""
        if self._stream is not None:
            self._stream.tell(**{what: True})

    def action_stay(self) -> None:
        """Whether it goes on when the console closes."""
        if self._stream is not None:
            self._stays = not self._stays
            self._stream.tell(stay=self._stays)
            words = "goes on" if self._stays else "ends"
            self.console.say(f"It {words} when this console closes.")
            self.retitle()

    # ---- those before it -----------------------------------------------------------------------------

    def action_refresh(self) -> None:
        """Look what redrives there are."""
        self.work(self._list(), "list")

    async def _list(self) -> None:
        async for event in self.remote.job(self.target.ref, self.target.raw, "redrives"):
            self._operations = {one["op"]: one for one in event["operations"]}
            self.grid.replace(map(_grid_row, event["operations"]))
        if not self._operations and not self._seen:
            self.notice.say(
                [("No redrive out of this queue is known on this machine.", "muted")], alone=False
            )
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done at this moment."""
        runs = self._stream is not None
        if action in ("pause", "tell", "stay"):
            watching = self._seen.get("state") == "watching the canary"
            return runs and (parameters != ("passed",) or watching)
        if action in ("resume", "clean_up"):
            return not runs and any(
                one.get("standing") == "interrupted" for one in self._operations.values()
            )
        return super().check_action(action, parameters)

    def tick(self, now: float) -> None:
        """Let ages grow."""
        super().tick(now)
        self.grid.tick(now)

    def facts(self) -> tuple[str, str]:
        """What it does at this moment."""
        if self._stream is None:
            return "", ""
        more = ", goes on when this console closes" if self._stays else ""
        return f"{self._seen.get('state', 'beginning')}{more}", "warn"


def _flag(value: Any) -> bool:
    return value in (True, "true", "1", "yes", "on")


def _grid_row(one: Row) -> GridRow:
    standing = str(one["standing"])
    cells: tuple[Any, ...] = (
        one["op"], standing, one.get("done"), one.get("unknown"), one.get("skipped"),
        one.get("to") or "their sources", one["started"] or None, one.get("why") or None,
    )  # fmt: skip
    return GridRow(one["op"], cells, ("", TONES[standing], *[""] * 6), (-float(one["started"]),))
