"""``awstui redrive`` of chosen messages: dry run, ids from a pipe, what exists, and left to itself."""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from awstui import paths
from awstui.demo.process import environment
from awstui.plugin import Row
from plugins.sqs import around
from plugins.sqs.redriving import arguments, handover, journal, looking, operations
from plugins.sqs.redriving.journal import Journal
from plugins.sqs.redriving.planning import plan
from plugins.sqs.redriving.preparing import prepared
from plugins.sqs.transfer.jsonl import to_line
from tests.patience import PATIENCE, patiently
from tests.plugins.sqs.conftest import Shop, command


class Recorded:
    """An Out that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.notes: list[str] = []

    def row(self, row: Row) -> None:
        self.rows.append(row)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def line(self, line: str, *, exact: bool = False) -> None:
        self.notes.append(line)

    def progress(self, done: int, total: int, text: str) -> None:
        del done, total, text


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own, and nobody at the terminal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    reader: Any = io.StringIO("")
    monkeypatch.setattr(sys, "stdin", reader)


async def run(shop: Shop, *words: str) -> tuple[int, Recorded]:
    out = Recorded()
    return await command(shop, "redrive", *words, out=out), out


async def pair(shop: Shop, count: int) -> tuple[Row, Row]:
    dead = await shop.queue("orders-dlq")
    source = await shop.queue("orders", dead=dead)
    await shop.fill(dead, count)
    return dead, source


async def test_a_dry_run_only_reads(shop: Shop) -> None:
    dead, source = await pair(shop, 5)
    status, out = await run(shop, dead["QueueName"], "--filter", "order", "--dry-run")
    said = "\n".join(out.notes)
    assert status == 0
    assert f"to {source['QueueName']}" in said
    assert "AWS's own task cannot choose" in said
    assert "sqs:SendMessage" in said
    assert [row["operation"] for row in out.rows] == [
        "sqs:ReceiveMessage", "sqs:SendMessageBatch", "sqs:DeleteMessageBatch",
    ]  # fmt: skip
    assert source["QueueUrl"] in out.rows[1]["parameters"]
    assert await shop.depth(dead) == (5, 0)
    assert operations.listed() == []


async def test_all_of_it_is_left_to_aws_and_it_says_why(shop: Shop) -> None:
    dead, _ = await pair(shop, 2)
    status, out = await run(shop, dead["QueueName"], "--dry-run")
    assert status == 0
    assert any("By AWS's own task" in note for note in out.notes)
    assert out.notes[-1] == "Would send sqs:StartMessageMoveTask × 1. Nothing was sent."


async def test_nobody_agreed(shop: Shop) -> None:
    dead, _ = await pair(shop, 2)
    status, _ = await run(shop, dead["QueueName"], "--count", "1")
    assert status == 3
    assert await shop.depth(dead) == (2, 0)


async def test_ids_come_through_a_pipe(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, source = await pair(shop, 6)
    with shop.allowed():
        answer = await shop.aws.write(
            "receive_message", QueueUrl=dead["QueueUrl"], MaxNumberOfMessages=4,
            VisibilityTimeout=0,
        )  # fmt: skip
    wanted = [one["MessageId"] for one in answer["Messages"]]
    reader: Any = io.StringIO("\n".join(wanted) + "\n")
    monkeypatch.setattr(sys, "stdin", reader)
    status, out = await run(shop, dead["QueueName"], "--ids", "-", "--rate", "500", "--yes")
    assert (status, out.rows[0]["done"]) == (0, len(wanted))
    assert await shop.depth(source) == (len(wanted), 0)
    status, out = await run(shop, "--list")
    assert [(row["standing"], row["done"]) for row in out.rows] == [("over", len(wanted))]
    assert dt.datetime.fromisoformat(out.rows[0]["started"]).tzinfo is not None


async def test_a_filter_that_cannot_be_read_is_said_before_anything(shop: Shop) -> None:
    dead, _ = await pair(shop, 1)
    with pytest.raises(Exception, match="JMESPath"):
        await run(shop, dead["QueueName"], "--filter", "?[", "--yes")
    assert operations.listed() == []


async def test_an_unknown_operation_is_refused(shop: Shop) -> None:
    dead, _ = await pair(shop, 1)
    status, out = await run(shop, dead["QueueName"], "--resume", "ffffffff", "--yes")
    assert status == 3
    assert "no redrive ffffffff" in out.notes[-1]


async def test_the_plan_knows_sizes_ages_and_consumers(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq", MessageRetentionPeriod="3600")
    await shop.queue("orders", dead=dead, MaximumMessageSize="1024")
    now = str(int(time.time() * 1000))
    sample = [
        {"MessageId": "a", "Body": "x" * 2000, "Attributes": {"SentTimestamp": now}},
        {"MessageId": "b", "Body": "y", "Attributes": {"SentTimestamp": now}},
    ]
    made = await plan(shop.aws, dead, ids=["a", "b"], sample=sample)
    said = "\n".join(made.lines)
    assert "1 message too large" in said
    assert "2 messages would expire within the hour: they go first." in said
    other = await shop.queue("other.fifo")
    with pytest.raises(Exception, match="both must be the same"):
        await plan(shop.aws, dead, ids=["a"], to=other["QueueName"])


async def test_a_dry_run_says_how_many_match_and_gives_them_back(shop: Shop) -> None:
    dead, _ = await pair(shop, 12)
    status, out = await run(
        shop, dead["QueueName"], "--filter", "?order < `5`", "--dry-run", "--keep-going"
    )
    said = "\n".join(out.notes)
    assert status == 0
    assert "5 messages that match ?order < `5` of about 12 messages" in said
    assert "7 messages that were looked at stay" in said
    assert "They have" in said
    assert "goes on by itself when this console closes" in said
    assert "No Lambda function takes from" in said
    assert await shop.depth(dead) == (12, 0)
    _, out = await run(shop, dead["QueueName"], "--filter", "nothing like it", "--dry-run")
    assert any(note.startswith("None that match nothing like it") for note in out.notes)
    assert not any("sqs:SendMessage" in note for note in out.notes)


async def test_expiry_chooses_and_is_planned_with(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq", MessageRetentionPeriod="3000")
    source = await shop.queue("orders", dead=dead)
    await shop.fill(dead, 3)
    status, out = await run(shop, dead["QueueName"], "--filter", "expires<1h", "--dry-run")
    assert "3 messages would expire within the hour: they go first." in out.notes
    status, _ = await run(shop, dead["QueueName"], "--filter", "expires<1h", "--yes")
    assert status == 0
    assert await shop.depth(source) == (3, 0)


async def test_what_it_is_told_has_to_make_sense(shop: Shop) -> None:
    dead, _ = await pair(shop, 1)
    for words in (["--count", "-1"], ["--canary", "-3"]):
        with pytest.raises(Exception, match="not -"):
            await run(shop, dead["QueueName"], *words, "--yes")
    assert await shop.depth(dead) == (1, 0)
    parser = argparse.ArgumentParser()
    arguments.add(parser)
    told = " ".join(parser.format_help().split())
    for bound in ("age>1d", "expires<2h", "receives>=5", "size<10k"):
        assert bound in told


async def test_what_was_not_found_or_stays_is_no_success(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, _ = await pair(shop, 2)
    reader: Any = io.StringIO("no-such-message\n")
    monkeypatch.setattr(sys, "stdin", reader)
    status, out = await run(shop, dead["QueueName"], "--ids", "-", "--yes")
    assert (status, out.rows[0]["missing"]) == (4, 1)
    assert "Not found: no-such-message" in out.notes
    other = await shop.queue("invoices", dead=dead)
    status, out = await run(shop, dead["QueueName"], "--filter", "order", "--yes")
    assert (status, out.rows[0]["left"]) == (4, 2), "two sources, and none is known"
    assert other
    status, _ = await run(
        shop, dead["QueueName"], "--filter", "order", "--to", other["QueueName"], "--yes"
    )
    assert status == 0


async def test_edited_messages_come_through_a_pipe(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came out of an export, with its bodies changed on the way."""
    dead, source = await pair(shop, 3)
    with shop.allowed():
        answer = await shop.aws.write(
            "receive_message", QueueUrl=dead["QueueUrl"], MaxNumberOfMessages=1,
            VisibilityTimeout=0,
        )  # fmt: skip
    exported = json.loads(to_line(answer["Messages"][0]))
    edited = json.dumps(exported | {"Body": '{"order": "mended"}'})
    reader: Any = io.StringIO(edited + "\n")
    monkeypatch.setattr(sys, "stdin", reader)
    status, out = await run(shop, dead["QueueName"], "--edits", "-", "--yes")
    assert (status, out.rows[0]["done"]) == (0, 1)
    with shop.allowed():
        answer = await shop.aws.write("receive_message", QueueUrl=source["QueueUrl"])
    assert answer["Messages"][0]["Body"] == '{"order": "mended"}'
    assert (await shop.depth(dead))[0] == 2
    bad = tmp_path / "bad.jsonl"
    bad.write_text(json.dumps(exported | {"Body": "\x1b[2J"}) + "\n")
    with pytest.raises(Exception, match=r"U\+001B"):
        await run(shop, dead["QueueName"], "--edits", str(bad), "--yes")
    ids = tmp_path / "ids.jsonl"
    ids.write_text(edited + "\n" + "plain-id\n")
    assert arguments._ids(str(ids)) == [exported["MessageId"], "plain-id"]


async def test_copies_are_sent_and_the_originals_stay(shop: Shop) -> None:
    dead, source = await pair(shop, 2)
    status, out = await run(shop, dead["QueueName"], "--filter", "order", "--keep", "--yes")
    assert status == 0
    assert any(note.startswith("2 messages copied.") for note in out.notes)
    assert (await shop.depth(dead), await shop.depth(source)) == ((2, 0), (2, 0))


async def test_all_of_a_queue_that_feeds_nobody_goes_by_awstui(shop: Shop) -> None:
    plain, other = await shop.queue("failed-events"), await shop.queue("elsewhere")
    await shop.fill(plain, 3)
    status, out = await run(
        shop, plain["QueueName"], "--to", other["QueueName"], "--yes", "--rate", "100"
    )
    said = "\n".join(out.notes)
    assert status == 0
    assert "moves only out of the dead-letter queue of an SQS queue" in said
    assert await shop.depth(other) == (3, 0)


async def test_what_runs_is_told_from_the_command_line(shop: Shop) -> None:
    with pytest.raises(Exception, match="ffffffff"):
        await run(shop, "--tell", "ffffffff", "pause")


async def test_one_that_cannot_begin_by_itself_is_told_of(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, _ = await pair(shop, 2)
    words = [sys.executable, "-c", "print('no such profile'); raise SystemExit(1)"]
    monkeypatch.setattr(handover, "command", lambda operation, reason: words)
    status, out = await run(shop, dead["QueueName"], "--count", "1", "--yes", "--no-wait")
    assert status == 1
    assert out.notes[-1].endswith("says why: no such profile")


@pytest.mark.parametrize(
    ("mappings", "said"),
    [
        (None, "Who takes from {} is not known"),
        ([], "No Lambda function takes from {}"),
        ([{"State": "Disabled"}], "Beware: nobody takes from {}"),
        ([{"State": "Enabled"}, {"State": "Disabled"}], "{}: 1 consumer."),
    ],
)
async def test_the_plan_says_who_takes_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, mappings: list[Row] | None, said: str
) -> None:
    dead, source = await pair(shop, 1)

    async def known(aws: Any, row: Row) -> list[Row] | None:
        del aws, row
        return mappings

    monkeypatch.setattr(around, "known_consumers", known)
    made = await plan(shop.aws, dead, count=1)
    line = said.format(source["QueueName"])
    assert any(one.startswith(line) for one in made.lines)


async def test_the_plan_tells_of_what_was_left_behind(shop: Shop) -> None:
    dead, _ = await pair(shop, 2)
    operation, _ = await prepared(shop.aws, dead, count=1)
    book = Journal(journal.path_of(operation.ident))
    book.add([journal.first_line(operation)])
    book.close()
    journal.path_of("bad").write_text("nonsense\n")
    lines = (await plan(shop.aws, dead, count=1)).lines
    assert f"Beware: {operations.sentence(operations.listed()[1])}." in lines
    assert any(line.startswith("Beware: The journal") and "bad.jsonl" in line for line in lines)


async def test_an_incomplete_look_is_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, _ = await pair(shop, 3)
    monkeypatch.setattr(looking, "LONGEST", -1.0)
    _, out = await run(shop, dead["QueueName"], "--filter", "order", "--dry-run")
    assert "Beware: this is not all of the queue: Stopped." in out.notes
    assert await shop.depth(dead) == (3, 0)


async def test_it_goes_on_by_itself(shop: Shop, tmp_path: Path) -> None:
    """Begun, left at once, and carried through by a process that nobody watches."""
    dead, source = await pair(shop, 12)
    ours = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    left = subprocess.run(  # noqa: ASYNC221  nothing else runs meanwhile
        [
            sys.executable, "-m", "awstui", "redrive", dead["QueueName"], "--filter", "order",
            "--yes", "--no-wait",
        ],
        env=ours | environment(shop.url) | {"HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "running" in left.stdout
    until = time.monotonic() + PATIENCE
    while await shop.depth(source) != (12, 0):
        assert time.monotonic() < until, _log(tmp_path)
    while not operations.listed()[0]["why"]:
        assert time.monotonic() < until, _log(tmp_path)
    assert await shop.depth(dead) == (0, 0)
    (log,) = (tmp_path / "state").rglob("*.log")
    assert log.stat().st_mode & 0o777 == 0o600


def _log(folder: Path) -> str:
    return "\n".join(path.read_text() for path in folder.rglob("*.log"))


async def test_a_hang_up_does_not_end_what_was_told_to_go_on(shop: Shop, tmp_path: Path) -> None:
    dead, source = await pair(shop, 40)
    ours = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    began = subprocess.Popen(  # noqa: ASYNC220  nothing else runs meanwhile
        [
            sys.executable, "-m", "awstui", "redrive", dead["QueueName"], "--filter", "order",
            "--rate", "10", "--yes", "--keep-going",
        ],
        env=ours | environment(shop.url) | {"HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + PATIENCE
    while (await shop.depth(source))[0] < 5:
        assert time.monotonic() < until
    began.send_signal(signal.SIGHUP)
    assert began.wait(patiently(5)) == 128 + signal.SIGHUP
    assert (await shop.depth(source))[0] < 40, "it was not through yet"
    while await shop.depth(source) != (40, 0):
        assert time.monotonic() < until, _log(tmp_path)
    while not operations.listed()[0]["why"]:
        assert time.monotonic() < until, _log(tmp_path)
    assert await shop.depth(dead) == (0, 0)


def _read_only() -> None:
    paths.config_file().parent.mkdir(parents=True, exist_ok=True)
    paths.config_file().write_text("read_only = true\n")


def _audited(name: str) -> set[tuple[int, str]]:
    """The processes that meant to send an operation, with the reason that each had."""
    lines = (
        json.loads(line)
        for path in paths.audit_folder().glob("*.jsonl")
        for line in path.read_text().splitlines()
    )
    return {
        (one["pid"], one["reason"])
        for one in lines
        if one.get("phase") == "intent" and one.get("action") == name
    }


@pytest.mark.parametrize("reason", ["incident 7", ""])
async def test_who_goes_on_is_let_through_read_only_by_the_reason_given_for_it_alone(
    shop: Shop, tmp_path: Path, *, reason: str
) -> None:
    """With no reason for it, a redrive begun before read-only was set is not gone on with under it."""
    dead, source = await pair(shop, 40)
    ours = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    if reason:
        _read_only()
    began = subprocess.Popen(  # noqa: ASYNC220  nothing else runs meanwhile
        [
            sys.executable, "-m", "awstui", "redrive", dead["QueueName"], "--filter", "order",
            "--rate", "10", "--yes", "--keep-going", "--reason", reason,
        ],
        env=ours | environment(shop.url) | {"HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 40
    while (await shop.depth(source))[0] < 5:
        assert time.monotonic() < until
    _read_only()
    began.send_signal(signal.SIGHUP)
    assert began.wait(5) == 128 + signal.SIGHUP
    if reason:
        while await shop.depth(source) != (40, 0):
            assert time.monotonic() < until, _log(tmp_path)
        told = _audited("sqs:SendMessageBatch")
        assert len(told) == 2
        assert {why for _, why in told} == {reason}, "each of the two processes says why"
        return
    while "read-only" not in _log(tmp_path):
        assert time.monotonic() < until
    assert (await shop.depth(source))[0] < 40
    assert operations.listed()[0]["standing"] == "interrupted"
    assert {pid for pid, _ in _audited("sqs:SendMessageBatch")} == {began.pid}
