"""The record: chained over files and processes, whole or not at all, and no write without it."""

from __future__ import annotations

import json
import multiprocessing
import resource
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from awstui import audit_lines
from awstui.engine.audit import Audit, Chained
from awstui.errors import AwsError
from tests.anything import anything
from tests.engine.conftest import SCOPE, MakeDoors, Reply, Scripted, make_doors, scripted

__all__ = ["make_doors", "scripted"]


def record(folder: Path, name: str = "2026-01", lines: int = 3) -> Path:
    """A file of the record."""
    path = folder / f"{name}.jsonl"
    for number in range(lines):
        Chained(path).append({"phase": "intent", "id": f"{name}-{number}"}, sync=False)
    return path


def test_each_line_holds_the_hash_of_the_one_before_even_in_another_file(tmp_path: Path) -> None:
    first, second = record(tmp_path), record(tmp_path, "2026-02")
    lines = [*audit_lines.raw_lines(first), *audit_lines.raw_lines(second)]
    told = [json.loads(line)["prev_sha256"] for line in lines]
    assert told == ["", *(audit_lines.digest(line) for line in lines[:-1])]
    verdict = audit_lines.verify(tmp_path)
    assert (verdict.lines, verdict.files, verdict.broken) == (6, 2, ())


@pytest.mark.parametrize("harm", ["changed", "removed", "inserted", "swapped", "file removed"])
def test_whatever_is_done_to_it_is_found(tmp_path: Path, harm: str) -> None:
    first, _, _ = record(tmp_path), record(tmp_path, "2026-02"), record(tmp_path, "2026-03")
    lines = first.read_bytes().splitlines(keepends=True)
    match harm:
        case "changed":
            lines[1] = lines[1].replace(b"intent", b"INTENT")
        case "removed":
            del lines[1]
        case "inserted":
            lines.insert(1, b'{"phase":"intent","id":"x"}\n')
        case "swapped":
            lines[0], lines[1] = lines[1], lines[0]
        case "file removed":
            (tmp_path / "2026-02.jsonl").unlink()
    first.write_bytes(b"".join(lines))
    assert audit_lines.verify(tmp_path).broken


def test_a_torn_last_line_is_read_over_and_the_chain_goes_on(tmp_path: Path) -> None:
    path = record(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    Chained(path).append({"phase": "intent", "id": "after"}, sync=False)
    verdict = audit_lines.verify(tmp_path)
    assert (len(verdict.torn), verdict.broken, verdict.lines) == (1, (), 4)
    assert {deed.intent["id"] for deed in audit_lines.deeds(tmp_path)} == {
        "2026-01-0", "2026-01-1", "after",
    }  # fmt: skip


def test_a_line_that_comes_late_into_the_month_before_breaks_no_chain(tmp_path: Path) -> None:
    record(tmp_path), record(tmp_path, "2026-02", lines=1)
    late = Chained(tmp_path / "2026-01.jsonl")
    late.append({"phase": "intent", "id": "late"}, sync=False)
    record(tmp_path, "2026-02", lines=1)
    verdict = audit_lines.verify(tmp_path)
    assert (verdict.lines, verdict.files, verdict.broken) == (6, 2, ())


def _append(folder: Path, name: str, together: Any) -> None:
    together.wait(60)
    for number in range(200):
        Chained(folder / "2026-01.jsonl").append(
            {"phase": "intent", "id": f"{name}-{number}", "filler": "x" * 3000}, sync=False
        )


def test_several_consoles_write_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(2)
    both = [context.Process(target=_append, args=(tmp_path, name, together)) for name in "ab"]
    for process in both:
        process.start()
    for process in both:
        process.join()
    verdict = audit_lines.verify(tmp_path)
    assert (verdict.lines, verdict.broken, verdict.torn) == (400, (), ())


@pytest.fixture
def small_files() -> Iterator[None]:
    """A process that may write no file beyond 600 bytes, as on a disk that is nearly full."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("small_files")
async def test_on_a_full_disk_nothing_is_sent_and_no_line_is_torn(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    doors = make_doors(scripted.url)
    granted = doors.gate.grant("destroy", "queues.purge", "q", SCOPE, anything())
    with granted, pytest.raises(AwsError) as told:
        await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")
    assert "audit cannot be written" in told.value.problem.what
    assert scripted.requests == []
    (file,) = (tmp_path / "audit").iterdir()
    assert file.read_bytes() == b""


@pytest.mark.parametrize("place", ["/dev/full", "/proc/version"], ids=["full", "read-only"])
async def test_where_the_record_cannot_grow_nothing_is_sent(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path, place: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("awstui.engine.audit.Chained.__init__", _at(Path(place)))
    monkeypatch.setattr("os.O_NOFOLLOW", 0)
    doors = make_doors(scripted.url)
    granted = doors.gate.grant("destroy", "queues.purge", "q", SCOPE, anything())
    with granted, pytest.raises(AwsError) as told:
        await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")
    assert told.value.problem.kind == "refused"
    assert scripted.requests == []


def _at(place: Path) -> Any:
    def init(self: Chained, path: Path) -> None:
        del path
        self._path = place

    return init


async def test_an_outcome_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit")
    ident = await audit.intent(action="a:B")
    (file,) = (tmp_path / "audit").iterdir()
    file.unlink()
    file.mkdir()
    audit.outcome(ident, "ok")
    await audit.flush()
    assert "directory" in audit.trouble
    await audit.close()


async def test_the_intent_has_every_field_and_a_batch_says_what_failed(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(
        Reply.of({"Successful": [{"Id": "1"}], "Failed": [{"Id": "2", "Code": "InternalError"}]})
    )
    about = {"env": "production", "plan_id": "p", "confirm": {"tier": "yes"}, "reason": "why"}
    with doors.gate.grant("change", "queues.send", "orders", SCOPE, anything(), about=about):
        await doors.open(SCOPE, "sqs").write(
            "delete_message_batch",
            QueueUrl="https://q/orders",
            Entries=[{"Id": "1", "ReceiptHandle": "r"}, {"Id": "2", "ReceiptHandle": "s"}],
        )
    await doors.audit.flush()
    (deed,) = audit_lines.deeds(tmp_path / "audit")
    fields = (
        "v ts seq session pid host os_user ssh_client tool_version profile account principal_arn region env"
        " action resources count parameters parameters_sha256 plan_id confirm phase reason prev_sha256"
    )
    assert set(fields.split()) <= set(deed.intent)
    assert (deed.intent["count"], deed.intent["resources"]) == (2, ["https://q/orders"])
    assert {"aws_request_id", "http_status", "attempts", "duration_ms"} <= set(deed.outcome)
    assert deed.outcome["batch"] == {"ok": 1, "failed": 1, "ids": ["2"]}
    (file,) = (tmp_path / "audit").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
