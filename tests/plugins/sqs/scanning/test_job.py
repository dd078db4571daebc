"""The scan over HTTP: all of it is seen, nothing stays hidden, and what is not all says so."""

from __future__ import annotations

import asyncio
import stat
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

from awstui.plugin import Row
from plugins.sqs import around
from plugins.sqs.scanning.job import scan
from plugins.sqs.scanning.spool import Spool
from tests.patience import patiently
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.scanning.conftest import Told


async def events_of(shop: Shop, row: Row, told: Told, confirmed: str = "") -> list[Row]:
    with shop.allowed("touch"):
        return [event async for event in scan(shop.aws, row, told, confirmed=confirmed, close=True)]


def mode_of(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def messages(events: list[Row]) -> list[Row]:
    return [one for event in events if event["kind"] == "messages" for one in event["messages"]]


def one(events: list[Row], kind: str) -> Row:
    (found,) = (event for event in events if event["kind"] == kind)
    return found


async def test_it_sees_all_420_and_hides_none_afterwards(fleet: Shop, told: Told) -> None:
    row = await around.named(fleet.aws, "orders-dlq")
    before = await fleet.depth(row)
    events = await events_of(fleet, row, told)
    seen = messages(events)
    assert len(seen) == len({message["MessageId"] for message in seen}) == 420
    end = one(events, "scanned")
    assert (end["complete"], end["sentence"]) == (True, "complete: 420 messages"), end["why"]
    assert one(events, "released") == {
        "kind": "released", "count": 420, "expired": 0, "failed": [],
    }  # fmt: skip
    assert await fleet.depth(row) == before == (420, 0)
    assert any("BinaryValue" in held for m in seen for held in m["MessageAttributes"].values())
    assert not any("ReceiptHandle" in message for message in seen)


async def test_it_spools_to_a_file_of_its_own_and_removes_it(
    fleet: Shop, told: Told, cache: Path
) -> None:
    row = await around.named(fleet.aws, "orders-dlq")
    with fleet.allowed("touch"):
        async with aclosing(scan(fleet.aws, row, told)) as events:
            seen = []
            async for event in events:
                seen.append(event)
                if event["kind"] == "released":
                    break
            path = one(seen, "spool")["path"]
            assert mode_of(path) == 0o600
            spool = Spool(Path(path))
            assert {m["MessageId"]: m["Body"] for m in spool} == {
                m["MessageId"]: m["Body"] for m in messages(seen)
            }
            spool.close()
    assert list((cache / "scans").iterdir()) == []


async def test_a_cancel_in_the_middle_says_how_far_it_came(fleet: Shop, told: Told) -> None:
    row = await around.named(fleet.aws, "orders-dlq")
    seen: list[Row] = []
    with fleet.allowed("touch"):
        async with aclosing(scan(fleet.aws, row, told, close=True)) as events:
            async for event in events:
                if event["kind"] == "messages" and told.words.empty():
                    told.words.put_nowait({"release": True})
                seen.append(event)
    end = one(seen, "scanned")
    assert 0 < end["seen"] < 420
    assert end["sentence"] == f"incomplete: {end['seen']} of about 420"
    assert end["why"].startswith("Stopped.")
    assert await fleet.depth(row) == (420, 0)


async def test_leaving_in_the_middle_gives_everything_back_within_two_seconds(
    fleet: Shop, told: Told
) -> None:
    row = await around.named(fleet.aws, "orders-dlq")
    with fleet.allowed("touch"):
        async with aclosing(scan(fleet.aws, row, told)) as events:
            count = 0
            async for event in events:
                count += len(event.get("messages", ()))
                if count >= 200:
                    break
            assert (await fleet.depth(row))[1] >= 200
            began = time.monotonic()
    assert time.monotonic() - began < patiently(2.5)
    assert await fleet.depth(row) == (420, 0)


class Late:
    """A door behind which messages come to be as soon as a first poll found none."""

    def __init__(self, shop: Shop, row: Row) -> None:
        self._shop, self._row, self._sent = shop, row, False
        self._filled = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop.aws, name)

    def at(self, **where: Any) -> Late:
        del where
        return self

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        first = operation == "receive_message" and not self._sent
        self._sent |= first
        if operation == "receive_message" and not first:
            await self._filled.wait()
        answer: Row = await self._shop.aws.write(operation, **arguments)
        if first:
            assert not answer.get("Messages")
            await self._shop.fill(self._row, 5)
            self._filled.set()
        return answer


async def test_it_never_believes_one_empty_poll(shop: Shop, told: Told) -> None:
    row = await shop.queue("late")
    with shop.allowed("touch"):
        events = [event async for event in scan(Late(shop, row), row, told, close=True)]
    assert len(messages(events)) == 5
    assert one(events, "scanned")["complete"]


async def test_an_empty_queue_is_said_to_be_empty(shop: Shop, told: Told) -> None:
    row = await shop.queue("empty")
    events = await events_of(shop, row, told)
    assert one(events, "scanned")["sentence"] == "complete: 0 messages"


async def test_a_fifo_scan_shows_the_heads_and_says_why_not_more(shop: Shop, told: Told) -> None:
    row = await shop.queue("orders.fifo")
    for group in "ab":
        for start in range(0, 30, 10):
            await shop.fill(row, 10, MessageGroupId=group, MessageDeduplicationId=f"{group}{start}")
    with shop.allowed():
        for n in range(25):
            await shop.aws.write(
                "send_message", QueueUrl=row["QueueUrl"], MessageBody=str(n),
                MessageGroupId="long", MessageDeduplicationId=f"long-{n}",
            )  # fmt: skip
    events = await events_of(shop, row, told)
    end = one(events, "scanned")
    assert end["seen"] < end["about"]
    assert end["sentence"].startswith("incomplete: ")
    assert "FIFO" in end["why"]
    assert (await shop.depth(row))[1] == 0


async def test_a_queue_that_would_lose_messages_needs_its_name(shop: Shop, told: Told) -> None:
    dead = await shop.queue("orders-dlq")
    row = await shop.queue("orders", dead=dead, lives=1)
    await shop.fill(row, 2)
    events = await events_of(shop, row, told)
    assert [event["kind"] for event in events] == ["preflight", "refused"]
    assert await shop.depth(row) == (2, 0)
    events = await events_of(shop, row, told, confirmed=row["QueueName"])
    assert len(messages(events)) == 2


async def test_what_others_hold_makes_it_incomplete(shop: Shop, told: Told) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 12)
    with shop.allowed():
        await shop.aws.write(
            "receive_message", QueueUrl=row["QueueUrl"], MaxNumberOfMessages=2, VisibilityTimeout=60
        )
    events = await events_of(shop, row, told)
    end = one(events, "scanned")
    assert end["sentence"] == "incomplete: 10 of about 12"
    assert "2 are in flight elsewhere" in end["why"]
