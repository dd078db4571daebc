"""A redrive that this console began, whichever pane looks at it, and while none does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from awstui.errors import AwstuiError
from awstui.plugin import Row
from awstui.wire import Problem

if TYPE_CHECKING:
    from awstui.ui.remote import Stream


class Watch:
    """Hears a redrive to its end, and lets the panes know that are there."""

    def __init__(self, stream: Stream, *, chosen: int, stays: bool) -> None:
        """``chosen`` is how many messages were asked for, 0 when nobody knows."""
        self._stream = stream
        self.chosen, self.stays = chosen, stays
        self.seen: Row = {}
        """The last that it said of how it stands."""

        self.note = ""
        self.problem: Problem | None = None
        self.is_over = False
        self.listeners: list[Callable[[Watch], None]] = []

    async def follow(self, say: Callable[[str, str], None]) -> None:
        """Hear it to its end; ``say`` tells of that wherever the person is by then."""
        try:
            async for event in self._stream:
                self._take(event)
        except AwstuiError as error:
            self.problem = error.problem
        finally:
            self.is_over = True
            self._tell()
        say(*self.sentence())

    def _take(self, event: Row) -> None:
        match event["kind"]:
            case "note":
                self.note = str(event["text"])
            case "progress" | "ended":
                self.seen = event
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener(self)

    def tell(self, **what: Any) -> None:
        """Say something to it."""
        if not self.is_over:
            self._stream.tell(**what)

    def sentence(self) -> tuple[str, str]:
        """How it ended, and how that feels."""
        done = f"A redrive ended: {self.seen.get('done', 0):,} redriven"
        if self.problem is not None:
            return f"{done}. {self.problem.what} {self.problem.do}", "bad"
        doubtful = self.seen.get("unknown", 0) or self.seen.get("sent", 0)
        words = f", {doubtful:,} unknown" if doubtful else ""
        return f"{done}{words}. {self.seen.get('why', '')}", "warn" if doubtful else ""
