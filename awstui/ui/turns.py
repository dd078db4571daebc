"""What takes long is done in parts, and between them the loop is given back to everybody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")

SLICE = 0.005
"""Seconds of work after which the loop is given back: a key never waits for more than one of them."""


class Turn:
    """The time for which one may hold the loop."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + SLICE

    @property
    def is_over(self) -> bool:
        """Whether it is time to give the loop back."""
        return time.perf_counter() >= self._until

    async def give_back(self) -> None:
        """Let everything else have its turn, and take the next one."""
        await asyncio.sleep(0)
        self._until = time.perf_counter() + SLICE


async def in_turns(step: Callable[[], bool], between: Callable[[], object] = bool) -> None:
    """Take steps until one says that there was nothing left to do; ``between`` is called at each pause."""
    turn = Turn()
    while step():
        if turn.is_over:
            between()
            await turn.give_back()


async def taken(items: Iterable[Item]) -> list[Item]:
    """All that an iterable has, when it takes long to make each or there are many."""
    found: list[Item] = []
    turn = Turn()
    for item in items:
        found.append(item)
        if turn.is_over:
            await turn.give_back()
    return found


async def joined(pieces: Iterable[str]) -> str:
    """A text that is made piece by piece."""
    return "".join(await taken(pieces))
