"""The one way to start work from the interface: an error becomes the pane's state, never a crash."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from textual.worker import Worker

from awstui.errors import AwstuiError
from awstui.wire import Problem

if TYPE_CHECKING:
    from textual.widget import Widget


class Failing(Protocol):
    """Something that can show a problem."""

    def fail(self, problem: Problem) -> None:
        """Show what went wrong, where the person looks."""


def work(
    owner: Widget,
    job: Awaitable[None],
    *,
    group: str,
    fail: Callable[[Problem], None],
    exclusive: bool = True,
) -> Worker[None]:
    """Run ``job`` while ``owner`` lives; ``group`` names the data it is about, one at a time."""

    async def guarded() -> None:
        try:
            await job
        except AwstuiError as error:
            if owner.is_attached:
                fail(error.problem)
        except Exception as error:  # noqa: BLE001  whatever it was becomes the pane's state
            owner.log(error)
            if owner.is_attached:
                fail(
                    Problem(
                        f"{type(owner).__name__} failed: {type(error).__name__}: {error}",
                        why="This is a fault in awstui or a plugin, not in your account.",
                        kind="fault",
                    )
                )

    guard = guarded()
    worker = owner.run_worker(guard, group=group, exclusive=exclusive, exit_on_error=False)

    def close(_: object) -> None:
        """One that is ended in the turn in which it began is never awaited, and that is no mistake."""
        for coroutine in (guard, job):
            if inspect.iscoroutine(coroutine):
                coroutine.close()

    if worker._task is not None:  # noqa: SLF001  Textual has no other hook
        worker._task.add_done_callback(close)  # noqa: SLF001
    return worker
