"""Chosen messages are gone, their copies are on disk before, and everything else is where it was."""

from __future__ import annotations

import json
import random
import stat
from pathlib import Path
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.wire import Problem
from plugins.sqs.transfer import trash
from plugins.sqs.transfer.commands import Silence
from plugins.sqs.transfer.deleting import delete_messages, plan
from plugins.sqs.transfer.jsonl import from_line
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.transfer.conftest import Run


async def ids_of(run: Run, row: Row) -> dict[str, Row]:
    _, out = await run("scan", row["QueueName"])
    return {one["MessageId"]: one for one in out.rows}


async def deleted(shop: Shop, row: Row, ids: list[str], aws: Any = None) -> list[Row]:
    with shop.allowed("destroy"):
        return [event async for event in delete_messages(aws or shop.aws, row, Silence(), ids=ids)]


def copies(path: str) -> list[Row]:
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    return [from_line(line) for line in Path(path).read_bytes().split(b"\n") if line]


def is_there(path: str) -> bool:
    return Path(path).exists()


async def test_exactly_the_chosen_ones_go_and_their_copies_are_whole(shop: Shop, run: Run) -> None:
    row = await shop.queue("orders")
    binary = {"raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    await shop.fill(row, 45, MessageAttributes=binary)
    before = await ids_of(run, row)
    chosen = random.Random(1).sample(sorted(before), 17)
    events = await deleted(shop, row, chosen)
    end = events[-1]
    assert (end["deleted"], end["missing"], end["kept"]) == (17, [], {})
    assert sorted(i for e in events if e["kind"] == "deleted" for i in e["ids"]) == sorted(chosen)
    assert (await ids_of(run, row)).keys() == before.keys() - set(chosen)
    assert await shop.depth(row) == (28, 0)
    kept = {one["MessageId"]: one for one in copies(end["path"])}
    assert kept.keys() == set(chosen)
    assert all(one["Body"] == before[ident]["Body"] for ident, one in kept.items())
    assert all(one["MessageAttributes"] == binary for one in kept.values())


async def test_what_is_not_there_any_more_is_said(shop: Shop, run: Run) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 3)
    (end,) = (e for e in await deleted(shop, row, ["nobody"]) if e["kind"] == "ended")
    assert (end["deleted"], end["missing"]) == (0, ["nobody"])
    assert "1 were not found" in end["sentence"]
    assert await shop.depth(row) == (3, 0)
    assert not is_there(end["path"]), "a file without a copy is no file"


class Door:
    """A door that does something else at a delete."""

    def __init__(self, aws: Any, error: str = "", fail: bool = False) -> None:
        self._aws, self._error, self._fail = aws, error, fail

    def __getattr__(self, name: str) -> Any:
        return getattr(self._aws, name)

    def at(self, **where: Any) -> Door:
        del where
        return self

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        if operation == "delete_message_batch":
            if self._error:
                raise AwsError(Problem("No answer came.", kind=self._error))
            entry = {"Id": arguments["Entries"][0]["Id"], "Message": "Not this one."}
            rest = arguments["Entries"][1:]
            if rest:
                await self._aws.write(operation, **(arguments | {"Entries": rest}))
            return {"Failed": [entry]}
        return dict(await self._aws.write(operation, **arguments))


async def test_an_entry_that_is_refused_stays_and_is_given_back(shop: Shop, run: Run) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 5)
    ids = list(await ids_of(run, row))
    end = (await deleted(shop, row, ids, Door(shop.aws)))[-1]
    refused = len(end["kept"])
    assert refused >= 1
    assert end["deleted"] == 5 - refused
    assert await shop.depth(row) == (refused, 0)
    assert "Not this one." in end["sentence"]


async def test_a_lost_reply_is_no_deletion(shop: Shop, run: Run) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 5)
    ids = list(await ids_of(run, row))
    end = (await deleted(shop, row, ids, Door(shop.aws, error="unknown")))[-1]
    assert (end["deleted"], end["unknown"]) == (0, sorted(ids))


async def test_nothing_is_deleted_of_which_no_copy_can_be_made(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 5)
    ids = list(await ids_of(run, row))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trash.Trash, "keep", full)
    with pytest.raises(OSError, match="No space"):
        await deleted(shop, row, ids)
    assert await shop.depth(row) == (5, 0)


async def test_the_plan_says_how_many_what_it_costs_and_where_copies_are(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    row = await shop.queue("orders", dead=dead, lives=7)
    made = await plan(shop.aws, row, ids=["a", "b"])
    said = " ".join(made.lines)
    assert f"Deletes 2 messages of {row['QueueName']}" in said
    assert "1 of 7 lives" in said
    assert "trash" in made.undo


async def test_a_copy_can_be_imported_again(shop: Shop, run: Run) -> None:
    row, to = await shop.queue("orders"), await shop.queue("back")
    await shop.fill(row, 4)
    end = (await deleted(shop, row, list(await ids_of(run, row))))[-1]
    status, _ = await run("import", to["QueueName"], end["path"], "--yes")
    assert status == 0
    bodies = {json.loads(one["Body"])["order"] for one in (await ids_of(run, to)).values()}
    assert bodies == {0, 1, 2, 3}
