"""Chosen messages deleted: each found again by receiving, copied to disk, then deleted with a fresh handle."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Sequence

from awstui.errors import AwsError
from awstui.plugin import Aws, Plan, Row, Told

from .. import around, peeking
from .. import attributes as the
from ..redriving.digests import damage
from ..redriving.requests import outcome
from ..scanning.job import GLANCE
from ..scanning.receiving import Receiving
from ..scanning.scan import Scan, hold_for
from .trash import Trash, folder

SENDS = ("receive_message", "delete_message_batch", "change_message_visibility_batch")
DELETE_WITHIN = 10.0
MARGIN = 5.0
"""Seconds that a handle must still be good for beyond what a delete may take."""


async def plan(aws: Aws, row: Row, *, ids: Sequence[str]) -> Plan:
    """What would be deleted, and what looking for it costs."""
    row = await around.fresh(aws, row)
    name = row["QueueName"]
    lines = [
        f"Deletes {the.counted(len(ids))} of {name}, each once a copy of it is on disk.",
        f"They are looked for by receiving, among about {the.waiting(row):,}; the others are given back.",
    ]
    if the.lives(row):
        lines.append(f"Every message met on the way loses 1 of {the.lives(row)} lives.")
    if the.is_fifo(row):
        lines.append("FIFO: only the first messages of a group can be found.")
    undo = (
        f"`awstui import {name} FILE` sends them again, as new messages; the file is in {folder()}."
    )
    tens, url = math.ceil(len(ids) / 10), row["QueueUrl"]
    return Plan(
        tuple(lines),
        requests=(
            f"sqs:ReceiveMessage × {tens} or more", f"sqs:DeleteMessage × {tens} or more",
            "sqs:ChangeMessageVisibility for the others",
        ),
        calls=(
            ("receive_message", {"QueueUrl": url, "MaxNumberOfMessages": 10}),
            ("delete_message_batch", {"QueueUrl": url, "Entries": "1 to 10 of them, as found"}),
            ("change_message_visibility_batch", {"QueueUrl": url, "Entries": "1 to 10 others"}),
        ),
        undo=undo,
        state=(the.arn_of(row), *sorted(ids)),
    )  # fmt: skip


async def delete_messages(
    aws: Aws, row: Row, told: Told, *, ids: Sequence[str]
) -> AsyncGenerator[Row, None]:
    """Delete the messages of these ids, and say which; what else it meets is given back.

    Events: ``copies``, ``deleted`` with ids again and again, and ``ended``. Telling it
    ``{"release": True}`` stops it.
    """
    row = await around.fresh(aws, row)
    peeking.count_look(row)
    hold = hold_for(the.waiting(row))
    state = Scan(about=the.waiting(row), hidden=0, hold=hold, started=time.time())
    receiving, trash = Receiving(aws, row, hold), Trash(row["QueueName"])
    deletion = _Deletion(receiving, trash, set(ids))
    try:
        yield {"kind": "copies", "path": str(trash.path)}
        why = ""
        while deletion.wanted and not (why := why or state.stop(time.time())):
            for messages, began in await receiving.some(state.width):
                state.take(messages, began, time.time())
                if gone := await deletion.take(messages):
                    yield {"kind": "deleted", "ids": gone, "left": len(deletion.wanted)}
            said = await told.next(timeout=GLANCE)
            why = "Stopped." if said and said.get("release") else ""
        await receiving.rest()
        failed = await receiving.give_back()
        yield deletion.ended(why, len(failed))
    finally:
        await receiving.give_back_in_time()
        trash.close()


class _Deletion:
    """What is still to be deleted, and what became of the rest."""

    def __init__(self, receiving: Receiving, trash: Trash, wanted: set[str]) -> None:
        self._receiving, self._trash = receiving, trash
        self.wanted = wanted
        self._deleted = 0
        self._kept: dict[str, str] = {}
        """Why a message was not deleted, by its id."""

        self._unknown: set[str] = set()

    async def take(self, messages: list[Row]) -> list[str]:
        """Copy and delete those that are wanted; the ids of what is gone."""
        found = {one["MessageId"]: one for one in messages if one["MessageId"] in self.wanted}
        for ident, message in list(found.items()):
            if wrong := damage(message):
                self._kept[ident] = wrong
                del found[ident]
        self.wanted -= found.keys() | self._kept.keys()
        if not found:
            return []
        queue = self._receiving.row["QueueName"]
        await asyncio.to_thread(self._trash.keep, found.values(), queue)
        gone: list[str] = []
        for idents, entries in self._receiving.holding.batches(self._in_time(found)):
            gone += await self._delete(idents, entries)
        self._deleted += len(gone)
        return gone

    def _in_time(self, found: dict[str, Row]) -> list[str]:
        """Those whose handle is good for longer than a delete may take: another may delete nothing."""
        limit = time.time() + DELETE_WITHIN + MARGIN
        late = [i for i in found if self._receiving.holding.handle(i).until < limit]
        self._kept |= dict.fromkeys(late, "its time was over before it could be deleted")
        return [ident for ident in found if ident not in self._kept]

    async def _delete(self, idents: list[str], entries: list[Row]) -> list[str]:
        row, holding = self._receiving.row, self._receiving.holding
        try:
            answer = await self._receiving.aws.at(deadline=DELETE_WITHIN).write(
                "delete_message_batch", QueueUrl=row["QueueUrl"], Entries=entries
            )
        except AwsError as error:
            if outcome(error) == "stop":
                raise
            self._kept |= dict.fromkeys(idents, error.problem.what)
            if outcome(error) == "unknown":
                self._unknown.update(idents)
            return []
        for entry in answer.get("Failed") or []:
            ident = idents[int(entry["Id"])]
            self._kept[ident] = str(entry.get("Message") or entry.get("Code") or "refused")
        gone = [ident for ident in idents if ident not in self._kept]
        holding.drop(gone)
        return gone

    def ended(self, why: str, not_released: int) -> Row:
        """How it ended."""
        sentence = f"{the.counted(self._deleted)} deleted, copies in {self._trash.path}."
        if self.wanted:
            sentence += f" {len(self.wanted):,} were not found. {why}"
        if self._kept:
            sentence += f" {len(self._kept):,} were not deleted: {next(iter(self._kept.values()))}"
        return {
            "kind": "ended",
            "deleted": self._deleted,
            "missing": sorted(self.wanted),
            "kept": self._kept,
            "unknown": sorted(self._unknown),
            "not_released": not_released,
            "path": str(self._trash.path),
            "sentence": sentence.strip(),
        }
