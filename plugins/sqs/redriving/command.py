"""``awstui redrive`` of chosen messages: planned, agreed to, run to its end, or left to another process."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from awstui.plugin import Aws, Out, Plan, Row

from .. import around
from .. import attributes as the
from . import handover, journal, operations
from .job import redrive_some
from .journal import Journal
from .planning import is_for_aws, plan
from .preparing import prepared, reached

DONE, PARTLY = 0, 4
"""Exit statuses: all that was chosen went; some stayed."""


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


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments that choose messages, and say how they go."""
    add_argument = parser.add_argument
    add_argument(
        "--filter", default="", metavar="RE",
        help="only messages that match this regex, or JMESPath after `?`",
    )  # fmt: skip
    add_argument("--group", default="", metavar="KEY", help="only messages of this group")
    add_argument(
        "--ids", default="", metavar="FILE",
        help="only messages with these ids, one on a line; - is standard input",
    )  # fmt: skip
    add_argument("--count", type=int, default=0, metavar="N", help="N of them at most")
    add_argument(
        "--canary", nargs="?", type=float, const=True, default=False, metavar="S",
        help="send one first, watch for S seconds whether it comes back, then ever faster",
    )  # fmt: skip
    add_argument(
        "--hold", type=int, default=0, metavar="S",
        help="hide messages for S seconds while they are under way (120)",
    )  # fmt: skip
    add_argument("--resume", default="", metavar="OP", help="go on with an interrupted redrive")
    add_argument(
        "--clean-up", action="store_true", help="with --resume: only delete what was sent before"
    )
    add_argument(
        "--keep-going", action="store_true", help="go on by itself when this terminal goes away"
    )
    add_argument(
        "--list", action="store_true", help="the redrives of this machine, and how they stand"
    )


def fields(arguments: argparse.Namespace) -> Row:
    """What was asked for, as the job takes it."""
    return {
        "ids": _ids(arguments),
        "filter": arguments.filter,
        "group": arguments.group,
        "count": arguments.count,
        "to": arguments.to,
        "rate": arguments.rate,
        "canary": arguments.canary,
        "hold": arguments.hold,
        "endpoint": str(getattr(arguments, "endpoint_url", "") or ""),
    }


def is_ours(arguments: argparse.Namespace) -> bool:
    """Whether this is a redrive by awstui itself, not by AWS's own move task."""
    chosen = {
        name: getattr(arguments, name) for name in ("ids", "filter", "group", "count", "canary")
    }
    return arguments.list or not is_for_aws({**chosen, "resume": arguments.resume})


def _ids(arguments: argparse.Namespace) -> list[str]:
    """The ids, read once: a pipe gives them only once."""
    if isinstance(arguments.ids, str):
        arguments.ids = _read(arguments.ids)
    ids: list[str] = arguments.ids
    return ids


def _read(source: str) -> list[str]:
    if not source:
        return []
    text = sys.stdin.read() if source == "-" else Path(source).read_text()
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if not found:
        raise around.refused("There are no message ids to redrive.")
    return found


async def reaches(aws: Aws, arguments: argparse.Namespace) -> list[str]:
    """The queues that a redrive may write on: its own, and where its messages go."""
    row, operation = await around.named(aws, _queue(arguments)), arguments.resume
    to = journal.read(journal.path_of(operation))[0].to if operation else arguments.to
    return await reached(aws, row, to)


def _queue(arguments: argparse.Namespace) -> str:
    if arguments.queue:
        return str(arguments.queue)
    if not arguments.resume:
        raise around.refused("Which queue? Name the dead-letter queue.")
    return journal.read(journal.path_of(arguments.resume))[0].arn


async def planned(aws: Aws, arguments: argparse.Namespace) -> Plan | None:
    """What it would do; nothing is planned to list what there is."""
    if arguments.list:
        return None
    row, asked = await _asked(aws, arguments)
    return await plan(aws, row, **asked)


async def _asked(aws: Aws, arguments: argparse.Namespace) -> tuple[Row, Row]:
    """The queue, and what of it."""
    row = await around.fresh(aws, await around.named(aws, _queue(arguments)))
    if arguments.resume:
        return row, {"resume": arguments.resume, "cleanup": arguments.clean_up}
    return row, fields(arguments)


async def run(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Send what was agreed to; the exit status."""
    if arguments.list:
        for one in operations.listed():
            out.row(one)
        return DONE
    row, asked = await _asked(aws, arguments)
    if arguments.no_wait:
        return await _leave(aws, row, asked, out)
    return await _send(aws, row, asked, arguments, out)


async def _leave(aws: Aws, row: Row, asked: Row, out: Out) -> int:
    """Write down what is to be done, and let a process of its own do it."""
    if ident := asked.get("resume"):
        operation, _ = journal.read(journal.path_of(ident))
    else:
        operation, _ = await prepared(aws, row, **asked)
        book = Journal(journal.path_of(operation.ident))
        book.add([journal.first_line(operation)])
        await book.sync()
        book.close()
    handover.go_on(operation)
    out.row({"op": operation.ident, "queue": operation.name, "standing": "running"})
    return DONE


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
    shown = ("op", "queue", "to", "done", "unknown", "skipped", "bounced", "why")
    out.row({name: ended[name] for name in shown})
    out.note(f"{the.counted(ended['done'])} redriven. {ended['why']}")
    for reason, count in ended["reasons"].items():
        out.note(f"{the.counted(count)} stay: {reason}.")
    for ident in ended["unknown_ids"]:
        out.note(f"May be in both queues, for no answer came: {ident}")
    if ended["sent"]:
        out.note(f"{ended['sent']:,} were taken there and are not known to be deleted here.")
    stayed = ended["unknown"] or ended["skipped"] or ended["bounced"] or ended["sent"]
    return PARTLY if stayed else DONE
