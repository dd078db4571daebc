"""Many messages edited at once: what was not touched is the same to the bit, what cannot be sent is named."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from plugins.sqs.transfer import editing
from plugins.sqs.transfer.editing import begun, breaks, difference, digest_of, kept, read, replaced
from plugins.sqs.transfer.jsonl import to_line
from tests.plugins.sqs.transfer.test_jsonl import made

MESSAGE: Row = {
    "MessageId": "m-1", "Body": '{"a": 1}', "Attributes": {"MessageGroupId": "g"},
    "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "x"}},
}  # fmt: skip


def line(**changed: Any) -> str:
    """The line of the message, with something changed in it."""
    return json.dumps(json.loads(to_line(MESSAGE)) | changed)


@pytest.mark.parametrize("seed", range(20))
def test_what_nobody_touched_is_the_same_to_the_bit(seed: int) -> None:
    messages = [made(random.Random(seed * 10 + n), f"m-{n}") for n in range(3)]
    path = begun("orders-dlq", messages)
    assert path.stat().st_mode & 0o777 == 0o600
    by_id = {message["MessageId"]: message for message in messages}
    with path.open("rb") as file:
        found = read(file, by_id.get)
    assert found.problems == []
    for ident, edit in found.edits.items():
        assert edit == {
            "body": by_id[ident]["Body"],
            "attributes": by_id[ident]["MessageAttributes"],
        }
        assert not editing.is_changed(by_id[ident], edit["body"], edit["attributes"])
    assert kept(str(path), digest_of(path)) == found.edits


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        (line(MessageId=""), "it has no MessageId"),
        (line(MessageId="other"), "other is not among those that were to be edited"),
        (line(Body=""), "its body is empty"),
        (line(Body='{"a": 1'), "its body was JSON, and is not any more"),
        (line(Body='{"a": "\x1b"}'), "U+001B"),
        (line(Body="x" * 1_048_576), "SQS takes 1,048,576"),
        (line(Attributes={"MessageGroupId": "h"}), "MessageGroupId was changed"),
        (line(MessageAttributes={"a": {"DataType": "Binary", "BinaryValue": "?"}}), "no base64"),
        (
            line(MessageAttributes={f"a{n}": MESSAGE["MessageAttributes"]["kind"] for n in range(11)}),
            "10 attributes, not 11",
        ),
    ],
)  # fmt: skip
def test_each_line_that_cannot_be_sent_is_named_by_its_number(text: str, says: str) -> None:
    found = read([line(), "", text], {"m-1": MESSAGE}.get)
    (problem,) = found.problems
    assert problem.startswith("Line 3: ")
    assert says in problem


def test_a_message_is_on_one_line_and_many_problems_are_counted() -> None:
    found = read([line(), line(), *["{"] * 8], {"m-1": MESSAGE}.get)
    assert found.problems[0] == "Line 2: m-1 was on a line before it."
    assert found.told()[-1] == "4 more lines cannot be sent."


def test_attributes_stay_where_a_line_has_none_and_go_where_it_says_so() -> None:
    held = json.loads(line())
    assert read([json.dumps(held | {"MessageAttributes": {}})]).edits["m-1"]["attributes"] == {}
    del held["MessageAttributes"]
    assert read([json.dumps(held)]).edits["m-1"]["attributes"] is None


def test_what_matches_is_replaced_and_nothing_else() -> None:
    texts = ['{"c":"eur","n":1.10}', '{"c":"usd"}', '{"c":"eur"}']
    messages = [{"MessageId": str(n), "Body": text} for n, text in enumerate(texts)]
    changed, count = replaced(messages, r'"c":"(eu)r"', r'"c":"\1ro"')
    assert count == 2
    bodies = [one["Body"] for one in changed]
    assert bodies == ['{"c":"euro","n":1.10}', '{"c":"usd"}', '{"c":"euro"}']
    for find, by in (("(", ""), ("c", r"\2")):
        with pytest.raises(AwsError, match="no regular expression"):
            replaced(messages, find, by)


def test_a_preview_shows_what_was_and_what_is() -> None:
    before = json.dumps({"order": "8c1f", "currency": "eur", "total": 12})
    after = before.replace("eur", "EUR")
    assert difference(before, after) == (
        '…", "currency": "eur", "total": 12} → …", "currency": "EUR", "total": 12}'
    )
    assert difference("aaa", "aa") == "aaa → aa"
    assert len(difference("x" * 9000, "y" * 9000)) < 200
    assert breaks('{"a": 1}', "no")
    assert not breaks("no", "neither")
    assert not breaks("{", "[")


def test_a_file_that_was_changed_since_it_was_seen_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "edits.jsonl"
    path.write_text(line() + "\n")
    digest = digest_of(path)
    assert list(kept(str(path), digest)) == ["m-1"]
    path.write_text(line(Body="[]") + "\n")
    with pytest.raises(AwsError, match="has changed since it was checked"):
        kept(str(path), digest)
    with pytest.raises(AwsError, match="cannot be read"):
        kept(str(tmp_path / "none"), digest)
