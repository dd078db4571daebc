"""The audit pane: what was changed, by whom and how it went, from the files themselves."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui import audit_lines, paths
from awstui.audit_lines import Deed
from awstui.errors import AwstuiError
from awstui.filtering import FilterError, parse
from awstui.plugin import Plugin, Resource
from awstui.registry import UnknownNameError, title_of
from awstui.ui.detail_pane import DetailPane
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.links import Goal, to_view
from awstui.ui.pane import Pane
from awstui.ui.places import name, sources_of
from awstui.ui.turns import taken
from awstui.wire import Problem, Scope

COLUMNS = (
    GridColumn("When", "age", 0, 0),
    GridColumn("Outcome", "state", 0, 0),
    GridColumn("Action", "text", 0, 0),
    GridColumn("Target", "text", 0, 0),
    GridColumn("Account", "text", 0, 1),
    GridColumn("Region", "text", 0, 2),
    GridColumn("Who", "text", 0, 3),
    GridColumn("Reason", "text", 0, 2),
)
TONES = {
    "ok": "good",
    "error": "bad",
    "unknown": "warn",
    "no outcome": "warn",
    "cancelled": "muted",
}


class AuditPane(Pane):
    """Every write that went out through awstui on this machine, the newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", priority=True, id="audit.filter",
                tooltip="Show only what matches"),
        Binding("v", "verify", "verify", id="audit.verify",
                tooltip="Whether each line still follows the one before it"),
        Binding("o", "look", "look at it", id="audit.look",
                tooltip="Go to what it was done to, to see whether it happened"),
        Binding("L", "logs", "logs at that time", id="audit.logs",
                tooltip="What the thing it was done to wrote at that time"),
        Binding("r", "refresh", "refresh", id="audit.refresh", tooltip="Read it again"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__("Audit")
        self.grid = Grid(COLUMNS)
        self._deeds: dict[str, Deed] = {}
        self._unsettled = 0
        self._filter = ""

    def content(self) -> ComposeResult:
        """The grid."""
        yield self.grid

    def on_mount(self) -> None:
        """Read the files."""
        super().on_mount()
        self.action_refresh()

    def wake(self) -> None:
        """Read again what may have grown meanwhile."""
        if self.is_attached:
            self.action_refresh()

    def action_refresh(self) -> None:
        """Read it again."""
        self.work(self._read(), "audit")

    async def _read(self) -> None:
        found = await self._in_thread(audit_lines.deeds)
        self._deeds = {str(deed.intent.get("id", "")): deed for deed in found}
        self._unsettled = sum(deed.phase in ("unknown", "no outcome") for deed in found)
        self.grid.replace(await taken(_row(*one) for one in [*self._deeds.items()]))
        self.notice.say(
            [] if found else [("Nothing has been changed through awstui here.", "muted")],
            alone=not found,
        )
        self.retitle()

    async def _in_thread(self, read: Any) -> Any:
        folder = paths.audit_folder()
        try:
            return await asyncio.to_thread(read, folder)
        except OSError as error:
            raise AwstuiError(
                Problem(f"The audit in {folder} cannot be read.", str(error))
            ) from error

    def action_verify(self) -> None:
        """Say whether the chain of lines holds."""
        self.work(self._verify(), "verify")

    async def _verify(self) -> None:
        verdict = await self._in_thread(audit_lines.verify)
        lines = [(f"✗ {sentence}", "bad") for sentence in verdict.broken]
        lines += [(f"! {sentence}", "warn") for sentence in verdict.torn]
        self.notice.say([*lines, (str(verdict), "bad" if verdict.broken else "good")], alone=False)

    def action_filter(self) -> None:
        """Ask what to show."""
        self.console.guide.ask_filter("/", self.filter_by, self._filter)

    def filter_by(self, text: str) -> str:
        """Show only what matches; what is wrong with the pattern, when something is."""
        try:
            self.grid.filter(parse(text))
        except FilterError as error:
            return str(error)
        self._filter = text
        self.retitle()
        return ""

    def back(self) -> bool:
        """Take the filter away first."""
        if self._filter:
            self.filter_by("")
            return True
        return False

    def facts(self) -> tuple[str, str]:
        """How many, and how many nobody knows the outcome of."""
        unsettled = self._unsettled
        shown, total = self.grid.rows_shown, self.grid.rows_total
        count = f"{total:,}" if shown == total else f"{shown:,} of {total:,}"
        parts = [count, f"! {unsettled} not known" if unsettled else ""]
        parts.append(f"/{self._filter}" if self._filter else "")
        return " · ".join(filter(None, parts)), "warn" if unsettled else ""

    def action_look(self) -> None:
        """Go to what a deed was about, in its own account: what nobody knows is settled by looking."""
        self._go_to(logs=False)

    def action_logs(self) -> None:
        """Go on from there to what it wrote when that was done."""
        self._go_to(logs=True)

    def _go_to(self, *, logs: bool) -> None:
        deed = self._deeds.get(str(self.grid.cursor_key))
        if deed is None:
            return
        scope = Scope(*(str(deed.intent.get(one, "")) for one in ("profile", "region", "account")))
        plugin = self._resource(str(deed.intent.get("binding", "")))
        then = to_view(plugin[1]) if plugin is not None and logs else None
        if plugin is None:
            self.console.say("What it was done to is in no list here.", "warn")
        elif scope not in {source.scope for source in sources_of(self.console.identity)}:
            self.console.say(
                f"It was in {name(scope)} of {scope.account}: go there with :profile and :region.",
                "warn",
            )
        elif logs and then is None:
            self.console.say(f"{title_of(plugin[1])} keep no logs of their own.", "warn")
        else:
            keys = tuple(str(deed.intent.get("target", "")).split(", "))
            goal = Goal(keys, scope, then, _at(deed) if logs else None)
            self.post_message(self.Opened(self.console.guide.resource_pane(*plugin, goal=goal)))

    def _resource(self, binding: str) -> tuple[Plugin, Resource] | None:
        """The list of what an action, a job or a command of that name is done to."""
        try:
            return self.console.registry.resource(binding.rpartition(".")[0])
        except UnknownNameError:
            return None

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Show both lines of a deed whole."""
        message.stop()
        deed = self._deeds[str(message.key)]

        async def load() -> object:
            return {"Intent": deed.intent, "Outcome": deed.outcome or "none was written"}

        self.post_message(self.Opened(DetailPane(f"{deed.intent.get('action', '')} › audit", load)))


def _at(deed: Deed) -> float:
    return dt.datetime.fromisoformat(deed.intent["ts"]).timestamp()


def _row(ident: str, deed: Deed) -> GridRow:
    intent, tone = deed.intent, TONES.get(deed.phase, "")
    at = _at(deed)
    who = str(intent.get("principal_arn") or intent.get("os_user", ""))
    cells = (
        at, deed.phase, str(intent.get("action", "")), str(intent.get("target", "")),
        str(intent.get("account", "")), str(intent.get("region", "")), who.rpartition("/")[2],
        str(intent.get("reason", "")),
    )  # fmt: skip
    return GridRow(ident, cells, ("", tone, "", "", "", "", "", ""), (-at,))
