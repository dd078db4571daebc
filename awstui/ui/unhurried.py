"""An application that hears keys in their order: each acts before the next one is looked at."""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.widgets import Input, TextArea


class Unhurried(App[int]):
    """Loses nothing that is typed fast, and drops what was typed before a dialog could be seen.

    Textual hands a key to the focused widget's own queue and comes to its binding only when it has
    bubbled up from there; by then the next keys may have been handed on as well. So ``/`` and a word
    typed at once, or over a slow line, would be a prompt that opens too late and a row of commands.
    """

    async def on_event(self, event: events.Event) -> None:
        """Let through what is not too early, and let a key act at once."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown | events.MouseUp):
            painted_at: float = getattr(self.screen, "painted_at", 0.0)
            if event.time < painted_at:
                event.stop()
                return
        if isinstance(event, events.Key) and not event.is_forwarded and await self._acts(event.key):
            event.stop()
            return
        await super().on_event(event)

    async def _acts(self, key: str) -> bool:
        """Whether a key was a binding's and has acted; where text is typed, that is the widget's to say."""
        if isinstance(self.focused, Input | TextArea):
            return False
        return await self._check_bindings(key, priority=True) or await self._check_bindings(key)
