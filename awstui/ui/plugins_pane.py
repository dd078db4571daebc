"""The plugins pane: where each service comes from, and what is broken, with its traceback."""

from __future__ import annotations

from textual.app import ComposeResult

from awstui.discovery import Broken, Found
from awstui.registry import Registry
from awstui.ui.detail_pane import DetailPane
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.pane import Pane

COLUMNS = (
    GridColumn("Plugin", "text", 0, 0),
    GridColumn("Resources", "text", 30, 2),
    GridColumn("Origin", "text", 24, 1),
    GridColumn("State", "state", 0, 0),
)


class PluginsPane(Pane):
    """The plugins of this run."""

    def __init__(self, registry: Registry) -> None:
        super().__init__("Plugins")
        self._registry = registry
        self.grid = Grid(COLUMNS)

    def content(self) -> ComposeResult:
        """The grid."""
        yield self.grid

    def on_mount(self) -> None:
        """Show what was found at the start."""
        super().on_mount()
        broken = [_broken_row(number, one) for number, one in enumerate(self._registry.broken)]
        self.grid.replace([*broken, *(_row(one) for one in self._registry.found)])

    def facts(self) -> tuple[str, str]:
        """How many work and how many do not."""
        broken = len(self._registry.broken)
        said = f"{len(self._registry.found)} plugins"
        if self._registry.warnings:
            said += f" · ! {len(self._registry.warnings)} names clash"
        return (f"{said} · ✗ {broken} broken", "bad") if broken else (said, "")

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Show why a plugin is broken, or what a working one declares."""
        message.stop()
        kind, name = str(message.key).split(":", 1)
        value: object
        if kind == "broken":
            one = self._registry.broken[int(name)]
            value = {"Name": one.name, "Error": one.error, "Traceback": one.traceback}
            title = f"{one.name} › traceback"
        else:
            value, title = self._declared(name), f"{name} › declaration"

        async def load() -> object:
            return value

        self.post_message(self.Opened(DetailPane(title, load)))

    def _declared(self, name: str) -> object:
        plugin = self._registry.plugin(name)
        return {
            "Name": plugin.name,
            "Title": plugin.title,
            "Aliases": list(plugin.aliases),
            "Clashes": [w for w in self._registry.warnings if plugin.name in w],
            "Resources": [
                {
                    "Name": resource.name,
                    "Columns": [column.title for column in resource.columns],
                    "Actions": [f"{a.key} {a.title} ({a.effect})" for a in resource.actions],
                    "Links": [f"{link.key} {link.title} → {link.to}" for link in resource.links],
                }
                for resource in plugin.resources
            ],
        }


def _row(found: Found) -> GridRow:
    plugin = found.plugin
    resources = ", ".join(resource.name for resource in plugin.resources)
    return GridRow(
        f"found:{plugin.name}",
        (plugin.name, resources, str(found.origin), "works"),
        ("", "", "", ""),
        (1, plugin.name),
    )


def _broken_row(number: int, broken: Broken) -> GridRow:
    return GridRow(
        f"broken:{number}",
        (broken.name, "", str(broken.origin), f"broken: {broken.error}"),
        ("", "", "", "bad"),
        (0, broken.name),
    )
