"""What has to be typed by hand."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input

from awstui.ui.reads import FINGERS, came_together


class TypedInput(Input):
    """An input that takes only what fingers type: a paste proves no reading."""

    class Pasted(Message):
        """Something came that no fingers have typed."""

    def __init__(self, wanted: str) -> None:
        """``wanted`` is what is to be typed."""
        super().__init__(id="typed")
        self._most = min(FINGERS, max(1, len(wanted) - 1))

    def _on_paste(self, event: events.Paste) -> None:
        self._refuse(event)

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable and came_together(event) > self._most:
            self._refuse(event)

    def _refuse(self, event: events.Event) -> None:
        event.stop()
        event.prevent_default()
        self.value = ""
        self.post_message(self.Pasted())

    def action_paste(self) -> None:
        """Take nothing from the clipboard either."""
        self.post_message(self.Pasted())
