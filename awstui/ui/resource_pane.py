"""The pane of a declared resource: its rows, its keys, its actions, links and views."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from awstui import wire
from awstui.cells import show
from awstui.masking import mask
from awstui.plugin import Link, Plugin, Resource, Row
from awstui.project import short
from awstui.registry import title_of, way_down
from awstui.text import safe
from awstui.ui import declared
from awstui.ui.doing_pane import DoingPane
from awstui.ui.grid import Grid, GridColumn
from awstui.ui.links import Goal, is_whole, name_of, only
from awstui.ui.places import stands
from awstui.ui.recalling import Recalling
from awstui.ui.remote import Subscription
from awstui.ui.status import key_name
from awstui.ui.target import Target
from awstui.ui.tone import style

if TYPE_CHECKING:
    from awstui.ui.pane import Pane


SAID = 600
"""Characters of one column, or of where one link leads, in the inspector: it is painted at every refresh."""

NAMED = 100
"""Rows a link leads to that are looked at for that."""


class ResourcePane(Recalling, DoingPane):
    """Rows of one resource, at the top or under a parent row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "describe", "describe", id="rows.describe", tooltip="Everything about the row"),
        Binding("y", "raw", "JSON", show=False, id="rows.raw", tooltip="The row as the API gave it"),
        Binding("vertical_line", "beside", "beside", show=False, id="rows.beside",
                tooltip="Open the row beside this list"),
    ]  # fmt: skip

    def __init__(
        self,
        plugin: Plugin,
        resource: Resource,
        *,
        parent: Target | None = None,
        goal: Goal | None = None,
        filter_text: str = "",
    ) -> None:
        """``goal`` is what to put the cursor on, or to filter by when it is several rows."""
        title = title_of(resource)
        if parent is not None:
            title = f"{parent.name} › {title.lower()}"
        columns = tuple(GridColumn(c.title, c.kind, c.width, c.rank) for c in resource.columns)
        super().__init__(title, title_of(resource).lower(), columns)
        self.plugin, self.resource = plugin, resource
        self.parent_row = parent
        self.bound_to = parent.ref.scope if parent else None
        self._goal = goal or Goal()
        self._wanted_filter = filter_text
        self._onward: Resource | None = None
        self._then: tuple[Link, float | None] | None = None
        self._hint = ""

    def on_the_way(self, goal: Resource, over: Sequence[Resource]) -> None:
        """Somebody wants to go to rows that lie under rows of this list, or of lists further down.

        Where the row to go through was named, and they lie right under it, they are opened.
        """
        ways = zip(over, [*over[1:], goal], strict=True)
        steps = [f"pick one of the {title_of(one).lower()} and press "
                 f"{key_name(way_down(self.plugin, one, next_))}" for one, next_ in ways]  # fmt: skip
        if self._goal.wanted and len(over) == 1:
            self._onward = goal
        else:
            self._hint = f"{title_of(goal)}: {', then '.join(steps)}."

    @property
    def sources(self) -> tuple[wire.Source, ...]:
        """Under a parent row, only where that is; of what has no region, one for each profile."""
        told = super().sources
        if self.plugin.is_global and self.bound_to is None:
            told = tuple({one.scope.profile: one for one in reversed(told)}.values())[::-1]
        bound = self.bound_to
        return tuple(one for one in told if bound is None or stands(bound, (one.scope,)))

    def subscribe(self) -> Subscription:
        """Follow the resource under the parent's own scope."""
        parent = self.parent_row
        set_by_user = self.console.cadence.get(f"{self.plugin.name}.{self.resource.name}", -1.0)
        return self.remote.subscribe(
            self.plugin.name,
            self.resource.name,
            self.on_rows,
            self.on_rows_state,
            scopes=(parent.ref.scope,) if parent else (),
            parent=parent.raw if parent else b"",
            every=self._every if self._every >= 0 else set_by_user,
            on_screen=self.on_screen(),
        )

    def known_as(self) -> str:
        """Only what is listed at the top is kept."""
        return "" if self.parent_row else f"{self.plugin.name}.{self.resource.name}"

    def on_mount(self) -> None:
        """Follow, filtered as asked."""
        super().on_mount()
        if self._wanted_filter:
            self.filter_by(self._wanted_filter)
        if self._hint:
            self.console.say(self._hint)

    def on_rows_applied(self) -> None:
        """Find what was to be gone to, as soon as it is there."""
        self._find()
        self._lead_on()
        super().on_rows_applied()

    def _find(self) -> None:
        """Put the cursor on what was to be gone to; show all of it where it is more than one row."""
        if self._recalled is not None:
            return  # what is only known leads nowhere
        wanted = self._goal.wanted
        keys = self._goal.found(self._rows, self.sources, self._states)
        if len(keys) == 1 and self.grid.go_to(keys[0]):
            if self._goal.then is not None:
                self._then = (self._goal.then, self._goal.at)
            self._goal = Goal()
            self._lead_on()
            if self._onward is not None:
                under = self._listed_under(self._onward, self.target(keys[0]))
                self.post_message(self.Opened(under))
                self._onward = None
        elif len(keys) > 1:
            self._goal = Goal()
            self.filter_by(only(self._rows[key] for key in keys))
            if len(keys) > len(wanted):
                said = (
                    f"{', '.join(wanted)}: there are {len(keys)} of that name, in several places."
                )
                self.console.say(said, "warn")

    def _lead_on(self) -> None:
        """Follow the link that was to be followed from here, once all is known of the row that it is said of."""
        here = self.subject()
        if self._then is None or here is None or not is_whole(self.sources, self._states):
            return
        (link, at), self._then = self._then, None
        way = self._way(here, self.resource.links.index(link))
        if way is not None:
            self.look_into(here, way, at)
        else:
            self.console.say(f"{here.name} has no {link.title}.", "warn")

    def on_rows_state(self, state: wire.RowsState) -> None:
        """When all is there, keep the names for completion, and say what was to be gone to and is not there."""
        super().on_rows_state(state)
        if state.phase == "ready" and not self.parent_row:
            keys = dict.fromkeys(name_of(packed) for packed in self._rows.values())
            self.console.guide.remember(self.plugin.name, self.resource.name, keys)
        self._lead_on()
        if self._goal.wanted and is_whole(self.sources, self._states):
            self._find()
            missing, self._goal = self._goal.wanted, Goal()
            if missing:
                self.console.say(f"{', '.join(missing)} is not among these {self.noun}.", "warn")

    # ---- the row and the marks -----------------------------------------------------------------------

    def target(self, key: Any) -> Target:
        """A row of the grid as something to act on."""
        packed = self._rows[key]
        ref = wire.RowRef(key[0], self.plugin.name, self.resource.name, packed.key)
        return Target(ref, packed.raw, name_of(packed))

    def subject(self) -> Target | None:
        """The row under the cursor; none while it is only known from the last time."""
        packed = self.packed()
        return self.target(self.grid.cursor_key) if packed is not None and packed.raw else None

    def subjects(self) -> list[Target]:
        """The marked rows."""
        marked: list[Any] = self.grid.marked_keys()
        return [self.target(key) for key in marked if key in self._rows and self._rows[key].raw]

    def row(self) -> Row:
        """The raw row under the cursor."""
        subject = self.subject()
        return subject.row if subject else {}

    def inspection(self, packed: wire.PackedRow) -> Text:
        """Every column of the row, wherever it did not fit, and where its links lead."""
        text = super().inspection(packed)
        muted = style(self.app, "muted")
        now = self.grid.now
        parts = []
        for column, cell, tone in zip(
            self.resource.columns[1:], packed.cells[1:], packed.tones[1:], strict=True
        ):
            if cell not in (None, ""):
                said = safe(cut(mask(show(cell, column.kind, now))))
                parts.append(
                    Text.assemble(
                        (f"{safe(column.title.lower())} ", muted), (said, style(self.app, tone))
                    )
                )
        if parts:
            text.append("\n").append_text(Text("  ").join(parts))
        for way in self.ways(wire.unpack(packed.raw)) if packed.raw else ():
            if way.targets:
                text.append(f"\n{way.link.key} ", "bold")
                named = cut(", ".join(map(short, way.targets[:NAMED])))
                text.append(f"{safe(way.link.title)} {safe(named)}", muted)
        return text

    # ---- opening -------------------------------------------------------------------------------------

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Open what is under a row."""
        message.stop()
        self._open(beside=False)

    def action_beside(self) -> None:
        """Open what is under the row beside this list."""
        self._open(beside=True)

    def _open(self, *, beside: bool) -> None:
        if (here := self.subject()) is not None:
            self.post_message(self.Opened(self._under(here), beside=beside))

    def _under(self, here: Target) -> Pane:
        for view in self.resource.views:
            if view.key == "enter" and (view.when is None or view.when(here.row)):
                return self.made(view, here)
        if self.resource.child:
            child = self.plugin.resource(self.resource.child)
            return self._listed_under(child, here)
        return self._described(here)

    def _listed_under(self, resource: Resource, here: Target) -> Pane:
        return self.console.guide.resource_pane(self.plugin, resource, parent=here)

    def action_describe(self) -> None:
        """Show everything about the row."""
        if (here := self.subject()) is not None:
            self.post_message(self.Opened(self._described(here)))

    def _described(self, here: Target) -> Pane:
        load = partial(self.remote.describe, here.ref, here.raw)
        return self.console.guide.described_pane(self.plugin, self.resource, here, load)

    def action_raw(self) -> None:
        """Show the row as the API gave it."""
        if (here := self.subject()) is not None:

            async def load() -> Row:
                return here.row

            made = self.console.guide.described_pane(
                self.plugin, self.resource, here, load, raw=True
            )
            self.post_message(self.Opened(made))

    # ---- acting and sorting --------------------------------------------------------------------------

    def acted(self) -> None:
        """Read what an action changed."""
        self.action_refresh()

    def action_sort_by(self, title: str) -> None:
        """Sort by a column; the same again reverses."""
        self.grid.sort_by(title)


def pane_type(plugin: Plugin, resource: Resource) -> type[ResourcePane]:
    """The pane class of a resource: its bindings come from the declaration."""
    bindings = [*declared.bindings(plugin, resource), *declared.sorting(plugin, resource)]
    name = "".join(part.capitalize() for part in re.split(r"\W+", f"{plugin.name}.{resource.name}"))
    first = ("grid.select", *declared.first(plugin, resource), "rows.filter", "grid.mark")
    held = {
        "BINDINGS": bindings,
        "FIRST": first,
        "__doc__": resource.title,
    }
    return type(f"{name}Pane", (ResourcePane,), held)


def cut(text: str) -> str:
    """As much of a text as the inspector has room for."""
    return text if len(text) <= SAID else text[:SAID] + "…"
