"""The redrive over HTTP: what is chosen goes whole, what is not stays, and whatever is told is done."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from awstui.engine.door import Doors
from awstui.errors import AwsError
from awstui.plugin import Row
from plugins.sqs.book import Book
from plugins.sqs.redriving import claiming, handover, journal, operations, outbox, unseen
from plugins.sqs.redriving.job import redrive_some
from plugins.sqs.redriving.ledger import State
from plugins.sqs.redriving.preparing import prepared
from plugins.sqs.scanning.groups import group_of
from tests.anything import anything
from tests.faults.proxy import FaultProxy
from tests.patience import PATIENCE, patiently
from tests.plugins.sqs.conftest import SCOPE, Shop


class Words:
    """A ``told`` that a test speaks through."""

    def __init__(self) -> None:
        self._said: asyncio.Queue[Row] = asyncio.Queue()

    def say(self, **what: Any) -> None:
        self._said.put_nowait(what)

    async def next(self, timeout: float | None = None) -> Row | None:
        try:
            return await asyncio.wait_for(self._said.get(), timeout)
        except TimeoutError:
            return None


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


async def pair(shop: Shop, *, fifo: bool = False, **more: Any) -> tuple[Row, Row]:
    end = ".fifo" if fifo else ""
    dead = await shop.queue(f"orders-dlq{end}")
    return dead, await shop.queue(f"orders{end}", dead=dead, **more)


async def run(shop: Shop, dead: Row, told: Words | None = None, **asked: Any) -> list[Row]:
    """Every event of a redrive."""
    asked = {} if "resume" in asked and len(asked) == 1 and not asked["resume"] else asked
    if "resume" not in asked:
        asked = {"rate": 5000, "hold": 20} | asked
    with shop.allowed():
        return [event async for event in redrive_some(shop.aws, dead, told or Words(), **asked)]


async def bodies(shop: Shop, row: Row) -> list[Row]:
    """What can be received, and given back."""
    found: list[Row] = []
    with shop.allowed():
        while True:
            answer = await shop.aws.write(
                "receive_message", QueueUrl=row["QueueUrl"], MaxNumberOfMessages=10,
                VisibilityTimeout=30, MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )  # fmt: skip
            if not answer.get("Messages"):
                return found
            found += answer["Messages"]


async def ids(shop: Shop, row: Row) -> list[str]:
    found = await bodies(shop, row)
    with shop.allowed():
        for one in found:
            await shop.aws.write(
                "change_message_visibility", QueueUrl=row["QueueUrl"],
                ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0,
            )  # fmt: skip
    return [one["MessageId"] for one in found]


def orders(found: list[Row]) -> set[int]:
    return {json.loads(one["Body"])["order"] for one in found}


async def test_the_filtered_go_and_the_others_stay_visible(shop: Shop) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 30)
    events = await run(shop, dead, filter="?order < `12`")
    ended = events[-1]
    assert (ended["kind"], ended["done"], ended["over"]) == ("ended", 12, True)
    assert ended["reasons"] == {"does not match the filter": 18}
    assert await shop.depth(dead) == (18, 0)
    assert orders(await bodies(shop, source)) == set(range(12))


async def test_each_goes_back_to_the_queue_it_died_in(shop: Shop) -> None:
    dead, first = await pair(shop, lives=1)
    second = await shop.queue("invoices", dead=dead, lives=1)
    await shop.dead_letter(first, 4)
    await shop.dead_letter(second, 3)
    await shop.fill(dead, 2)  # sent here directly: nobody knows where they belong
    ended = (await run(shop, dead))[-1]
    assert await shop.depth(first) == (4, 0)
    assert await shop.depth(second) == (3, 0)
    assert await shop.depth(dead) == (2, 0)
    assert ended["reasons"] == {"its source is not known: name a destination": 2}


async def test_ids_groups_and_counts_choose(shop: Shop) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 9)
    chosen = (await ids(shop, dead))[:3]
    began = time.monotonic()
    ended = (await run(shop, dead, ids=chosen))[-1]
    assert ended["done"] == 3
    assert ended["why"] == "All that were chosen have been found."
    assert time.monotonic() - began < patiently(2), "it does not wait for more than was chosen"
    assert (await run(shop, dead, count=2))[-1]["done"] == 2
    message = (await bodies(shop, dead))[0]
    assert (await run(shop, dead, group="another"))[-1]["done"] == 0
    assert group_of(message)
    assert (await shop.depth(source))[0] == 5


async def test_everything_of_a_message_goes_along(shop: Shop) -> None:
    dead, source = await pair(shop)
    attributes = {
        "raw": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff\x1b"},
        "n": {"DataType": "Number.int", "StringValue": "7"},
    }
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}}
    await shop.fill(
        dead, 2, MessageAttributes=attributes, MessageSystemAttributes=trace, MessageGroupId="t1"
    )
    await run(shop, dead)
    for message in await bodies(shop, source):
        assert message["MessageAttributes"] == attributes
        assert message["Attributes"]["AWSTraceHeader"] == "Root=1-2-3"
        assert message["Attributes"]["MessageGroupId"] == "t1"


async def test_edited_bodies_go_and_originals_may_stay(shop: Shop) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 2)
    one, other = await ids(shop, dead)
    await run(shop, dead, ids=[one], edits={one: '{"order": 99}'})
    assert orders(await bodies(shop, source)) == {99}
    ended = (await run(shop, dead, ids=[other], keep=True, edits={other: '{"order": 7}'}))[-1]
    assert ended["sent"] == 1
    assert await shop.depth(dead) == (1, 0)
    assert 7 in orders(await bodies(shop, source))


async def test_what_the_destination_cannot_take_stays(shop: Shop) -> None:
    dead, _ = await pair(shop, MaximumMessageSize="1024")
    with shop.allowed():
        await shop.aws.write("send_message", QueueUrl=dead["QueueUrl"], MessageBody="x" * 2000)
    await shop.fill(dead, 1)
    ended = (await run(shop, dead))[-1]
    assert (ended["done"], ended["skipped"]) == (1, 1)
    assert ended["reasons"] == {"larger than the 1,024 bytes taken there": 1}
    assert await shop.depth(dead) == (1, 0)


async def test_a_fifo_queue_keeps_its_order(shop: Shop) -> None:
    dead, source = await pair(shop, fifo=True)
    for n in range(40):
        with shop.allowed():
            await shop.aws.write(
                "send_message", QueueUrl=dead["QueueUrl"], MessageBody=json.dumps({"order": n}),
                MessageGroupId=f"g{n % 3}",
            )  # fmt: skip
    assert (await run(shop, dead))[-1]["done"] == 40
    found = await bodies(shop, source)
    for group in range(3):
        mine = [m for m in found if m["Attributes"]["MessageGroupId"] == f"g{group}"]
        order = [json.loads(m["Body"])["order"] for m in mine]
        assert order == sorted(order)


async def test_a_second_redrive_out_of_a_queue_is_refused(shop: Shop) -> None:
    dead, _ = await pair(shop)
    await shop.fill(dead, 5)
    with shop.allowed():
        events = redrive_some(shop.aws, dead, Words(), rate=1)
        begun = await anext(events)
        with pytest.raises(AwsError, match=begun["op"]):
            await anext(redrive_some(shop.aws, dead, Words(), rate=1))
        assert operations.listed()[0]["standing"] == "running"
        await events.aclose()
    assert operations.listed()[0]["standing"] == "interrupted"


async def test_closing_finishes_the_pair_and_gives_the_rest_back(shop: Shop) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 60)
    began = 0.0
    with shop.allowed():
        events = redrive_some(shop.aws, dead, Words(), rate=20, hold=60)
        async for event in events:
            if event["kind"] == "progress" and event["done"] >= 5:
                began = time.monotonic()
                break
        await events.aclose()
    assert time.monotonic() - began < patiently(2.0)
    here, hidden = await shop.depth(dead)
    there, _ = await shop.depth(source)
    assert hidden == 0
    assert here + there == 60
    (told,) = operations.listed()
    assert (told["standing"], told["done"], told["unknown"]) == ("interrupted", there, 0)
    ended = (await run(shop, dead, resume=told["op"]))[-1]
    assert ended["done"] == 60
    assert await shop.depth(dead) == (0, 0)
    assert await shop.depth(source) == (60, 0)


async def test_it_is_paused_hastened_and_cancelled(shop: Shop) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 30)
    told, phase = Words(), 0
    with shop.allowed():
        async for event in redrive_some(shop.aws, dead, told, rate=5, hold=30):
            if event["kind"] != "progress":
                continue
            if phase == 0 and event["done"] >= 1:
                told.say(pause=True)
                phase = 1
            elif phase == 1 and event["state"] == "paused":
                told.say(go=True, rate=10)
                phase = 2
            elif phase == 2 and event["done"] >= 3:
                told.say(cancel=True)
                phase = 3
    assert phase == 3
    (one,) = operations.listed()
    assert one["why"] == "Cancelled."
    assert (await shop.depth(dead))[0] + (await shop.depth(source))[0] == 30


async def test_a_canary_that_comes_back_stops_it(shop: Shop) -> None:
    dead, source = await pair(shop, lives=1)
    await shop.dead_letter(source, 12)
    with shop.allowed():
        events = redrive_some(shop.aws, dead, Words(), canary=20.0, hold=30, rate=100)
        ended: Row = {}
        async for event in events:
            if event["kind"] == "progress" and event["done"] == 1 and not event["bounced"]:
                for _ in range(2):  # its consumer fails once more
                    await shop.aws.write(
                        "receive_message", QueueUrl=source["QueueUrl"], VisibilityTimeout=0
                    )
            ended = event
    assert (ended["done"], ended["bounced"]) == (1, 1)
    assert ended["why"] == "1 of 1 came back: that is more than 20%."
    assert await shop.depth(dead) == (12, 0)


async def test_a_canary_out_of_a_fifo_group_is_seen_when_it_comes_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is behind it in its group is not held meanwhile: else SQS would not show it."""
    monkeypatch.setattr(claiming, "GLANCE", 0.1)
    dead, source = await pair(shop, fifo=True, lives=1)
    for n in range(6):
        await shop.fill(source, 1, MessageGroupId="g", MessageDeduplicationId=f"d{n}")
        await consumed(shop, source)
    assert await shop.depth(dead) == (6, 0)
    with shop.allowed():
        events = redrive_some(shop.aws, dead, Words(), canary=20.0, hold=30, rate=100)
        ended: Row = {}
        async for event in events:
            if event["kind"] == "progress" and event["done"] == 1 and not event["bounced"]:
                await consumed(shop, source)
            ended = event
    assert (ended["done"], ended["bounced"]) == (1, 1)
    assert ended["why"] == "1 of 1 came back: that is more than 20%."
    assert await shop.depth(dead) == (6, 0)


async def test_a_canary_that_comes_back_behind_ten_others_of_its_group_is_counted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQS shows the first ten of a group and no more: nothing goes while the queue has grown."""
    monkeypatch.setattr(claiming, "GLANCE", 0.1)
    monkeypatch.setattr(unseen, "EVERY", 0.1)
    monkeypatch.setattr(unseen, "SETTLES", 0.4)
    dead, source = await pair(shop, fifo=True, lives=1)
    for n in range(13):
        await shop.fill(source, 1, MessageGroupId="g", MessageDeduplicationId=f"d{n}")
        await consumed(shop, source)
    assert await shop.depth(dead) == (13, 0)
    failed, states = False, []
    with shop.allowed():
        events = redrive_some(shop.aws, dead, Words(), canary=0.5, hold=30, rate=100)
        ended: Row = {}
        async for event in events:
            if event["kind"] == "progress" and event["done"] == 1 and not failed:
                failed = True
                await consumed(shop, source)
            states += [event["state"]] if event["kind"] == "progress" else []
            ended = event
    assert (ended["done"], ended["bounced"], ended["left"]) == (1, 0, 0)
    assert "about 1 message more than it did before the canary" in ended["why"]
    assert "running" not in states[states.index("watching the canary") : -2]
    assert await shop.depth(dead) == (13, 0)
    assert await shop.depth(source) == (0, 0)


async def test_what_came_back_goes_again_within_the_window_of_its_first_time(shop: Shop) -> None:
    """Under an id that a FIFO queue has seen it would be taken, and not delivered: and then deleted here."""
    dead, source = await pair(shop, fifo=True, lives=1)
    await shop.fill(source, 1, MessageGroupId="g")
    await consumed(shop, source)
    for _ in range(2):
        assert (await run(shop, dead))[-1]["done"] == 1
        assert (await shop.depth(source), await shop.depth(dead)) == ((1, 0), (0, 0))
        await consumed(shop, source)
    assert await shop.depth(dead) == (1, 0)


async def test_a_canary_is_watched_until_its_consumer_has_failed_as_often_as_it_may(
    shop: Shop,
) -> None:
    dead, _ = await pair(shop, lives=3, VisibilityTimeout="40")
    operation, _ = await prepared(shop.aws, dead, canary=True)
    assert operation.canary == 130
    assert (await prepared(shop.aws, dead, canary=7.5))[0].canary == 7.5
    assert (await prepared(shop.aws, dead))[0].canary == 0


async def consumed(shop: Shop, source: Row) -> None:
    """Let a queue's consumer fail once, and SQS look at it again."""
    with shop.allowed():
        for _ in range(2):
            await shop.aws.write(
                "receive_message", QueueUrl=source["QueueUrl"], VisibilityTimeout=0
            )


async def test_a_canary_out_of_a_fifo_group_that_proves_good_is_followed_in_order(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "GLANCE", 0.1)
    dead, source = await pair(shop, fifo=True)
    for n in range(4):
        body = json.dumps({"order": n})
        with shop.allowed():
            await shop.aws.write(
                "send_message", QueueUrl=dead["QueueUrl"], MessageBody=body, MessageGroupId="g"
            )
    ended = (await run(shop, dead, canary=0.5, rate=100))[-1]
    assert (ended["done"], ended["reasons"]) == (4, {})
    found = await bodies(shop, source)
    assert [json.loads(one["Body"])["order"] for one in found] == [0, 1, 2, 3]


async def test_a_canary_that_proves_good_is_followed(shop: Shop) -> None:
    dead, _ = await pair(shop)
    await shop.fill(dead, 4)
    events = await run(shop, dead, canary=1.5, rate=100)
    watching = [e for e in events if e.get("state") == "watching the canary" and e.get("done") == 1]
    assert watching
    assert events[-1]["done"] == 4


# ---- faults ------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def faulty(shop: Shop, tmp_path: Path) -> AsyncIterator[tuple[Shop, FaultProxy]]:
    """The same shop behind a proxy."""
    with FaultProxy.running(shop.url) as proxy:
        doors = Doors(audit_folder=tmp_path / "audit", endpoint_url=proxy.url, demo=True)
        try:
            yield Shop(doors, doors.open(SCOPE, "sqs"), proxy.url), proxy
        finally:
            await doors.close()


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
async def test_a_lost_answer_to_a_send(shop: Shop, tmp_path: Path, *, fifo: bool) -> None:
    dead, source = await pair(shop, fifo=fifo)
    more = {"MessageGroupId": "g"} if fifo else {}
    await shop.fill(dead, 5, **more)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule("drop", operation="SendMessageBatch", times=1)
        ended = (await run(behind, dead))[-1]
        sends = proxy.count("sqs", "SendMessageBatch")
    if fifo:  # asked again under the same id, and taken once
        assert (ended["done"], ended["unknown"]) == (5, 0)
        assert await shop.depth(source) == (5, 0)
        assert await shop.depth(dead) == (0, 0)
    else:
        assert (ended["done"], ended["unknown"], sends) == (0, 5, 1)
        assert await shop.depth(source) == (5, 0)
        assert await shop.depth(dead) == (5, 0), "neither deleted nor sent again"
        assert len(ended["unknown_ids"]) == 5


async def test_a_send_that_is_refused_for_a_while_is_sent_later(shop: Shop, tmp_path: Path) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 3)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule(
            "error", operation="SendMessageBatch", code="ThrottlingException", status=400, times=1
        )
        assert (await run(behind, dead))[-1]["done"] == 3
    assert await shop.depth(source) == (3, 0)


@pytest.mark.parametrize("code", ["ServiceUnavailable", "RequestThrottled", "503"])
async def test_an_answer_that_nothing_was_done_is_no_doubt(
    shop: Shop, tmp_path: Path, code: str
) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 3)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule("error", operation="SendMessageBatch", code=code, status=503, times=1)
        ended = (await run(behind, dead))[-1]
    assert (ended["done"], ended["unknown"]) == (3, 0)
    assert await shop.depth(source) == (3, 0)


async def test_a_key_that_is_disabled_ends_it_with_its_sentence(shop: Shop, tmp_path: Path) -> None:
    dead, _ = await pair(shop)
    await shop.fill(dead, 3)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule("error", operation="SendMessageBatch", code="KmsDisabled", status=400)
        with pytest.raises(AwsError, match="KMS key"):
            await run(behind, dead)
    assert await shop.depth(dead) == (3, 0)
    (told,) = operations.listed()
    assert (told["standing"], told["skipped"]) == ("interrupted", 0), "no message is to blame"


async def test_a_batch_that_is_refused_whole_is_sent_one_by_one(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BACK_OFF", 0.01)
    dead, source = await pair(shop)
    await shop.fill(dead, 5)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule(
            "error", operation="SendMessageBatch", code="InvalidParameterValue", status=400, times=2
        )
        ended = (await run(behind, dead))[-1]
        sends = proxy.count("sqs", "SendMessageBatch")
    assert (ended["done"], ended["skipped"], sends) == (4, 1, 6)
    assert await shop.depth(source) == (4, 0)
    assert await shop.depth(dead) == (1, 0)


async def test_a_send_that_is_denied_ends_it_with_nothing_lost(shop: Shop, tmp_path: Path) -> None:
    dead, _ = await pair(shop)
    await shop.fill(dead, 3)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule("error", operation="SendMessageBatch", code="AccessDenied", status=403)
        with pytest.raises(AwsError, match="SendMessage"):
            await run(behind, dead)
    assert await shop.depth(dead) == (3, 0)
    assert operations.listed()[0]["standing"] == "interrupted"


async def test_a_lost_answer_to_a_delete(shop: Shop, tmp_path: Path) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 4)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule("drop", operation="DeleteMessageBatch", times=1)
        ended = (await run(behind, dead))[-1]
    assert (ended["done"], ended["sent"]) == (4, 0)
    assert await shop.depth(source) == (4, 0)
    assert await shop.depth(dead) == (0, 0)


async def test_what_was_sent_and_not_deleted_is_only_deleted_later(
    shop: Shop, tmp_path: Path
) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 4)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule("refuse", operation="DeleteMessageBatch")
        with behind.allowed():
            events = redrive_some(behind.aws, dead, Words(), rate=100, hold=5)
            async for event in events:
                if event.get("sent") == 4:
                    break
            await events.aclose()
    (told,) = operations.listed()
    assert (told["sent"], told["done"]) == (4, 0)
    await shop.fill(dead, 1)
    ended = (await run(shop, dead, resume=told["op"], cleanup=True))[-1]
    assert ended["done"] == 4
    assert await shop.depth(source) == (4, 0), "nothing was sent once more, and nothing new"
    assert await shop.depth(dead) == (1, 0)


async def test_a_new_redrive_knows_what_others_have_sent(shop: Shop, tmp_path: Path) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 4)
    async with faulty(shop, tmp_path) as (behind, proxy):
        proxy.rule("drop", operation="SendMessageBatch", times=1)
        unknown = (await run(behind, dead, count=4))[-1]["unknown_ids"]
        await shop.fill(dead, 2)
        proxy.rule("refuse", operation="DeleteMessageBatch")
        with behind.allowed():
            events = redrive_some(behind.aws, dead, Words(), rate=100, hold=5)
            async for event in events:
                if event.get("sent") == 2:
                    break
            await events.aclose()
    assert await shop.depth(source) == (6, 0)
    async with asyncio.timeout(PATIENCE):
        while (await shop.depth(dead))[1]:  # noqa: ASYNC110  nobody says when a hold is over
            await asyncio.sleep(0.1)
    ended = (await run(shop, dead))[-1]
    assert ended["done"] == 2, "deleted here, for they are there"
    assert await shop.depth(source) == (6, 0), "none was sent twice"
    assert await shop.depth(dead) == (4, 0)
    assert (await run(shop, dead, ids=unknown[:1]))[-1]["done"] == 1
    assert await shop.depth(source) == (7, 0), "a person said that it is to be sent again"


async def test_nothing_is_sent_that_is_not_on_disk(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, source = await pair(shop)
    await shop.fill(dead, 3)
    written = Book.append

    def full(self: Book, lines: bytes) -> None:
        if b'"journaled"' in lines:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(self, lines)

    monkeypatch.setattr(Book, "append", full)
    with pytest.raises(AwsError, match="nothing more is sent"):
        await run(shop, dead)
    assert await shop.depth(source) == (0, 0)
    assert await shop.depth(dead) == (3, 0)


async def test_it_is_told_to_go_on_without_the_console(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, _ = await pair(shop)
    await shop.fill(dead, 20)
    left: list[tuple[str, str]] = []
    monkeypatch.setattr(
        handover, "go_on", lambda operation, reason: left.append((operation.ident, reason))
    )
    told = Words()
    told.say(stay=True)
    about = {"reason": "incident 7"}
    with shop.doors.gate.grant(
        "change", "test", "test", SCOPE, anything(), lifted=True, about=about
    ):
        events = redrive_some(shop.aws, dead, told, rate=2)
        async for event in events:
            if event.get("done"):
                break
        await events.aclose()
    (one,) = operations.listed()
    assert left == [(one["op"], "incident 7")]
    known = journal.read(journal.path_of(one["op"]))[1]
    assert not known.idents(State.JOURNALED)
