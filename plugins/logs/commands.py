"""The command line: ``awstui tail``, over the same following as the console."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import replace
from typing import Any

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Command, Out, Row

from . import moments, pattern
from .ansi import plain
from .follow import GroupFollow
from .following import MOST, Together, fetcher
from .ranges import pages
from .tailing import CADENCE, SHARE

FORMATS = ("text", "jsonl")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "groups", nargs="+", metavar="GROUP", help="the name of a log group, or its ARN"
    )
    parser.add_argument(
        "-f", "--follow", action="store_true", help="go on with what comes, until Ctrl+C"
    )
    parser.add_argument(
        "--since",
        type=_time,
        default="10m",
        metavar="TIME",
        help=f"from when on (10m): {moments.EXAMPLES}",
    )
    parser.add_argument(
        "--until", type=_time, default="", metavar="TIME", help="up to when, without --follow (now)"
    )
    parser.add_argument(
        "--pattern",
        type=_server_pattern,
        default="",
        metavar="P",
        help="let AWS filter by a pattern in its own language",
    )
    parser.add_argument(
        "--grep", type=_regex, default="", metavar="RE", help="only lines that match this regex"
    )
    parser.add_argument("--stream", default="", metavar="PREFIX", help="only streams that begin so")
    parser.add_argument("--utc", action="store_true", help="times in UTC")


async def _tail(aws: Aws, arguments: argparse.Namespace, out: Out) -> int:
    """Write lines as they come."""
    if len(arguments.groups) > MOST:
        raise AwstuiError(f"{len(arguments.groups)} groups; {MOST} are the most at once.")
    wanted = _Wanted(arguments)
    writer = _Writer(arguments, wanted, out)
    fetches = [
        fetcher(aws, group, prefix=arguments.stream, pattern=arguments.pattern)
        for group in arguments.groups
    ]
    if not arguments.follow:
        # Merged by time only within what is there at once: whole ranges would have to be held.
        for number, fetch in enumerate(fetches):
            try:
                async for events in pages(fetch, wanted.since, wanted.until):
                    writer.write(number, ((event, 0) for event in events))
            except AwstuiError:
                out.note(f"{arguments.groups[number]}:")
                raise
        return 0
    active = max(CADENCE.active, SHARE * len(fetches))
    cadence = replace(CADENCE, active=active, budget=1 << 30, pages=1 << 30)
    followers = [
        GroupFollow(fetch, time.time, wanted.since, cadence, newest_first=False)
        for fetch in fetches
    ]
    told: dict[int, str] = {}
    async for number, found in Together(followers).found():
        writer.write(number, found.events)
        said = found.problem.what if found.problem else ""
        if said != told.get(number, ""):
            told[number] = said
            out.note(f"{arguments.groups[number]}: {said or 'going on'}")
        if found.problem is not None and found.problem.kind in ("missing", "denied"):
            raise AwstuiError(found.problem)
    return 0


class _Wanted:
    """What the arguments ask for."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        now = time.time()
        self.since = moments.moment(arguments.since, now, utc=arguments.utc)
        self.until = moments.moment(arguments.until, now, utc=arguments.utc)
        self.grep = re.compile(arguments.grep) if arguments.grep else None

    def takes(self, event: Row) -> bool:
        """Whether an event is to be written."""
        return self.grep is None or self.grep.search(plain(event["message"])) is not None


def _time(text: str) -> str:
    """A time that can be read, checked while the command line is."""
    try:
        moments.moment(text, time.time())
    except moments.MomentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _server_pattern(text: str) -> str:
    if said := pattern.complaint(text):
        raise argparse.ArgumentTypeError(said)
    return text


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"not a regex: {error}") from None
    return text


class _Writer:
    """Writes events in the format that was asked for."""

    def __init__(self, arguments: argparse.Namespace, wanted: _Wanted, out: Out) -> None:
        self._jsonl = arguments.output == "jsonl"
        self._groups, self._utc = arguments.groups, arguments.utc
        self._wanted, self._out = wanted, out

    def write(self, group: int, events: Any) -> None:
        """Write what one page brought."""
        for event, late in events:
            if not self._wanted.takes(event):
                continue
            if self._jsonl:
                more = {"late": late} if late else {}
                self._out.row({"logGroupName": self._groups[group], **event, **more})
            else:
                self._out.line(self._text(group, event, late))

    def _text(self, group: int, event: Row, late: int) -> str:
        when = moments.shown(event["timestamp"], utc=self._utc, day=True)
        name = f"{self._groups[group]} " if len(self._groups) > 1 else ""
        said = f" (late +{moments.brief(late / 1000)})" if late else ""
        return f"{when} {name}{event['message'].rstrip()}{said}"


COMMANDS = (
    Command(
        name="tail", help="write the lines of log groups, and go on with what comes",
        effect="touch", add=_add, run=_tail, formats=FORMATS,
    ),
)  # fmt: skip
