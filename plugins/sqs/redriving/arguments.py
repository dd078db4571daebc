"""What a redrive on the command line is about: which messages, edited or not, and how they go."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from awstui.plugin import Row

from .. import around
from ..transfer import editing
from .planning import is_for_aws

CHOOSE = ("ids", "edits", "filter", "group", "count", "canary", "keep", "resume")
"""The arguments that AWS's own task knows nothing of."""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments that choose messages, and say how they go."""
    add_argument = parser.add_argument
    add_argument(
        "--filter", default="", metavar="TEXT",
        help="only these: age>1d, expires<2h, receives>=5, size<10k, then a regex, or JMESPath after a ?",
    )  # fmt: skip
    add_argument("--group", default="", metavar="KEY", help="only messages of this group")
    add_argument(
        "--ids", default="", metavar="FILE",
        help="only these messages: on each line an id, or JSON with a MessageId; - is standard input",
    )  # fmt: skip
    add_argument(
        "--edits", default="", metavar="FILE",
        help="these messages with the bodies and attributes in FILE, such as an export that was edited",
    )  # fmt: skip
    add_argument("--count", type=int, default=0, metavar="N", help="N of them at most")
    add_argument("--keep", action="store_true", help="send copies, and leave the originals")
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
    add_argument(
        "--tell", nargs=2, default=(), metavar=("OP", "WORD"),
        help="tell one that runs: pause, go, cancel, passed (its canary is good) or rate=N",
    )  # fmt: skip


def fields(arguments: argparse.Namespace) -> Row:
    """What was asked for, as the job takes it."""
    ids, edits = _read(arguments)
    return {
        "ids": ids or list(edits),
        "edits": edits,
        "filter": arguments.filter,
        "group": arguments.group,
        "count": arguments.count,
        "to": arguments.to,
        "rate": arguments.rate,
        "canary": arguments.canary,
        "hold": arguments.hold,
        "keep": arguments.keep,
        "endpoint": str(getattr(arguments, "endpoint_url", "") or ""),
    }


def is_ours(arguments: argparse.Namespace) -> bool:
    """Whether this is a redrive by awstui itself, whatever the queue: not by AWS's own move task."""
    asked = {name: getattr(arguments, name) for name in CHOOSE}
    return bool(arguments.list or arguments.tell) or not is_for_aws(asked)


def _read(arguments: argparse.Namespace) -> tuple[list[str], dict[str, Row]]:
    """The ids and the edits, read once: a pipe gives them only once."""
    if not hasattr(arguments, "read"):
        if "-" == arguments.ids == arguments.edits:
            raise around.refused("Standard input can be the ids or the edits, not both.")
        arguments.read = _ids(arguments.ids), _edits(arguments.edits)
    found: tuple[list[str], dict[str, Row]] = arguments.read
    return found


def _lines(source: str, *, blank: bool = False) -> list[str]:
    """The lines of a file; empty ones only where their numbers matter."""
    text = sys.stdin.read() if source == "-" else Path(source).read_text()
    return [line.strip() for line in text.split("\n") if blank or line.strip()]


def _ids(source: str) -> list[str]:
    if not source:
        return []
    found = [_id_on(line) for line in _lines(source)]
    if not found:
        raise around.refused("There are no message ids to redrive.")
    return list(dict.fromkeys(found))


def _id_on(line: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        return str(json.loads(line)["MessageId"])
    except (ValueError, KeyError) as error:
        raise around.refused(f"A line of the ids has no MessageId: {line[:60]}") from error


def _edits(source: str) -> dict[str, Row]:
    """By id what is sent instead; refuses the file with each line in it that cannot be sent."""
    if not source:
        return {}
    found = editing.read(_lines(source, blank=True))
    if found.problems:
        raise around.refused(" ".join(found.told()), do="Nothing was sent: mend these lines.")
    if not found.edits:
        raise around.refused("There are no edited messages to redrive.")
    return found.edits
