"""An action is asked for, planned, confirmed and done, and nothing happens without the Yes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any

import boto3
import pytest

from awstui.demo.process import DemoServer
from awstui.engine.door import Door
from awstui.plugin import Aws, Column, Field, Plan, Plugin, Resource, Row
from awstui.registry import Registry
from awstui.ui.confirm import Confirm
from awstui.ui.dialogs import Form
from tests.ui.conftest import app_of, console, screen, shows, type_in, until


def shelf() -> Plugin:
    """A plugin over real queues: its actions tag one, or delete it."""

    async def rows(aws: Aws, parent: Row) -> AsyncIterator[Row]:
        async for url in aws.rows("list_queues", "QueueUrls", QueueNamePrefix="acting-"):
            yield {"Name": url.rsplit("/", 1)[1], "Url": url}

    queues = Resource(name="shelves", rows=rows, columns=(Column("Name"),), every=0.0)

    async def plan(aws: Aws, row: Row, value: str) -> Plan:
        if value == "forbidden":
            return Plan((), refusal="This value is never allowed.")
        return Plan((f"Tags {row['Name']} with {value}.",), requests=("sqs:TagQueue × 1",))

    @queues.action(
        "t", "tag", effect="change", plan=plan, ask=(Field("value", "Value", required=True),)
    )
    async def tag(aws: Aws, row: Row, value: str) -> str:
        await aws.write("tag_queue", QueueUrl=row["Url"], Tags={"mark": value})
        return f"{row['Name']} is tagged {value}."

    @queues.action("x", "delete", effect="destroy")
    async def delete(aws: Aws, row: Row) -> str:
        await aws.write("delete_queue", QueueUrl=row["Url"])
        return f"{row['Name']} is gone."

    return Plugin(name="shelf", title="Shelf", service="sqs", resources=(queues,))


@pytest.fixture
def queue(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, str]:
    """A queue of this test's own, and a client to look at it with."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="acting-one")["QueueUrl"]
    sqs.untag_queue(QueueUrl=url, TagKeys=["mark"])
    for name in server.environment:
        monkeypatch.delenv(name)
    return sqs, url


def tags(sqs: Any, url: str) -> dict[str, str]:
    """What the queue is tagged with."""
    found: dict[str, str] = sqs.list_queue_tags(QueueUrl=url).get("Tags", {})
    return found


async def test_form_plan_confirmation_and_deed(server: DemoServer, queue: tuple[Any, str]) -> None:
    sqs, url = queue
    async with console(server.url, plugins=Registry([shelf()])) as pilot:
        await type_in(pilot, ":shelf")
        await pilot.press("enter")
        await shows(pilot, "acting-one")
        await until(pilot, lambda: "tag" in screen(pilot).splitlines()[-1])
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app_of(pilot).screen, Form))
        await pilot.press("ctrl+s")
        await shows(pilot, "Value is needed")
        await pilot.press(*"blue", "ctrl+s")
        await shows(pilot, "Tags acting-one with blue.", "sqs:TagQueue × 1", "Cannot be undone.")
        await until(pilot, lambda: "123456789012 · eu-west-1" in screen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app_of(pilot).screen, Confirm))
        assert tags(sqs, url) == {}, "Enter alone is a No"
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app_of(pilot).screen, Form))
        await pilot.press(*"blue", "ctrl+s")
        await shows(pilot, "Tags acting-one with blue.")
        await pilot.press("y")
        await shows(pilot, "acting-one is tagged blue.")
        assert tags(sqs, url) == {"mark": "blue"}


async def test_a_refusal_offers_no_yes(server: DemoServer, queue: tuple[Any, str]) -> None:
    async with console(server.url, plugins=Registry([shelf()])) as pilot:
        await type_in(pilot, ":shelf")
        await pilot.press("enter")
        await until(pilot, lambda: "tag" in screen(pilot).splitlines()[-1])
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app_of(pilot).screen, Form))
        await pilot.press(*"forbidden", "ctrl+s")
        await shows(pilot, "This value is never allowed.")
        await pilot.press("y")
        assert isinstance(app_of(pilot).screen, Confirm), "there is nothing to say yes to"


async def test_destroying_asks_for_the_name(server: DemoServer, queue: tuple[Any, str]) -> None:
    sqs, _ = queue
    async with console(server.url, plugins=Registry([shelf()])) as pilot:
        await type_in(pilot, ":shelf")
        await pilot.press("enter")
        await until(pilot, lambda: "delete" in screen(pilot).splitlines()[-1])
        await pilot.press("x")
        await shows(pilot, "Tab, then type acting-one to delete")
        await pilot.press("tab", *"acting", "enter")
        await shows(pilot, "That is not it")
        assert sqs.get_queue_url(QueueName="acting-one")
        await type_in(pilot, "acting-one")
        await pilot.press("enter")
        await shows(pilot, "acting-one is gone.", "No shelves here")


async def test_a_target_that_changed_is_shown_anew_and_the_toast_says_the_way_back(
    server: DemoServer, queue: tuple[Any, str]
) -> None:
    sqs, url = queue
    shelves = shelf()
    held = {"depth": 3}
    (resource,) = shelves.resources

    async def plan(aws: Aws, row: Row) -> Plan:
        return Plan((f"It holds {held['depth']}.",), undo="")

    @resource.action("b", "brand", effect="change", plan=plan, undo="unbrand")
    async def brand(aws: Aws, row: Row) -> str:
        await aws.write("tag_queue", QueueUrl=row["Url"], Tags={"mark": "brand"})
        return "Branded."

    @resource.action("B", "unbrand", effect="change")
    async def unbrand(aws: Aws, row: Row) -> str:
        await aws.write("untag_queue", QueueUrl=row["Url"], TagKeys=["mark"])
        return "Plain."

    async with console(server.url, plugins=Registry([shelves])) as pilot:
        await type_in(pilot, ":shelf")
        await pilot.press("enter")
        await until(pilot, lambda: "brand" in screen(pilot).splitlines()[-1])
        await pilot.press("b")
        await shows(pilot, "It holds 3.")
        held["depth"] = 4
        await pilot.press("y")
        await shows(pilot, "What it is about has changed since.", "It holds 4.")
        assert tags(sqs, url) == {}
        await until(pilot, lambda: app_of(pilot).screen.painted_at < math.inf)  # type: ignore[attr-defined]
        await pilot.press("y")
        await shows(pilot, "Branded.  B takes it back: unbrand.")
        assert tags(sqs, url) == {"mark": "brand"}


async def test_what_is_being_sent_is_ended_by_no_key_and_no_way_out_of_the_pane(
    server: DemoServer, queue: tuple[Any, str]
) -> None:
    sqs, url = queue
    shelves, answer = shelf(), asyncio.Event()
    (resource,) = shelves.resources

    @resource.action("b", "brand", effect="change")
    async def brand(aws: Aws, row: Row) -> str:
        await aws.write("tag_queue", QueueUrl=row["Url"], Tags={"mark": "brand"})
        if isinstance(aws, Door):
            await answer.wait()
        return "Branded."

    async with console(server.url, plugins=Registry([shelves])) as pilot:
        await type_in(pilot, ":shelf")
        await pilot.press("enter")
        await until(pilot, lambda: "brand" in screen(pilot).splitlines()[-1])
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app_of(pilot).screen, Confirm))
        await until(pilot, lambda: app_of(pilot).screen.painted_at < math.inf)  # type: ignore[attr-defined]
        await pilot.press("y")
        await shows(pilot, "sending brand · acting-one …")
        await pilot.press("x")
        await shows(pilot, "brand · acting-one is still being sent")
        await pilot.press("ctrl+c")
        await shows(pilot, "What comes of it")
        await type_in(pilot, ":home")
        await pilot.press("enter")
        await shows(pilot, "Home")
        answer.set()
        await shows(pilot, "Branded.")
        await until(pilot, lambda: "sending" not in screen(pilot).splitlines()[0])
        assert tags(sqs, url) == {"mark": "brand"}


async def test_read_only_sends_nothing(server: DemoServer, queue: tuple[Any, str]) -> None:
    sqs, url = queue
    async with console(server.url, plugins=Registry([shelf()]), read_only=True) as pilot:
        assert "read-only" in await shows(pilot, "read-only")
        await type_in(pilot, ":shelf")
        await pilot.press("enter")
        await until(pilot, lambda: "tag" in screen(pilot).splitlines()[-1])
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app_of(pilot).screen, Form))
        await pilot.press(*"blue", "ctrl+s")
        await shows(pilot, "Tags acting-one with blue.")
        await pilot.press("y")
        await shows(pilot, "Read-only: nothing is sent", "Tags acting-one with blue.")
        assert tags(sqs, url) == {}


async def test_a_reason_lifts_read_only_for_what_only_touches_too(
    server: DemoServer, queue: tuple[Any, str]
) -> None:
    sqs, url = queue
    shelves = shelf()
    (resource,) = shelves.resources

    @resource.action("o", "look", effect="touch", sends=["tag_queue"])
    async def look(aws: Aws, row: Row) -> str:
        await aws.write("tag_queue", QueueUrl=row["Url"], Tags={"seen": "yes"})
        return "Looked."

    async with console(server.url, plugins=Registry([shelves]), read_only=True) as pilot:
        await type_in(pilot, ":shelf")
        await pilot.press("enter")
        await until(pilot, lambda: "look" in screen(pilot).splitlines()[-1])
        await pilot.press("o")
        await shows(pilot, "u lifts it for this one action")
        await until(pilot, lambda: app_of(pilot).screen.painted_at < math.inf)  # type: ignore[attr-defined]
        await pilot.press("u")
        await shows(pilot, "Why is read-only lifted?")
        await type_in(pilot, "pager")
        await pilot.press("enter")
        await shows(pilot, "Look (y)")
        assert tags(sqs, url) == {}
        await pilot.press("y")
        await shows(pilot, "Looked.")
        assert tags(sqs, url) == {"seen": "yes"}
