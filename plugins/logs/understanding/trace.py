"""One correlation id followed across groups: every line that names it, put in the order of time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Row, Told

from ..following import fetcher
from ..ranges import pages

MOST: Final = 5000
"""Lines of one group at most: an id that is in more of them tells nothing apart."""


def as_pattern(ident: str) -> str:
    """The filter pattern that finds lines with exactly this text in them."""
    return '"' + ident.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def trace(
    aws: Aws,
    row: Row,
    told: Told | None,
    *,
    ident: str,
    groups: Sequence[str],
    since: float,
    until: float,
) -> AsyncGenerator[Row, None]:
    """Look for an id in one group after the other; a group that cannot be read does not end it.

    Events: ``lines``, each ``[milliseconds, group, stream, message]``; ``group`` when one is done, with
    how many lines it had, whether it was ``cut``, and the problem that ended it.
    """
    del row, told
    if not ident.strip():
        raise AwstuiError("An id to look for is needed.")
    for number, group in enumerate(groups):
        count, problem, cut = 0, "", False
        try:
            async for events in pages(fetcher(aws, group, pattern=as_pattern(ident)), since, until):
                kept = [_line(event, number) for event in events if ident in event["message"]]
                count += len(kept)
                if kept:
                    yield {"kind": "lines", "lines": kept}
                if cut := count >= MOST:
                    break
        except AwstuiError as error:
            problem = error.problem.what
        yield {
            "kind": "group", "group": number, "count": count, "cut": cut, "problem": problem,
            "left": len(groups) - number - 1,
        }  # fmt: skip


def _line(event: Row, group: int) -> list[Any]:
    return [event["timestamp"], group, event["logStreamName"], event["message"]]
