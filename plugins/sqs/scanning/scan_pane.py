"""A whole queue as a pane: one scan, begun by opening it, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from awstui.plugin import Row

from ..transfer.editing_pane import EditingPane


class ScanPane(EditingPane):
    """Everything that a queue held at one moment."""

    JOB: ClassVar[str] = "scan"

    def __init__(self, row: Row) -> None:
        super().__init__(row, "scan")

    def sleep(self) -> None:
        """A scan ends by itself, and gives everything back: it goes on while nobody looks."""
        if self.revealed:
            self.hide()

    def action_peek(self) -> None:
        """Scan again, once this one is over."""
        if self._stream is not None and not self.scanned:
            self.console.say("This scan goes on; e stops it.", "warn")
            return
        self._stop()
        self._peek()
