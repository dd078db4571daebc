"""CloudWatch Logs: groups, their streams and lines, and a tail that loses nothing."""

from __future__ import annotations

from awstui.plugin import Link, Plugin

from .insights import command as insights
from .listing import groups, lines, streams
from .understanding.rows import RESOURCES

groups.links += (
    Link("error patterns", "patterns", key="P"),
    Link("invocations", "invocations", key="I"),
)

plugin = Plugin(
    name="logs",
    title="CloudWatch Logs",
    aliases=("log", "cwl"),
    resources=(groups, streams, lines, *RESOURCES),
    commands=(insights.COMMAND,),
)
