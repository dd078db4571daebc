"""What a list follows: its rows of every place as they come, and how each of the places stands."""

from __future__ import annotations

import time

from awstui import wire
from awstui.places import telling
from awstui.ui import places
from awstui.ui.grid import Grid, GridColumn
from awstui.ui.pane import Pane
from awstui.ui.remote import Subscription


class FollowedRows(Pane):
    """Keeps a grid as AWS has its rows; a subclass subscribes, and tells how that goes."""

    def __init__(self, title: str, noun: str, columns: tuple[GridColumn, ...]) -> None:
        """``noun`` is what the rows are called when there are none."""
        super().__init__(title)
        self.noun = noun
        self.columns = columns
        self._telling: tuple[str, ...] = ()
        self.grid = Grid(columns)
        self._rows: dict[tuple[wire.Scope, str], wire.PackedRow] = {}
        self._states: dict[wire.Scope, wire.RowsState] = {}
        self._subscription: Subscription | None = None
        self._asked_at = 0.0
        self._first_of_refresh = True

    # ---- what a subclass says ------------------------------------------------------------------------

    def subscribe(self) -> Subscription:
        """Begin to follow the rows."""
        raise NotImplementedError

    def _tell(self) -> None:
        """Say how the list stands."""

    # ---- following -----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Follow from the start."""
        super().on_mount()
        if self._subscription is None:  # Textual calls this by itself once a subclass has
            self.follow()

    def on_unmount(self) -> None:
        """Follow no longer."""
        self._unfollow()

    def follow(self) -> None:
        """Follow the rows, anew when they were followed before."""
        self._unfollow()
        self._states.clear()
        self.place()
        self._asked_at = time.time()
        self._subscription = self.subscribe()
        self._tell()

    def _unfollow(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

    def wake(self) -> None:
        """Follow again; what is on screen stays until the new rows come."""
        if self._subscription is None and self.is_attached:
            self.follow()

    def sleep(self) -> None:
        """Ask no more while nobody looks."""
        self._unfollow()

    def forget(self) -> None:
        """Drop the rows of an identity that is no more."""
        self._rows.clear()
        self.grid.replace([])

    @property
    def sources(self) -> tuple[wire.Source, ...]:
        """The places whose rows these are."""
        return places.sources_of(self.console.identity)

    def identified(self) -> None:
        """Who the console is has changed in some way: say what that means here."""
        if self.is_attached:
            self.place()
            self._tell()

    def place(self) -> None:
        """Have the columns that tell the rows' places apart, as many as there are now."""
        titles = telling(source.scope for source in self.sources)
        if titles != self._telling:
            self._telling = titles
            self.grid.set_columns(places.spread(self.columns, titles))
            self.grid.replace(
                places.row(scope, packed, titles, self.columns)
                for (scope, _), packed in self._rows.items()
            )

    def on_rows(self, message: wire.RowsChanged) -> None:
        """Take in what changed."""
        scope = message.scope
        upserts = []
        for packed in message.upserts:
            key = (scope, packed.key)
            self._rows[key] = packed
            upserts.append(places.row(scope, packed, self._telling, self.columns))
        removed = [(scope, key) for key in message.removed]
        for gone in removed:
            self._rows.pop(gone, None)
        self.grid.apply(upserts, removed, same_refresh=not self._first_of_refresh)
        self._first_of_refresh = False
        self.on_rows_applied()

    def on_rows_applied(self) -> None:
        """Rows have come or gone."""

    def on_rows_state(self, state: wire.RowsState) -> None:
        """Take in how the list stands."""
        before = self._states.get(state.scope)
        self._states[state.scope] = state
        if state.phase == "asking" and (before is None or before.phase != "asking"):
            self._asked_at = time.time()
            self._first_of_refresh = True
        self._tell()

    @property
    def phase(self) -> str:
        """The least finished phase of all sources."""
        return places.phase_of(self._states.values())

    def at(self) -> float:
        """When the oldest source was last read whole; 0 when none ever was."""
        return places.read_at(self._states.values())
