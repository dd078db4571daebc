"""AWS's own redrive: what a move task would do, starting one, watching it and cancelling it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws, Field, Plan, Row

from . import around
from . import attributes as the
from .move_task import RATE_MAX, Watch, active, explained, progress_line, rate_of

POLL = 2.0
"""Seconds between two looks at a running task."""

WHY = "By AWS's own task: all of it goes, unedited, and no machine of yours has to stay for it."
"""Which of the two ways a redrive goes, for the plan; the other is in ``redriving``."""

ASK = (
    Field(
        "destination", "To",
        hint="A queue's name or ARN; empty: each message goes back to the queue it came from.",
    ),
    Field(
        "rate", "Messages each second", kind="number",
        hint=f"1 to {RATE_MAX}; empty: as fast as AWS thinks right.",
    ),
)  # fmt: skip


async def plan(aws: Aws, row: Row, *, destination: str = "", rate: Any = None) -> Plan:
    """What moving all of a dead-letter queue would do; only reads."""
    row = await around.fresh(aws, row)
    feeders = await around.sources(aws, row)
    name = row["QueueName"]
    if not feeders:
        why = f"{name} is not the dead-letter queue of any queue: AWS moves only out of those."
        return Plan((), refusal=why)
    if running := active(await around.move_tasks(aws, row)):
        return Plan((f"A task is already running: {progress_line(running)}.",), shows="tasks")
    speed = rate_of(rate)
    goal = await _goal(aws, row, destination) if destination else None
    if goal and (why := _unfit(row, goal)):
        return Plan((), refusal=why)
    goals = [goal] if goal else [await around.named(aws, url) for url in feeders]
    lines = [_how_many(row, goals, own=goal is None), WHY, _how_fast(row, speed)]
    lines += _what_changes(row)
    if goal is None:
        lines.append(
            "A message that SQS did not dead-letter itself (sent here directly, or by SNS or Lambda)"
            " makes the task fail: name a destination for those."
        )
    for each in goals[:3]:
        lines += await _about(aws, row, each)
    return Plan(
        tuple(line for line in lines if line),
        requests=("sqs:StartMessageMoveTask × 1",),
        undo="CancelMessageMoveTask stops it; what has been moved stays moved.",
        state=(*sorted(feeders), the.arn_of(goal) if goal else "", the.magnitude(row)),
    )


async def request(aws: Aws, row: Row, *, destination: str = "", rate: Any = None) -> Row:
    """What starts the move task; raises where the destination cannot be."""
    asked: dict[str, Any] = {"SourceArn": the.arn_of(row)}
    if destination:
        goal = await _goal(aws, row, destination)
        if why := _unfit(row, goal):
            raise around.refused(why)
        asked["DestinationArn"] = the.arn_of(goal)
    if speed := rate_of(rate):
        asked["MaxNumberOfMessagesPerSecond"] = speed
    return asked


async def redrive(aws: Aws, row: Row, *, destination: str = "", rate: Any = None) -> str:
    """Start the move task; returns the sentence that says so."""
    row = row if the.arn_of(row) else await around.fresh(aws, row)
    asked = await request(aws, row, destination=destination, rate=rate)
    try:
        await aws.write("start_message_move_task", **asked)
    except AwsError as error:
        raise AwsError(explained(error.problem, row["QueueName"])) from error
    goes = f"to {the.name_of(asked['DestinationArn'])}" if destination else "back to their source"
    return f"The messages of {row['QueueName']} are on their way {goes}."


async def cancel_plan(aws: Aws, row: Row) -> Plan:
    """What cancelling would do; refuses when there is nothing to cancel."""
    row = await around.fresh(aws, row)
    running = active(await around.move_tasks(aws, row))
    if running is None:
        return Plan((), refusal=f"No task is running out of {row['QueueName']}.")
    return Plan(
        (f"It stands at {progress_line(running)}.", "What has been moved stays where it is."),
        requests=("sqs:CancelMessageMoveTask × 1",),
        undo="The rest can be moved by another task.",
        state=(str(running.get("TaskHandle", "")),),
    )


async def cancel_move(aws: Aws, row: Row) -> str:
    """Cancel the task that runs out of this queue."""
    row = row if the.arn_of(row) else await around.fresh(aws, row)
    running = active(await around.move_tasks(aws, row))
    if running is None or not running.get("TaskHandle"):
        raise around.refused(f"No task is running out of {row['QueueName']}.")
    try:
        await aws.write("cancel_message_move_task", TaskHandle=running["TaskHandle"])
    except AwsError as error:
        raise AwsError(explained(error.problem, row["QueueName"])) from error
    return "Cancelling; what has been moved stays moved."


async def runs(aws: Aws, row: Row, **_: Any) -> str:
    """Whether a task runs out of this queue: settles what a lost reply left open."""
    row = row if the.arn_of(row) else await around.fresh(aws, row)
    running = active(await around.move_tasks(aws, row))
    if running is None:
        return f"AWS says that no task is running out of {row['QueueName']} now."
    return f"AWS says that a task is running: {progress_line(running)}."


async def moves(aws: Aws, row: Row, *, every: float = POLL) -> AsyncIterator[Row]:
    """How the tasks out of a queue stand, again and again until none runs."""
    row = row if the.arn_of(row) else await around.fresh(aws, row)
    watch = Watch()
    while True:
        try:
            tasks = await around.move_tasks(aws, row)
        except AwsError as error:
            raise AwsError(explained(error.problem, row["QueueName"])) from error
        yield watch.see(tasks, time.time())
        if active(tasks) is None:
            return
        await asyncio.sleep(every)


async def _goal(aws: Aws, row: Row, destination: str) -> Row:
    """The destination's row, with attributes; a sentence when it is not there."""
    try:
        return await around.fresh(aws, await around.named(aws, destination))
    except AwsError as error:
        if "NonExistentQueue" in error.problem.code or "DoesNotExist" in error.problem.code:
            raise around.refused(
                f"There is no queue {the.name_of(destination)} to move to.",
                do=f"Look at the name: it must be in {aws.region}, like {row['QueueName']}.",
            ) from error
        raise


def _unfit(row: Row, goal: Row) -> str:
    if the.arn_of(goal) == the.arn_of(row):
        return "A queue cannot be moved into itself."
    if the.is_fifo(goal) != the.is_fifo(row):
        kinds = ("FIFO", "standard") if the.is_fifo(row) else ("standard", "FIFO")
        return f"{row['QueueName']} is {kinds[0]} and {goal['QueueName']} {kinds[1]}: both must be the same."
    return ""


def _how_many(row: Row, goals: list[Row], *, own: bool) -> str:
    depth = the.counted(the.waiting(row))
    if not own or len(goals) == 1:
        return f"About {depth} of {row['QueueName']} go to {goals[0]['QueueName']}."
    names = ", ".join(goal["QueueName"] for goal in goals[:4])
    more = f" and {len(goals) - 4} more" if len(goals) > 4 else ""
    return f"About {depth} of {row['QueueName']} go each to the queue it came from: {names}{more}."


def _how_fast(row: Row, rate: int) -> str:
    if not rate:
        return "As fast as AWS thinks right, and on when this console closes."
    return f"{rate} each second, about {the.span(the.waiting(row) / rate)}; on when this console closes."


def _what_changes(row: Row) -> list[str]:
    lines = [
        "Bodies and attributes stay; each gets a new message id, and its retention starts anew."
    ]
    if the.in_flight(row):
        lines.append(f"{the.in_flight(row):,} in flight are not moved: somebody holds them.")
    if not the.is_fifo(row):
        lines.append("They mix with what arrives meanwhile: a standard queue keeps no order.")
    return lines


async def _about(aws: Aws, row: Row, goal: Row) -> list[str]:
    """What to beware of at one destination, as far as it may be asked."""
    try:
        goal = await around.fresh(aws, goal)
    except AwstuiError:
        return []
    name, lines = goal["QueueName"], []
    own, theirs = (the.number(each, "MaximumMessageSize") for each in (row, goal))
    if theirs and theirs < own:
        lines.append(
            f"{name} takes messages up to {theirs:,} bytes, {row['QueueName']} up to {own:,}."
        )
    mappings = await around.known_consumers(aws, goal)
    if mappings and not any(around.taking(each) for each in mappings):
        lines.append(f"Nobody takes from {name}: its event source mapping is disabled.")
    elif mappings:
        taking = sum(around.taking(each) for each in mappings)
        lines.append(f"{name}: {the.counted(taking, 'consumer')}.")
    return lines
