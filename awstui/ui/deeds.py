"""Deeds that are being sent: they outlive the pane that began them, and nothing ends one but leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from awstui.errors import AwstuiError
from awstui.ui.work import work

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui
    from awstui.ui.remote import Stream
    from awstui.wire import RowRef


class Deeds:
    """What has been confirmed and has not been answered yet."""

    def __init__(self, console: AwsTui) -> None:
        self._console = console
        self._under_way: dict[RowRef, str] = {}
        self._jobs: dict[Stream, str] = {}
        self._warned: list[str] = []

    @property
    def said(self) -> str:
        """What is being sent, in a few words; empty when nothing is."""
        titles = list(dict.fromkeys(self._under_way.values()))
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        return f"sending {titles[0]}{more} …" if titles else ""

    def on(self, rows: Sequence[RowRef]) -> str:
        """What is being sent to one of these rows."""
        return next((title for row in rows if (title := self._under_way.get(row))), "")

    def began(self, title: str, job: Stream) -> None:
        """A job that changes something runs until its stream is over."""
        self._jobs = {one: said for one, said in self._jobs.items() if not one.over}
        self._jobs[job] = title

    def holds_back(self) -> bool:
        """Whether jobs that run here are to be left; says so, and lets go where it was said before."""
        going = [title for job, title in self._jobs.items() if not job.over]
        if not going or going == self._warned:
            self._warned = []
            return False
        self._warned = going
        self._console.say(
            f"{', '.join(going)} runs here: this leaves it, and it ends unless it was told to go on. "
            "Once more does it all the same.",
            "warn",
        )
        return True

    async def carry(self, title: str, rows: Sequence[RowRef], deed: Awaitable[str]) -> str:
        """The sentence that says what came of a deed; whoever does not wait for it is told in passing."""
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._under_way |= dict.fromkeys(rows, title)
        self._console.stand()

        async def run() -> None:
            try:
                sentence = await deed
            except AwstuiError as error:
                if done.done():
                    raise
                done.set_exception(error)
            else:
                if done.done():
                    self._console.say(sentence)
                else:
                    done.set_result(sentence)
            finally:
                for row in rows:
                    self._under_way.pop(row, None)
                self._console.stand()

        console = self._console
        work(console.workspace, run(), group=title, fail=console.fail, exclusive=False)
        return await done
