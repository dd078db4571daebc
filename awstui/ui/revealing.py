"""A pane in which secrets are hidden until a person asks for them, and the audit has noted that."""

from __future__ import annotations

import time
from typing import Final

from awstui.ui.lines import Lines
from awstui.ui.pane import Pane

REVEALED: Final = 30.0
"""Seconds for which secrets are shown once a person asks for them."""

REVEALS: Final = "Show what looks like a secret for 30 seconds, or hide it; the audit notes it"
"""What the key that reveals says of itself."""


class Revealing(Pane):
    """Keeps secrets hidden but for a while; a subclass says which there are and shows them or not."""

    REVEAL_KEY = "x"
    """The key bound to ``reveal``, as the title line names it."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._revealed_until = 0.0
        self._offered = False

    @property
    def revealed(self) -> bool:
        """Whether secrets may be shown at this moment."""
        return self._revealed_until > 0

    def hidden(self) -> int:
        """How many secrets are hidden in what is seen."""
        return 0

    def show_secrets(self) -> None:
        """Show again what is seen, with its secrets or without, as ``revealed`` says."""

    def secrets_fact(self) -> str:
        """What the title line says of it; the line of keys offers the key only where there is something."""
        hidden = self.hidden()
        if self._offered != bool(hidden):
            self._offered = bool(hidden)
            self.refresh_bindings()
        if self.revealed:
            return f"secrets shown for {max(0, self._revealed_until - time.time()):.0f} s"
        return f"{hidden:,} hidden, {self.REVEAL_KEY} reveals" if hidden else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to reveal where something is hidden."""
        if action == "reveal":
            return self._offered
        return super().check_action(action, parameters)

    def on_lines_laid_out(self, message: Lines.LaidOut) -> None:
        """Say how many secrets are hidden, now that all of the text has been seen."""
        message.stop()
        self.retitle()

    def tick(self, now: float) -> None:
        """Hide again what was revealed long enough."""
        if self.revealed and now >= self._revealed_until:
            self.hide()
        super().tick(now)

    def sleep(self) -> None:
        """What nobody looks at is hidden."""
        if self.revealed:
            self.hide()
        super().sleep()

    def hide(self) -> None:
        """Hide what was revealed."""
        self._revealed_until = 0.0
        self.show_secrets()

    def action_reveal(self) -> None:
        """Show what looks like a secret for a while, once that is noted; again hides it."""
        if self.revealed:
            self.hide()
        elif self.hidden():
            self.work(self._reveal(), "reveal")

    async def _reveal(self) -> None:
        scope = self.bound_to or self.console.scope
        await self.remote.call(scope, "", verb="reveal", operation=self.title)
        self._revealed_until = time.time() + REVEALED
        self.show_secrets()
