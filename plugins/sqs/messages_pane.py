"""Messages of a queue as a safe peek brought them: listed, opened, searched."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.plugin import Row
from awstui.ui.filtering import FilterError, parse
from awstui.ui.grid import Grid, GridRow
from awstui.ui.lines import Lines

from .labelled import labelled
from .message import Shown
from .message_text import attribute_lines
from .peeking_pane import PeekingPane
from .snapshot import COLUMNS


class MessagesPane(PeekingPane):
    """The messages of one peek: a list over the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "act('send')", "send", show=False, id="messages.send", tooltip="Send a message"),
        Binding("M", "open_view('tasks')", "moves", show=False, id="messages.moves",
                tooltip="The move task that runs, and those before it"),
        Binding("D", "follow", "other end", show=False, id="messages.follow",
                tooltip="Its dead-letter queue, or who sends its dead letters here"),
        Binding("o", "raw", "raw", id="messages.raw", tooltip="The body as it came, or opened"),
        Binding("a", "attributes", "attributes", id="messages.attributes",
                tooltip="What was sent beside the body"),
        Binding("slash", "search", "search", id="messages.search",
                tooltip="Only messages that match, in body and attributes"),
        Binding("w", "wrap", "wrap", show=False, id="messages.wrap", tooltip="Wrap long lines or not"),
        Binding("c", "copy", "copy", show=False, id="messages.copy", tooltip="Copy the body"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    MessagesPane Grid { height: 1fr; }
    MessagesPane Lines { height: 1fr; border-top: solid $panel; }
    """

    def __init__(self, row: Row) -> None:
        super().__init__(row, "messages")
        self.grid, self.lines = Grid(COLUMNS), Lines(wrap=True)
        self._face = "body"
        self._search_text = ""

    def content(self) -> ComposeResult:
        """The list over the message under the cursor."""
        yield self.grid
        yield self.lines

    # ---- what came -----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Forget what the last peek brought, and what was looked for in it."""
        self._search_text = ""
        self.grid.clear()
        self.lines.set_lines([])

    def came(self, row: GridRow | None) -> None:
        """Show a message as it comes."""
        if row is not None:
            self.grid.apply([row], same_refresh=True)

    def here(self) -> Shown | None:
        """The message under the cursor."""
        return self.snapshot.get(self.grid.cursor_key)

    def on_grid_highlighted(self, message: Grid.Highlighted) -> None:
        """Show another message."""
        message.stop()
        self._show()

    def on_grid_selected(self, message: Grid.Selected) -> None:
        """Read on in the message: the keys that scroll go to it."""
        message.stop()
        self.lines.focus()

    def _show(self) -> None:
        held = self.here()
        if held is None:
            self.lines.set_lines([])
        elif self._face == "attributes":
            self.lines.set_lines(labelled(attribute_lines(held)))
        elif self._face == "raw":
            self.lines.set_text(str(held.raw.get("Body", "")))
        else:
            is_text = isinstance(held.body.value, str)
            self.lines.set_text(held.body.pretty, syntax="" if is_text else "json")
        self.retitle()

    # ---- telling -------------------------------------------------------------------------------------

    def facts(self) -> tuple[str, str]:
        """How many are held, and for how long still; what the body was wrapped in."""
        standing, tone = self.standing()
        parts = [standing]
        if self._search_text:
            parts.append(f"/{self._search_text} {self.grid.rows_shown}")
        if (held := self.here()) is not None:
            parts.append(held.body.way if self._face == "body" else self._face)
        return " · ".join(parts), tone

    def back(self) -> bool:
        """Esc leaves the body, then the search, then the pane."""
        if self.lines.has_focus:
            self.grid.focus()
            return True
        if self._search_text:
            self._search("")
            return True
        return False

    # ---- keys ----------------------------------------------------------------------------------------

    def action_raw(self) -> None:
        """The body as it came, or opened."""
        self._face = "body" if self._face == "raw" else "raw"
        self._show()

    def action_attributes(self) -> None:
        """The attributes, or the body again."""
        self._face = "body" if self._face == "attributes" else "attributes"
        self._show()

    def action_wrap(self) -> None:
        """Wrap long lines, or let them run out to the right."""
        self.lines.toggle_wrap()

    def action_copy(self) -> None:
        """Copy the body through the terminal, as it is shown."""
        if held := self.here():
            raw = self._face == "raw"
            self.console.copy(str(held.raw["Body"]) if raw else held.body.pretty, "the body")

    def action_search(self) -> None:
        """Ask what to look for."""
        self.console.guide.ask_filter("/", self._search, self._search_text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is searched, ``n`` goes to its next match and never sends."""
        if action == "act" and parameters[0] == "send" and self._search_text:
            return False
        return super().check_action(action, parameters)

    def _search(self, text: str) -> str:
        try:
            self.snapshot.wanted = parse(text)
        except FilterError as error:
            return str(error)
        self._search_text = text
        self.grid.replace(self.snapshot.rows())
        self.lines.search(self.snapshot.wanted)
        self._show()
        return ""
