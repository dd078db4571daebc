"""A pane of rows that begins with those of the last run, marked as such until AWS has answered."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from awstui import wire
from awstui.cells import moment
from awstui.ui import last_known
from awstui.ui.grid import GridColumn
from awstui.ui.places import row as row_of
from awstui.ui.rows_pane import RowsPane

KEEP_EVERY = 60.0
"""Seconds between two times that what is known is kept."""


class Recalling(RowsPane):
    """Shows what was last known; a row of that cannot be acted on, and goes when it is not its owner who asks."""

    def __init__(self, title: str, noun: str, columns: tuple[GridColumn, ...]) -> None:
        super().__init__(title, noun, columns)
        self._recalled: last_known.LastKnown | None = None
        self._kept_at = 0.0

    def known_as(self) -> str:
        """The name under which what is known of the list is kept; empty where it is not."""
        return ""

    def on_mount(self) -> None:
        """Show what was last known, then follow."""
        if self._subscription is None:
            self._recall()
        super().on_mount()

    def _file(self) -> Path | None:
        name = self.known_as()
        return last_known.file_of(self.console.engine.start, name) if name else None

    def _titles(self) -> tuple[str, ...]:
        return tuple(column.title for column in self.columns)

    def _recall(self) -> None:
        file = self._file()
        known = last_known.recall(file, self._titles(), time.time()) if file else None
        if known is None or not known.rows or self._is_anothers(known.scope):
            return
        self._recalled = known
        self._rows = {(known.scope, packed.key): packed for packed in known.rows}
        self.grid.apply(row_of(known.scope, packed, (), self.columns) for packed in known.rows)

    def on_screen(self) -> tuple[str, ...]:
        """The keys of rows that are shown as they were last known."""
        return tuple(packed.key for packed in self._recalled.rows) if self._recalled else ()

    # ---- until AWS has answered ----------------------------------------------------------------------

    def _is_anothers(self, scope: wire.Scope) -> bool:
        """Whether AWS has said who we are, and it is not whose rows these are."""
        settled = [source.scope for source in self.sources if not source.asking]
        return bool(settled) and scope not in settled

    def _drop(self) -> None:
        """Show no longer what was only known."""
        self._recalled = None
        gone = [key for key, packed in self._rows.items() if not packed.raw]
        for key in gone:
            del self._rows[key]
        self.grid.apply((), gone)
        self.refresh_bindings()

    def identified(self) -> None:
        """Drop what is another's before the header says who it is."""
        if self._recalled is not None and self._is_anothers(self._recalled.scope):
            self._drop()
        super().identified()

    def on_rows(self, message: wire.RowsChanged) -> None:
        """Take in what changed; beside rows of another place nothing stays that was only known."""
        if self._recalled is not None and message.scope != self._recalled.scope:
            self._drop()
        super().on_rows(message)
        if self._recalled is not None:
            self.refresh_bindings()  # the row under the cursor may be one to act on from here on

    def on_rows_state(self, state: wire.RowsState) -> None:
        """Once all was read, nothing is only known any more: it is kept for the next time."""
        if self._recalled is not None and (
            state.phase == "ready" or state.scope != self._recalled.scope
        ):
            self._drop()
        super().on_rows_state(state)
        if state.phase == "ready" and time.monotonic() - self._kept_at > KEEP_EVERY:
            self._keep(state)

    def forget(self) -> None:
        """Drop the rows of an identity that is no more."""
        self._recalled = None
        super().forget()

    def _keep(self, state: wire.RowsState) -> None:
        file = self._file()
        if file is None or self.filter_text or not state.scope.account or len(self._states) > 1:
            return
        self._kept_at = time.monotonic()
        top = self.grid.model.view[: last_known.MOST]
        rows = [packed for row in top if (packed := self._rows.get(row.key)) is not None]  # type: ignore[call-overload]
        keeping = asyncio.to_thread(
            last_known.keep, file, self._titles(), state.scope, state.at, rows
        )
        self.console.do(keeping, "last known")

    # ---- telling -------------------------------------------------------------------------------------

    def facts(self) -> tuple[str, str]:
        """As of every list, and that it is only what was last known."""
        said, tone = super().facts()
        return said, tone or ("warn" if self._recalled is not None else "")

    def _age(self) -> str:
        if self._recalled is None:
            return super()._age()
        return f"! last known {moment(self._recalled.at, time.time())}, not confirmed"
