"""An import without the network: what an answer means, what may go again, and what holds up a group."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.sqs.redriving.digests import attributes_digest, body_digest
from plugins.sqs.transfer import importing
from plugins.sqs.transfer.importing import send_all
from plugins.sqs.transfer.journal import SentJournal
from tests.plugins.sqs.model import queue

STANDARD, FIFO = queue("goal"), queue("goal.fifo")
LOST = Problem("No answer came.", kind="unknown")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two attempts."""
    monkeypatch.setattr(importing, "BACK_OFF", 0.0)


def file(*groups: str) -> io.BytesIO:
    """A message for each group; ``-`` has none."""
    lines = [
        {"Body": f"body {n}", "Attributes": {"MessageGroupId": group} if group != "-" else {}}
        for n, group in enumerate(groups)
    ]
    return io.BytesIO("".join(json.dumps(line) + "\n" for line in lines).encode())


def taken(**asked: Any) -> Row:
    return {"Successful": [_taken(entry) for entry in asked["Entries"]]}


def _taken(entry: Row) -> Row:
    digest = attributes_digest(entry.get("MessageAttributes") or {})
    return {
        "Id": entry["Id"], "MessageId": "new", "MD5OfMessageBody": body_digest(entry["MessageBody"]),
        **({"MD5OfMessageAttributes": digest} if digest else {}),
    }  # fmt: skip


class Answers:
    """The answers to one send after the other; what comes after them is taken."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)

    def __call__(self, **asked: Any) -> Row:
        answer = self._answers.pop(0) if self._answers else taken
        if isinstance(answer, Problem):
            raise AwsError(answer)
        held: Row = answer(**asked) if callable(answer) else answer
        return held


async def imported(
    folder: Path, to: Row, held: io.BytesIO, *answers: Any, **how: bool
) -> tuple[Counter[str], list[list[str]]]:
    """How an import ended, and the bodies in each request."""
    aws = FakeAws({"send_message_batch": Answers(*answers)}, service="sqs")
    with contextlib.closing(SentJournal("aa", folder)) as journal:
        *_, end = [event async for event in send_all(aws, to, held, journal, "aa", **how)]
    sent = [[entry["MessageBody"] for entry in asked["Entries"]] for _, asked in aws.calls]
    return Counter({name: held for name, held in end.items() if isinstance(held, int)}), sent


@pytest.mark.parametrize("digest", ["", "0" * 32], ids=["none", "another"])
async def test_an_acknowledgement_of_something_else_is_none(tmp_path: Path, digest: str) -> None:
    answer = {"Successful": [{"Id": "0", "MessageId": "new", "MD5OfMessageBody": digest}]}
    end, sent = await imported(tmp_path, STANDARD, file("-"), answer)
    assert (end["sent"], end["unknown"], len(sent)) == (0, 1, 1)


async def test_nothing_overtakes_one_that_was_refused_in_its_group(tmp_path: Path) -> None:
    refused = {"Failed": [{"Id": "0", "SenderFault": True, "Code": "No"}]}
    end, sent = await imported(tmp_path, FIFO, file("a", "a", "a", "b"), refused)
    assert sent == [["body 0"], ["body 3"]]
    assert (end["sent"], end["failed"]) == (1, 1)
    end, sent = await imported(tmp_path, FIFO, file("a", "a", "a", "b"))
    assert sent == [["body 0"], ["body 1"], ["body 2"]], "in their order, the next time"


async def test_a_fifo_queue_is_asked_again_only_while_it_knows_the_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = ("a", "a", "b")
    end, _ = await imported(tmp_path, FIFO, file(*groups), LOST, LOST, LOST, LOST)
    assert (end["unknown"], end["sent"]) == (1, 1)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 290)
    end, sent = await imported(tmp_path, FIFO, file(*groups))
    assert sent == [], "neither what may be there, nor what is behind it"
    assert end["unknown"] == 1
    monkeypatch.setattr(time, "time", lambda: now + 100)
    end, sent = await imported(tmp_path, FIFO, file(*groups))
    assert sent == [["body 0"], ["body 1"]]
    assert (end["unknown"], end["sent"]) == (0, 3)


async def test_what_may_be_there_goes_again_when_a_person_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await imported(tmp_path, FIFO, file("a", "a"), LOST, LOST, LOST, LOST)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 290)
    end, sent = await imported(tmp_path, FIFO, file("a", "a"), again=True)
    assert sent == [["body 0"], ["body 1"]]
    assert end["sent"] == 2


async def test_a_refusal_after_a_lost_answer_does_not_say_that_it_is_not_there(
    tmp_path: Path,
) -> None:
    refused = {"Failed": [{"Id": "0", "SenderFault": True, "Code": "No"}]}
    end, _ = await imported(tmp_path, FIFO, file("a"), LOST, refused)
    assert (end["unknown"], end["failed"]) == (1, 0)


async def test_a_batch_that_is_refused_whole_is_sent_one_by_one(tmp_path: Path) -> None:
    no = Problem("It is not valid.", kind="error", code="InvalidParameterValue")
    end, sent = await imported(tmp_path, STANDARD, file("-", "-", "-"), no, taken, no, taken)
    assert sent == [["body 0", "body 1", "body 2"], ["body 0"], ["body 1"], ["body 2"]]
    assert (end["sent"], end["failed"]) == (2, 1)


async def test_a_key_that_is_disabled_ends_it_and_blames_no_message(tmp_path: Path) -> None:
    off = {"Failed": [{"Id": "0", "SenderFault": True, "Code": "KmsDisabled", "Message": "off"}]}
    with pytest.raises(AwsError, match="KMS key"):
        await imported(tmp_path, STANDARD, file("-"), off)
    end, _ = await imported(tmp_path, STANDARD, file("-"))
    assert end["sent"] == 1


def test_one_file_is_imported_by_one_process_at_a_time(tmp_path: Path) -> None:
    with contextlib.closing(SentJournal("aa", tmp_path)):
        with pytest.raises(AwsError, match="Another process"):
            SentJournal("aa", tmp_path)
        SentJournal("bb", tmp_path).close()
    SentJournal("aa", tmp_path).close()


def test_a_torn_line_is_no_line_and_harms_none_after_it(tmp_path: Path) -> None:
    with contextlib.closing(SentJournal("aa", tmp_path)) as journal:
        journal.write({1: ("sending", ""), 2: ("sending", "")})
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-5])
    with contextlib.closing(SentJournal("aa", tmp_path)) as journal:
        assert journal.standing(2) == ""
        journal.write({3: ("sent", "new")})
    with contextlib.closing(SentJournal("aa", tmp_path)) as journal:
        assert [journal.standing(n) for n in (1, 2, 3)] == ["unknown", "", "sent"]


async def test_what_was_edited_goes_when_that_is_said(tmp_path: Path) -> None:
    line = {"Body": "mended", "MD5OfBody": body_digest("broken")}
    held = io.BytesIO(json.dumps(line).encode() + b"\n")
    found = importing.check(held, STANDARD)
    assert "--edited" in found.problems[0]
    assert importing.check(held, STANDARD, edited=True).problems == []
    end, sent = await imported(tmp_path, STANDARD, held, edited=True)
    assert (end["sent"], sent) == (1, [["mended"]])
