"""The command line: ``awstui tail``, over the same following as the console."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import replace

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Command, Out

from . import moments, pattern
from .following import MOST, fetcher
from .tailing import CADENCE, SHARE
from .written import Writer, write_for_ever, write_range

FORMATS = ("text", "jsonl")

USAGE = 2
"""The exit status of a command line that cannot be."""


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "groups", nargs="+", metavar="GROUP", help="up to ten log groups, by name or ARN"
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
    groups: list[str] = arguments.groups
    if len(groups) > MOST:
        raise AwstuiError(f"{len(groups)} groups; {MOST} are the most at once.")
    if arguments.follow and arguments.until:
        out.note("--follow goes on for ever: it takes no --until.")
        return USAGE
    writer = Writer(arguments, aws.now(), out)
    fetches = [
        fetcher(aws, group, prefix=arguments.stream, pattern=arguments.pattern) for group in groups
    ]
    if arguments.follow:
        cadence = replace(CADENCE, active=max(CADENCE.active, SHARE * len(groups)))
        await write_for_ever(aws, groups, fetches, writer, cadence)
    else:
        await write_range(aws, groups, fetches, writer)
    return 0


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


COMMANDS = (
    Command(
        name="tail",
        help="write the lines of log groups in the order of their time, and go on with what comes; "
        "on a terminal they are made harmless, into a pipe or a file they go as they are, but for secrets",
        effect="touch", add=_add, run=_tail, formats=FORMATS,
    ),
)  # fmt: skip
