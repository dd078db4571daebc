"""The least Textual can do: one widget that shows one line."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    """One line."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("MINIMAL-SHOWN")


if __name__ == "__main__":
    Minimal().run()
