"""Makes one client after another and calls each once; prints as JSON the milliseconds of processor time of each.

``further_clients.py ours|stock``: the engine's, or aiobotocore's as it comes. The first is not counted: it
pays for what all share.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiobotocore.session import get_session

from awstui.engine.door import Doors
from awstui.wire import Scope
from tests.bench.endpoint import REGION

CALLS = (
    ("sqs", "list_queues"),
    ("stepfunctions", "list_state_machines"),
    ("lambda", "list_functions"),
    ("logs", "describe_log_groups"),
    ("sns", "list_topics"),
    ("cloudformation", "list_stacks"),
    ("elasticbeanstalk", "describe_applications"),
    ("dynamodb", "list_tables"),
)


async def timed(call: Callable[[str, str], Awaitable[object]]) -> list[float]:
    """What each call costs with the client that it needs."""
    spent = []
    for service, operation in CALLS:
        began = time.process_time()
        await call(service, operation)
        spent.append((time.process_time() - began) * 1000)
    return spent[1:]


async def ours() -> list[float]:
    """Through the engine's door."""
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(audit_folder=Path(folder))
        scope = Scope("default", REGION)
        spent = await timed(lambda service, name: doors.open(scope, service).read(name))
        await doors.close()
    return spent


async def stock() -> list[float]:
    """As aiobotocore's own documentation has it, in one session."""
    session = get_session()
    open_clients = []

    async def call(service: str, operation: str) -> None:
        context = session.create_client(service)
        open_clients.append(context)
        client = await context.__aenter__()
        await getattr(client, operation)()

    spent = await timed(call)
    for context in open_clients:
        await context.__aexit__(None, None, None)
    return spent


if __name__ == "__main__":
    print(json.dumps(asyncio.run({"ours": ours, "stock": stock}[sys.argv[1]]())))
