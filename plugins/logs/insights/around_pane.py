"""The lines around one result, that one marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui import wire
from awstui.filtering import FilterError, parse
from awstui.text import safe
from awstui.ui.lines import Line, Lines
from awstui.ui.revealing import REVEALS, Revealing
from awstui.ui.target import Target

from ..ansi import plain
from ..level import TONES, level_of
from ..listing import group_key
from ..moments import shown
from ..whose import find
from .answer import Place
from .around import lines_around

if TYPE_CHECKING:
    from awstui.ui.remote import RemoteAws


class AroundPane(Revealing):
    """What a stream says before and after a moment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", id="around.search", tooltip="Search in these lines"),
        Binding("w", "wrap", "wrap", id="around.wrap", tooltip="Wrap long lines or not"),
        Binding("c", "copy", "copy", show=False, id="around.copy", tooltip="Copy these lines"),
        Binding("L", "tail", "logs at that time", id="around.tail",
                tooltip="All of the group at that time, and what follows"),
        Binding("x", "reveal", "reveal", id="around.reveal", tooltip=REVEALS),
    ]  # fmt: skip

    def __init__(self, where: Place, aws: RemoteAws) -> None:
        super().__init__(f"{where.group} › around {shown(where.at)}")
        self._where, self._aws = where, aws
        self.lines = Lines(cursor=True)
        self._facts = "asking GetLogEvents"

    def content(self) -> ComposeResult:
        """The lines."""
        yield self.lines

    def on_mount(self) -> None:
        """Read them at once."""
        super().on_mount()
        self.work(self._read(), "around")

    def action_tail(self) -> None:
        """Show all of the group at that time."""
        self.work(self._tail(), "tail")

    async def _tail(self) -> None:
        from ..tail_pane import TailPane

        scope = wire.Scope(self._aws.profile, self._aws.region, self._aws.account)
        found = [row async for row in find(self._aws, self._where.group)]
        if not found:
            self.console.say(f"The log group {self._where.group} is gone.", "warn")
            return
        ref = wire.RowRef(scope, "logs", "groups", group_key(found[0]))
        pane = TailPane(found[0])
        pane.target = Target(ref, wire.pack(found[0]))
        pane.targets, pane.bound_to, pane.moment = [pane.target], scope, self._where.at / 1000
        self.post_message(self.Opened(pane))

    async def _read(self) -> None:
        found = await lines_around(self._aws, self._where)
        made: list[Line] = []
        here = None
        for event in found:
            at = int(event["timestamp"])
            here = len(made) if here is None and at >= self._where.at else here
            message = plain(str(event["message"])).rstrip("\r\n")
            tone = TONES[level_of(message)]
            first, *more = message.split("\n")
            start = shown(at)
            made.append(Line(f"{start}  {first}", tone, ((0, len(start), "muted"),)))
            made += [Line(" " * (len(start) + 2) + line, tone) for line in more]
        self.lines.set_lines(made)
        self._facts = f"{len(found):,} lines of {safe(self._where.stream)}"
        if here is not None:
            self.lines.go_to_line(here)
        self.retitle()

    def facts(self) -> tuple[str, str]:
        """How many lines, of which stream."""
        return " · ".join(part for part in (self._facts, self.secrets_fact()) if part), ""

    def hidden(self) -> int:
        """How many secrets are hidden in these lines."""
        return self.lines.hidden

    def show_secrets(self) -> None:
        """Show them, or hide them again."""
        self.lines.reveal(wanted=self.revealed)
        self.retitle()

    def action_search(self) -> None:
        """Ask what to search for."""
        self.console.guide.ask_filter("search", self._search, "")

    def _search(self, text: str) -> str:
        try:
            self.lines.search(parse(text))
        except FilterError as error:
            return str(error)
        return ""

    def action_wrap(self) -> None:
        """Wrap long lines, or let them run out to the right."""
        self.lines.toggle_wrap()

    def action_copy(self) -> None:
        """Copy the lines."""
        self.console.copy(self.lines.copy_text(), "the lines")
