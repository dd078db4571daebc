"""A look at all of a queue before a plan is made: scanned, given back, and kept on disk until it is made."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from typing import NamedTuple

from awstui.errors import AwsError
from awstui.plugin import Aws, Row

from ..scanning.job import scan

LONGEST = 60.0
"""Seconds that a look may take: a plan of part of a queue, that says so, is better than none."""


class Looked(NamedTuple):
    """What a look brought."""

    spool: str
    """The file with the messages; empty when nothing was looked at."""

    incomplete: str
    """Why it does not show all of the queue; empty when it does."""


class _Patience:
    """Tells a scan to give back what it holds once it has taken long enough."""

    def __init__(self) -> None:
        self._until = time.monotonic() + LONGEST

    async def next(self, timeout: float | None = None) -> Row | None:
        """The word to release, or nothing."""
        del timeout
        return {"release": True} if time.monotonic() > self._until else None


@contextlib.asynccontextmanager
async def looked_through(aws: Aws, row: Row, *, confirmed: str) -> AsyncIterator[Looked]:
    """Scan a queue; everything is visible again when what it brought can be read.

    Where that is refused nothing was looked at, and the plan says so.
    """
    async with contextlib.aclosing(scan(aws, row, _Patience(), confirmed=confirmed)) as events:
        path, incomplete = "", ""
        try:
            async for event in events:
                match event["kind"]:
                    case "refused":
                        incomplete = f"it was not looked through. {' '.join(event['why'])}"
                    case "spool":
                        path = event["path"]
                    case "scanned":
                        incomplete = "" if event["complete"] else event["why"]
                    case "released":
                        break
        except AwsError as error:
            if error.problem.kind not in ("refused", "denied"):
                raise
            path, incomplete = "", f"it was not looked through. {error.problem.what}"
        yield Looked(path, incomplete)
