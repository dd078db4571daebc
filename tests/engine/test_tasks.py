"""Tasks have an owner that hears how they end."""

from __future__ import annotations

import asyncio

from awstui.engine.tasks import Tasks


async def test_an_error_is_reported_and_a_cancellation_is_not() -> None:
    heard: list[tuple[str, str]] = []
    tasks = Tasks(lambda name, error: heard.append((name, str(error))))

    async def fail() -> None:
        raise RuntimeError("no")

    await asyncio.wait([tasks.spawn("bad", fail()), tasks.spawn("good", asyncio.sleep(0))])
    waiting = tasks.spawn("long", asyncio.sleep(60))
    assert tasks.cancel("long")
    assert not tasks.cancel("long")
    await asyncio.wait([waiting])
    await asyncio.sleep(0)
    assert heard == [("bad", "no")]
    assert len(tasks) == 0


async def test_a_new_task_of_a_name_ends_the_old_one() -> None:
    tasks = Tasks(lambda *_: None)
    old = tasks.spawn("one", asyncio.sleep(60))
    new = tasks.spawn("one", asyncio.sleep(60))
    await asyncio.wait([old])
    assert old.cancelled()
    assert "one" in tasks
    await tasks.close()
    assert new.cancelled()


async def test_closing_waits_until_each_has_tidied_up() -> None:
    tidied: list[str] = []
    tasks = Tasks(lambda *_: None)
    started = asyncio.Event()

    async def work() -> None:
        try:
            started.set()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            tidied.append("done")

    tasks.spawn("work", work())
    await started.wait()
    await tasks.close()
    assert tidied == ["done"]
