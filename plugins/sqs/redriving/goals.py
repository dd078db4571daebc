"""Where messages go: to the queue each died in, to the only one there is, or where a person says."""

from __future__ import annotations

from dataclasses import dataclass, field

from awstui.plugin import Aws, Row

from .. import around
from .. import attributes as the
from ..scanning.filters import WantedError, wanted
from ..scanning.groups import group_of
from .course import Goal, Stays
from .operation import Selection

LARGEST = 1_048_576
"""Bytes of the largest message that SQS takes at all."""

GONE_SOURCE = "its source does not send its dead letters here any more: name a destination"
NO_SOURCE = "its source is not known: name a destination"


def goal_of(row: Row) -> Goal:
    """A queue as a destination; its row has attributes."""
    limit = the.number(row, "MaximumMessageSize") or LARGEST
    return Goal(row["QueueUrl"], min(LARGEST, limit), the.arn_of(row))


def misfit(row: Row, goal: Row) -> str:
    """Why messages of one queue cannot go to another; empty when they can."""
    if the.arn_of(goal) == the.arn_of(row):
        return "A queue cannot be moved into itself."
    if the.is_fifo(goal) != the.is_fifo(row):
        kinds = ("FIFO", "standard") if the.is_fifo(row) else ("standard", "FIFO")
        return (
            f"{row['QueueName']} is {kinds[0]} and {goal['QueueName']} {kinds[1]}:"
            " both must be the same."
        )
    return ""


@dataclass(slots=True)
class Goals:
    """The destinations of one redrive."""

    row: Row
    fixed: Goal | None = None
    """Where all go; None: each to its own source."""

    by_arn: dict[str, Goal] = field(default_factory=dict)
    """The sources."""

    rows: list[Row] = field(default_factory=list)
    """The rows of the destinations that are known from the start."""

    def of(self, message: Row) -> Goal | Stays:
        """Where a message goes, or why it stays."""
        if self.fixed is not None:
            return self.fixed
        source = _source(message)
        if source:
            return self.by_arn.get(source) or Stays(GONE_SOURCE)
        goals = list(self.by_arn.values())
        return goals[0] if len(goals) == 1 else Stays(NO_SOURCE)


def _source(message: Row) -> str:
    return str((message.get("Attributes") or {}).get("DeadLetterQueueSourceArn", ""))


async def goals_of(aws: Aws, row: Row, to: str = "") -> Goals:
    """The destinations of a redrive out of a queue; refuses one that cannot be."""
    if to:
        goal = await around.fresh(aws, await around.named(aws, to))
        if why := misfit(row, goal):
            raise around.refused(why)
        return Goals(row, goal_of(goal), rows=[goal])
    found = Goals(row)
    for url in await around.sources(aws, row):
        source = await around.fresh(aws, await around.named(aws, url))
        found.rows.append(source)
        found.by_arn[the.arn_of(source)] = goal_of(source)
    return found


class Chosen:
    """Which messages an operation is about."""

    def __init__(self, selection: Selection, retention: int = 0) -> None:
        """Refuses a filter that cannot be read; ``retention`` is how long the queue keeps a message."""
        self._retention = retention
        self._ids = frozenset(selection.ids)
        self._group = selection.group
        try:
            self._wanted = wanted(selection.filter)
        except WantedError as error:
            raise around.refused(f"The filter is {error}.") from error

    def refuses(self, message: Row) -> str:
        """Why a message stays; empty when it is to go."""
        if self._ids and message["MessageId"] not in self._ids:
            return "not among those chosen"
        if self._group and group_of(message) != self._group:
            return "of another group"
        if self._wanted and not self._wanted.matches(message, retention=self._retention):
            return "does not match the filter"
        return ""
