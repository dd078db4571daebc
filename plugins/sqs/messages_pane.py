"""Messages of a queue, by a safe peek: what it costs, what came, until when it is hidden from others."""

from __future__ import annotations

import contextlib
import time
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.plugin import Plan, Row
from awstui.ui.dialogs import Confirm, Question
from awstui.ui.filtering import EMPTY, FilterError, parse
from awstui.ui.grid import Grid, GridColumn, GridRow
from awstui.ui.lines import Lines
from awstui.ui.remote import Stream

from . import attributes as the
from .labelled import labelled
from .message import Shown, expiry, shown
from .message_text import attribute_lines, search_text
from .queue_pane import QueuePane

COLUMNS = (
    GridColumn("Receives", rank=0),
    GridColumn("Age", "age", rank=2),
    GridColumn("Expires", "age", rank=1),
    GridColumn("Size", "bytes", rank=4),
    GridColumn("Group", rank=5),
    GridColumn("Error", width=32, rank=1),
    GridColumn("Body", rank=0),
)


class MessagesPane(QueuePane):
    """A snapshot of messages; it is taken once, when a person asks, and never renewed by itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "peek", "peek again", show=False, id="messages.peek",
                tooltip="Look again: costs each message another receive"),
        Binding("n", "act('send')", "send", show=False, id="messages.send", tooltip="Send a message"),
        Binding("M", "open_view('tasks')", "moves", show=False, id="messages.moves",
                tooltip="The move task that runs, and those before it"),
        Binding("D", "follow", "other end", show=False, id="messages.follow",
                tooltip="Its dead-letter queue, or who sends its dead letters here"),
        Binding("e", "release", "release", id="messages.release",
                tooltip="Make them visible to everybody at once"),
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
        self._messages: dict[str, Shown] = {}
        self._stream: Stream | None = None
        self._preflight: Row = {}
        self._phase, self._since, self._until, self._why = "asking", time.time(), 0.0, ""
        self._face = "body"
        self._search_text = ""

    def content(self) -> ComposeResult:
        """The list over the message under the cursor."""
        yield self.grid
        yield self.lines

    def on_mount(self) -> None:
        """Opening this pane is what a person did to look: look."""
        super().on_mount()
        self._peek()

    def on_unmount(self) -> None:
        """Leaving gives everything back."""
        self._leave()

    def sleep(self) -> None:
        """Messages are not hidden from others while nobody looks at them."""
        self._leave()

    def _leave(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._phase = "released" if self._messages else "stopped"

    # ---- looking -------------------------------------------------------------------------------------

    def action_peek(self) -> None:
        """Look again, where nothing is held any more."""
        if self._stream is not None:
            self.console.say(
                "These are still held; release them with e before looking again.", "warn"
            )
            return
        self._peek()

    def _peek(self, confirmed: str = "") -> None:
        self._messages.clear()
        self.grid.clear()
        self.lines.set_lines([])
        self._phase, self._since, self._why = "asking", time.time(), ""
        self.work(self._listen(confirmed), "peek")

    async def _listen(self, confirmed: str) -> None:
        stream = self._stream = self.remote.job(
            self.target.ref, self.target.raw, "peek", confirmed=confirmed
        )
        refused: Row = {}
        try:
            async for event in stream:
                if event["kind"] == "refused":
                    refused = event
                self._take(event)
        finally:
            if self._stream is stream:
                self._stream = None
                self._phase = "released" if self._phase in ("held", "released") else "stopped"
                self.retitle()
        if refused and self.is_attached:
            await self._ask(refused)

    def _take(self, event: Row) -> None:
        match event["kind"]:
            case "preflight":
                self._preflight = event
                tone = "warn" if event["verdict"] != "ok" else "muted"
                self.notice.say([(sentence, tone) for sentence in event["why"]], alone=False)
            case "message":
                self._add(event["message"])
            case "held":
                self._phase, self._until = "held", event["until"]
                self._why = event["why"] or self._why
                self._say_found()
            case "released":
                self._released(event)
            case kind:
                self._phase = kind
        self.retitle()

    def _say_found(self) -> None:
        if not self._messages:
            self.notice.say([(self._why, "muted")], alone=True)

    def _released(self, event: Row) -> None:
        self._phase = "released"
        if not self._messages:
            return
        self.notice.say([], alone=False)
        if event["failed"]:
            self.notice.say(
                [(f"{len(event['failed'])} could not be released: {event['failed'][0]}", "warn"),
                 ("They become visible by themselves when their time is over.", "muted")],
                alone=False,
            )  # fmt: skip

    async def _ask(self, refused: Row) -> None:
        """Have the queue's name typed where a look may cost messages their last life."""
        ref = self.target.ref
        question = Question(
            title=f"Peek {ref.key}",
            verb="look all the same",
            effect="destroy",
            scope=ref.scope,
            target=refused["type"],
            plan=Plan(tuple(refused["why"]), undo="A receive cannot be taken back."),
            production=self.console.is_production(ref.scope),
        )
        typed = str(await self.console.push_screen_wait(Confirm(question)) or "")
        if typed and self.is_attached:
            # Not this worker's own group again: it would end itself.
            self.call_later(self._peek, typed)

    # ---- what came -----------------------------------------------------------------------------------

    def _add(self, message: Row) -> None:
        held = shown(
            message,
            lives=self._preflight.get("lives", 0),
            retention=self._preflight.get("retention", 0),
        )
        self._messages[held.ident] = held
        if self._fits(held):
            self.grid.apply([self._grid_row(held)], same_refresh=True)

    def _grid_row(self, held: Shown) -> GridRow:
        _, soon = expiry(held.expires, time.time())
        cells: tuple[Any, ...] = (
            held.receives, held.sent or None, held.expires or None, held.size,
            held.group or None, held.error or None, held.line,
        )  # fmt: skip
        tones = (held.receives_tone, "", soon, "", "", "", "")
        return GridRow(held.ident, cells, tones, (held.expires or held.sent, held.ident))

    def here(self) -> Shown | None:
        """The message under the cursor."""
        return self._messages.get(str(self.grid.cursor_key))

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
        count, now = len(self._messages), time.time()
        held = self.here()
        parts = []
        tone = ""
        match self._phase:
            case "asking":
                parts.append(f"asking what a look costs · {now - self._since:.0f} s")
            case "receiving":
                want = self._preflight.get("want", 0)
                parts.append(f"receiving · {count} of up to {want} · {now - self._since:.0f} s")
            case "held" if count:
                tone = "warn"
                left = max(0.0, self._until - now)
                parts.append(f"holding {count}, visible again in {left:.0f} s, e releases")
            case "released":
                parts.append(f"{the.counted(count)} · released: a snapshot")
            case "stopped":
                parts.append("nothing is held")
        if self._search_text:
            parts.append(f"/{self._search_text} {self.grid.rows_shown}")
        if held is not None:
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

    def action_release(self) -> None:
        """Give back what is held, at once."""
        if self._stream is None:
            self.console.say("Nothing is held.")
        else:
            self._stream.tell(release=True)

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
        self.console.ask_filter(self, "/", self._search, self._search_text)

    def action_act(self, name: str) -> None:
        """Give back first: what a peek holds is hidden from a move task, too."""
        if self._stream is not None:
            self._stream.tell(release=True)
        super().action_act(name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is searched, ``n`` goes to its next match and never sends."""
        if action == "act" and parameters[0] == "send" and self._search_text:
            return False
        return super().check_action(action, parameters)

    def _search(self, text: str) -> str:
        try:
            parse(text)
        except FilterError as error:
            return str(error)
        self._search_text = text
        self.grid.replace(
            self._grid_row(held) for held in self._messages.values() if self._fits(held)
        )
        with contextlib.suppress(FilterError):
            self.lines.search(parse(text))
        self._show()
        return ""

    def _fits(self, held: Shown) -> bool:
        wanted = parse(self._search_text) if self._search_text else EMPTY
        return wanted.matches(search_text(held))
