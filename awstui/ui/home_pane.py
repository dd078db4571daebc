"""The home pane: every service, what it holds, and whether it could be read."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from awstui import wire
from awstui.plugin import Resource
from awstui.text import safe
from awstui.ui.grid import Grid, GridColumn
from awstui.ui.links import Goal, to_view
from awstui.ui.remote import Subscription
from awstui.ui.rows_pane import RowsPane
from awstui.ui.tone import style

COLUMNS = (
    GridColumn("Service", "text", 0, 0),
    GridColumn("Holds", "text", 0, 0),
    GridColumn("State", "text", 0, 0),
)


class HomePane(RowsPane):
    """One row for each service; Enter opens it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "d", "describe", "why", id="home.describe", tooltip="All that is said of the service"
        ),
        Binding(
            "L",
            "logs",
            "its logs",
            show=False,
            id="home.logs",
            tooltip="What that of which the row speaks has written",
        ),
    ]

    def __init__(self) -> None:
        super().__init__("Home", "services", COLUMNS)

    def subscribe(self) -> Subscription:
        """Follow what each service holds."""
        return self.remote.subscribe_home(self.on_rows, self.on_rows_state, self._every)

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Open the service."""
        message.stop()
        packed, key = self.packed(), self.grid.cursor_key
        if packed is not None and isinstance(key, tuple):
            self._open(packed, key[0])

    def _open(self, packed: wire.PackedRow, scope: wire.Scope) -> None:
        plugin = self.console.registry.plugin(packed.key)
        resource = plugin.resources[0]
        goal = Goal(_meant(packed, resource), scope)
        self.post_message(
            self.Opened(self.console.guide.resource_pane(plugin, resource, goal=goal))
        )

    def action_logs(self) -> None:
        """Go to what that of which the service's row speaks has written."""
        packed, key = self.packed(), self.grid.cursor_key
        if packed is None or not isinstance(key, tuple):
            return
        plugin = self.console.registry.plugin(packed.key)
        resource = plugin.resources[0]
        wanted, then = _meant(packed, resource), to_view(resource)
        if not wanted or then is None:
            what = "names nothing that is wrong" if not wanted else "keeps no logs of its own"
            self.console.say(f"{plugin.title} {what}.", "warn")
            return
        goal = Goal(wanted, key[0], then)
        self.post_message(
            self.Opened(self.console.guide.resource_pane(plugin, resource, goal=goal))
        )

    def inspection(self, packed: wire.PackedRow) -> Text:
        """How one goes to the service, and all that is wrong with it, a line each."""
        facts, muted = wire.unpack(packed.raw), style(self.app, "muted")
        names = "  ".join([facts["Type"], *facts["Also"]])
        text = Text.assemble((safe(facts["Service"]), "bold"), (f"  {safe(names)}", muted))
        for signal in facts["Signals"]:
            text.append(f"\n{safe(signal['text'])}", style(self.app, signal["tone"]))
        problem = facts.get("Problem") or {}
        for said in filter(None, (problem.get("What"), problem.get("Why"), problem.get("Do"))):
            text.append(f"\n{safe(said)}")
        return text

    def action_describe(self) -> None:
        """Show everything the service's row says, its problem in full."""
        from awstui.ui.detail_pane import DetailPane

        if (packed := self.packed()) is not None:

            async def load() -> object:
                return wire.unpack(packed.raw)

            self.post_message(self.Opened(DetailPane(f"{packed.key} › why", load)))


def _meant(packed: wire.PackedRow, resource: Resource) -> tuple[str, ...]:
    """The key of what the row of a service speaks of first, where the list of that shows it."""
    signals = wire.unpack(packed.raw).get("Signals") or []
    if signals and signals[0].get("resource") in ("", resource.name):
        return tuple(key for key in [signals[0].get("key")] if key)
    return ()
