"""The command line: ``awstui peek``, ``awstui redrive`` and the transfers, over the logic of the console."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from dataclasses import replace

from awstui.plugin import Aws, Command, Out, Plan, Row

from . import around, moving, peeking
from . import attributes as the
from .move_task import active, failure, moved
from .redriving import command as selective
from .redriving.job import LASTS, OFTEN
from .redriving.requests import SENDS
from .transfer.commands import COMMANDS as TRANSFERS

DONE, FAILED, REFUSED = 0, 1, 3
"""Exit statuses: it was done; it was begun and failed; it was not begun."""


class ReleaseSoon:
    """Tells a peek to give back what it holds as soon as it has received it."""

    def __init__(self) -> None:
        self.held = False

    async def next(self, timeout: float | None = None) -> Row | None:
        """The word to release, once all was received."""
        del timeout  # nothing is ever waited for: a peek asks while it receives, then when it holds
        return {"release": True} if self.held else None


def _add_peek(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("queue", metavar="QUEUE", help="name, URL or ARN")
    parser.add_argument(
        "--max",
        type=int,
        default=0,
        metavar="N",
        help="look at up to N messages (10, or 100 on a DLQ)",
    )
    parser.add_argument(
        "--hold", type=int, default=0, metavar="S",
        help="hide them for up to S seconds while they are read (15, or 30 to 60 on a DLQ)",
    )  # fmt: skip
    parser.add_argument(
        "--confirm", default="", metavar="QUEUE",
        help="the queue's name again, where a look could cost messages their last life",
    )  # fmt: skip


async def _peek(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Write the messages as they come, then give them back."""
    row = await around.named(aws, arguments.queue)
    told = ReleaseSoon()
    events = peeking.peek(
        aws, row, told, want=arguments.max, hold=arguments.hold, confirmed=arguments.confirm
    )
    status = DONE
    seen = 0
    async with contextlib.aclosing(events):
        async for event in events:
            match event["kind"]:
                case "preflight":
                    for sentence in event["why"]:
                        out.note(sentence)
                case "refused":
                    out.note(f"Not done. To look all the same: --confirm {event['type']}")
                    status = REFUSED
                case "message":
                    seen += 1
                    out.row({"QueueName": row["QueueName"], **event["message"]})
                case "receiving":
                    out.progress(seen, event["want"], "receiving")
                case "held":
                    told.held = True
                    out.note(event["why"])
                case "released":
                    out.note(_given_back(event))
    return status


def _given_back(event: Row) -> str:
    count, failed = event["count"], event["failed"]
    said = f"{the.counted(count)} released." if count else "Nothing was held."
    return f"{said} {len(failed)} could not be: {failed[0]}" if failed else said


def _add_redrive(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("queue", metavar="DLQ", nargs="?", default="", help="name, URL or ARN")
    parser.add_argument(
        "--to", default="", metavar="QUEUE", help="where to; else back to their source"
    )
    parser.add_argument(
        "--rate",
        type=int,
        default=None,
        metavar="N",
        help="messages each second: 1 to 500 by AWS's own task, to 10,000 by awstui",
    )
    parser.add_argument("--no-wait", action="store_true", help="start it and leave")
    selective.add(parser)


async def _is_ours(aws: Aws, arguments: argparse.Namespace) -> bool:
    """Whether awstui moves them itself: AWS moves only out of the dead-letter queue of an SQS queue."""
    if selective.is_ours(arguments) or not arguments.to:
        return selective.is_ours(arguments)
    return not await around.sources(aws, await _dead_letters(aws, arguments))


async def _plan_redrive(aws: Aws, arguments: argparse.Namespace) -> Plan | None:
    """What would go where, by AWS's own task or one by one."""
    if await _is_ours(aws, arguments):
        return await selective.planned(aws, arguments)
    row = await _dead_letters(aws, arguments)
    made = await moving.plan(aws, row, destination=arguments.to, rate=arguments.rate)
    if not made.requests:
        return made
    asked = await moving.request(aws, row, destination=arguments.to, rate=arguments.rate)
    return replace(made, calls=(("start_message_move_task", asked),))


async def _reached(aws: Aws, arguments: argparse.Namespace) -> list[str]:
    if await _is_ours(aws, arguments):
        return await selective.reaches(aws, arguments)
    return [str(arguments.queue), *filter(None, (arguments.to,))]


async def _dead_letters(aws: Aws, arguments: argparse.Namespace) -> Row:
    if not arguments.queue:
        raise around.refused("Which queue? Name the dead-letter queue.")
    return await around.fresh(aws, await around.named(aws, arguments.queue))


async def _redrive(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Start, and watch until it is over; where messages are chosen awstui moves them itself."""
    if await _is_ours(aws, arguments):
        return await selective.run(aws, arguments, out)
    row = await _dead_letters(aws, arguments)
    if not active(await around.move_tasks(aws, row)):
        out.note(await moving.redrive(aws, row, destination=arguments.to, rate=arguments.rate))
    return DONE if arguments.no_wait else await _watch(aws, row, out)


async def _watch(aws: Aws, row: Row, out: Out) -> int:
    """Show how far the task is until it is over; leaving it leaves it running."""
    last: Row = {"tasks": []}
    try:
        async for last in moving.moves(aws, row):
            if last["tasks"]:
                out.progress(last["moved"], last["to_move"], last["status"].lower())
    except (asyncio.CancelledError, KeyboardInterrupt):
        if active(last["tasks"]):
            out.note("The task goes on without this console; awstui redrive shows it again.")
        raise
    if not last["tasks"]:
        out.note("AWS lists no task for this queue.")
        return FAILED
    task = last["tasks"][0]
    done, total = moved(task)
    status = str(task.get("Status", ""))
    out.row({"QueueName": row["QueueName"], **task})
    out.note(f"{status.capitalize()}: {done:,} of about {total:,} moved.")
    if reason := failure(str(task.get("FailureReason") or "")):
        out.note(reason)
    return DONE if status == "COMPLETED" else FAILED


COMMANDS = (
    Command(
        name="peek", help="look at messages of a queue, and give them back",
        effect="touch", add=_add_peek, run=_peek, sends=peeking.SENDS, lasts=peeking.LASTS,
    ),
    Command(
        name="redrive", help="send dead letters back: all by AWS's own task, chosen ones one by one",
        effect="change", add=_add_redrive, run=_redrive, plan=_plan_redrive,
        looks=selective.LOOKS, sends=("start_message_move_task", *SENDS), lasts=LASTS, often=OFTEN,
        reaches=_reached,
    ),
    *TRANSFERS,
)  # fmt: skip
