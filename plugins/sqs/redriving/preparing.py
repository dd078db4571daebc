"""A redrive before it begins: what was asked for becomes an operation, or a sentence why not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any

from awstui.plugin import Aws, Row

from .. import around
from .. import attributes as the
from ..sending import forbidden
from ..transfer import editing
from .goals import Chosen, Goals, goals_of
from .operation import HOLD, HOLD_LEAST, HOLD_MOST, Edit, Operation, Selection, new_ident, rate_of

WATCH_MORE, WATCH_MOST = 10.0, 900.0
"""Seconds that a canary is watched beyond its consumer's time, and at most."""


def watch_of(found: Goals) -> float:
    """For how long a canary is watched: until its consumer has failed as often as it may."""
    longest = max(
        (the.number(one, "VisibilityTimeout") * max(1, the.lives(one)) for one in found.rows),
        default=30,
    )
    return min(WATCH_MOST, longest + WATCH_MORE)


def edits_of(asked: Mapping[str, Any] | None) -> dict[str, Edit]:
    """Edited messages by id: a text is a body, a mapping has ``body`` and perhaps ``attributes``.

    Refuses what no queue takes.
    """
    edits = {
        ident: Edit(held) if isinstance(held, str) else Edit(held["body"], held.get("attributes"))
        for ident, held in (asked or {}).items()
    }
    for ident, edit in edits.items():
        texts = [one.get("StringValue", "") for one in (edit.attributes or {}).values()]
        if not edit.body:
            raise around.refused(f"The edited body of {ident} is empty: SQS does not take that.")
        if bad := next(filter(None, map(forbidden, (edit.body, *texts))), ""):
            raise around.refused(f"SQS does not take the character {bad} in {ident}, as edited.")
    return edits


def _check(count: int, canary: float) -> None:
    """Refuse numbers that mean nothing."""
    if count < 0:
        raise around.refused(f"The count is how many go at most, not {count:,}.")
    if float(canary) < 0:
        raise around.refused(f"A canary is watched for some seconds, not {canary:g}.")


async def prepared(
    aws: Aws,
    row: Row,
    *,
    ids: Iterable[str] = (),
    filter: str = "",  # noqa: A002  a person's word for it
    group: str = "",
    count: int = 0,
    to: str = "",
    rate: Any = None,
    canary: float | bool = False,
    hold: int = 0,
    keep: bool = False,
    edits: Mapping[str, Any] | None = None,
    edited: str = "",
    digest: str = "",
    endpoint: str = "",
) -> tuple[Operation, Goals]:
    """The operation, and where its messages go; only reads. ``row`` has its attributes.

    ``edited`` is a file of edits, as large as it may be, and ``digest`` says that it is the one that was seen.
    """
    _check(count, canary)
    found = await goals_of(aws, row, to)
    if edited:
        edits = await asyncio.to_thread(editing.kept, edited, digest)
    selection = Selection(tuple(ids), filter, group, count)
    Chosen(selection)
    watch = watch_of(found) if canary is True else float(canary)
    operation = Operation(
        ident=new_ident(),
        queue=row["QueueUrl"],
        arn=the.arn_of(row),
        to=found.fixed.url if found.fixed else "",
        to_arn=found.fixed.arn if found.fixed else "",
        selection=selection,
        edits=edits_of(edits),
        rate=rate_of(rate),
        canary=watch,
        hold=max(HOLD_LEAST, min(HOLD_MOST, hold)) if hold else HOLD,
        keep=keep,
        started=time.time(),
        profile=aws.profile,
        endpoint=endpoint,
    )
    return operation, found


async def reached(aws: Aws, row: Row, to: str = "") -> list[str]:
    """What a redrive out of a queue may write on: the queue, and where its messages go; only reads."""
    row = row if the.of(row) else await around.fresh(aws, row)
    found = await goals_of(aws, row, to)
    return [row["QueueUrl"], *(one["QueueUrl"] for one in found.rows)]
