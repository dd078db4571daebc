"""What is done to the line under the cursor of a tail, and how lines look."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from textual.binding import Binding, BindingType

from awstui.masking import HIDDEN
from awstui.plugin import Row
from awstui.ui.detail_pane import DetailPane
from awstui.ui.revealing import REVEALS

from . import moments
from .ansi import harmless
from .level import WORDS
from .saving import Saving
from .shown import Look, parsed

if TYPE_CHECKING:
    from .tail_jobs import Place


class OnLines(Saving):
    """The part of a tail that is about single lines and their looks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "wrap", "wrap", id="tail.wrap", tooltip="Wrap long lines or not"),
        Binding("u", "utc", "utc", show=False, id="tail.utc", tooltip="Times in UTC or local"),
        Binding("d", "details", "details", id="tail.details", tooltip="Everything about the line"),
        Binding("c", "copy", "copy", show=False, id="tail.copy",
                tooltip="Copy the line, secrets and all; control characters made visible"),
        Binding("y", "copy_message", "message", show=False, id="tail.copy-message",
                tooltip="Copy its message, secrets and all; control characters made visible"),
        Binding("ctrl+y", "copy_raw", "copy raw", show=False, id="tail.copy-raw",
                tooltip="Copy its message as it came, secrets, control characters and all"),
        Binding("Y", "copy_link", "link", show=False, id="tail.copy-link",
                tooltip="Copy the address of the line in the AWS console"),
        Binding("K", "fields", "fields", show=False, id="tail.fields",
                tooltip="Show some fields of JSON lines as columns"),
        Binding("x", "reveal", "reveal", id="tail.reveal", tooltip=REVEALS),
        Binding("M", "note", "note", show=False, id="tail.note", tooltip="Mark the line with a note"),
    ]  # fmt: skip

    look: Look

    @property
    def places(self) -> list[Place]:
        """Where each group is, by its number."""
        raise NotImplementedError

    # ---- looks ---------------------------------------------------------------------------------------

    def action_wrap(self) -> None:
        """Wrap long lines or not."""
        self.look.wrap = not self.look.wrap
        self.lines.looks_changed()

    def action_utc(self) -> None:
        """Times in UTC or local."""
        self.look.utc = not self.look.utc
        self.lines.looks_changed()
        self.retitle()

    def action_fields(self) -> None:
        """Ask which fields of JSON lines are shown."""
        shown = " ".join(self.look.fields)
        self.console.guide.ask_filter("fields, empty for all ", lambda _: "", shown, self._fields)

    def _fields(self, text: str) -> None:
        self.look.fields = tuple(text.replace(",", " ").split())
        self.lines.looks_changed()

    def hidden(self) -> int:
        """How many secrets are hidden in the lines that are seen."""
        pieces = (block.pieces[number] for _, block, number in self.lines.lay())
        return sum(
            piece.text.text.count(HIDDEN, piece.start, None if piece.end < 0 else piece.end)
            for piece in pieces
        )

    def show_secrets(self) -> None:
        """Show the lines again, with their secrets or without."""
        self.look.revealed = self.revealed
        self.lines.looks_changed()
        self.retitle()

    # ---- the line under the cursor -------------------------------------------------------------------

    def action_note(self) -> None:
        """Ask for a note on the line."""
        entry = self.lines.current()
        if entry is None:
            return
        self.lines.detach()

        def keep(text: str) -> None:
            self.lines.marks[entry.ident] = text.strip()
            self.lines.looks_changed()

        note = self.lines.marks.get(entry.ident, "")
        self.console.guide.ask_filter("note ", lambda _: "", note, keep)

    def action_details(self) -> None:
        """Show everything about the line."""
        entry = self.lines.current()
        if entry is None:
            return
        value = {
            "Time": moments.iso(entry.at),
            "Local": moments.shown(entry.at, day=True),
            "Taken in": moments.iso(entry.taken),
            "Late by ms": entry.taken - entry.at,
            "Level": WORDS[entry.level],
            "Group": self.group_name(entry.group),
            "Stream": entry.stream,
            "Message": parsed(entry.message) or entry.message,
        }

        async def load() -> Row:
            return value

        self.lines.detach()
        title = f"line of {moments.shown(entry.at)}"
        self.post_message(self.Opened(DetailPane(title, load, wrap=True)))

    def action_copy(self) -> None:
        """Copy the line through the terminal."""
        if entry := self.lines.current():
            self.console.copy(f"{moments.iso(entry.at)} {harmless(entry.message)}", "the line")

    def action_copy_message(self) -> None:
        """Copy its message."""
        if entry := self.lines.current():
            self.console.copy(harmless(entry.message), "the message")

    def action_copy_raw(self) -> None:
        """Copy its message with all that a terminal would obey."""
        if entry := self.lines.current():
            self.console.copy(entry.message, "the message, control characters and all,")

    def action_copy_link(self) -> None:
        """Copy where the AWS console shows it."""
        if entry := self.lines.current():
            place = self.places[entry.group]
            url = console_link(place.scope.region, place.name, entry.stream, entry.at)
            self.console.copy(url, "the link")


def console_link(region: str, group: str, stream: str, at: int) -> str:
    """The address of a moment of a stream in the AWS console, which escapes twice in its own way."""

    def twice(text: str) -> str:
        return quote(quote(text, safe=""), safe="").replace("%", "$")

    return (
        f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:log-groups/"
        f"log-group/{twice(group)}/log-events/{twice(stream)}$3Fstart$3D{at}"
    )
