"""CloudWatch Logs: groups, their streams and lines, and a tail that loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awstui.plugin import Plugin, Row

from . import tailing
from .commands import COMMANDS
from .insights import command as insights
from .insights import views
from .listing import groups, lines, streams
from .understanding import views as understanding
from .understanding.rows import RESOURCES

if TYPE_CHECKING:
    from awstui.ui.pane import Pane


@groups.view("t", "tail", many=True)
def tail(row: Row) -> Pane:
    """Its lines as they come, or those of all marked groups together."""
    from .tail_pane import TailPane

    return TailPane(row)


@streams.view("t", "tail", many=True)
def tail_stream(row: Row) -> Pane:
    """Its lines as they come, or those of all marked streams together."""
    from .tail_pane import TailPane

    return TailPane(row)


for _resource in (groups, streams):
    _resource.job(effect="touch")(tailing.follow)
    _resource.job(effect="touch")(tailing.between)

views.declare(groups, streams)
understanding.declare(groups)

plugin = Plugin(
    name="logs",
    title="CloudWatch Logs",
    aliases=("log", "cwl"),
    resources=(groups, streams, lines, *RESOURCES),
    commands=(*COMMANDS, insights.COMMAND),
)
