"""The road without a screen, by the installed command: listed, peeked at, moved, and empty."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

from awstui.demo.process import environment
from tests.plugins.sqs.conftest import Shop


async def awstui(shop: Shop, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, with nothing to answer it."""
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "awstui", *words],
        env={**os.environ, **environment(shop.url)}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip


async def waiting(shop: Shop, name: str) -> int:
    """How many messages the list says are in a queue."""
    ran = await awstui(shop, "ls", "sqs", "--filter", f"^{name}$", "-o", "json")
    (row,) = json.loads(ran.stdout)
    return int(row["Attributes"]["ApproximateNumberOfMessages"])


async def test_from_the_list_to_the_empty_queue_without_a_screen(shop: Shop) -> None:
    dead = await shop.queue("travelled-dlq")
    source = await shop.queue("travelled", dead=dead, lives=1)
    await shop.dead_letter(source, 3)
    name = dead["QueueName"]
    assert await waiting(shop, name) == 3
    peeked = await awstui(shop, "peek", name, "-o", "jsonl")
    bodies = [json.loads(json.loads(line)["Body"]) for line in peeked.stdout.splitlines()]
    assert sorted(body["order"] for body in bodies) == [0, 1, 2], peeked.stderr
    assert await shop.depth(dead) == (3, 0), "they were given back"
    moved = await awstui(shop, "redrive", name, "--yes")
    assert moved.returncode == 0, moved.stderr
    assert await waiting(shop, name) == 0
    assert await shop.depth(source) == (3, 0)
