"""What a person typed becomes a SendMessage request, or a sentence why not."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.sqs.sending import HEAD, plan, purge, purge_plan, read_attributes, request, send
from tests.plugins.sqs.model import queue

FIFO = queue("orders.fifo", ContentBasedDeduplication=True)


def test_attributes_from_lines_and_from_json() -> None:
    assert read_attributes("tenant=a\n count : Number = 4.50\n\nnote=x=y") == {
        "tenant": {"DataType": "String", "StringValue": "a"},
        "count": {"DataType": "Number", "StringValue": "4.50"},
        "note": {"DataType": "String", "StringValue": "x=y"},
    }
    assert read_attributes('{"n": 7, "s": "7", "b": true}') == {
        "n": {"DataType": "Number", "StringValue": "7"},
        "s": {"DataType": "String", "StringValue": "7"},
        "b": {"DataType": "String", "StringValue": "true"},
    }
    assert read_attributes(" ") == {}


def test_a_plain_message_needs_nothing_but_a_body() -> None:
    row = queue()
    assert request(row, body="hello") == {"QueueUrl": row["QueueUrl"], "MessageBody": "hello"}
    asked = request(row, body="x", group="tenant", delay="5")
    assert (asked["MessageGroupId"], asked["DelaySeconds"]) == ("tenant", 5)


def test_a_fifo_message_takes_group_and_deduplication_but_no_delay() -> None:
    asked = request(FIFO, body="x", group="g", dedup="d", delay="5")
    assert asked["MessageDeduplicationId"] == "d"
    assert "DelaySeconds" not in asked


@pytest.mark.parametrize(
    ("row", "fields", "why"),
    [
        (queue(), {"body": ""}, "needs a body"),
        (queue(), {"body": "a\x1bb"}, "U+001B"),
        (queue(), {"body": "x", "attributes": "a=\ufffe"}, "U+FFFE"),
        (queue(), {"body": "x" * 1_048_577}, "1,048,577 bytes"),
        (queue(MaximumMessageSize=1024), {"body": "x" * 1025}, "takes 1,024"),
        (queue(), {"body": "x", "attributes": "novalue"}, "name=value"),
        (queue(), {"body": "x", "attributes": "a="}, "no value"),
        (queue(), {"body": "x", "attributes": "a b=c"}, "no attribute name"),
        (queue(), {"body": "x", "attributes": "n:Number=seven"}, "is none"),
        (queue(), {"body": "x", "attributes": "{"}, "no JSON"),
        (queue(), {"body": "x", "attributes": "\n".join(f"a{n}=1" for n in range(11))}, "not 11"),
        (queue(), {"body": "x", "delay": "901"}, "up to 900"),
        (FIFO, {"body": "x"}, "needs a group"),
        (queue("o.fifo"), {"body": "x", "group": "g"}, "needs a deduplication id"),
    ],
)  # fmt: skip
def test_what_sqs_would_refuse_is_refused_with_a_sentence(
    row: dict[str, Any], fields: dict[str, str], why: str
) -> None:
    with pytest.raises(AwsError) as refused:
        request(row, **fields)
    assert why in refused.value.problem.what
    assert refused.value.problem.kind == "refused"


async def test_the_plan_says_what_is_sent_and_where_to() -> None:
    made = await plan(
        FakeAws({}), queue(), body="a\n" * 400, attributes="tenant=a\nkind=b", delay="90"
    )
    assert made.lines[0] == "Sends one message of 824 bytes to orders, a standard queue."
    assert made.lines[1] == f"Body: {('a ' * HEAD)[:HEAD]} …"
    assert made.lines[2:] == (
        "2 attributes: tenant, kind.", "Nobody can receive it for 1 m.",
    )  # fmt: skip
    made = await plan(FakeAws({}), FIFO, body="x", group="g", dedup="d")
    assert "a FIFO queue" in made.lines[0]
    assert made.lines[2:] == ("No attributes.", "Group g.", "Deduplication id d.")
    with pytest.raises(AwsError, match="body"):
        await plan(FakeAws({}), queue(), body="")


async def test_send_says_under_which_id() -> None:
    aws = FakeAws({"send_message": {"MessageId": "id-1"}})
    assert await send(aws, queue(), body="x") == "Sent to orders as id-1."
    assert len(aws.calls) == 1


async def test_an_encrypted_queue_names_the_missing_permission() -> None:
    aws = FakeAws({"send_message": AwsError(Problem("no", code="KmsAccessDenied", kind="denied"))})
    with pytest.raises(AwsError) as refused:
        await send(aws, queue(), body="x")
    assert refused.value.problem.action == "kms:GenerateDataKey"


async def test_purge_says_what_it_deletes_besides_and_that_it_came_too_soon() -> None:
    attributes = {
        "ApproximateNumberOfMessages": "1204",
        "ApproximateNumberOfMessagesNotVisible": "3",
    }
    aws = FakeAws(
        {
            "get_queue_attributes": {"Attributes": attributes},
            "purge_queue": AwsError(
                Problem("x", code="AWS.SimpleQueueService.PurgeQueueInProgress")
            ),
        }
    )
    said = " ".join((await purge_plan(aws, queue())).lines)
    assert "1,204" in said
    assert "about 3" in said
    assert "sent meanwhile" in said
    assert all(name != "purge_queue" for name, _ in aws.calls), "a plan only reads"
    with pytest.raises(AwsError) as refused:
        await purge(aws, queue())
    assert "less than 60 seconds ago" in refused.value.problem.what
