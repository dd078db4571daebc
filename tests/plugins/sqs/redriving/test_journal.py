"""The journal: to the bit, for its owner alone, whole after a crash; and the lock beside it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import threading
from pathlib import Path

import pytest

from awstui import paths
from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from plugins.sqs.redriving import handover, journal, locks, operations
from plugins.sqs.redriving.digests import attributes_digest, body_digest, damage
from plugins.sqs.redriving.journal import Journal
from plugins.sqs.redriving.operation import Edit, Operation, Selection, from_plain

ARN = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def operation(ident: str = "0a1b2c3d", **more: object) -> Operation:
    return Operation(ident=ident, queue="https://here", arn=ARN, **more)  # type: ignore[arg-type]


async def written(ident: str, *lines: Row) -> Path:
    path = journal.path_of(ident)
    book = Journal(path)
    book.add([journal.first_line(operation(ident)), *lines])
    await book.sync()
    book.close()
    return path


def sending(ident: str, **more: object) -> Row:
    return {"kind": "journaled", "id": ident, "at": 1.0, "likeness": "x", **more}


async def test_a_message_is_kept_to_the_bit() -> None:
    message = {
        "MessageId": "a",
        "Body": "é \u2028 \ud800 \x85",
        "MessageAttributes": {
            "raw": {"DataType": "Binary.x", "BinaryValue": bytes(range(256))},
            "fake": {"DataType": "String", "StringValue": '{"$base64": "AA=="}'},
        },
    }
    path = await written("aa", sending("a", message=message))
    (_, line) = journal.lines_in(path)
    assert line["message"] == message


async def test_only_its_owner_reads_it() -> None:
    path = await written("aa")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_torn_line_is_no_line_and_harms_none_after_it() -> None:
    path = await written("aa", sending("a"), {"kind": "sent", "id": "a", "new": "n", "at": 1.0})
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines(keepends=True)[-1]) + 1):
        path.write_bytes(whole[:-cut])
        book = Journal(path)
        book.add([{"kind": "skipped", "id": "b", "why": "no"}])
        await book.sync()
        book.close()
        _, ledger = journal.read(path)
        assert ledger.state("a") == ("sent" if cut == 1 else "journaled")
        assert ledger.state("b") == "skipped"


async def test_an_operation_is_read_back() -> None:
    asked = operation(
        "bb", selection=Selection(("x", "y"), "?a", "g", 3), edits={"x": Edit("new", {})}, rate=7,
        canary=12.5, keep=True, to="there",
    )  # fmt: skip
    held = json.loads(journal.encoded_line(journal.first_line(asked)))
    assert from_plain(held["operation"]) == asked
    held["operation"]["of a newer version"] = 1
    assert from_plain(held["operation"]) == asked


async def test_what_is_no_journal_is_said() -> None:
    with pytest.raises(AwsError, match="no operation"):
        journal.path_of("../../etc/passwd")
    path = await written("cc")
    path.write_text('{"kind": "operation", "version": 99, "operation": {}}\n')
    with pytest.raises(AwsError, match="newer"):
        journal.read(path)
    path.write_text("nonsense\n")
    assert operations.listed()[0]["standing"] == "unreadable"


async def test_a_line_that_was_cut_by_a_full_disk_is_written_whole_before_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two senders: the disk is full in the midst of the first one's line, then there is room again."""
    path = journal.path_of("aa")
    book = Journal(path)
    book.add([journal.first_line(operation("aa"))])
    await book.sync()
    write, full = os.write, [True]

    def fills(file: int, held: bytes) -> int:
        if full and b'"id":"a"' in bytes(held):
            full.clear()
            return write(file, held[: len(held) // 2])
        if bytes(held).startswith(b"{"):
            return write(file, held)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", fills)
    book.add([sending("a")])
    with pytest.raises(AwsError, match="nothing more is sent"):
        await book.sync()
    assert path.read_bytes().endswith(b"}\n"), "nothing is left of the line"
    book.add([sending("b")])
    await book.sync()
    assert [line.get("id") for line in journal.lines_in(path)] == [None, "a", "b"]
    book.close()
    _, ledger = journal.read(path)
    assert (ledger.state("a"), ledger.state("b")) == ("journaled", "journaled")


async def test_while_the_disk_takes_nothing_nobody_is_told_that_it_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = Journal(journal.path_of("aa"))
    book.add([journal.first_line(operation("aa"))])
    await book.sync()
    synced: list[int] = []
    fsync = os.fsync

    def fails(file: int) -> None:
        synced.append(file)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    for ident in ("a", "b"):
        book.add([sending(ident)])
        with pytest.raises(AwsError):
            await book.sync()
    monkeypatch.setattr(os, "fsync", fsync)
    assert len(synced) == 2, "each waited for the disk itself"
    await book.sync()
    book.close()
    assert set(journal.read(journal.path_of("aa"))[1].known) == {"a", "b"}


async def test_one_bad_journal_is_told_of_and_holds_up_no_other() -> None:
    await written("aa", {"kind": "done", "id": "never sent"})
    good = await written("bb", sending("b"), {"kind": "unknown", "id": "b", "why": "no answer"})
    found, problems = operations.left_open(operation("cc"))
    assert found.keys() == {"b"}
    assert len(problems) == 1
    for word in (str(good.with_name("aa.jsonl")), "cannot become done", "move it out of"):
        assert word in problems[0]
    told = {one["op"]: one for one in operations.listed()}
    assert told["aa"]["standing"] == "unreadable"
    assert "aa.jsonl" in told["aa"]["why"]
    assert told["bb"]["standing"] == "interrupted"


async def test_a_journal_is_read_on_from_where_it_was_read_to() -> None:
    path = await written("aa", sending("a"))
    reading = journal.Reading(path)
    _, ledger = reading.look()
    whole = journal.encoded_line({"kind": "sent", "id": "a", "new": "n", "at": 1.0})
    with path.open("ab") as held:
        held.write(whole[:9])
    assert reading.look()[1].state("a") == "journaled", "half a line is no line yet"
    with path.open("ab") as held:
        held.write(whole[9:])
    assert reading.look()[1] is ledger, "it was not read again from its beginning"
    assert ledger.state("a") == "sent"
    path.unlink()
    await written("aa")
    assert reading.look()[1].known == {}, "another file of the same name is another journal"


async def test_of_what_is_over_and_left_nothing_only_the_ends_are_read() -> None:
    path = await written("aa", {"kind": "skipped", "id": "a", "why": "x" * 9000})
    assert not journal.leaves_nothing(path)
    ledger = journal.read(path)[1]
    book = Journal(path)
    book.add([journal.last_line(ledger, "Cancelled.", 1.0)])
    book.close()
    assert journal.leaves_nothing(path)
    assert journal.arn_in(path) == ARN


async def test_operations_are_listed_with_what_they_left() -> None:
    await written("aa", sending("a"), {"kind": "unknown", "id": "a", "why": "no answer"})
    await written("bb", {"kind": "ended", "why": "done", "at": 1.0})
    told = {one["op"]: one for one in operations.listed(ARN)}
    assert (told["aa"]["standing"], told["aa"]["unknown_ids"]) == ("interrupted", ["a"])
    assert told["bb"]["standing"] == "over"
    assert operations.listed(ARN + "-other") == []
    assert operations.left_open(operation("dd"))[0].keys() == {"a"}


async def test_home_tells_of_what_was_interrupted_here() -> None:
    await written("aa", sending("a"), {"kind": "unknown", "id": "a", "why": "no answer"})
    here = FakeAws({}, service="sqs")
    assert [signal.text async for signal in operations.interrupted(here)] == [
        "redrive aa of orders-dlq interrupted: 0 done, 1 unknown"
    ]
    elsewhere = FakeAws({}, service="sqs", region="us-east-1")
    assert [signal async for signal in operations.interrupted(elsewhere)] == []


def test_one_lock_for_each_queue() -> None:
    lock = locks.Lock(operation("aa"))
    assert locks.holder(operation("bb")) == "aa"
    with pytest.raises(AwsError, match="aa"):
        locks.Lock(operation("bb"))
    lock.close()
    assert locks.holder(operation("bb")) == ""
    locks.Lock(operation("bb")).close()


def test_one_who_only_looks_whether_there_is_a_lock_keeps_nobody_from_it() -> None:
    locks.Lock(operation("aa")).close()
    (path,) = (journal.folder() / "locks").iterdir()
    looking = os.open(path, os.O_RDWR)
    fcntl.flock(looking, fcntl.LOCK_SH)
    later = threading.Timer(0.05, os.close, (looking,))
    later.start()
    locks.Lock(operation("bb")).close()
    later.join()


def test_a_lock_ends_with_its_process() -> None:
    child = os.fork()
    if child == 0:
        locks.Lock(operation("aa"))
        os._exit(0)
    os.waitpid(child, 0)
    locks.Lock(operation("bb")).close()


def test_another_process_goes_on_as_whom_and_where_it_was_begun() -> None:
    words = handover.command(operation("aa", profile="prod", endpoint="http://127.0.0.1:1"))
    assert words[1] == "-P", "nothing is imported from the current directory"
    assert words[5:9] == ["awstui", "redrive", ARN, "--resume"]
    for name, value in (
        ("--resume", "aa"), ("--profile", "prod"), ("--region", "eu-west-1"),
        ("--endpoint-url", "http://127.0.0.1:1"), ("--confirm", "orders-dlq"),
    ):  # fmt: skip
        assert words[words.index(name) + 1] == value


@pytest.mark.parametrize(
    ("profile", "environment", "settings", "named"),
    [
        ("default", {}, "", ""),
        ("default", {"AWS_PROFILE": "other"}, "", "default"),
        ("default", {"AWS_DEFAULT_PROFILE": "other"}, "", "default"),
        ("default", {}, 'profile = "other"', "default"),
        ("other", {"AWS_PROFILE": "other"}, "", ""),
        ("other", {}, 'profile = "other"', ""),
        ("prod", {"AWS_PROFILE": "other"}, "", "prod"),
    ],
)
def test_the_profile_is_named_unless_the_process_would_have_it_anyway(  # noqa: PLR0917
    profile: str,
    environment: dict[str, str],
    settings: str,
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    paths.config_file().parent.mkdir(parents=True)
    paths.config_file().write_text(settings)
    words = handover.command(operation("aa", profile=profile))
    assert (words[words.index("--profile") + 1] if "--profile" in words else "") == named


def test_a_reason_is_handed_over_and_none_is_made_up() -> None:
    words = handover.command(operation("aa"), "incident 7")
    assert words[words.index("--reason") + 1] == "incident 7"
    assert words.count("--reason") == 1
    assert "--reason" not in handover.command(operation("aa"))


def test_digests_are_those_of_sqs() -> None:
    assert body_digest("hello") == "5d41402abc4b2a76b9719d911017c592"
    attributes: dict[str, Row] = {
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
        "n": {"DataType": "Number.int", "StringValue": "7"},
    }
    told = attributes_digest(attributes)
    assert told == attributes_digest(dict(reversed(attributes.items())))
    message: Row = {"Body": "hello", "MD5OfBody": body_digest("hello")}
    message |= {"MessageAttributes": attributes, "MD5OfMessageAttributes": told}
    assert damage(message) == ""
    assert "body" in damage(message | {"Body": "hallo"})
    assert "attributes" in damage(message | {"MessageAttributes": {"b": attributes["b"]}})
