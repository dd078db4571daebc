"""Messages of a queue as a safe peek brought them: listed, opened, searched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.filtering import FilterError, parse
from awstui.plugin import Row
from awstui.ui.grid import Grid, GridRow
from awstui.ui.lines import Lines
from awstui.ui.revealing import REVEALS, Revealing
from awstui.ui.turns import joined

from .labelled import labelled
from .message import Shown
from .message_text import attribute_lines, left_out
from .peeking_pane import PeekingPane
from .snapshot import COLUMNS
from .unwrap import unwrap


class MessagesPane(PeekingPane, Revealing):
    """The messages of one peek: a list over the one under the cursor."""

    REVEAL_KEY = "X"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "raw", "raw", id="messages.raw", tooltip="The body as it came, or opened"),
        Binding("a", "attributes", "attributes", id="messages.attributes",
                tooltip="What was sent beside the body"),
        Binding("slash", "search", "search", id="messages.search",
                tooltip="Only messages that match, in body and attributes"),
        Binding("w", "wrap", "wrap", show=False, id="messages.wrap", tooltip="Wrap long lines or not"),
        Binding("c", "copy", "copy", show=False, id="messages.copy",
                tooltip="Copy the body as it came or as it was opened, secrets and all"),
        Binding("X", "reveal", "reveal", id="messages.reveal", tooltip=REVEALS),
    ]  # fmt: skip

    DEFAULT_CSS = """
    MessagesPane Grid { height: 1fr; }
    MessagesPane Lines { height: 1fr; border-top: solid $panel; }
    """

    def __init__(self, row: Row, what: str = "messages") -> None:
        super().__init__(row, what)
        self.grid, self.lines = Grid(COLUMNS), Lines(wrap=True)
        self.face = "body"
        self._search_text = ""
        self.is_narrowing = False
        """Whether the messages are being looked through; it takes a while where they are many."""

        self._hidden_marks: set[str] = set()
        """Marked messages that search or filter leave out: they stay marked."""

    def content(self) -> ComposeResult:
        """The list over the message under the cursor."""
        yield self.grid
        yield self.lines

    # ---- what came -----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Forget what the last look brought, and what was looked for in it."""
        self._search_text, self.is_narrowing = "", False
        self._hidden_marks.clear()
        self.grid.clear()
        self.lines.set_lines([])

    def came(self, rows: list[GridRow]) -> None:
        """Show messages as they come."""
        self.grid.apply(rows, same_refresh=True)

    def here(self) -> Shown | None:
        """The message under the cursor."""
        return self.snapshot.get(self.grid.cursor_key)

    def moment_here(self) -> float | None:
        """When the message under the cursor was sent."""
        held = self.here()
        return held.sent or None if held is not None else None

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
        else:
            self.show_message(held)
        self.retitle()

    def show_message(self, held: Shown) -> None:
        """Show one face of a message."""
        if self.face == "attributes":
            self.lines.set_lines(labelled(attribute_lines(held)))
            return
        raw = self.whole(held)
        if "Body" not in raw or raw.get("BodyKept") is False:
            self.lines.set_lines(labelled(left_out(held), "body not kept"))
        elif self.face == "raw":
            self.lines.set_text(str(raw["Body"]))
        else:
            body = (
                held.body if raw is held.raw else unwrap(raw["Body"], raw.get("MessageAttributes"))
            )
            is_text = isinstance(body.value, str)
            self.lines.set_text(body.pieces, syntax="" if is_text else "json")

    def hidden(self) -> int:
        """How many secrets are hidden in the message under the cursor."""
        return self.lines.hidden

    def show_secrets(self) -> None:
        """Show them, or hide them again."""
        self.lines.reveal(wanted=self.revealed)
        self.retitle()

    # ---- telling -------------------------------------------------------------------------------------

    def facts(self) -> tuple[str, str]:
        """How many are held, and for how long still; what the body was wrapped in."""
        standing, tone = self.standing()
        parts = [standing]
        if marked := len(self.marked()):
            parts.append(f"{marked:,} marked")
        if self._search_text:
            found = "…" if self.is_narrowing else f"{self.grid.rows_shown:,}"
            parts.append(f"/{self._search_text} {found}")
        if unread := len(self.snapshot.unread()):
            parts.append(f"looking into {unread:,} long bodies")
        if (held := self.here()) is not None:
            parts.append(held.body.way if self.face == "body" else self.face)
        if secrets := self.secrets_fact():
            parts.append(secrets)
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
        self.face = "body" if self.face == "raw" else "raw"
        self._show()

    def action_attributes(self) -> None:
        """The attributes, or the body again."""
        self.face = "body" if self.face == "attributes" else "attributes"
        self._show()

    def action_wrap(self) -> None:
        """Wrap long lines, or let them run out to the right."""
        self.lines.toggle_wrap()

    def action_copy(self) -> None:
        """Copy the body through the terminal, as it is shown."""
        if held := self.here():
            raw = self.face == "raw"
            pieces = [str(self.whole(held).get("Body", ""))] if raw else held.body.pieces
            self.work(self._copy(pieces), "copy")

    async def _copy(self, pieces: Iterable[str]) -> None:
        self.console.copy(await joined(pieces), "the body")

    def action_search(self) -> None:
        """Ask what to look for."""
        self.console.guide.ask_filter("/", self._search, self._search_text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is searched, ``n`` goes to its next match and never sends; release what is held."""
        if action == "release" and not self.holds:
            return False
        if action == "act" and parameters[0] == "send" and self._search_text:
            return False
        return super().check_action(action, parameters)

    def _search(self, text: str) -> str:
        try:
            self.snapshot.look_for(wanted=parse(text))
        except FilterError as error:
            return str(error)
        self._search_text = text
        self.narrowed()
        self.lines.search(self.snapshot.wanted)
        return ""

    # ---- what is left, and what is marked --------------------------------------------------------------

    def narrowed(self) -> None:
        """Show what search, filter and group leave; marks stay with their messages."""
        if self.snapshot.is_quick:
            self.workers.cancel_group(self, "narrow")
            self.is_narrowing = False
            self.have(list(self.snapshot.rows()))
        else:
            self.is_narrowing = True
            self.work(self._narrow(), "narrow")

    def is_sure(self) -> bool:
        """Whether it is known which messages are left; says so where it is not."""
        if self.is_narrowing:
            self.console.say("The messages are still being looked through.", "warn")
        return not self.is_narrowing and super().is_sure()

    async def _narrow(self) -> None:
        snapshot = self.snapshot
        try:
            rows = await snapshot.narrowed()
        except Exception:
            self.is_narrowing = False
            raise
        if snapshot is self.snapshot:
            self.is_narrowing = False
            self.have(rows)

    def have(self, rows: list[GridRow]) -> None:
        """Show these messages of all there are."""
        marks = set(self.marked())
        self.grid.replace(rows)
        self.mark(marks)
        self.read_long_bodies()
        self._show()

    def marked(self) -> list[str]:
        """The ids of the marked messages: those that are shown in their order, then the others."""
        return [*map(str, self.grid.marked_keys()), *sorted(self._hidden_marks)]

    def mark(self, idents: set[str]) -> None:
        """Have exactly these messages marked, shown or not."""
        shown = {ident for ident in idents if self.grid.row(ident) is not None}
        self._hidden_marks = {i for i in idents - shown if self.snapshot.get(i) is not None}
        self.grid.set_marks(shown)
        self.retitle()

    def on_grid_marks_changed(self, message: Grid.MarksChanged) -> None:
        """Count the marks."""
        message.stop()
        self.retitle()
