"""F27: after a sleep everything is read again once, and nothing that was missed is made up for."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from awstui import wire
from awstui.engine.waking import watch_for_waking
from awstui.link import PipeLink
from tests.faults.following import Followed, Following
from tests.faults.proxy import FaultProxy
from tests.patience import PATIENCE

EVERY = 0.05
"""Seconds between two readings."""


async def test_f27_a_stopped_engine_goes_on_without_a_burst(proxy: FaultProxy) -> None:
    followed = Followed()
    link = PipeLink(wire.Start(endpoint_url=proxy.url, demo=True))
    await link.open(followed.hear, lambda reason: None)
    try:
        link.send(wire.Subscribe(1, "sqs", "queues", every=EVERY))
        await followed.reading()
        await followed.reading()
        os.kill(link.pid, signal.SIGSTOP)
        await asyncio.sleep(1.0)  # what was on the wire has arrived
        proxy.forget()
        await asyncio.sleep(1.0)
        assert proxy.count("sqs", "ListQueues") == 0
        began = time.monotonic()
        os.kill(link.pid, signal.SIGCONT)
        await followed.reading()
        await followed.reading()
        assert followed.state.phase != "failed"
        due = (time.monotonic() - began) / EVERY
        assert proxy.count("sqs", "ListQueues") <= due + 2, "forty readings were missed"
    finally:
        os.kill(link.pid, signal.SIGCONT)
        await link.close()


async def test_f27_a_machine_that_slept_is_noticed_by_its_clock() -> None:
    times = iter([0.0, 0.01, 0.02, 500.0, 500.01, 500.02])
    heard: list[float] = []
    over = asyncio.Event()

    def clock() -> float:
        at = next(times, None)
        if at is None:
            over.set()
            return 500.03
        return at

    watching = asyncio.ensure_future(
        watch_for_waking(lambda: heard.append(1), clock=clock, look=0.001)
    )
    await asyncio.wait_for(over.wait(), PATIENCE)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert heard == [1], "once, not once for each second"


async def test_f27_what_is_read_by_itself_is_read_again_and_the_rest_is_left(
    proxy: FaultProxy, following: Following
) -> None:
    often = following.follow("sqs", "queues", every=300)
    asked_for = following.follow("sns", "topics", every=0)
    await often.reading()
    await asked_for.reading()
    proxy.forget()
    for followed in (often, asked_for):
        assert followed.feed is not None
        followed.feed.hurry()
    await often.reading()
    assert proxy.count("sns") == 0
    assert proxy.count("sqs", "ListQueues") == 1
