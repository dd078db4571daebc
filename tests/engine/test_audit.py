"""The audit: what is sent is written down before, how it went after, and never a body."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from awstui.engine import model
from awstui.engine.audit import fingerprint, redacted
from awstui.errors import AwsError
from tests.anything import anything
from tests.engine.conftest import SCOPE, MakeDoors, Reply, Scripted


async def test_a_write_leaves_its_intent_and_its_outcome(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    doors = make_doors(scripted.url)
    doors.principals["demo"] = "arn:aws:iam::123456789012:user/ann"
    scripted.script(Reply.of({"MessageId": "1"}))
    with doors.gate.grant("change", "queues.send", "orders", SCOPE, anything()):
        await doors.open(SCOPE, "sqs").write(
            "send_message", QueueUrl="https://q/orders", MessageBody="card 4111"
        )
    await doors.audit.flush()
    intent, outcome = lines(tmp_path)
    told = {name: intent[name] for name in ("phase", "action", "effect", "binding", "target")}
    assert told == {
        "phase": "intent",
        "action": "sqs:SendMessage",
        "effect": "change",
        "binding": "queues.send",
        "target": "orders",
    }
    assert intent["principal_arn"] == "arn:aws:iam::123456789012:user/ann"
    assert (intent["account"], intent["region"]) == (SCOPE.account, SCOPE.region)
    assert intent["parameters"]["QueueUrl"] == "https://q/orders"
    assert intent["parameters"]["MessageBody"]["length"] == 9
    assert (outcome["phase"], outcome["id"]) == ("ok", intent["id"])
    assert (outcome["aws_request_id"], outcome["http_status"]) == ("r-1", 200)
    file = next((tmp_path / "audit").iterdir())
    assert b"4111" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_a_refused_write_leaves_the_error(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(Reply.error("AccessDeniedException", "no"))
    with (
        doors.gate.grant("destroy", "queues.purge", "q", SCOPE, anything()),
        pytest.raises(AwsError),
    ):
        await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")
    await doors.audit.flush()
    outcome = lines(tmp_path)[-1]
    assert (outcome["phase"], outcome["error_code"]) == ("error", "AccessDeniedException")
    assert outcome["http_status"] == 400
    agent = scripted.requests[0].headers["user-agent"]
    assert f" sid/{outcome['session']} " in f"{agent} ", "AWS's own record names the session"
    assert outcome["attempts"] == 1


async def test_a_write_that_is_ended_once_it_was_sent_is_unknown(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    doors = make_doors(scripted.url)
    scripted.script(Reply(act="hang"))

    async def send() -> None:
        with doors.gate.grant("change", "queues.send", "q", SCOPE, anything()):
            await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")

    async with asyncio.TaskGroup() as group:
        task = group.create_task(send())
        await scripted.asked.wait()
        task.cancel()
    await doors.audit.flush()
    assert [line["phase"] for line in lines(tmp_path)] == ["intent", "unknown"]
    assert doors.unsettled == ["sqs:PurgeQueue"]


async def test_a_write_that_is_ended_before_it_was_sent_is_cancelled(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = make_doors(scripted.url)
    waits = asyncio.Event()

    async def ready(profile: str) -> None:
        waits.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(doors.sessions, "ready", ready)

    async def send() -> None:
        with doors.gate.grant("change", "queues.send", "q", SCOPE, anything()):
            await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")

    async with asyncio.TaskGroup() as group:
        task = group.create_task(send())
        await waits.wait()
        task.cancel()
    await doors.audit.flush()
    assert [line["phase"] for line in lines(tmp_path)] == ["intent", "cancelled"]
    assert (doors.unsettled, scripted.requests) == ([], [])


async def test_where_the_audit_cannot_be_written_nothing_is_sent(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    (tmp_path / "audit").write_text("a file where the folder should be")
    doors = make_doors(scripted.url)
    with (
        doors.gate.grant("change", "queues.send", "q", SCOPE, anything()),
        pytest.raises(AwsError) as told,
    ):
        await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")
    assert told.value.problem.kind == "refused"
    assert "audit cannot be written" in told.value.problem.what
    assert scripted.requests == []


async def test_a_link_is_not_followed(
    scripted: Scripted, make_doors: MakeDoors, tmp_path: Path
) -> None:
    doors = make_doors(scripted.url)
    with doors.gate.grant("change", "queues.send", "q", SCOPE, anything()):
        await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")
    await doors.audit.flush()
    file = next((tmp_path / "audit").iterdir())
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with doors.gate.grant("change", "queues.send", "q", SCOPE, anything()), pytest.raises(AwsError):
        await doors.open(SCOPE, "sqs").write("purge_queue", QueueUrl="u")
    assert not (tmp_path / "elsewhere").exists()


def test_names_stay_and_bodies_and_maps_do_not() -> None:
    shape = model.operation("lambda", "update_function_configuration").input_shape
    told = redacted(
        {
            "FunctionName": "orders",
            "Timeout": 30,
            "Environment": {"Variables": {"DB_NAME": "secret-db", "N": "1"}},
            "Description": "free text",
        },
        shape,
    )
    assert told["FunctionName"] == "orders"
    assert told["Timeout"] == 30
    assert set(told["Environment"]["Variables"]["DB_NAME"]) == {"sha256", "length"}
    assert "free text" not in json.dumps(told)


def test_batches_keep_the_ids_of_their_entries() -> None:
    shape = model.operation("sqs", "send_message_batch").input_shape
    told = redacted({"Entries": [{"Id": "1", "MessageBody": "secret"}]}, shape)
    assert told["Entries"][0]["Id"] == "1"
    assert told["Entries"][0]["MessageBody"]["length"] == 6


def test_bytes_and_odd_text_are_only_measured() -> None:
    assert redacted(b"\xff\x00")["length"] == 2
    assert redacted("\ud800", None, "Body")["length"] > 0
    assert fingerprint({"a": b"1"}) != fingerprint({"a": b"2"})


def lines(folder: Path) -> list[dict[str, Any]]:
    """What the audit holds."""
    (file,) = (folder / "audit").iterdir()
    return [json.loads(line) for line in file.read_text().splitlines()]
