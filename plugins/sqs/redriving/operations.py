"""The redrives of this machine: which run, which were interrupted, and what each has left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row, Signal, Tone

from .. import around
from . import control, journal, locks
from .journal import Reading
from .ledger import Known, Ledger, State
from .operation import Operation, rate_of

Standing: TypeAlias = Literal["running", "interrupted", "over"]

LIVE = ("state", "rate", "canary", "held", "waiting", "done", "sent", "skipped", "bounced", "stay")
"""What the process of an operation says of it, and the journal not, or later."""

KEPT = 200
"""How many operations are listed, the newest first."""


def standing(operation: Operation, ledger: Ledger) -> Standing:
    """How an operation stands."""
    if locks.holder(operation) == operation.ident:
        return "running"
    return "over" if ledger.ended else "interrupted"


def told(operation: Operation, ledger: Ledger) -> Row:
    """An operation for a person."""
    counts = ledger.counts()
    doubtful = [*ledger.idents(State.UNKNOWN), *ledger.idents(State.JOURNALED)]
    return {
        "op": operation.ident,
        "queue": operation.name,
        "arn": operation.arn,
        "to": operation.to_arn.rsplit(":", 1)[-1],
        "started": operation.started,
        "standing": standing(operation, ledger),
        "done": counts[State.DONE],
        "sent": counts[State.SENT],
        "unknown": len(doubtful),
        "skipped": counts[State.SKIPPED],
        "bounced": counts["bounced"],
        "unknown_ids": doubtful,
        "why": ledger.ended,
        "rate": operation.rate,
        "all": operation.selection.is_all,
        "keep": operation.keep,
    }


_seen: dict[Path, Reading] = {}
"""The journals that were looked at: of one that runs only what was added since is read again."""


def listed(arn: str = "") -> list[Row]:
    """The operations on this machine, the newest first; of one queue, or of all."""
    found: list[Row] = []
    for path in _paths()[:KEPT]:
        try:
            operation, ledger = _seen.setdefault(path, Reading(path)).look()
        except (AwstuiError, OSError) as error:
            why = error.problem.what if isinstance(error, AwstuiError) else f"{path}: {error}"
            found.append(_unreadable(path, why))
            continue
        if not arn or operation.arn == arn:
            found.append(_at_this_moment(told(operation, ledger)))
    return found


def _at_this_moment(one: Row) -> Row:
    """An operation as its process says that it goes; what is not on disk yet is in there, too."""
    if one["standing"] != "running":
        return one
    live = control.now(one["op"])
    return one | {name: live[name] for name in LIVE if name in live}


def done(ident: str) -> list[str]:
    """The ids of the messages that an operation has moved."""
    path = journal.path_of(ident)
    return _seen.setdefault(path, Reading(path)).look()[1].idents(State.DONE)


def tell(ident: str, **what: Any) -> str:
    """Tell a redrive that runs in any process of this machine something; a sentence that says so.

    ``pause=True``, ``go=True``, ``cancel=True``, ``passed=True`` (the canary proved good), ``rate=20`` or
    ``stay=True`` (go on when its console closes). Heard within a quarter of a second; how it goes then is
    what :func:`listed` says. Refuses what does not run.
    """
    operation, ledger = journal.read(journal.path_of(ident))
    if unknown := set(what) - set(control.WORDS):
        raise around.refused(
            f"A redrive cannot be told {', '.join(sorted(unknown))}.",
            do=f"It can be told {', '.join(control.WORDS)}.",
        )
    if "rate" in what:
        rate_of(what["rate"])
    if standing(operation, ledger) != "running" or not control.say(ident, what):
        raise around.refused(f"Redrive {ident} of {operation.name} does not run.")
    return f"Redrive {ident} of {operation.name} was told: {', '.join(what)}."


def _unreadable(path: Path, why: str) -> Row:
    return {
        "op": path.stem, "queue": "", "standing": "unreadable", "started": 0.0, "why": why,
        "journal": str(path),
    }  # fmt: skip


def left_open(operation: Operation) -> tuple[dict[str, Known], list[str]]:
    """What other redrives out of the same queue have left in both queues, or may have.

    Beside it why that is not known of some: one journal that cannot be read holds up no redrive.
    """
    found: dict[str, Known] = {}
    problems: list[str] = []
    for path in _paths():
        if path.stem == operation.ident:
            continue
        try:
            if journal.arn_in(path) != operation.arn or journal.leaves_nothing(path):
                continue
            other, ledger = journal.read(path)
        except (AwstuiError, OSError) as error:
            problem = error.problem if isinstance(error, AwstuiError) else None
            said = (problem.what, problem.why, problem.do) if problem else (f"{path}: {error}",)
            problems.append(" ".join(filter(None, said)))
            continue
        if not other.keep:
            found |= ledger.left_open()
    return found, problems


def _paths() -> list[Path]:
    """The journals, the newest first."""
    folder = journal.folder()
    if not folder.is_dir():
        return []
    found: list[tuple[float, Path]] = []
    for path in folder.glob("*.jsonl"):
        with contextlib.suppress(FileNotFoundError):  # somebody has moved it away
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def sentence(told: Row) -> str:
    """How an operation stands, in a few words."""
    words = [f"{told['done']:,} done"]
    if told["sent"]:
        words.append(f"{told['sent']:,} taken there and to be deleted here")
    if told["unknown"]:
        words.append(f"{told['unknown']:,} unknown")
    if told["skipped"]:
        words.append(f"{told['skipped']:,} refused")
    return f"redrive {told['op']} of {told['queue']} {told['standing']}: {', '.join(words)}"


WAYS = {
    "interrupted": "a takes it up, u cleans up, enter shows it",
    "running": "it goes on by itself, enter shows it",
}
"""What can be done about a redrive where it is listed."""


def left() -> Iterator[Signal]:
    """The redrives of this machine that have not ended, and where a person finds each."""
    for one in listed():
        if way := WAYS.get(one["standing"]):
            said = sentence(one)
            tone: Tone = "warn" if one["standing"] == "interrupted" else ""
            yield Signal(
                f"{said[0].upper()}{said[1:]}. `:sqs {one['queue']}`, then B: {way}.", tone
            )


async def interrupted(aws: Aws) -> AsyncIterator[Signal]:
    """The redrives of this account and region that were interrupted: each is to be taken up or cleaned up."""
    for one in await asyncio.to_thread(listed):
        place = one.get("arn", "").split(":")[3:5]
        if one["standing"] == "interrupted" and place == [aws.region, aws.account]:
            yield Signal(sentence(one), "warn", "queues", one["queue"])
