"""The redrive as a job: begun or resumed, told what to do, and closed without leaving anything behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from awstui.errors import AwsError, AwstuiError
from awstui.plugin import Aws, Row, Told

from .. import around
from .. import attributes as the
from . import handover, journal, operations, pruning
from .control import Control
from .goals import goals_of
from .journal import Journal
from .ledger import Ledger
from .locks import Lock
from .operation import Operation, rate_of
from .planning import plan
from .preparing import prepared, reached
from .requests import POLL, SENDS
from .run import Run
from .runner import Runner

__all__ = [
    "LASTS",
    "OFTEN",
    "SENDS",
    "plan",
    "reaches",
    "redrive_some",
    "redriven",
    "redrives",
    "tell_redrive",
]

TICK = 0.25
"""Seconds between two looks at how it goes."""

FINISH, GIVE_BACK = POLL + 0.2, 0.5
"""Seconds for what is under way, and for giving back, when the console closes.

A poll must have ended before anything is given back: it would receive that, and nobody would hear of it.
The engine has two seconds for all of it: what is left of them is for a slow disk.
"""

LASTS = 36 * 3600.0
"""Seconds for which a redrive may go on; AWS's own may as long."""

OFTEN = 1_000_000
"""Requests of one kind that it may send."""


async def redrive_some(
    aws: Aws,
    row: Row,
    told: Told,
    *,
    resume: str = "",
    cleanup: bool = False,
    stay: bool = False,
    spool: str = "",
    sample: Sequence[Row] = (),
    incomplete: str = "",
    **asked: Any,
) -> AsyncGenerator[Row, None]:
    """Send chosen messages back, or resume what was interrupted; says how it goes.

    Events: ``begun``, ``progress`` again and again, ``note``, and ``ended``. It is told ``pause``,
    ``go``, ``cancel``, ``rate``, ``passed`` (the canary proved good) and ``stay`` (go on without us).
    ``spool``, ``sample`` and ``incomplete`` are what its plan was made from.
    """
    del spool, sample, incomplete
    row = await around.fresh(aws, row)
    if resume:
        operation, _ = journal.read(journal.path_of(resume))
        if operation.arn != the.arn_of(row):
            raise around.refused(f"{resume} is a redrive out of {operation.name}.")
        found = await goals_of(aws, row, operation.to)
    else:
        operation, found = await prepared(aws, row, **asked)
    lock = Lock(operation)
    course = _Opened(aws, row, operation, lock, stays=stay)
    try:
        # Only now: whoever had the lock before may have written until the end.
        ledger = journal.read(journal.path_of(resume))[1] if resume else Ledger()
        run = await course.open(ledger, found, cleanup=cleanup)
        async for event in course.events(run, told):
            yield event
    finally:
        await course.close()


async def reaches(aws: Aws, row: Row, *, resume: str = "", to: str = "", **_: Any) -> Sequence[str]:
    """The queues it may write on: its own, and where its messages go."""
    if resume:
        to = journal.read(journal.path_of(resume))[0].to
    return await reached(aws, row, to)


class _Opened:
    """One operation while this process has its lock."""

    def __init__(
        self, aws: Aws, row: Row, operation: Operation, lock: Lock, *, stays: bool
    ) -> None:
        self._aws, self._row, self._operation, self._lock = aws, row, operation, lock
        self._reason = aws.reason
        self._journal: Journal | None = None
        self._control: Control | None = None
        self._run: Run | None = None
        self._work: asyncio.Future[None] | None = None
        self._tidied, self._stays = False, stays

    async def open(self, ledger: Ledger, found: Any, *, cleanup: bool) -> Run:
        """Open the journal, and make ready what runs."""
        self._control = Control(self._operation.ident)
        self._journal = Journal(journal.path_of(self._operation.ident))
        if self._journal.is_new:
            self._journal.add([journal.first_line(self._operation)])
            await self._journal.sync()
        pruned = await asyncio.to_thread(pruning.prune)
        earlier, problems = await asyncio.to_thread(operations.left_open, self._operation)
        self._run = Run(
            self._aws, self._row, self._operation, found, self._journal, ledger,
            retention=the.retention(self._row), only_clears=cleanup, earlier=earlier,
            resumed=bool(ledger.known or ledger.handles), notes=[*problems, *filter(None, [pruned])],
        )  # fmt: skip
        return self._run

    async def events(self, run: Run, told: Told) -> AsyncGenerator[Row, None]:
        """Run it, listen meanwhile, and say how it goes."""
        yield {"kind": "begun", "op": self._operation.ident, "canary": self._operation.canary}
        self._work = asyncio.ensure_future(Runner(run).run())
        while not self._work.done():
            said = await self._heard(told)
            for one in [*([said] if said else ()), *self._told_elsewhere(run)]:
                self._obey(run, one)
            for text in run.taken_notes():
                yield {"kind": "note", "text": text}
            yield run.progress()
        _reraise(self._work)
        why = run.ending or run.intake.over
        if run.intake.hidden and not run.ending:
            yield {"kind": "note", "text": _hidden(run.intake.hidden)}
        over = run.problem is None
        await Runner(run).tidy(why, over=over)
        self._tidied = True
        yield run.progress()
        yield {
            "kind": "ended",
            "why": why,
            "over": over,
            **_undone(run),
            "reasons": dict(run.course.reasons()),
            **operations.told(self._operation, run.ledger),
        }
        if run.problem is not None:
            raise AwsError(run.problem)

    def _told_elsewhere(self, run: Run) -> list[Row]:
        """What another process tells it; it sees in exchange how it goes."""
        assert self._control is not None  # noqa: S101  open() has set it
        self._control.show(run.progress())
        return self._control.heard()

    async def _heard(self, told: Told) -> Row | None:
        """What was told within a tick, unless the work is done before."""
        assert self._work is not None  # noqa: S101  events() has set it
        listening = asyncio.ensure_future(told.next(timeout=TICK))
        waited: set[asyncio.Future[Any]] = {listening, self._work}
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            return listening.result() if listening.done() else None
        finally:
            listening.cancel()

    def _obey(self, run: Run, said: Row) -> None:
        if "pause" in said:
            run.paused = True
        if "go" in said:
            run.paused = False
        if "cancel" in said:
            run.end("Cancelled.")
        if "rate" in said:
            try:
                run.pace.change(rate_of(said["rate"]))
            except AwsError as error:
                run.notes.append(error.problem.what)
        if "passed" in said:
            run.pace.pass_canary(time.time())
        if "stay" in said:
            self._stays = bool(said["stay"])
        run.stir()

    async def close(self) -> None:
        """Finish the pair that is under way, give back the rest, and let another go on if that was said."""
        try:
            if self._work is not None and not self._tidied:
                await self._wind_up(self._work)
        finally:
            self._leave()

    def _leave(self) -> None:
        """Let the operation go, and another process have it if that was said: come what may before."""
        try:
            if self._control is not None:
                self._control.close()
            if self._journal is not None:
                self._journal.close()
        finally:
            self._lock.close()
            if self._stays and not self._tidied:
                handover.go_on(self._operation, self._reason)

    async def _wind_up(self, work: asyncio.Future[None]) -> None:
        run = self._run
        assert run is not None  # noqa: S101  open() has set it
        run.end("The console was closed.")
        await asyncio.wait({work}, timeout=FINISH)
        work.cancel()
        await asyncio.wait({work}, timeout=0.1)
        try:
            async with asyncio.timeout(GIVE_BACK):
                await Runner(run).tidy("", over=False)
        except (AwstuiError, TimeoutError):
            return  # what is still hidden comes back by itself, and what is on disk is gone on with


def _hidden(count: int) -> str:
    return f"SQS counts about {the.counted(count)} as in flight with others: they were not seen."


def _undone(run: Run) -> Row:
    """What was to be done and was not, beside what the ledger knows of."""
    intake, dry = run.intake, bool(run.intake.over and not run.ending)
    missing = sorted(intake.missing) if dry else []
    return {
        "complete": dry and not (missing or intake.still or run.course.left),
        "left": run.course.left,
        "missing": len(missing),
        "missing_ids": missing,
        "still": intake.still,
    }


def _reraise(work: asyncio.Future[None]) -> None:
    """Raise what ended the work, one error instead of a group of them."""
    error = work.exception()
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if error is not None:
        raise error


async def tell_redrive(
    aws: Aws, row: Row, told: Told, *, op: str, **what: Any
) -> AsyncGenerator[Row, None]:
    """Tell a redrive that runs in another process something, as :func:`operations.tell` says it."""
    del aws, row, told
    yield {"kind": "told", "text": await asyncio.to_thread(operations.tell, op, **what)}


async def redrives(aws: Aws, row: Row, told: Told) -> AsyncGenerator[Row, None]:
    """The redrives of this machine out of a queue: what ran, what was interrupted; asks nobody."""
    del aws, told
    yield {
        "kind": "redrives",
        "operations": await asyncio.to_thread(operations.listed, the.arn_of(row)),
    }


async def redriven(aws: Aws, row: Row, told: Told, *, op: str) -> AsyncGenerator[Row, None]:
    """Which messages a redrive of this machine has moved by now; asks nobody."""
    del aws, row, told
    yield {"kind": "redriven", "ids": await asyncio.to_thread(operations.done, op)}
