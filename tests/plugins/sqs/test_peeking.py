"""The peek over HTTP: what comes, what stays hidden, and that everything is given back whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.wire import Problem
from plugins.sqs.message import shown
from plugins.sqs.peeking import peek
from tests.plugins.sqs.conftest import Shop


class Told:
    """Says what it is given, once."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[Row] = asyncio.Queue()

    async def next(self, timeout: float | None = None) -> Row | None:
        try:
            return await asyncio.wait_for(self.words.get(), timeout)
        except TimeoutError:
            return None


async def until(events: AsyncGenerator[Row, None], kind: str) -> list[Row]:
    """Events up to the first of a kind."""
    seen = []
    async for event in events:
        seen.append(event)
        if event["kind"] == kind:
            break
    return seen


async def test_a_peek_shows_messages_whole_and_gives_them_back(shop: Shop) -> None:
    row = await shop.queue("orders")
    attributes = {
        "tenant": {"DataType": "String.label", "StringValue": "a"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    await shop.fill(row, 7, MessageAttributes=attributes, MessageGroupId="tenant-a")
    told = Told()
    with shop.allowed("touch"):
        async with aclosing(peek(shop.aws, row, told, want=7)) as events:
            seen = await until(events, "held")
            assert await shop.depth(row) == (0, 7)
            told.words.put_nowait({"release": True})
            seen += await until(events, "released")
    messages = [event["message"] for event in seen if event["kind"] == "message"]
    assert len({message["MessageId"] for message in messages}) == 7
    first = shown(messages[0], lives=5)
    assert first.receives == "1 of 5"
    assert first.group == "tenant-a"
    assert messages[0]["MessageAttributes"]["raw"]["BinaryValue"] == b"\x00\x01"
    assert seen[-1] == {"kind": "released", "count": 7, "expired": 0, "failed": []}
    assert await shop.depth(row) == (7, 0)


async def test_leaving_while_holding_gives_everything_back(shop: Shop) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 25)
    with shop.allowed("touch"):
        async with aclosing(peek(shop.aws, row, Told(), want=25)) as events:
            await until(events, "held")
            assert await shop.depth(row) == (0, 25)
    assert await shop.depth(row) == (25, 0)


class LateAnswers:
    """A door whose receives have happened before their answer comes."""

    def __init__(self, aws: Any, received: asyncio.Event, answer: asyncio.Event) -> None:
        self._aws, self._received, self._answer = aws, received, answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._aws, name)

    def at(self, **where: Any) -> LateAnswers:
        return LateAnswers(self._aws.at(**where), self._received, self._answer)

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        row: Row = await self._aws.write(operation, **arguments)
        if operation == "receive_message":
            self._received.set()
            await self._answer.wait()
        return row


async def test_leaving_while_a_receive_is_on_its_way_gives_back_what_it_brings(shop: Shop) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 25)
    received, answer = asyncio.Event(), asyncio.Event()
    aws = LateAnswers(shop.aws, received, answer)

    async def look() -> None:
        async with aclosing(peek(aws, row, Told(), want=25)) as events:
            async for _ in events:
                pass

    with shop.allowed("touch"):
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(look())
            await received.wait()
            assert (await shop.depth(row))[1] > 0
            looking.cancel()
            answer.set()
    assert await shop.depth(row) == (25, 0)


class Unwilling(LateAnswers):
    """A door through which nothing can be released."""

    def at(self, **where: Any) -> Unwilling:
        return Unwilling(self._aws.at(**where), self._received, self._answer)

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        if operation == "change_message_visibility_batch":
            raise AwsError(Problem("Not today.", code="Refused"))
        return await super().write(operation, **arguments)


async def test_what_cannot_be_released_is_said(shop: Shop) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 12)
    told, answer = Told(), asyncio.Event()
    answer.set()
    aws = Unwilling(shop.aws, asyncio.Event(), answer)
    with shop.allowed("touch"):
        async with aclosing(peek(aws, row, told, want=12)) as events:
            await until(events, "held")
            told.words.put_nowait({"release": True})
            released = (await until(events, "released"))[-1]
    assert released["count"] == 0
    assert released["failed"] == ["Not today."] * 12


async def test_an_empty_queue_ends_by_itself(shop: Shop) -> None:
    row = await shop.queue("empty")
    with shop.allowed("touch"):
        seen = [event async for event in peek(shop.aws, row, Told(), want=5)]
    assert [event["kind"] for event in seen if event["kind"] != "receiving"] == [
        "preflight", "held", "released",
    ]  # fmt: skip
    held = next(event for event in seen if event["kind"] == "held")
    assert "3 long polls" in held["why"]


async def test_a_look_that_condemns_needs_the_queues_name(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    row = await shop.queue("orders", dead=dead, lives=2)
    await shop.fill(row, 1)
    with shop.allowed("touch"):
        seen = [event async for event in peek(shop.aws, row, Told())]
        assert [event["kind"] for event in seen] == ["preflight", "refused"]
        assert seen[-1]["type"] == row["QueueName"]
        async with aclosing(
            peek(shop.aws, row, Told(), want=1, confirmed=row["QueueName"])
        ) as events:
            seen = await until(events, "message")
    assert shown(seen[-1]["message"], lives=2).receives == "1 of 2, last life"


async def test_a_fifo_peek_stalls_its_groups_only_while_it_holds(shop: Shop) -> None:
    row = await shop.queue("orders.fifo")
    await shop.fill(row, 3, MessageGroupId="g")
    with shop.allowed("touch"):
        async with aclosing(peek(shop.aws, row, Told(), want=2)) as events:
            seen = await until(events, "message")
            assert any("head of each group" in why for why in seen[0]["why"])
    assert (await shop.depth(row))[1] == 0


async def test_a_second_peek_says_that_it_is_the_second(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    row = await shop.queue("orders", dead=dead, lives=10)
    await shop.fill(row, 1)
    verdicts = []
    with shop.allowed("touch"):
        for _ in range(2):
            async with aclosing(peek(shop.aws, row, Told(), want=1)) as events:
                verdicts.append((await until(events, "message"))[0]["verdict"])
    assert verdicts == ["ok", "warn"]


async def test_a_dead_letter_queue_is_held_longer_and_looked_through_further(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    await shop.queue("orders", dead=dead)
    with shop.allowed("touch"):
        async with aclosing(peek(shop.aws, dead, Told())) as events:
            (event,) = await until(events, "preflight")
    assert (event["dead_letter"], event["want"], event["hold"]) == (True, 100, 60)
