"""The lines of one correlation id across the marked groups."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.plugin import Field, Row
from awstui.ui.dialogs import Form
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.pane import Pane

from ..insights.answer import Place
from ..insights.around_pane import AroundPane
from ..level import TONES, level_of
from ..listing import one_line
from ..marked import together
from ..moments import EXAMPLES, MomentError, moment, shown
from ..naming import group_of

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import Stream

COLUMNS = (
    GridColumn("Time", rank=0, width=12),
    GridColumn("Group", rank=1),
    GridColumn("Stream", rank=3),
    GridColumn("Line", rank=0),
)


class TracePane(Pane):
    """Asks for an id and a range, and shows its way through the groups."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "another id", id="trace.edit", tooltip="Look for another id or range"),
        Binding("x", "stop", "stop", id="trace.stop", tooltip="Look no further"),
    ]

    FIRST: ClassVar[tuple[str, ...]] = ("grid.select", "trace.edit")

    target: Target

    def __init__(self, row: Row) -> None:
        super().__init__(f"Follow an id · {row['logGroupName']}")
        self.row = row
        self.ident, self._since, self._until = "", "1h", "now"
        self.grid = Grid(COLUMNS)
        self._stream: Stream | None = None
        self._places: list[Place] = []
        self._done = 0
        self._troubles: list[tuple[str, str]] = []
        self._said = "no id was given · e asks"

    def content(self) -> ComposeResult:
        """The lines."""
        yield self.grid

    def on_mount(self) -> None:
        """Ask for the id."""
        super().on_mount()
        if more := len(self.groups) - 1:
            self.title += f" + {more}"
        self._say_troubles()
        self.action_edit()

    def on_unmount(self) -> None:
        """Look no further."""
        self.action_stop()

    @property
    def groups(self) -> list[str]:
        """The groups it looks in, of one account and region."""
        account = self.target.ref.scope.account
        return [group_of(one.row, account) for one in self._together()[0]]

    def _together(self) -> tuple[list[Target], list[str]]:
        return together(self.target, getattr(self, "targets", None) or [self.target])

    def action_edit(self) -> None:
        """Ask for an id and a range."""
        self.work(self._edit(), "edit")

    async def _edit(self) -> None:
        fields = (
            Field("ident", "Id", default=self.ident, required=True, hint="a request, order or trace id"),
            Field("since", "From", default=self._since, hint=EXAMPLES),
            Field("until", "Up to", default=self._until),
        )  # fmt: skip
        scope = self.target.ref.scope
        given = await self.console.push_screen_wait(Form("Follow an id", scope, fields, self.row))
        if given is None or not self.is_attached:
            return
        try:
            now = time.time()
            since, until = moment(given["since"], now), moment(given["until"], now)
        except MomentError as error:
            self.console.say(str(error), "warn")
            return
        self.ident = given["ident"].strip()
        self._since, self._until = given["since"], given["until"]
        self.action_stop()
        self.grid.clear()
        self._places, self._done, self._troubles = [], 0, []
        self._say_troubles()
        self.work(self._listen(since, until), "trace")

    async def _listen(self, since: float, until: float) -> None:
        groups = self.groups
        stream = self._stream = self.remote.job(
            self.target.ref, self.target.raw, "trace",
            ident=self.ident, groups=groups, since=since, until=until,
        )  # fmt: skip
        try:
            async for event in stream:
                self._take(event, groups)
                self.retitle()
        finally:
            if self._stream is stream:
                self._stream = None
            self.retitle()

    def _take(self, event: Row, groups: list[str]) -> None:
        if event["kind"] == "lines":
            self.grid.apply([self._row(line, groups) for line in event["lines"]], same_refresh=True)
            return
        self._done += 1
        name = groups[event["group"]]
        if event["problem"]:
            self._troubles.append((f"{name}: {event['problem']}", "warn"))
        if event["cut"]:
            self._troubles.append((f"{name}: only the first {event['count']:,} lines", "warn"))
        self._say_troubles()
        self._said = f"{self._done} of {len(groups)} groups read"

    def _say_troubles(self) -> None:
        """Say what is not among the lines."""
        left_out = [(one, "warn") for one in self._together()[1]]
        self.notice.say([*left_out, *self._troubles], alone=False)

    def _row(self, line: list[Any], groups: list[str]) -> GridRow:
        at, group, stream, message = line
        place = len(self._places)
        self._places.append(Place(groups[group], stream, at))
        text = one_line({"message": message})
        tone = TONES[level_of(message)]
        cells = (shown(at), groups[group], stream, text)
        return GridRow(place, cells, ("", "", "muted", tone), (at, place))

    def facts(self) -> tuple[str, str]:
        """How many lines, in how many groups."""
        going = " · x stops" if self._stream is not None else ""
        counted = f"{self.grid.rows_total:,} lines of {self.ident} · " if self.ident else ""
        return f"{counted}{self._said}{going}", "warn" if self._troubles else ""

    def action_stop(self) -> None:
        """Look no further; what was found stays."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self.workers.cancel_group(self, "trace")
            self._said += ", stopped"
            self.retitle()

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Go to the lines around one."""
        message.stop()
        key: Any = message.key
        pane = AroundPane(self._places[key], self.remote.aws(self.target.ref.scope, "logs"))
        pane.bound_to = self.target.ref.scope
        self.post_message(self.Opened(pane))
