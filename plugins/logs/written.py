"""What ``awstui tail`` writes: a range in one order of time, then whatever comes, for ever."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from operator import itemgetter

from awstui.errors import AwstuiError
from awstui.plugin import Aws, Out, Row
from awstui.wire import Problem

from . import moments
from .ansi import plain
from .follow import Cadence, Fetch, GroupFollow
from .following import Together
from .listing import NOT_READABLE
from .naming import group_arn
from .ranges import PASSING, in_order, readings

_at: Callable[[Row], int] = itemgetter("timestamp")

HELD_UP = 3
"""Failures in a row after which a group does not hold up the order of the others any more."""


async def write_range(
    aws: Aws, groups: Sequence[str], fetches: Sequence[Fetch], writer: Writer
) -> None:
    """Write all of a range once."""

    async def of(number: int) -> AsyncIterator[list[Row]]:
        try:
            async for page in readings(fetches[number], writer.since, writer.until):
                if isinstance(page, Problem):
                    writer.trouble(number, page)
                else:
                    writer.trouble(number, None)
                    yield page
        except AwstuiError as error:
            raise await unreadable(aws, groups[number], error) from error

    async for batch in in_order([of(number) for number in range(len(groups))], _at):
        writer.write((number, event, 0) for number, event in batch)


async def write_for_ever(
    aws: Aws, groups: Sequence[str], fetches: Sequence[Fetch], writer: Writer, cadence: Cadence
) -> None:
    """Write a range, and go on with what comes; only what is wrong from the very start ends it."""
    endless = replace(cadence, budget=1 << 30, pages=1 << 30)
    followers = [
        GroupFollow(fetch, aws.now, writer.since, endless, newest_first=False) for fetch in fetches
    ]

    async def of(number: int) -> AsyncIterator[list[Row]]:
        try:
            async for page in past_of(followers[number], lambda said: writer.trouble(number, said)):
                yield page
        except AwstuiError as error:
            raise await unreadable(aws, groups[number], error) from error

    async for batch in in_order([of(number) for number in range(len(groups))], _at):
        writer.write((number, event, 0) for number, event in batch)
    async with aclosing(Together(followers).found()) as coming:
        async for number, found in coming:
            writer.write((number, event, late) for event, late in found.events)
            writer.trouble(number, followers[number].problem)


async def past_of(
    follower: GroupFollow, trouble: Callable[[Problem | None], None]
) -> AsyncIterator[list[Row]]:
    """What a follower reads of the past, page by page; raises what is wrong from the very start."""
    began, failures = False, 0
    while follower.reading and failures < HELD_UP:
        async for found in follower.step():
            if found.problem is None:
                began = True
                yield [event for event, _ in found.events]
        problem = follower.problem
        if problem is not None and not began and problem.kind not in PASSING:
            raise AwstuiError(problem)
        trouble(problem)
        failures = failures + 1 if problem else 0
        await asyncio.sleep(follower.wait)


async def unreadable(aws: Aws, group: str, error: AwstuiError) -> AwstuiError:
    """Why a group cannot be read, and what reads it: its class where that is why."""
    name = group.removesuffix(":*").rpartition(":log-group:")[2]
    problem = error.problem
    kind = await _class_of(aws, group, name) if problem.kind not in ("missing", "offline") else ""
    if kind not in NOT_READABLE:
        return AwstuiError(
            Problem(
                f"{group}: {problem.what}", problem.why, problem.do, problem.action, problem.code,
                problem.request_id, problem.kind,
            )
        )  # fmt: skip
    do = "There is no other way to its lines."
    if kind == "INFREQUENT_ACCESS":
        query = "fields @timestamp, @message | sort @timestamp"
        do = f"Insights reads them, and is paid for: awstui insights '{query}' --group {group}"
    return AwstuiError(
        Problem(
            f"The lines of {group} cannot be tailed.",
            f"Its class is {kind}, for which AWS has no FilterLogEvents.",
            do,
            kind="refused",
        )
    )


async def _class_of(aws: Aws, group: str, name: str) -> str:
    """The class of a group; empty where it cannot be found out."""
    linked = {"includeLinkedAccounts": True} if group.startswith("arn:") else {}
    try:
        async for row in aws.rows("describe_log_groups", logGroupNamePrefix=name, **linked):
            if group.removesuffix(":*") in (row["logGroupName"], group_arn(row)):
                return str(row.get("logGroupClass") or "")
    except AwstuiError:
        return ""  # what was wrong with reading its lines is said
    return ""


class Writer:
    """Writes events in the format that was asked for, and says what is wrong beside them."""

    def __init__(self, arguments: argparse.Namespace, now: float, out: Out) -> None:
        """``now`` is AWS's time: what the range is counted back from."""
        self.since = moments.moment(arguments.since, now, utc=arguments.utc)
        self.until = moments.moment(arguments.until, now, utc=arguments.utc)
        self._grep = re.compile(arguments.grep) if arguments.grep else None
        self._jsonl = arguments.output == "jsonl"
        self._groups, self._utc, self._out = arguments.groups, arguments.utc, out
        several = len(arguments.groups) > 1
        self._names = [f"{name} " if several else "" for name in arguments.groups]
        self._told: dict[int, str] = {}

    def write(self, events: Iterable[tuple[int, Row, int]]) -> None:
        """Write events, each with the number of its group and how many milliseconds late it is."""
        if (grep := self._grep) is not None:
            events = (one for one in events if grep.search(plain(one[1]["message"])))
        if self._jsonl:
            self._out.each([self._row(*one) for one in events])
        else:
            self._out.each_line([self._text(*one) for one in events])

    def _row(self, group: int, event: Row, late: int) -> Row:
        row = {"logGroupName": self._groups[group], **event}
        if late:
            row["late"] = late
        return row

    def trouble(self, group: int, problem: Problem | None) -> None:
        """Say that a group cannot be read for now, or can be again; once each."""
        said = problem.what if problem else ""
        if said != self._told.get(group, ""):
            self._told[group] = said
            self._out.note(f"{self._groups[group]}: {said or 'going on'}")

    def _text(self, group: int, event: Row, late: int) -> str:
        when = moments.shown(event["timestamp"], utc=self._utc, day=True)
        said = f" (late +{moments.brief(late / 1000)})" if late else ""
        return f"{when} {self._names[group]}{event['message'].rstrip()}{said}"
