"""``awstui redrive`` of chosen messages: planned, agreed to, run to its end, or left to another process."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time

from awstui.plugin import Aws, Out, Plan, Row

from .. import around
from .. import attributes as the
from . import handover, journal, operations
from .arguments import add, fields, is_ours
from .job import redrive_some
from .journal import Journal, path_of
from .looking import looked_through
from .operation import Operation
from .planning import plan
from .preparing import prepared, reached

__all__ = ["LOOKS", "add", "is_ours", "planned", "reaches", "run"]

LOOKS = ("receive_message", "change_message_visibility_batch")
"""What a look through the queue writes, before a plan is made of it."""

DONE, FAILED, PARTLY = 0, 1, 4
"""Exit statuses: all that was chosen went; it did not begin; some stayed."""

LISTED = (
    "op", "standing", "state", "queue", "to", "started", "done", "waiting", "sent", "unknown",
    "skipped", "bounced", "rate", "why", "unknown_ids", "arn", "journal",
)  # fmt: skip
"""What is told of each redrive of this machine, the most needed first."""

SHOWN = 10
"""How many ids that were not found are told."""

STARTS_WITHIN = 15.0
"""Seconds that a process may take to begin, before somebody is told that it did not."""


class Unheard:
    """Nobody tells a command anything while it runs, but that it is to go on when it has to leave."""

    def __init__(self, *, stay: bool) -> None:
        self._said: list[Row] = [{"stay": True}] if stay else []

    async def next(self, timeout: float | None = None) -> Row | None:
        """What was said at the start, then nothing."""
        if self._said:
            return self._said.pop()
        await asyncio.sleep(timeout or 0.0)
        return None


async def reaches(aws: Aws, arguments: argparse.Namespace) -> list[str]:
    """The queues that a redrive may write on: its own, and where its messages go."""
    if arguments.list or arguments.tell:
        return []
    row, to = await around.named(aws, _queue(arguments)), arguments.to
    if arguments.resume:
        path = path_of(arguments.resume)
        to = journal.read(path)[0].to if path.exists() else ""  # its plan says that it is not there
    return await reached(aws, row, to)


def _queue(arguments: argparse.Namespace) -> str:
    if arguments.queue:
        return str(arguments.queue)
    if not arguments.resume:
        raise around.refused("Which queue? Name the dead-letter queue.")
    return journal.read(path_of(arguments.resume))[0].arn


async def planned(aws: Aws, arguments: argparse.Namespace) -> Plan | None:
    """What it would do; nothing is planned to list what there is.

    Where somebody is to judge by it, the queue is looked through first, as far as that is allowed.
    """
    if arguments.list or arguments.tell:
        return None
    row, asked = await _asked(aws, arguments)
    beside = {"stay": arguments.keep_going or arguments.no_wait}
    first = await plan(aws, row, **beside, **asked)
    if first.refusal or arguments.resume or (arguments.yes and not arguments.dry_run):
        return first
    async with looked_through(aws, row, confirmed=arguments.confirm) as looked:
        return await plan(
            aws, row, spool=looked.spool, incomplete=looked.incomplete, **beside, **asked
        )


async def _asked(aws: Aws, arguments: argparse.Namespace) -> tuple[Row, Row]:
    """The queue, and what of it."""
    row = await around.fresh(aws, await around.named(aws, _queue(arguments)))
    if arguments.resume:
        return row, {"resume": arguments.resume, "cleanup": arguments.clean_up}
    return row, fields(arguments)


async def run(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Send what was agreed to; the exit status."""
    if arguments.list or arguments.tell:
        return _look_or_tell(arguments, out)
    row, asked = await _asked(aws, arguments)
    if arguments.no_wait:
        return await _leave(aws, row, asked, out)
    return await _send(aws, row, asked, arguments, out)


def _look_or_tell(arguments: argparse.Namespace, out: Out) -> int:
    """What redrives there are, or a word to one that runs."""
    if arguments.tell:
        ident, word = arguments.tell
        name, _, value = word.partition("=")
        out.note(operations.tell(ident, **{name: value or True}))
        return DONE
    for one in operations.listed():
        told = {name: one[name] for name in LISTED if name in one}
        out.row(told | {"started": the.iso(one["started"])})
    return DONE


async def _leave(aws: Aws, row: Row, asked: Row, out: Out) -> int:
    """Write down what is to be done, and let a process of its own do it."""
    if ident := asked.get("resume"):
        operation, _ = journal.read(path_of(ident))
    else:
        operation, _ = await prepared(aws, row, **asked)
        book = Journal(path_of(operation.ident))
        book.add([journal.first_line(operation)])
        await book.sync()
        book.close()
    process, until = handover.go_on(operation, aws.reason), time.monotonic() + STARTS_WITHIN
    while (standing := _standing(operation)) == "interrupted" and time.monotonic() < until:
        if process.poll() is not None:
            break
        await asyncio.sleep(0.1)
    out.row({"op": operation.ident, "queue": operation.name, "standing": standing})
    if standing != "interrupted":
        return DONE
    out.note(f"It did not begin; {handover.log_of(operation)} says why: {_last_words(operation)}")
    return FAILED


def _standing(operation: Operation) -> operations.Standing:
    return operations.standing(*journal.read(path_of(operation.ident)))


def _last_words(operation: Operation) -> str:
    said = handover.log_of(operation).read_text(errors="replace").splitlines()
    return said[-1] if said else "nothing"


async def _send(aws: Aws, row: Row, asked: Row, arguments: argparse.Namespace, out: Out) -> int:
    told = Unheard(stay=arguments.keep_going)
    last: Row = {}
    async with contextlib.aclosing(redrive_some(aws, row, told, **asked)) as events:
        async for event in events:
            match event["kind"]:
                case "begun":
                    out.note(f"Redrive {event['op']}; if it is interrupted: --resume {event['op']}")
                case "progress":
                    total = event["done"] + event["sent"] + event["waiting"]
                    out.progress(event["done"], total, event["state"])
                case "note":
                    out.note(event["text"])
                case "ended":
                    last = event
    return _told(last, out)


def _told(ended: Row, out: Out) -> int:
    """Say how it ended, and what stays."""
    shown = ("op", "queue", "to", "done", "unknown", "skipped", "bounced", "left", "missing", "why")
    out.row({name: ended[name] for name in shown})
    sent = ended["sent"] if ended["keep"] else ended["done"]
    out.note(f"{the.counted(sent)} {'copied' if ended['keep'] else 'redriven'}. {ended['why']}")
    for reason, count in ended["reasons"].items():
        out.note(f"{the.counted(count)} stay: {reason}.")
    for ident in ended["missing_ids"][:SHOWN]:
        out.note(f"Not found: {ident}")
    if (more := ended["missing"] - SHOWN) > 0:
        out.note(f"{more:,} more were not found.")
    for ident in ended["unknown_ids"]:
        out.note(f"May be in both queues, for no answer came: {ident}")
    undeleted = 0 if ended["keep"] else ended["sent"]
    if undeleted:
        out.note(f"{undeleted:,} were taken there and are not known to be deleted here.")
    stayed = ended["unknown"] or ended["skipped"] or ended["bounced"] or undeleted
    return DONE if ended["complete"] and not stayed else PARTLY
