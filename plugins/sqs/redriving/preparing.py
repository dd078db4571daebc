"""A redrive before it begins: what was asked for becomes an operation, or a sentence why not."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from awstui.plugin import Aws, Row

from .. import around
from .. import attributes as the
from .goals import Chosen, Goals, goals_of
from .operation import HOLD, HOLD_LEAST, HOLD_MOST, RATE, Edit, Operation, Selection, new_ident

RATE_MOST = 10_000
"""Messages each second that may be asked for."""

WATCH_MORE, WATCH_MOST = 10.0, 900.0
"""Seconds that a canary is watched beyond its consumer's time, and at most."""


def rate_of(asked: Any) -> float:
    """The rate a person asked for; the usual one where they did not."""
    text = str(asked if asked is not None else "").strip()
    if not text:
        return RATE
    if not text.isdigit() or not 1 <= int(text) <= RATE_MOST:
        raise around.refused(f"The rate is a whole number from 1 to {RATE_MOST:,}, not {text}.")
    return int(text)


def watch_of(found: Goals) -> float:
    """For how long a canary is watched: until its consumer has failed as often as it may."""
    longest = max(
        (the.number(one, "VisibilityTimeout") * max(1, the.lives(one)) for one in found.rows),
        default=30,
    )
    return min(WATCH_MOST, longest + WATCH_MORE)


def edits_of(asked: Mapping[str, Any] | None) -> dict[str, Edit]:
    """Edited messages by id: a text is a body, a mapping has ``body`` and perhaps ``attributes``."""
    return {
        ident: Edit(held) if isinstance(held, str) else Edit(held["body"], held.get("attributes"))
        for ident, held in (asked or {}).items()
    }


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
    endpoint: str = "",
) -> tuple[Operation, Goals]:
    """The operation, and where its messages go; only reads. ``row`` has its attributes."""
    found = await goals_of(aws, row, to)
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
    row = row if the.arn_of(row) else await around.fresh(aws, row)
    found = await goals_of(aws, row, to)
    return [row["QueueUrl"], *(one["QueueUrl"] for one in found.rows)]
