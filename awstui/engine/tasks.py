"""The one owner of the engine's tasks: none is lost to the collector, no error goes unheard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Tasks:
    """Tasks by name; a new one of the same name ends the old one."""

    def __init__(self, report: Callable[[str, BaseException], None]) -> None:
        """``report(name, error)`` hears of every task that failed."""
        self._report = report
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._ending: set[asyncio.Task[Any]] = set()

    def spawn(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a coroutine under a name until it ends or is cancelled."""
        self.cancel(name)
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running[name] = task
        task.add_done_callback(self._ended)
        return task

    def cancel(self, name: str) -> bool:
        """End the task of that name; False when there is none."""
        task = self._running.pop(name, None)
        if task is None:
            return False
        self._ending.add(task)
        task.cancel()
        return True

    def __contains__(self, name: str) -> bool:
        return name in self._running

    def __len__(self) -> int:
        return len(self._running)

    async def close(self) -> None:
        """Cancel every task and wait until each has tidied up."""
        for name in list(self._running):
            self.cancel(name)
        while self._ending:
            await asyncio.wait(self._ending)
            await asyncio.sleep(0)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._ending.discard(task)
        if self._running.get(task.get_name()) is task:
            del self._running[task.get_name()]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(task.get_name(), error)
