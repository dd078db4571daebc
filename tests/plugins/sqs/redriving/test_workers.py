"""The workers of a redrive, one step at a time, at a door that answers from a table."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.sqs.redriving import journal
from plugins.sqs.redriving.claiming import Claiming
from plugins.sqs.redriving.course import Goal
from plugins.sqs.redriving.digests import body_digest
from plugins.sqs.redriving.goals import Goals
from plugins.sqs.redriving.journal import Journal
from plugins.sqs.redriving.keeping import Keeping, given_back
from plugins.sqs.redriving.ledger import Ledger, State
from plugins.sqs.redriving.operation import Operation
from plugins.sqs.redriving.pairing import Pairing
from plugins.sqs.redriving.run import Run

HOLD = 100


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def message(ident: str, group: str = "") -> Row:
    system = {"SentTimestamp": "1000", **({"MessageGroupId": group} if group else {})}
    return {
        "MessageId": ident,
        "ReceiptHandle": f"h-{ident}",
        "Body": "hello",
        "Attributes": system,
    }


def taken(**asked: Any) -> Row:
    """The destination takes all of a batch."""
    return {
        "Successful": [
            {"Id": one["Id"], "MessageId": f"new-{one['Id']}", "MD5OfMessageBody": body_digest(one["MessageBody"])}
            for one in asked["Entries"]
        ]
    }  # fmt: skip


def on_disk(run: Run) -> list[tuple[str, str]]:
    """Kind and id of each line that is in the journal's file."""
    lines = journal.lines_in(journal.path_of(run.operation.ident))
    return [(line["kind"], line.get("id", "")) for line in lines]


class Bench:
    """A run at a table of answers."""

    def __init__(self, *, fifo: bool = False, hold: int = HOLD, **answers: Any) -> None:
        end = ".fifo" if fifo else ""
        self.aws = FakeAws(
            {
                "send_message_batch": taken,
                "delete_message_batch": {"Successful": []},
                "change_message_visibility_batch": {"Successful": []},
                **answers,
            },
            service="sqs",
        )
        arn = f"arn:aws:sqs:eu-west-1:123456789012:dlq{end}"
        row: Row = {"QueueUrl": "here", "QueueName": f"dlq{end}", "Attributes": {"QueueArn": arn}}
        self.operation = Operation(ident="aa", queue="here", arn=arn, hold=hold, rate=1000)
        self.book = Journal(journal.path_of("aa"))
        self.book.add([journal.first_line(self.operation)])
        goals = Goals(row, Goal("there", 100_000))
        self.run = Run(self.aws, row, self.operation, goals, self.book, Ledger())

    def receive(self, *messages: Row, ends_in: float = HOLD) -> None:
        """Hold these for so many seconds from now."""
        now = time.time()
        self.run.add(self.run.intake.take(messages, now - self.operation.hold + ends_in, now))

    def calls(self, name: str) -> list[Row]:
        """The arguments of every call of an operation."""
        return [asked for operation, asked in self.aws.calls if operation == name]


@pytest.fixture
async def bench() -> AsyncIterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**how: Any) -> Bench:
        made.append(Bench(**how))
        return made[-1]

    yield make
    for one in made:
        one.book.close()


Make = Callable[..., Bench]


async def test_claims_are_extended_before_they_end_those_under_way_too(bench: Make) -> None:
    held = bench()
    held.receive(message("far"))
    held.receive(message("near"), message("busy"), ends_in=HOLD / 4 - 1)
    held.run.course.claims["busy"].busy = True
    await Keeping(held.run).keep()
    (asked,) = held.calls("change_message_visibility_batch")
    assert [one["ReceiptHandle"] for one in asked["Entries"]] == ["h-near", "h-busy"]
    assert {one["VisibilityTimeout"] for one in asked["Entries"]} == {HOLD}
    for ident in ("near", "busy"):
        assert held.run.course.claims[ident].deadline == pytest.approx(time.time() + HOLD, abs=5)


async def test_many_claims_are_extended_beside_one_another(bench: Make) -> None:
    under_way, most = 0, 0

    held = bench()
    for start in range(0, 200, 10):
        held.receive(*(message(f"m{start + n}") for n in range(10)), ends_in=2)
    hide = held.run.requests.hide

    async def counted(claims: list[Any], seconds: int) -> list[Row]:
        nonlocal under_way, most
        under_way, most = under_way + 1, max(most, under_way + 1)
        await asyncio.sleep(0)
        under_way -= 1
        return await hide(claims, seconds)

    held.run.requests.hide = counted  # type: ignore[method-assign]
    await Keeping(held.run).keep()
    assert len(held.calls("change_message_visibility_batch")) == 20
    assert most == 16


async def test_one_that_cannot_be_extended_is_forgotten_and_looked_for(bench: Make) -> None:
    held = bench(change_message_visibility_batch={"Failed": [{"Id": "0", "Code": "Invalid"}]})
    held.receive(message("a"), ends_in=2)
    await Keeping(held.run).keep()
    assert not held.run.course.claims
    assert not held.calls("send_message_batch")


async def test_before_a_send_a_claim_near_its_end_is_extended(bench: Make) -> None:
    held = bench()
    held.receive(message("a"), ends_in=2 * held.operation.within - 1)
    pairing = Pairing(held.run)
    await pairing._step()
    assert [name for name, _ in held.aws.calls] == ["change_message_visibility_batch"]
    await asyncio.sleep(0.01)  # the bucket of the rate
    await pairing._step()
    assert held.calls("send_message_batch")
    assert held.run.ledger.state("a") is State.DONE


async def test_one_whose_claim_has_ended_is_not_sent(bench: Make) -> None:
    held = bench(change_message_visibility_batch={"Failed": [{"Id": "0", "Code": "Invalid"}]})
    held.receive(message("a"), ends_in=5)
    await Pairing(held.run)._step()
    assert not held.calls("send_message_batch")
    assert not held.run.course.claims


async def test_each_step_is_on_disk_before_the_next(bench: Make) -> None:
    seen: dict[str, list[tuple[str, str]]] = {}

    def sent(**asked: Any) -> Row:
        seen["send"] = on_disk(held.run)
        return taken(**asked)

    def deleted(**_: Any) -> Row:
        seen["delete"] = on_disk(held.run)
        return {"Successful": []}

    held = bench(send_message_batch=sent, delete_message_batch=deleted)
    held.receive(message("a"))
    await Pairing(held.run)._step()
    assert ("journaled", "a") in seen["send"]
    assert ("sent", "a") not in seen["send"]
    assert ("sent", "a") in seen["delete"]
    assert held.run.ledger.state("a") is State.DONE


async def test_a_send_that_takes_longer_than_the_claim_is_given_up(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait for credentials, and attempts that AWS refuses for a while, are part of it."""
    held = bench(hold=5)
    held.receive(message("a"), ends_in=2.05)

    async def never(*_: Any, **__: Any) -> Row:
        await asyncio.sleep(60)
        raise AssertionError("it left after its claim had ended")

    monkeypatch.setattr(held.run.requests._aws, "write", never)
    monkeypatch.setattr(held.run.outbox, "until", lambda batch: time.time() + 1.05)
    await Pairing(held.run)._step()
    assert held.run.ledger.state("a") is State.UNKNOWN


def test_a_send_is_over_before_the_claim_and_the_window_of_fifo(tmp_path: Path) -> None:
    del tmp_path
    held = Bench(fifo=True)
    held.receive(message("a", "g"))
    batch = held.run.outbox.batch(time.time(), 10)
    assert batch is not None
    held.run.outbox.journal(batch, 1000.0)
    assert held.run.outbox.until(batch) == 1280.0
    held.run.ledger.known["a"].first_sent = 1e12
    assert held.run.outbox.until(batch) == held.run.course.claims["a"].deadline
    held.book.close()


async def test_a_delete_that_came_too_late_settles_nothing(bench: Make) -> None:
    held = bench()
    held.receive(message("a"))
    batch = held.run.outbox.batch(time.time(), 10)
    assert batch is not None
    held.run.add(held.run.outbox.journal(batch, time.time()))
    held.run.add(
        held.run.outbox.answered(batch, taken(Entries=[{"Id": "0", "MessageBody": "hello"}]), 1.0)
    )
    claims = held.run.clearing.acknowledged(batch)
    held.run.clearing.deleted(claims, [], claims[0].deadline + 1)
    assert held.run.ledger.state("a") is State.SENT, (
        "SQS may have taken the handle and done nothing"
    )
    assert held.run.course.misses, "it is looked for, and deleted when it comes again"


async def test_a_receive_that_was_not_answered_is_repeated_under_its_name_on_fifo(
    bench: Make,
) -> None:
    lost = [True]

    def answers(**_: Any) -> Row:
        if lost:
            lost.clear()
            raise AwsError(Problem("No answer came.", kind="unknown"))
        return {"Messages": [message("a", "g")]}

    held = bench(fifo=True, receive_message=answers)
    assert [one["MessageId"] for one in await Claiming(held.run)._receive()] == ["a"]
    first, second = held.calls("receive_message")
    assert first["ReceiveRequestAttemptId"] == second["ReceiveRequestAttemptId"]
    assert not held.run.notes
    lost.append(True)
    held = bench(receive_message=answers)
    assert await Claiming(held.run)._receive() == []
    assert len(held.calls("receive_message")) == 1, "a standard queue would hide ten others"
    assert "up to 10 messages may be hidden" in held.run.notes[0]


async def test_what_comes_again_while_it_is_given_back_is_held(bench: Make) -> None:
    held = bench()
    held.receive(message("a"), message("b"))
    hide = held.run.requests.hide

    async def comes_again(claims: list[Any], seconds: int) -> list[Row]:
        held.receive(message("a") | {"ReceiptHandle": "newer"})
        return await hide(claims, seconds)

    held.run.requests.hide = comes_again  # type: ignore[method-assign]
    assert set(await given_back(held.run)) == {"a", "b"}
    assert held.run.course.claims["a"].handle == "newer"


async def test_an_entry_carries_what_can_be_copied_and_no_more(bench: Make) -> None:
    held = bench(fifo=True)
    one = message("a", "g")
    one["Attributes"]["AWSTraceHeader"] = "Root=1-2-3"
    one["MessageAttributes"] = {
        "n": {"DataType": "Number", "StringValue": "7", "StringListValues": []}
    }
    held.receive(one)
    await Pairing(held.run)._step()
    (asked,) = held.calls("send_message_batch")
    (entry,) = asked["Entries"]
    assert entry["MessageDeduplicationId"] == held.operation.deduplication("a")
    assert json.loads(json.dumps(entry)) == {
        "Id": "0", "MessageBody": "hello", "MessageGroupId": "g",
        "MessageDeduplicationId": entry["MessageDeduplicationId"],
        "MessageAttributes": {"n": {"DataType": "Number", "StringValue": "7"}},
        "MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}},
    }  # fmt: skip


def test_every_operation_has_ids_of_its_own() -> None:
    arn = "arn:aws:sqs:eu-west-1:123456789012:dlq.fifo"
    one, other = (Operation(ident=i, queue="here", arn=arn) for i in ("aa", "bb"))
    assert one.deduplication("m") == Operation(ident="aa", queue="here", arn=arn).deduplication("m")
    assert one.deduplication("m") != other.deduplication("m")
    assert one.deduplication("m") != one.deduplication("n")
    assert len(one.deduplication("m")) == 64
