"""Work that is ended before it has begun leaves nothing behind, and an error is the owner's to show."""

from __future__ import annotations

import gc

from textual.app import App

from awstui.errors import AwstuiError
from awstui.ui.work import work
from awstui.wire import Problem
from tests.ui.conftest import until


async def test_what_never_began_is_no_forgotten_coroutine() -> None:
    app: App[None] = App()
    begun: list[bool] = []

    async def job() -> None:
        begun.append(True)

    async with app.run_test() as pilot:
        work(app.screen, job(), group="one", fail=lambda problem: None).cancel()
        await pilot.pause()
        gc.collect()  # a coroutine that nobody awaited would be an error of this test
    assert begun == []


async def test_an_error_is_shown_by_its_owner() -> None:
    app: App[None] = App()
    shown: list[Problem] = []

    async def fails() -> None:
        raise AwstuiError(Problem("It does not work."))

    async def breaks() -> None:
        raise ZeroDivisionError

    async with app.run_test() as pilot:
        for job in (fails(), breaks()):
            work(app.screen, job, group="one", fail=shown.append, exclusive=False)
        await until(pilot, lambda: len(shown) == 2)
    assert shown[0].what == "It does not work."
    assert "ZeroDivisionError" in shown[1].what
