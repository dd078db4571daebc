"""The audit pane shows what was done, its whole record, and whether that still holds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from awstui import paths
from awstui.demo.process import DemoServer
from awstui.engine.audit import Chained
from awstui.ui.resource_pane import ResourcePane
from tests.ui.conftest import app_of, console, screen, shows, type_in, until


@pytest.fixture
def record(world: Path) -> Path:
    """Two deeds, one of which nobody knows the end of."""
    del world
    path = paths.audit_folder() / "2026-01.jsonl"
    shared = {"account": "123456789012", "region": "eu-west-1", "os_user": "ann"}
    for number, (action, phase) in enumerate((("sqs:SendMessage", "ok"), ("sqs:PurgeQueue", ""))):
        about = {"id": str(number), "ts": f"2026-01-0{number + 1}T00:00:00.000+00:00"}
        Chained(path).append(
            {**about, "phase": "intent", "action": action, "target": "orders[/b]", **shared},
            sync=False,
        )
        if phase:
            Chained(path).append({**about, "phase": phase, "aws_request_id": "r-17"}, sync=False)
    return path


async def test_the_audit_is_listed_opened_filtered_and_verified(
    server: DemoServer, record: Path
) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":audit")
        await pilot.press("enter")
        text = await shows(pilot, "sqs:PurgeQueue", "sqs:SendMessage", "no outcome", "1 not known")
        assert text.index("PurgeQueue") < text.index("SendMessage"), "the newest first"
        await type_in(pilot, "/Send")
        await pilot.press("enter")
        await shows(pilot, "1 of 2", "/Send")
        await pilot.press("enter")
        await shows(pilot, "sqs:SendMessage › audit", "r-17")
        await pilot.press("escape")
        await shows(pilot, "OUTCOME")
        await pilot.press("v")
        await shows(pilot, "The chain holds: 3 lines in 1 file, ")
        tamper(record)
        await pilot.press("v")
        await shows(pilot, "The chain is broken", "line 2 does not follow")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"profile": "demo", "binding": "sqs.queues.purge", "target": "orders-dlq"}, ""),
        ({"profile": "other", "binding": "sqs.queues.purge"}, "It was in other eu-west-1"),
        ({"profile": "demo", "binding": "sqs.nothing.purge"}, "is in no list here"),
    ],
)
async def test_what_a_deed_was_about_is_looked_at_in_its_own_account(
    server: DemoServer, world: Path, more: dict[str, str], said: str
) -> None:
    del world
    about = {"account": "123456789012", "region": "eu-west-1", "target": "x", **more}
    Chained(paths.audit_folder() / "2026-01.jsonl").append(
        {
            "id": "1",
            "ts": "2026-01-01T00:00:00.000+00:00",
            "phase": "intent",
            "action": "a:B",
            **about,
        },
        sync=False,
    )
    async with console(server.url) as pilot:
        await type_in(pilot, ":audit")
        await pilot.press("enter")
        await shows(pilot, "no outcome")
        await pilot.press("o")
        if said:
            await shows(pilot, said)
            return
        await until(pilot, lambda: isinstance(app_of(pilot).workspace.pane, ResourcePane))
        pane = app_of(pilot).workspace.pane
        assert isinstance(pane, ResourcePane)
        await until(pilot, lambda: pane.grid.cursor_key == (app_of(pilot).scope, "orders-dlq"))


@pytest.mark.parametrize(
    ("binding", "target", "said"),
    [
        ("lambda.functions.invoke", "api-checkout", ""),
        ("sqs.queues.send", "orders-dlq", ""),  # whose it is comes last of all that is known
        ("lambda.functions.invoke", "gone", "gone is not among these functions"),
        ("route53.zones.ask", "x", "keep no logs of their own"),
    ],
)
async def test_what_a_target_wrote_when_it_was_done_is_one_key_away(
    server: DemoServer, world: Path, binding: str, target: str, said: str
) -> None:
    del world
    at = time.time() - 90
    about = {"profile": "demo", "account": "123456789012", "region": "eu-west-1"}
    ts = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    Chained(paths.audit_folder() / "2026-01.jsonl").append(
        {
            "id": "1", "ts": ts, "phase": "intent", "action": "a:B",
            "binding": binding, "target": target, **about,
        },
        sync=False,
    )  # fmt: skip
    async with console(server.url) as pilot:
        await type_in(pilot, ":audit")
        await pilot.press("enter")
        await shows(pilot, "no outcome")
        await pilot.press("L")
        if said:
            await shows(pilot, said)
            return
        writer = {"orders-dlq": "orders-handler"}.get(target, target)
        await shows(pilot, f"Tail /aws/lambda/{writer}")
        assert app_of(pilot).workspace.pane.moment == pytest.approx(at, abs=0.01)
        await pilot.press("escape", "escape")
        await shows(pilot, "OUTCOME")


async def test_an_empty_audit_says_so(server: DemoServer) -> None:
    async with console(server.url) as pilot:
        await type_in(pilot, ":audit")
        await pilot.press("enter")
        await shows(pilot, "Nothing has been changed")
        assert "✗" not in screen(pilot)


def tamper(record: Path) -> None:
    """Let somebody else have done the first deed."""
    lines = record.read_text().splitlines(keepends=True)
    record.write_text(lines[0].replace("ann", "bob") + "".join(lines[1:]))
