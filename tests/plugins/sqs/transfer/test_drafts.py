"""An edit is on disk before it is sent: a process that is killed costs nobody what he typed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from awstui import paths
from awstui.demo.process import environment
from awstui.engine.door import Doors
from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from plugins.sqs import around
from plugins.sqs.transfer import drafts
from plugins.sqs.transfer.resending import ASK, plan, resend
from tests.anything import anything
from tests.faults.proxy import FaultProxy
from tests.faults.rules import When
from tests.plugins.sqs.conftest import SCOPE, Shop
from tests.plugins.sqs.transfer.test_resending import with_message

MESSAGE: Row = {"MessageId": "m-1", "Body": '{"currency": "eur"}', "Attributes": {}}
EDITED = '{"currency": "EUR"}'
_lives = multiprocessing.get_context("spawn")


@pytest.fixture
def proxy(shop: Shop) -> Iterator[FaultProxy]:
    """Between the process that dies and the queue."""
    with FaultProxy.running(shop.url) as running:
        yield running


def _life(url: str, home: str, name: str, *, sends: bool) -> None:
    """Plan the edit of a message as the console does, and send it."""
    os.environ.update(environment(url))
    paths.state_folder = lambda: Path(home)
    asyncio.run(_edit(url, home, name, sends=sends))


async def _edit(url: str, home: str, name: str, *, sends: bool) -> None:
    doors = Doors(audit_folder=Path(home) / "audit", endpoint_url=url, demo=True)
    aws = doors.open(SCOPE, "sqs")
    row = await around.fresh(aws, await around.named(aws, name))
    full, fields = with_message(row, MESSAGE)
    fields |= {"body": EDITED, "destination": name}
    await plan(aws, full, **fields)
    if not sends:
        os.kill(os.getpid(), signal.SIGKILL)
    with doors.gate.grant("change", "test", "test", SCOPE, anything()):
        await resend(aws, full, **fields)
    os.kill(os.getpid(), signal.SIGKILL)  # before the original is deleted


async def die(shop: Shop, proxy: FaultProxy, row: Row, when: When | None, **life: Any) -> None:
    process = _lives.Process(
        target=_life, args=(proxy.url, str(paths.state_folder()), row["QueueName"]), kwargs=life
    )
    process.start()
    assert process.pid is not None
    if when:
        proxy.rule("kill", service="sqs", operation="SendMessage", when=when, pid=process.pid)
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL


async def test_one_that_dies_between_edit_and_send_leaves_the_edit(
    shop: Shop, proxy: FaultProxy
) -> None:
    row = await shop.queue("orders")
    await die(shop, proxy, row, None, sends=False)
    draft = drafts.unsent("m-1")
    assert draft is not None
    assert draft["Body"] == EDITED
    assert await shop.depth(row) == (0, 0)
    body = next(field for field in ASK if field.name == "body")
    assert callable(body.default)
    shown = body.default(row | {"Message": MESSAGE, "Draft": draft})
    assert '"EUR"' in shown
    drafts.drop("m-1")
    assert drafts.unsent("m-1") is None
    assert EDITED.replace('"', '\\"') in drafts.place().read_text()


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after_upstream", 1)])
async def test_one_that_dies_while_it_sends_leaves_the_edit_and_the_doubt(
    shop: Shop, proxy: FaultProxy, when: When, arrived: int
) -> None:
    row = await shop.queue("orders")
    await die(shop, proxy, row, when, sends=True)
    assert (await shop.depth(row))[0] == arrived
    full, fields = with_message(row, MESSAGE)
    fields |= {"body": EDITED, "destination": row["QueueName"]}
    lines = (await plan(shop.aws, full, **fields)).lines
    assert any(line.startswith("Beware:") and "it may be there" in line for line in lines)
    assert EDITED.replace('"', '\\"') in drafts.place().read_text()


async def test_one_that_dies_between_send_and_delete_leaves_word_that_it_was_sent(
    shop: Shop, proxy: FaultProxy
) -> None:
    row = await shop.queue("orders")
    await die(shop, proxy, row, None, sends=True)
    assert (await shop.depth(row))[0] == 1
    assert drafts.unsent("m-1") is None
    full, fields = with_message(row, MESSAGE)
    fields["destination"] = row["QueueName"]
    lines = (await plan(shop.aws, full, **fields)).lines
    assert any("an edit of this message was sent to" in line for line in lines)


async def test_a_dry_run_is_no_sending(shop: Shop) -> None:
    row = await shop.queue("orders")
    full, fields = with_message(row, MESSAGE)
    fields |= {"body": EDITED, "destination": row["QueueName"]}

    class Rehearsing(FakeAws):
        rehearses = True
        read = shop.aws.read

    made_up = Rehearsing({"send_message": {"MessageId": "dry-run"}})
    await plan(shop.aws, full, **fields)
    await resend(made_up, full, **fields)
    assert [name for name, _ in made_up.calls] == ["send_message"]
    assert drafts.unsent("m-1") is not None
    assert drafts.sent("m-1") == {}


async def test_an_edit_that_cannot_be_kept_is_not_sent(shop: Shop) -> None:
    row = await shop.queue("orders")
    full, fields = with_message(row, MESSAGE)
    fields["destination"] = row["QueueName"]
    drafts.place().parent.parent.mkdir(parents=True)
    drafts.place().parent.write_text("no folder")
    with shop.allowed(), pytest.raises(AwsError, match="cannot be kept, so it is not sent"):
        await resend(shop.aws, full, **fields)
    assert await shop.depth(row) == (0, 0)
