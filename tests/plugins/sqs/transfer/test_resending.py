"""One message edited and sent anew: what was not touched is the same to the byte."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.sqs.transfer import drafts
from plugins.sqs.transfer.jsonl import from_line
from plugins.sqs.transfer.relayout import compacted, data_of, edited, indented, to_edit
from plugins.sqs.transfer.resending import ASK, plan, resend, waits
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.transfer.test_jsonl import made


def data(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(8 if depth < 4 else 5)
    plain = (1, 1.10, -2e300, None, True, 'a "quoted" \\ é\n')
    if kind < 5:
        return chance.choice(plain)
    if kind == 5:
        return [data(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return {
        chance.choice("abcdefgh{[:,"): data(chance, depth + 1) for _ in range(chance.randint(0, 4))
    }


@pytest.mark.parametrize("seed", range(40))
def test_laying_out_changes_no_value(seed: int) -> None:
    chance = random.Random(seed)
    value = {"x": data(chance), "n": [data(chance)]}
    ascii_only, tight = chance.random() < 0.5, chance.random() < 0.5
    separators = (",", ":") if tight else (", ", ": ")
    body = json.dumps(value, ensure_ascii=ascii_only, separators=separators)
    assert json.loads(indented(body)) == value
    assert compacted(indented(body), like=body) == body
    assert edited(body, to_edit(body)) == body


def test_numbers_keep_their_digits() -> None:
    body = '{"price":1.10,"big":12345678901234567890123,"e":1E5}'
    typed = to_edit(body).replace("1.10", "2.20")
    assert edited(body, typed) == body.replace("1.10", "2.20")


def test_other_texts_are_left_alone() -> None:
    for body in ("plain", '{"cut', "12", '{\n "a": 1}', "<x/>"):
        assert to_edit(body) == body
        assert edited(body, body + " ") == body + " "
    assert data_of("[1]") == [1]


async def test_what_was_sent_and_not_answered_is_kept_and_told_of(shop: Shop) -> None:
    row = await shop.queue("orders")
    full, fields = with_message(row, {"MessageId": "a", "Body": '{"order": 7}'})
    fields["destination"] = row["QueueName"]

    class Silent(FakeAws):
        read = shop.aws.read

    lost = Silent({"send_message": AwsError(Problem("No answer came.", kind="unknown"))})
    with pytest.raises(AwsError):
        await resend(lost, full, **fields)
    kept, noted = drafts.place().read_text().splitlines()
    assert from_line(kept)["Body"] == '{"order": 7}'
    assert json.loads(noted)["is"] == "sending"
    assert drafts.place().stat().st_mode & 0o777 == 0o600
    said = await waits(shop.aws, full, **fields)
    assert str(drafts.place()) in said
    lines = (await plan(shop.aws, full, **fields)).lines
    assert any(line.startswith("Beware:") and "it may be there" in line for line in lines)
    other = await shop.queue("elsewhere")
    fields["destination"] = other["QueueName"]
    assert not any("Beware" in line for line in (await plan(shop.aws, full, **fields)).lines)


def with_message(row: Row, message: Row) -> tuple[Row, dict[str, Any]]:
    """The row as a pane gives it, and the fields as the form fills them."""
    full = row | {"Message": message}
    fields: dict[str, Any] = {}
    for field in ASK:
        default = field.default(full) if callable(field.default) else field.default
        fields[field.name] = default if field.kind != "flag" else False
    return full, fields


async def received(shop: Shop, row: Row) -> list[Row]:
    with shop.allowed():
        answer = await shop.aws.write(
            "receive_message", QueueUrl=row["QueueUrl"], MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"],
        )  # fmt: skip
    return list(answer.get("Messages") or [])


@pytest.mark.parametrize("name", ["orders", "orders.fifo"])
async def test_what_was_not_edited_is_kept_to_the_byte(shop: Shop, name: str) -> None:
    to = await shop.queue(name)
    message = made(random.Random(5)) | {"Body": '{"total": 1.10, "id": "8c1f"}'}
    row, fields = with_message(to, message)
    fields["destination"] = to["QueueName"]
    fields["body"] = fields["body"].replace("8c1f", "9999")
    with shop.allowed():
        said = await resend(shop.aws, row, **fields)
    (came,) = await received(shop, to)
    assert came["MessageId"] in said
    assert came["Body"] == '{"total": 1.10, "id": "9999"}'
    assert came["MessageAttributes"] == message["MessageAttributes"]
    assert came["Attributes"]["MessageGroupId"] == "g"
    assert came["Attributes"]["AWSTraceHeader"] == "Root=1-2-3"


async def test_each_sending_has_a_deduplication_id_of_its_own(shop: Shop) -> None:
    to = await shop.queue("orders.fifo")
    row, fields = with_message(to, made(random.Random(5)))
    fields["destination"] = to["QueueName"]
    with shop.allowed():
        for _ in "12":
            await resend(shop.aws, row, **fields)
    assert await shop.depth(to) == (2, 0)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("body", '{"cut', "was JSON, and is not any more"),
        ("body", '{"a": "\x1b"}', "was JSON"),
        ("attributes", "{", "attributes are no JSON"),
        ("attributes", '{"a": {"DataType": "Binary", "BinaryValue": "?"}}', "no base64"),
    ],
)
async def test_what_would_be_refused_is_said_before(
    shop: Shop, field: str, value: str, says: str
) -> None:
    to = await shop.queue("orders")
    row, fields = with_message(to, {"Body": '{"a": 1}', "MessageId": "m"})
    with shop.allowed(), pytest.raises(AwsError, match=says):
        await resend(shop.aws, row, **(fields | {field: value, "destination": to["QueueName"]}))
    assert await shop.depth(to) == (0, 0)


async def test_size_and_characters_are_of_the_destination(shop: Shop) -> None:
    to = await shop.queue("small", MaximumMessageSize="1024")
    row, fields = with_message(to, {"Body": "x", "MessageId": "m"})
    fields["destination"] = to["QueueName"]
    with shop.allowed(), pytest.raises(AwsError, match="1,025 bytes"):
        await resend(shop.aws, row, **(fields | {"body": "x" * 1025}))
    with shop.allowed(), pytest.raises(AwsError, match=r"U\+001B"):
        await resend(shop.aws, row, **(fields | {"body": "\x1b"}))


async def test_the_plan_says_what_changed_and_that_the_original_stays(shop: Shop) -> None:
    to = await shop.queue("orders")
    row, fields = with_message(to, {"Body": '{"a": 1}', "MessageId": "m-1"})
    fields["destination"] = to["QueueName"]
    made_plan = await plan(shop.aws, row, **fields)
    assert "The body: as it was." in made_plan.lines
    made_plan = await plan(shop.aws, row, **(fields | {"body": '{"a": 2}'}))
    assert "The body: changed." in made_plan.lines
    assert any("m-1 stays" in line for line in made_plan.lines)


def test_it_goes_where_it_came_from_by_default() -> None:
    dead = {"QueueName": "orders-dlq", "Attributes": {}, "Sources": ["arn:aws:sqs:x:1:orders"]}
    arn = "arn:aws:sqs:x:1:elsewhere"
    system = {"DeadLetterQueueSourceArn": arn}
    _, fields = with_message(dead, {"Body": "x", "Attributes": system})
    assert fields["destination"] == "elsewhere"
    _, fields = with_message(dead, {"Body": "x"})
    assert fields["destination"] == "orders"
