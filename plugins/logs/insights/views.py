"""What a log group offers through Insights: the key, and the way there where nothing else can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awstui.plugin import Resource, Row

from ..listing import is_infrequent
from .job import insights

if TYPE_CHECKING:
    from awstui.ui.pane import Pane


def make(row: Row) -> Pane:
    """A query over it, or over all marked groups together."""
    from .insights_pane import InsightsPane

    return InsightsPane(row)


def declare(groups: Resource, streams: Resource) -> None:
    """Give log groups the job, the key, and Enter where streams would lead nowhere; streams the job."""
    for one in (groups, streams):
        one.job(effect="touch")(insights)

    @groups.view("Q", "insights", many=True)
    def ask(row: Row) -> Pane:
        """A query over all marked groups."""
        return make(row)

    @groups.view("enter", "insights", when=is_infrequent)
    def ask_instead(row: Row) -> Pane:
        """Its lines cannot be read in any other way."""
        return make(row)
