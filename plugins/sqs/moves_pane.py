"""The move task out of a dead-letter queue: how far it is, how fast, how long still; and those before it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from awstui.plugin import Row, View
from awstui.text import safe
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.tone import style

if TYPE_CHECKING:
    from awstui.ui.acting import Target

from . import attributes as the
from . import moving
from .move_task import active, failure, moved
from .queue_pane import QueuePane

COLUMNS = (
    GridColumn("Status", rank=0),
    GridColumn("Moved", "number", rank=0),
    GridColumn("Of about", "number", rank=0),
    GridColumn("To", rank=1),
    GridColumn("Rate", "number", rank=2),
    GridColumn("Started", "age", rank=1),
    GridColumn("Why", rank=1),
)
TONES = {"RUNNING": "warn", "CANCELLING": "warn", "COMPLETED": "good", "FAILED": "bad"}


class Progress(Static):
    """The bar of the newest task, and what it says in words."""

    DEFAULT_CSS = """
    Progress { height: auto; padding: 1 2; }
    """

    def say(self, seen: Row, now: float) -> None:
        """Show how the task stands."""
        width = max(10, min(60, self.size.width - 24))
        self.update(self._text(seen, now, width))

    def _text(self, seen: Row, now: float, width: int) -> Text:
        status = seen.get("status", "")
        if not status:
            return Text(
                "No move task has been started out of this queue.", style(self.app, "muted")
            )
        done, total = seen["moved"], seen["to_move"]
        share = done / total if total else float(status == "COMPLETED")
        filled = round(width * min(1.0, share))
        tone = TONES.get(status, "muted")
        goal = (
            the.name_of(seen["destination"]) if seen["destination"] else "the queues they came from"
        )
        text = Text.assemble(
            (safe(the.name_of(seen["source"])), "bold"), " → ", (safe(goal), "bold"),
            f"   {safe(status.lower())}\n",
            ("█" * filled, style(self.app, "good" if status == "COMPLETED" else "accent")),
            ("░" * (width - filled), style(self.app, "muted")),
            f" {share:.0%}\n",
            f"{done:,} of about {total:,} moved",
        )  # fmt: skip
        for part in _pace(seen, now):
            text.append(f" · {safe(part)}", style(self.app, "muted"))
        if seen["failure"]:
            text.append(f"\n{safe(seen['failure'])}", style(self.app, tone))
        return text


def _pace(seen: Row, now: float) -> list[str]:
    if seen["status"] not in ("RUNNING", "CANCELLING"):
        return []
    parts = [f"{seen['rate']:,.3g} each second"] if seen["rate"] else []
    if seen["left"] is not None:
        parts.append(f"about {the.span(seen['left'])} left")
    if seen["started"]:
        parts.append(f"{the.span(now - seen['started'])} so far")
    return [*parts, "goes on when this console closes"]


class MovesPane(QueuePane):
    """Watches the task that runs until it is over; a task of somebody else counts as well."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "refresh", id="moves.refresh", tooltip="Look again"),
    ]  # fmt: skip
    FIRST: ClassVar[tuple[str, ...]] = ("sqs.queues.cancel-move", "moves.refresh")
    DEFAULT_CSS = """
    MovesPane Grid { height: 1fr; border-top: solid $panel; }
    """

    def __init__(self, row: Row) -> None:
        super().__init__(row, "moves")
        self.progress, self.grid = Progress(markup=False), Grid(COLUMNS)
        self._seen: Row = {}
        self._since = self._at = 0.0

    def content(self) -> ComposeResult:
        """The newest task over all that AWS remembers."""
        yield self.progress
        yield self.grid

    def on_mount(self) -> None:
        """Watch from the start."""
        super().on_mount()
        self.action_refresh()

    def wake(self) -> None:
        """Look how it stands by now."""
        if self._at:
            self.action_refresh()

    def sleep(self) -> None:
        """The task needs nobody to watch it."""
        self.workers.cancel_node(self)

    def action_refresh(self) -> None:
        """Look now, and go on looking while a task runs."""
        self._since = self._since or time.time()
        self.notice.say([], alone=False)
        self.work(self._watch(), "watch")

    async def _watch(self) -> None:
        async for seen in moving.moves(self.aws, self.row):
            self._seen, self._at, self._since = seen, time.time(), 0.0
            self.progress.say(seen, self._at)
            self.grid.replace(map(_grid_row, seen["tasks"]))
            self.retitle()
            self.refresh_bindings()

    def open_view(self, view: View, subject: Target) -> None:
        """A task was started or cancelled here: watch it here."""
        if view.name == "tasks":
            self.action_refresh()
        else:
            super().open_view(view, subject)

    def tick(self, now: float) -> None:
        """Let the clock of a running task go on between two looks."""
        super().tick(now)
        self.grid.tick(now)
        if self._runs:
            self.progress.say(self._seen, now)

    @property
    def _runs(self) -> bool:
        return active(self._seen.get("tasks") or []) is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer cancelling while there is something to cancel, and no second watch."""
        if action == "act" and parameters[0] == "cancel-move":
            return self._seen.get("status") == "RUNNING"
        if action == "view" and parameters[0] == "tasks":
            return False
        return super().check_action(action, parameters)

    def facts(self) -> tuple[str, str]:
        """What it does at this moment."""
        if self._since:
            return f"asking sqs:ListMessageMoveTasks · {time.time() - self._since:.0f} s", ""
        if self._runs:
            return f"watching, every {moving.POLL:.0f} s", ""
        return f"{time.time() - self._at:.0f} s old" if self._at else "", ""


def _grid_row(task: Row) -> GridRow:
    done, total = moved(task)
    status = str(task.get("Status", ""))
    goal = str(task.get("DestinationArn") or "")
    started = int(task.get("StartedTimestamp") or 0)
    cells: tuple[Any, ...] = (
        status.lower(), done, total,
        the.name_of(goal) if goal else "their sources",
        task.get("MaxNumberOfMessagesPerSecond"),
        started / 1000 or None,
        failure(str(task.get("FailureReason") or "")) or None,
    )  # fmt: skip
    return GridRow(started, cells, (TONES.get(status, ""), *[""] * 6), (-started,))
