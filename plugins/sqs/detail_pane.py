"""A queue's attributes and its way, from topic to dead letters; nothing here receives."""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.plugin import Row
from awstui.ui.lines import Line, Lines

from . import policy, topology
from .labelled import labelled
from .listing import state
from .queue_pane import QueuePane


class Facts(Lines):
    """A text without a search, so that the keys of one go to the pane."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are no matches to go to."""
        return action != "match" and super().check_action(action, parameters)


class DetailPane(QueuePane):
    """What can be known of a queue without looking into it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "refresh", id="queue.refresh", tooltip="Read it again"),
    ]

    def __init__(self, row: Row) -> None:
        super().__init__(row, "queue")
        self.lines = Facts()
        self._since = self._at = 0.0

    def content(self) -> ComposeResult:
        """The sentences."""
        yield self.lines

    def on_mount(self) -> None:
        """Show what the list knew, and read the rest."""
        super().on_mount()
        self._show()
        self.action_refresh()

    def action_refresh(self) -> None:
        """Read everything again."""
        self._since = time.time()
        self.notice.say([], alone=False)
        self.work(self._read(), "detail")

    def wake(self) -> None:
        """What was done meanwhile has changed it."""
        if self._at:
            self.action_refresh()

    async def _read(self) -> None:
        try:
            async for detail in topology.look(self.aws, self.row):
                self.row = {**self.row, **detail}
                self._show()
            self._at = time.time()
        finally:
            self._since = 0.0
        self.retitle()
        self.refresh_bindings()

    def acted(self) -> None:
        """Read what an action changed."""
        self.action_refresh()

    def facts(self) -> tuple[str, str]:
        """How long it has been asking, or how old it is."""
        if self._since:
            return f"asking · {time.time() - self._since:.0f} s · esc goes back", ""
        return (f"{time.time() - self._at:.0f} s old · no message received" if self._at else ""), ""

    def _show(self) -> None:
        sentence = state(self.row)
        lines = [Line(f"   {sentence}", "warn"), Line("")] if sentence else []
        lines += [*labelled(topology.way(self.row), "way"), Line("")]
        lines += labelled(topology.facts(self.row), "queue")
        if said := policy.sentences(self.row):
            lines += [Line(""), *labelled(said, "policy")]
        self.lines.set_lines(lines)
