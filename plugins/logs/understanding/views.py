"""What a log group offers to understand its lines: invocations, error patterns, one id followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awstui.plugin import Link, Resource, Row

from .trace import trace

if TYPE_CHECKING:
    from awstui.ui.pane import Pane


def declare(groups: Resource) -> None:
    """Give log groups the keys, and the job behind the last."""
    groups.links += (
        Link("error patterns", "patterns", key="P"),
        Link("invocations", "invocations", key="I"),
    )
    groups.job(effect="touch")(trace)

    @groups.view("F", "follow an id", many=True)
    def trace_id(row: Row) -> Pane:
        """The lines of one id in all marked groups."""
        from .trace_pane import TracePane

        return TracePane(row)
