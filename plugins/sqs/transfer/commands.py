"""The command line: ``awstui scan``, ``awstui export`` and ``awstui import``; JSONL in and out."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from awstui.plugin import Aws, Command, Out, Plan, Row

from .. import around, peeking
from .. import attributes as the
from ..message import shown
from ..scanning.filters import Wanted, WantedError, wanted
from ..scanning.groups import Group, Groups
from ..scanning.job import HOLD_MAX, OFTEN, scan
from ..scanning.spool import Spool
from . import importing
from .importing import Checked, check, send_all
from .journal import SentJournal
from .jsonl import LineError, to_line

DONE, FAILED, REFUSED, PARTIAL, UNKNOWN = 0, 1, 3, 4, 5
"""Exit statuses, as every command has them."""

PROBLEMS_SHOWN = 5


class Silence:
    """Tells a job nothing."""

    async def next(self, timeout: float | None = None) -> Row | None:
        """Nothing."""
        del timeout
        return None


class Looked(NamedTuple):
    """What a scan brought: the queue, how it ended, and the messages on disk."""

    row: Row
    end: Row
    spool: Spool

    def chosen(self, filter_text: Wanted) -> Iterator[Row]:
        """The messages that a filter leaves, whole."""
        for message in self.spool:
            held = shown(message, lives=the.lives(self.row), retention=the.retention(self.row))
            if not filter_text or filter_text.chooses(held):
                yield message


@contextlib.asynccontextmanager
async def _looked(
    aws: Aws, arguments: argparse.Namespace, out: Out
) -> AsyncIterator[Looked | None]:
    """Scan a queue; everything is visible again when what it brought can be read. None: refused."""
    row = await around.fresh(aws, await around.named(aws, arguments.queue))
    events = scan(
        aws, row, Silence(), hold=arguments.hold, want=arguments.max, confirmed=arguments.confirm
    )
    spool: Spool | None = None
    end: Row = {}
    async with contextlib.aclosing(events):
        async for event in events:
            match event["kind"]:
                case "preflight":
                    for sentence in event["why"]:
                        out.note(sentence)
                case "refused":
                    out.note(f"Not done. To look all the same: --confirm {event['type']}")
                case "spool":
                    spool = Spool(Path(event["path"]))
                case "messages":
                    out.progress(event["seen"], event["about"], "scanning")
                case "scanned":
                    end = event
                case "released":
                    _say_released(event, out)
                    break
        if spool is None:
            yield None
            return
        try:
            yield Looked(row, end, spool)
        finally:
            spool.close()


def _say_released(event: Row, out: Out) -> None:
    out.note(f"{the.counted(event['count'])} released.")
    if failed := event["failed"]:
        out.note(f"{len(failed)} could not be: {failed[0]}")


def _ended(looked: Looked, out: Out) -> int:
    """Say whether that was all; the status that says the same."""
    said = looked.end["sentence"]
    out.note(f"{said[0].upper()}{said[1:]} in {looked.end['took']:.1f} s.")
    if looked.end["complete"]:
        return DONE
    out.note(looked.end["why"])
    return PARTIAL


def _add_look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("queue", metavar="QUEUE", help="name, URL or ARN")
    parser.add_argument(
        "--filter", default="", metavar="TEXT",
        help="only these: age>1d, receives>=5, size<10k, then a regex, or JMESPath after a ?",
    )  # fmt: skip
    parser.add_argument("--max", type=int, default=0, metavar="N", help="see N at most")
    parser.add_argument(
        "--hold", type=int, default=0, metavar="S", help="hide them for up to S seconds meanwhile"
    )
    parser.add_argument(
        "--confirm", default="", metavar="QUEUE",
        help="the queue's name again, where a look could cost messages their last life",
    )  # fmt: skip


def _add_scan(parser: argparse.ArgumentParser) -> None:
    _add_look(parser)
    parser.add_argument("--group", action="store_true", help="count them by error and shape")


async def _scan(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Every message, or the groups they fall in."""
    if (only := _filter(arguments, out)) is None:
        return REFUSED
    async with _looked(aws, arguments, out) as looked:
        if looked is None:
            return REFUSED
        if arguments.group:
            groups = Groups()
            for message in looked.chosen(only):
                groups.add(shown(message))
            for group in groups.largest_first():
                out.row(_group_row(group, looked.row["QueueName"], complete=looked.end["complete"]))
        else:
            for message in looked.chosen(only):
                out.row({"QueueName": looked.row["QueueName"], **message})
        return _ended(looked, out)


def _group_row(group: Group, queue: str, *, complete: bool) -> Row:
    return {
        "Count": len(group.idents),
        "Group": group.key,
        "First": the.iso(group.first),
        "Last": the.iso(group.last),
        "Sample": group.sample,
        "Body": group.line,
        "Shape": group.shape,
        "QueueName": queue,
        "Complete": complete,
    }


def _filter(arguments: argparse.Namespace, out: Out) -> Wanted | None:
    try:
        return wanted(arguments.filter)
    except WantedError as error:
        out.note(f"--filter is {error}.")
        return None


async def _export(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Each message as one line from which it can be sent again, bit by bit."""
    if (only := _filter(arguments, out)) is None:
        return REFUSED
    async with _looked(aws, arguments, out) as looked:
        if looked is None:
            return REFUSED
        left_out: list[str] = []
        for message in looked.chosen(only):
            try:
                out.line(to_line(message, QueueName=looked.row["QueueName"]), exact=True)
            except LineError as error:
                left_out.append(str(error))
        status = _ended(looked, out)
        if left_out:
            out.note(f"{the.counted(len(left_out))} left out: {left_out[0]}")
        return PARTIAL if left_out else status


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("queue", metavar="QUEUE", help="where to: name, URL or ARN")
    parser.add_argument(
        "file", metavar="FILE", help="what `awstui export` wrote; - is standard input"
    )
    parser.add_argument(
        "--resend-unknown", action="store_true",
        help="send again what an interrupted import may have sent: duplicates are possible",
    )  # fmt: skip
    parser.add_argument(
        "--edited", action="store_true",
        help="the file was changed on purpose: the digests in it are those of what it was",
    )  # fmt: skip
    parser.add_argument(
        "--again", default="", metavar="WORD",
        help="import a file another time that was imported before; WORD tells the times apart",
    )  # fmt: skip


async def _plan_import(aws: Aws, arguments: argparse.Namespace) -> Plan:
    """Check every line, and say what has not been sent yet."""
    row = await around.fresh(aws, await around.named(aws, arguments.queue))
    with _opened(arguments) as file:
        found = check(file, row, edited=arguments.edited)
        if found.problems:
            *lines, last = _problems(found)
            return Plan(tuple(lines), refusal=last)
        with contextlib.closing(_journal(found, arguments)) as journal:
            ident, again = _ident(found, arguments), arguments.resend_unknown
            sent = importing.planned(
                row, file, journal, ident, again=again, edited=arguments.edited
            )
            groups = f" in {len(found.groups)} groups." if the.is_fifo(row) else "."
            lines = [
                f"{the.counted(found.count)} with {found.size:,} bytes go to {row['QueueName']}{groups}",
                *_before(journal, row, arguments),
            ]
    many = (f"sqs:SendMessage × {sent.requests:,}",) if sent.requests else ()
    return Plan(tuple(lines), requests=many, calls=sent.calls)


def _before(journal: SentJournal, row: Row, arguments: argparse.Namespace) -> Iterator[str]:
    """What an earlier import of the same file has done."""
    before = journal.counts()
    if before["sent"]:
        yield f"{before['sent']:,} of them were sent before, and are not sent again."
    if before["unknown"]:
        yield f"{before['unknown']:,} may have been sent" + (
            ", and are sent again: duplicates are possible." if arguments.resend_unknown else
            ": --resend-unknown sends them again." if not the.is_fifo(row) else
            ": those that went out within five minutes go again under the id that the queue knows them by;"
            " the others, and what is behind them in their groups, wait for --resend-unknown."
        )  # fmt: skip


async def _import(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Send what was not sent yet."""
    row = await around.fresh(aws, await around.named(aws, arguments.queue))
    with _opened(arguments) as file:
        found = check(file, row, edited=arguments.edited)
        with contextlib.closing(_journal(found, arguments)) as journal:
            end: Row = {"why": "", **journal.counts()}
            again = arguments.resend_unknown
            events = send_all(
                aws, row, file, journal, _ident(found, arguments), again=again,
                edited=arguments.edited,
            )  # fmt: skip
            async with contextlib.aclosing(events):
                async for end in events:
                    out.progress(end.get("sent", 0), found.count, "sending")
            return _imported(end, found, journal, out)


def _ident(found: Checked, arguments: argparse.Namespace) -> str:
    return f"{found.digest}{'-' if arguments.again else ''}{arguments.again}"


def _journal(found: Checked, arguments: argparse.Namespace) -> SentJournal:
    return SentJournal(_ident(found, arguments))


def _imported(end: Row, found: Checked, journal: SentJournal, out: Out) -> int:
    sent, unknown = end.get("sent", 0), end.get("unknown", 0)
    out.note(f"{sent:,} of {found.count:,} are sent; the journal is {journal.path}")
    if end["why"]:
        out.note(end["why"])
    if unknown:
        out.note(f"{unknown:,} may have been sent: no answer came.")
        return UNKNOWN
    return DONE if sent == found.count else FAILED


def _problems(found: Checked) -> Iterator[str]:
    """What is wrong with the file, its first lines one by one."""
    yield from found.problems[:PROBLEMS_SHOWN]
    more = len(found.problems) - PROBLEMS_SHOWN
    yield f"Nothing was sent.{f' {more:,} more lines are wrong.' if more > 0 else ''}"


@contextlib.contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator[IO[bytes]]:
    """The file; standard input as a file of ours, because it is read more than once."""
    if arguments.file == "-":
        arguments.file = tempfile.TemporaryFile()  # noqa: SIM115  until the command is over
        shutil.copyfileobj(sys.stdin.buffer, arguments.file)
    if not isinstance(arguments.file, str):
        yield arguments.file
        return
    with Path(arguments.file).open("rb") as file:
        yield file


COMMANDS = (
    Command(
        name="scan", help="look at all messages of a queue, or count them by error and shape",
        effect="touch", add=_add_scan, run=_scan, sends=peeking.SENDS, lasts=2.0 * HOLD_MAX,
        often=OFTEN,
    ),
    Command(
        name="export", help="write all messages of a queue as JSONL, from which they can be sent again",
        effect="touch", add=_add_look, run=_export, sends=peeking.SENDS, lasts=2.0 * HOLD_MAX,
        often=OFTEN, formats=("jsonl",),
    ),
    Command(
        name="import", help="send the messages of such a file to a queue, each once",
        effect="change", add=_add_import, run=_import, plan=_plan_import, sends=importing.SENDS,
        lasts=36 * 3600.0, often=OFTEN * 10,
    ),
)  # fmt: skip
