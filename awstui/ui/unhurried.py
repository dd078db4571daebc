"""An application whose dialogs hear only what was typed after they could be seen."""

from __future__ import annotations

from textual import events
from textual.app import App


class Unhurried(App[int]):
    """Drops what was typed, pasted or clicked before the dialog that would take it was painted."""

    async def on_event(self, event: events.Event) -> None:
        """Let through what is not too early."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown | events.MouseUp):
            painted_at: float = getattr(self.screen, "painted_at", 0.0)
            if event.time < painted_at:
                event.stop()
                return
        await super().on_event(event)
