"""A machine that has slept: what is on screen is older than it looks, so it is read again, once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

AWAY = 30.0
"""Seconds that the clock must have jumped; timers themselves stand still while a machine sleeps."""

LOOK = 1.0
"""Seconds between two looks at the clock."""


async def watch_for_waking(
    awake: Callable[[], None],
    *,
    clock: Callable[[], float] = time.time,
    look: float = LOOK,
    away: float = AWAY,
) -> None:
    """Call ``awake`` each time that much more time has passed than was waited for, until cancelled."""
    before = clock()
    while True:
        await asyncio.sleep(look)
        now = clock()
        if now - before > look + away:
            awake()
        before = now
