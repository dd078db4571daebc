"""Out of one queue through a file into another, bit by bit; and on after an interruption."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.wire import Problem
from plugins.sqs.scanning.job import scan
from plugins.sqs.transfer.commands import Silence
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.transfer.conftest import Run
from tests.plugins.sqs.transfer.test_jsonl import made


async def put(shop: Shop, row: Row, messages: list[Row]) -> None:
    with shop.allowed():
        for message in messages:
            more = {}
            if row["QueueName"].endswith(".fifo"):
                more = {"MessageDeduplicationId": message["MessageId"]}
            await shop.aws.write(
                "send_message", QueueUrl=row["QueueUrl"], MessageBody=message["Body"],
                MessageAttributes=message["MessageAttributes"],
                MessageGroupId=message["Attributes"]["MessageGroupId"],
                MessageSystemAttributes={"AWSTraceHeader": {
                    "DataType": "String", "StringValue": message["Attributes"]["AWSTraceHeader"],
                }},
                **more,
            )  # fmt: skip


async def held(shop: Shop, row: Row) -> list[tuple[Any, ...]]:
    """Everything of each message that must not change."""
    found = []
    with shop.allowed("touch"):
        async for event in scan(shop.aws, row, Silence(), close=True):
            for message in event.get("messages", ()):
                system = message["Attributes"]
                kept = tuple(system.get(name) for name in ("MessageGroupId", "AWSTraceHeader"))
                attributes = message.get("MessageAttributes") or {}
                found.append((message["Body"], repr(sorted(attributes.items())), kept))
    return sorted(found)


def write(file: Path, *lines: str) -> None:
    file.write_text("".join(f"{line}\n" for line in lines))


async def exported(run: Run, row: Row, file: Path) -> list[str]:
    status, out = await run("export", row["QueueName"])
    assert status == 0, out.notes
    write(file, *out.lines)
    return out.lines


def messages(seed: int, count: int, groups: str = "abc") -> list[Row]:
    chance = random.Random(seed)
    found = [made(chance, str(n)) for n in range(count)]
    for message in found:
        message["Attributes"]["MessageGroupId"] = chance.choice(groups)
    return found


async def test_export_and_import_give_byte_equal_messages(
    shop: Shop, run: Run, tmp_path: Path
) -> None:
    source, to = await shop.queue("source"), await shop.queue("goal")
    await put(shop, source, messages(1, 23))
    file = tmp_path / "out.jsonl"
    await exported(run, source, file)
    status, out = await run("import", to["QueueName"], str(file), "--yes")
    assert status == 0, out.notes
    assert await held(shop, to) == await held(shop, source)
    assert await shop.depth(source) == (23, 0), "an export takes nothing away"


async def test_fifo_fields_and_order_are_kept(shop: Shop, run: Run, tmp_path: Path) -> None:
    source, to = await shop.queue("source.fifo"), await shop.queue("goal.fifo")
    await put(shop, source, messages(2, 8))
    file = tmp_path / "out.jsonl"
    lines = await exported(run, source, file)
    status, out = await run("import", to["QueueName"], str(file), "--yes")
    assert status == 0, out.notes
    assert await held(shop, to) == await held(shop, source)
    with shop.allowed():
        answer = await shop.aws.write(
            "receive_message", QueueUrl=to["QueueUrl"], MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
        )  # fmt: skip
    for group in "abc":
        order = [
            json.loads(line)["Body"]
            for line in lines
            if json.loads(line)["Attributes"]["MessageGroupId"] == group
        ]
        came = [
            one["Body"]
            for one in answer["Messages"]
            if one["Attributes"]["MessageGroupId"] == group
        ]
        assert came == order[: len(came)]


async def test_an_import_is_not_done_twice(shop: Shop, run: Run, tmp_path: Path) -> None:
    source, to = await shop.queue("source"), await shop.queue("goal")
    await put(shop, source, messages(3, 5))
    file = tmp_path / "out.jsonl"
    await exported(run, source, file)
    for _ in "12":
        status, out = await run("import", to["QueueName"], str(file), "--yes")
        assert status == 0
    assert "5 of them were sent before" in "".join(out.notes)
    assert await shop.depth(to) == (5, 0)
    status, _ = await run("import", to["QueueName"], str(file), "--yes", "--again", "monday")
    assert await shop.depth(to) == (10, 0)


class Cut:
    """A door that fails at the n-th send: before it went out, or after it was taken."""

    def __init__(self, aws: Any, at: int, *, after: bool, kind: str) -> None:
        self._aws, self._at, self._after, self._kind = aws, at, after, kind
        self.sends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._aws, name)

    def at(self, **where: Any) -> Cut:
        del where
        return self

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        if operation != "send_message_batch":
            return dict(await self._aws.write(operation, **arguments))
        self.sends += 1
        failing = self.sends == self._at
        answer: Row = {}
        if not failing or self._after:
            answer = await self._aws.write(operation, **arguments)
        if failing:
            raise AwsError(Problem("No answer came.", kind=self._kind))
        return answer


async def test_an_interrupted_import_goes_on_and_sends_nothing_twice(
    shop: Shop, run: Run, tmp_path: Path
) -> None:
    source, to = await shop.queue("source"), await shop.queue("goal")
    await put(shop, source, messages(4, 60))
    file = tmp_path / "out.jsonl"
    await exported(run, source, file)
    cut = Cut(shop.aws, 5, after=False, kind="expired")
    try:
        await run("import", to["QueueName"], str(file), "--yes", aws=cut)
        raise AssertionError("it should have stopped")
    except AwsError:
        pass
    assert 0 < (await shop.depth(to))[0] < 60
    status, out = await run("import", to["QueueName"], str(file), "--yes")
    assert status == 0, out.notes
    assert await held(shop, to) == await held(shop, source)


async def test_what_may_have_been_sent_is_not_sent_again_by_itself(
    shop: Shop, run: Run, tmp_path: Path
) -> None:
    source, to = await shop.queue("source"), await shop.queue("goal")
    await put(shop, source, messages(5, 20))
    file = tmp_path / "out.jsonl"
    await exported(run, source, file)
    cut = Cut(shop.aws, 1, after=True, kind="unknown")
    status, out = await run("import", to["QueueName"], str(file), "--yes", aws=cut)
    assert status == 5
    assert "10 may have been sent: no answer came." in out.notes
    assert await shop.depth(to) == (20, 0)
    status, _ = await run("import", to["QueueName"], str(file), "--yes")
    assert (status, await shop.depth(to)) == (5, (20, 0))
    status, _ = await run("import", to["QueueName"], str(file), "--yes", "--resend-unknown")
    assert (status, await shop.depth(to)) == (0, (30, 0))


async def test_a_fifo_queue_is_asked_again_and_knows_them(
    shop: Shop, run: Run, tmp_path: Path
) -> None:
    source, to = await shop.queue("source.fifo"), await shop.queue("goal.fifo")
    await put(shop, source, messages(6, 6))
    file = tmp_path / "out.jsonl"
    await exported(run, source, file)
    cut = Cut(shop.aws, 1, after=True, kind="unknown")
    status, out = await run("import", to["QueueName"], str(file), "--yes", aws=cut)
    assert status == 0, out.notes
    assert await shop.depth(to) == (6, 0)


async def test_a_line_that_is_wrong_keeps_all_from_being_sent(
    shop: Shop, run: Run, tmp_path: Path
) -> None:
    to = await shop.queue("goal")
    file = tmp_path / "in.jsonl"
    write(file, '{"Body": "fine"}', "", '{"Body": ""}', '{"Body": "x", "MD5OfBody": "0"}')
    status, out = await run("import", to["QueueName"], str(file), "--yes")
    assert status == 3
    assert "line 3: its body is empty" in out.notes
    assert any(note.startswith("line 4: ") and "MD5" in note for note in out.notes)
    assert await shop.depth(to) == (0, 0)


async def test_a_dry_run_and_nobody_to_ask_send_nothing(
    shop: Shop, run: Run, tmp_path: Path
) -> None:
    to = await shop.queue("goal")
    file = tmp_path / "in.jsonl"
    write(file, '{"Body": "fine"}')
    status, out = await run("import", to["QueueName"], str(file), "--dry-run")
    assert (status, [row["operation"] for row in out.rows]) == (0, ["sqs:SendMessageBatch"])
    assert out.notes[-1] == "Would send sqs:SendMessage × 1. Nothing was sent."
    assert (await run("import", to["QueueName"], str(file)))[0] == 3
    assert await shop.depth(to) == (0, 0)


async def test_a_scan_counts_groups_and_a_filter_leaves_some(shop: Shop, run: Run) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 12)
    status, out = await run("scan", row["QueueName"], "--group")
    assert status == 0
    (group,) = out.rows
    assert (group["Count"], group["Shape"], group["Complete"]) == (12, "order", True)
    status, out = await run("scan", row["QueueName"], "--filter", "?order > `8`")
    assert {json.loads(one["Body"])["order"] for one in out.rows} == {9, 10, 11}
    assert out.notes[-1].startswith("Complete: 12 messages in ")
    status, out = await run("scan", row["QueueName"], "--filter", "?a b")
    assert status == 3
    assert await shop.depth(row) == (12, 0)


async def test_an_incomplete_export_says_so_by_its_status(shop: Shop, run: Run) -> None:
    row = await shop.queue("orders")
    await shop.fill(row, 40)
    status, out = await run("export", row["QueueName"], "--max", "10")
    assert status == 4
    assert any(note.startswith("Incomplete: ") for note in out.notes)
    assert await shop.depth(row) == (40, 0)
