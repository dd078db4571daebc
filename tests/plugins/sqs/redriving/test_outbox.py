"""What an answer to a send means, and what goes first: without the network."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.plugin import Row
from plugins.sqs.redriving.claims import BATCH_BYTES, Claim
from plugins.sqs.redriving.course import Course, Goal
from plugins.sqs.redriving.digests import attributes_digest, body_digest
from plugins.sqs.redriving.intake import Intake
from plugins.sqs.redriving.ledger import State
from plugins.sqs.redriving.operation import Operation
from plugins.sqs.redriving.outbox import SOON, Outbox
from plugins.sqs.redriving.requests import key_trouble

ARN = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq"
NOW = 1_000_000.0
ATTRIBUTES: Row = {"n": {"DataType": "Number", "StringValue": "7"}}


def message(ident: str, body: str = "hello", **more: Any) -> Row:
    system = {"SentTimestamp": str(int(NOW * 1000)), **more.pop("system", {})}
    return {
        "MessageId": ident,
        "ReceiptHandle": f"h-{ident}",
        "Body": body,
        "Attributes": system,
        **more,
    }


def taken(*messages: Row, retention: int = 0, fifo: bool = False) -> tuple[Course, Outbox, Intake]:
    """A course that has received these, all to go to one queue."""
    course = Course(Operation(ident="aa", queue="here", arn=ARN + (".fifo" if fifo else "")))
    intake = Intake(course, lambda one: Goal("there", BATCH_BYTES), retention=retention)
    intake.take(messages, NOW, NOW)
    return course, Outbox(course), intake


def answer(claims: list[Claim], **more: str) -> Row:
    """What SQS says of each when it took it."""
    return {
        "Successful": [
            {
                "Id": str(n), "MessageId": f"new-{n}", "MD5OfMessageBody": body_digest(one.body),
                "MD5OfMessageAttributes": attributes_digest(one.attributes), **more,
            }
            for n, one in enumerate(claims)
        ]
    }  # fmt: skip


def sent(course: Course, outbox: Outbox, **wrong: str) -> State | None:
    """How the first message stands after a send whose answer says this."""
    batch = outbox.batch(NOW, 10)
    assert batch is not None
    outbox.journal(batch, NOW)
    said = answer(batch.claims)
    for entry in said["Successful"]:
        entry.update({name: text for name, text in wrong.items() if text})
        for name in [name for name, text in wrong.items() if not text]:
            del entry[name]
    outbox.answered(batch, said, NOW)
    return course.ledger.state(batch.claims[0].ident)


def test_what_is_acknowledged_with_its_digests_was_sent() -> None:
    course, outbox, _ = taken(message("a", MessageAttributes=ATTRIBUTES))
    assert sent(course, outbox) is State.SENT
    assert set(course.taken) == {"a"}


@pytest.mark.parametrize("name", ["MD5OfMessageBody", "MD5OfMessageAttributes"])
@pytest.mark.parametrize("digest", ["", "0" * 32], ids=["none", "another"])
def test_an_acknowledgement_of_something_else_is_none(name: str, digest: str) -> None:
    course, outbox, _ = taken(message("a", MessageAttributes=ATTRIBUTES))
    assert sent(course, outbox, **{name: digest}) is State.UNKNOWN
    assert not course.taken, "it is not deleted"


def test_what_expires_soon_goes_first() -> None:
    retention = 86_400

    def age(seconds: float) -> Row:
        return {"SentTimestamp": str(int((NOW - seconds) * 1000))}

    course, outbox, _ = taken(
        message("later", system=age(10)),
        message("soon", system=age(retention - SOON + 60)),
        message("sooner", system=age(retention - 60)),
        retention=retention,
    )
    batch = outbox.batch(NOW, 10)
    assert batch is not None
    assert [claim.ident for claim in batch.claims] == ["sooner", "soon", "later"]
    assert course.claims["soon"].expires == pytest.approx(NOW + SOON - 60)


def test_a_batch_carries_a_mebibyte_and_no_more() -> None:
    _, outbox, _ = taken(*(message(f"m{n}", "x" * (BATCH_BYTES // 4)) for n in range(6)))
    first, second = outbox.batch(NOW, 10), outbox.batch(NOW, 10)
    assert first is not None
    assert second is not None
    assert (len(first.claims), first.weight) == (4, BATCH_BYTES)
    assert len(second.claims) == 2


def test_what_was_damaged_on_its_way_here_is_not_sent() -> None:
    course, outbox, _ = taken(
        message("body", MD5OfBody=body_digest("another")),
        message("attributes", MessageAttributes=ATTRIBUTES, MD5OfMessageAttributes="0" * 32),
        message("whole", MD5OfBody=body_digest("hello")),
    )
    batch = outbox.batch(NOW, 10)
    assert batch is not None
    assert [claim.ident for claim in batch.claims] == ["whole"]
    assert course.ledger.idents(State.SKIPPED) == ["body", "attributes"]


@pytest.mark.parametrize("code", ["KmsDisabled", "KMS.AccessDeniedException"])
def test_an_entry_refused_for_the_key_blames_no_message(code: str) -> None:
    course, outbox, _ = taken(message("a"))
    batch = outbox.batch(NOW, 10)
    assert batch is not None
    outbox.journal(batch, NOW)
    said: Row = {"Failed": [{"Id": "0", "SenderFault": True, "Code": code, "Message": "off"}]}
    outbox.answered(batch, said, NOW)
    assert course.ledger.state("a") is State.CLAIMED
    problem = key_trouble(said)
    assert problem is not None
    assert (problem.why, problem.kind) == ("off", "denied")
    assert key_trouble({"Failed": [{"Id": "0", "Code": "KmsThrottled"}]}) is None


def test_a_group_stops_where_one_of_it_was_refused_for_good() -> None:
    one, two = (message(i, system={"MessageGroupId": "g"}) for i in ("a", "b"))
    _, outbox, _ = taken(one, two, fifo=True)
    batch = outbox.batch(NOW, 10)
    assert batch is not None
    assert [claim.ident for claim in batch.claims] == ["a"]
    outbox.journal(batch, NOW)
    outbox.answered(batch, {"Failed": [{"Id": "0", "SenderFault": True, "Code": "No"}]}, NOW)
    assert outbox.batch(NOW + 100, 10) is None


def test_a_message_is_known_again_by_what_it_holds() -> None:
    """A canary that came back under an id that nobody has told us."""
    course, outbox, intake = taken(message("a", "the canary"))
    assert sent(course, outbox) is State.SENT
    older, newer = (
        message(ident, "the canary", system={"SentTimestamp": str(int((NOW + at) * 1000))})
        for ident, at in (("older", -5), ("newer", 5))
    )
    intake.take([older, newer], NOW + 10, NOW + 10)
    assert course.ledger.bounced == {"newer"}, "one that was there before is another message"
