"""An engine's half of the confirmation, on the embedded AWS behind a proxy that notes the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from awstui import wire as messages
from awstui.engine.acts import Acts
from awstui.engine.session import Session
from awstui.plugin import Aws, Column, Field, Plan, Plugin, Resource, Row
from awstui.registry import Registry
from tests.faults.proxy import FaultProxy


class World:
    """What the actions of the shelf look at."""

    def __init__(self) -> None:
        self.depth = 3
        self.now = 0.0
        self.runs = 0


def shelf(world: World) -> Plugin:  # noqa: C901  one small action after the other
    """Queues that can be tagged, emptied and deleted, well and badly."""

    async def rows(aws: Aws, parent: Row) -> AsyncIterator[Row]:
        async for url in aws.rows("list_queues", "QueueUrls", QueueNamePrefix="gate-"):
            yield {"Name": url.rsplit("/", 1)[1], "Url": url}

    queues = Resource(name="shelves", rows=rows, columns=(Column("Name"),), every=0.0)

    async def plan(aws: Aws, row: Row, **_: Any) -> Plan:
        await aws.read("get_queue_attributes", QueueUrl=row["Url"], AttributeNames=["QueueArn"])
        return Plan((f"Tags {row['Name']}, which holds {world.depth}.",))

    @queues.action(
        "t", "tag", effect="change", plan=plan, ask=(Field("value", "Value"),), undo="untag"
    )
    async def tag(aws: Aws, row: Row, value: str = "blue") -> str:
        await aws.write("tag_queue", QueueUrl=row["Url"], Tags={"mark": value})
        return "Tagged."

    @queues.action("u", "untag", effect="change")
    async def untag(aws: Aws, row: Row) -> str:
        await aws.write("untag_queue", QueueUrl=row["Url"], TagKeys=["mark"])
        return "Untagged."

    @queues.action("x", "delete", effect="destroy", many=True)
    async def delete(aws: Aws, rows: list[Row]) -> str:
        for row in rows:
            await aws.write("delete_queue", QueueUrl=row["Url"])
        return "Gone."

    @queues.action("z", "cheat", effect="change")
    async def cheat(aws: Aws, row: Row) -> None:
        world.runs += 1
        operation = "tag_queue" if world.runs < 3 else "purge_queue"
        await aws.write(operation, QueueUrl=row["Url"], **({"Tags": {}} if world.runs < 3 else {}))

    @queues.action("n", "nudge", effect="touch")
    async def nudge(aws: Aws, row: Row) -> None:
        await aws.write("tag_queue", QueueUrl=row["Url"], Tags={"undeclared": "yes"})

    @queues.action("o", "look", effect="touch", sends=["tag_queue"])
    async def look(aws: Aws, row: Row) -> None:
        await aws.write("tag_queue", QueueUrl=row["Url"], Tags={"seen": "yes"})

    @queues.job(effect="destroy", sends=["purge_queue"])
    async def sweep(aws: Aws, row: Row, told: Any) -> AsyncIterator[Row]:
        await aws.write("purge_queue", QueueUrl=row["Url"])
        yield {"swept": row["Name"]}

    async def scrubbing(aws: Aws, row: Row) -> Plan:
        calls = (("purge_queue", {"QueueUrl": row["Url"]}),)
        return Plan(("Twice.",), requests=("sqs:PurgeQueue × 2",), calls=calls)

    @queues.job(effect="destroy", sends=["purge_queue"], plan=scrubbing)
    async def scrub(aws: Aws, row: Row, told: Any) -> AsyncIterator[Row]:
        yield {}

    return Plugin(name="shelf", title="Shelf", service="sqs", resources=(queues,))


@dataclass
class Desk:
    """What stands between a person and AWS: acts, the world and the wire."""

    acts: Acts
    session: Session
    world: World
    wire: FaultProxy
    scope: messages.Scope

    async def queue(self, name: str) -> tuple[messages.RowRef, bytes]:
        """A queue of this name, as a row."""
        from tests.anything import anything

        door = self.session.door(self.scope, "sqs")
        with self.session.gate.grant("change", "test", "test", self.scope, anything()):
            url = (await door.write("create_queue", QueueName=name))["QueueUrl"]
        self.wire.log.clear()
        row = {"Name": name, "Url": url}
        return messages.RowRef(self.scope, "shelf", "shelves", name), messages.pack(row)

    async def plan(
        self, action: str, *rows: tuple[messages.RowRef, bytes], **fields: Any
    ) -> dict[str, Any]:
        """The plan of an action."""
        refs, raws = zip(*rows, strict=True)
        made: dict[str, Any] = await self.acts.answer(
            messages.MakePlan(1, refs, raws, action, fields)
        )
        return made

    async def act(
        self, action: str, *rows: tuple[messages.RowRef, bytes], plan: str = "", typed: str = "",
        reason: str = "", **fields: Any,
    ) -> str:  # fmt: skip
        """Carry it out."""
        refs, raws = zip(*rows, strict=True)
        return str(
            await self.acts.answer(
                messages.Act(1, refs, raws, action, fields, typed=typed, plan=plan, reason=reason)
            )
        )

    @property
    def sent(self) -> list[str]:
        """What is no read and reached the wire."""
        reads = ("Get", "List")
        return [one.operation for one in self.wire.log if not one.operation.startswith(reads)]


@pytest.fixture
def proxied(_server: str) -> Iterator[FaultProxy]:
    """The wire."""
    with FaultProxy.running(_server) as proxy:
        yield proxy


@pytest.fixture
async def desk(proxied: FaultProxy, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """A desk; the marker's or parameter's dict is what it starts with."""
    more: dict[str, Any] = getattr(request, "param", {})
    start = messages.Start(endpoint_url=proxied.url, demo=True, **more)
    session, world = Session(start), World()
    await session.identify()
    acts = Acts(Registry([shelf(world)]), session, clock=lambda: world.now)
    yield Desk(acts, session, world, proxied, session.scope)
    await session.close()
