"""CloudWatch Logs: groups, their streams and lines, and a tail that loses nothing."""

from __future__ import annotations

from awstui.plugin import Plugin

from .insights import command as insights
from .listing import groups, lines, streams

plugin = Plugin(
    name="logs",
    title="CloudWatch Logs",
    aliases=("log", "cwl"),
    resources=(groups, streams, lines),
    commands=(insights.COMMAND,),
)
