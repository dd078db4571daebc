"""What outgrows a tail, and what it offers instead: the same question as an Insights query, by one key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from awstui.plugin import Row

from . import moments
from .insights.question import question
from .tail_following import Following
from .tail_standing import Run

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import Stream


class Offering(Following):
    """The part of a tail that leads on to Insights."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "insights", "insights", id="tail.insights",
                tooltip="Ask Insights the same: these groups, this range, what is filtered"),
    ]  # fmt: skip

    target: Target
    """The row that the pane was opened on."""

    def begin(self) -> None:
        """Read anew; nothing is known to be too much, or to be nothing."""
        self.note("outgrown", [])
        self.note("empty", [])
        super().begin()

    async def heard(self, run: Run, stream: Stream, event: Row) -> None:
        """Say where a window was cut off, because the rest is too much to pull."""
        if event["kind"] != "cut":
            await super().heard(run, stream, event)
            return
        upto = f" up to {moments.shown(event['at'], utc=self.lines.look.utc)[:8]}"
        self._offer(
            f"Only the first {len(self.store):,} lines were pulled{upto if event['at'] else ''}"
        )

    def stand(self) -> None:
        """Say above the lines, too, what a following did not read because it is too much."""
        super().stand()
        unread = [end for run in self._runs if run.state for _, _, end in run.state["unread"]]
        if unread:
            before = moments.shown(max(unread), utc=self.lines.look.utc)[:8]
            self._offer(f"Before {before} not all was read: it is too much to pull")

    def _arrived(self) -> None:
        """A window without a line says so, with its day."""
        super()._arrived()
        if self.until and not len(self.store) and all(run.over for run in self._runs):
            utc = self.lines.look.utc
            ends = (moments.shown(at * 1000, utc=utc, day=True) for at in (self.since, self.until))
            start, end = (end[:19] for end in ends)
            self.note("empty", [(f"Nothing was logged from {start} to {end}.", "muted")])

    def _offer(self, why: str) -> None:
        self.note("outgrown", [(f"{why}; i asks Insights for all of it.", "warn")])

    def action_insights(self) -> None:
        """Ask Insights what this tail shows: its groups, its range, its filters."""
        from .insights.insights_pane import InsightsPane

        asked = question(
            self.since,
            self.until or time.time(),
            pattern=self.pattern,
            local=self.filter_text,
            streams=[name for one in self.targets if (name := one.row.get("logStreamName"))],
        )
        pane = InsightsPane(self.target.row, asked, follows=not self.until)
        pane.bound_to, pane.target, pane.targets = self.bound_to, self.target, self.targets
        self.post_message(self.Opened(pane))
