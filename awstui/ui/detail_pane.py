"""A pane for one row's details: the outline of describe, or the raw JSON."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from awstui.errors import LAPSED
from awstui.filtering import FilterError, parse
from awstui.masking import Hiding
from awstui.packing import json_pieces
from awstui.ui.lines import Line, Lines
from awstui.ui.outline import outline
from awstui.ui.revealing import REVEALS, Revealing
from awstui.ui.turns import joined
from awstui.wire import Problem, Scope


class DetailPane(Revealing):
    """Shows a value as soon as it has it, and lets the person search it, switch its form and copy it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", priority=True, id="detail.search",
                tooltip="Search in this text"),
        Binding("y", "form", "JSON or outline", id="detail.form", tooltip="Switch the form"),
        Binding("r", "refresh", "refresh", id="detail.refresh", tooltip="Read it again"),
        Binding("c", "copy", "copy", id="detail.copy", tooltip="Copy all of it as JSON"),
        Binding("x", "reveal", "reveal", id="detail.reveal", tooltip=REVEALS),
        Binding("w", "wrap", "wrap", id="detail.wrap", tooltip="Wrap long lines or not"),
    ]  # fmt: skip

    def __init__(
        self,
        title: str,
        load: Callable[[], Awaitable[Any]],
        *,
        raw: bool = False,
        asks: str = "",
        wrap: bool = False,
    ) -> None:
        """``load`` fetches the value; ``asks`` names what it calls, for the time it takes.

        ``wrap`` is for a value whose one long text is what is looked for.
        """
        super().__init__(title)
        self._hiding, self._lapsed = Hiding(), False
        self._load, self._raw, self._asks = load, raw, asks
        self._value: Any = None
        self._since = 0.0
        self._at = 0.0
        self.lines = Lines()
        self.lines.wrap = wrap

    def content(self) -> ComposeResult:
        """The text."""
        yield self.lines

    def on_mount(self) -> None:
        """Fetch at once."""
        super().on_mount()
        self.action_refresh()

    def action_refresh(self) -> None:
        """Fetch the value again."""
        self._since = time.time()
        self.notice.say([], alone=False)
        self.work(self._fetch(), "detail")

    def renewed(self, scope: Scope) -> None:
        """Fetch again what could not be fetched without credentials."""
        if self._lapsed and scope.profile == (self.bound_to or self.console.scope).profile:
            self.action_refresh()

    def fail(self, problem: Problem) -> None:
        """Show a problem; one of credentials ends with them."""
        self._lapsed = problem.kind in LAPSED
        super().fail(problem)

    async def _fetch(self) -> None:
        self._lapsed = False
        try:
            self._value = await self._load()
            self._at = time.time()
        finally:
            self._since = 0.0
        if self.is_attached:
            self._show()

    def _show(self) -> None:
        self._hiding = Hiding(revealed=self.revealed)
        self.lines.reveal(wanted=self.revealed)
        if self._raw:
            self.lines.set_text(json_pieces(self._value, self._hiding), syntax="json")
        else:
            self.lines.set_lines(map(Line, outline(self._value, self._hiding)))
        self.retitle()

    def hidden(self) -> int:
        """How many secrets the value holds, by their names or by what they look like."""
        return self._hiding.hidden + self.lines.hidden

    def show_secrets(self) -> None:
        """Show the value again."""
        self._show()

    def facts(self) -> tuple[str, str]:
        """How long it has been asking, or how old it is."""
        if self._since:
            return f"asking {self._asks} · {time.time() - self._since:.0f} s · esc leaves", ""
        form = "JSON" if self._raw else "outline"
        age = f"{max(0, time.time() - self._at):.0f} s old" if self._at else ""
        said = " · ".join(part for part in (self.secrets_fact(), form, age) if part)
        return said, "warn" if self.revealed else ""

    def action_form(self) -> None:
        """Switch between outline and JSON."""
        self._raw = not self._raw
        if self._value is not None:
            self._show()

    def action_search(self) -> None:
        """Ask what to search for."""
        self.console.guide.ask_filter("search", self._search, "")

    def _search(self, text: str) -> str:
        try:
            self.lines.search(parse(text))
        except FilterError as error:
            return str(error)
        return ""

    def action_copy(self) -> None:
        """Copy the value as JSON through the terminal."""
        self.work(self._copy(), "copy")

    async def _copy(self) -> None:
        hiding = Hiding(revealed=self.revealed)
        self.console.copy(await joined(json_pieces(self._value, hiding)), "the JSON")

    def action_wrap(self) -> None:
        """Wrap long lines, or let them run out to the right."""
        self.lines.toggle_wrap()
