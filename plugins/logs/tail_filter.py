"""The local filter of a tail: over what is there, in slices."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from awstui.filtering import FilterError, parse

from .facts import cut
from .noting import Noting

if TYPE_CHECKING:
    from .store import Store
    from .tail_lines import TailLines

SLICE = 0.004
"""Seconds of filtering between two looks at the keyboard."""

CONTEXTS = (0, 2, 5)

_WORD = re.compile(r"(?!-f)[\w /:=@,\"-]+")
"""What a filter takes as it stands: no regex, no inverse, no fuzzy search."""


class Filtering(Noting):
    """The part of a tail that filters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "local", priority=True, id="tail.filter",
                tooltip="Show only lines that match, at once: a regex, ! for all others"),
        Binding("h", "highlight", "highlight", show=False, id="tail.highlight",
                tooltip="Show all lines, those that match highlighted; or only those"),
        Binding("C", "context", "context", show=False, id="tail.context",
                tooltip="Lines around each match: none, 2, 5"),
    ]  # fmt: skip

    store: Store
    lines: TailLines
    filter_text = ""
    _hides = True
    _around = 0

    # ---- filter --------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Ask for a filter; it acts while it is typed."""
        self.console.guide.ask_filter("/", self.filter_by, self.filter_text)

    def filter_by(self, text: str) -> str:
        """Show only lines that match; the complaint when the text is no pattern."""
        try:
            wanted = parse(text)
        except FilterError as error:
            return str(error)
        self.filter_text, self.lines.wanted = text.strip(), wanted
        self._filter()
        return ""

    def _filter(self) -> None:
        wanted = self.lines.wanted
        held = self.lines.standing()
        test = wanted.matches if wanted else None
        self.store.filter(
            test, hides=self._hides, context=self._around, needle=needle(self.filter_text)
        )
        self.lines.restore(held)
        self.lines.looks_changed()
        self.work(self._scan(), "scan")

    async def _scan(self) -> None:
        """Look through all lines, newest first, a key never waiting for it."""
        more, painted = True, 0.0
        while more:
            held = self.lines.standing()
            more = self.store.scan(SLICE)
            self.lines.restore(held)
            if not more or time.monotonic() - painted > 0.1:
                painted = time.monotonic()
                self.lines.changed()
                self.retitle()
            await asyncio.sleep(0)
        self.say_what_is_hidden()

    def say_what_is_hidden(self) -> None:
        """Where a filter leaves nothing, say so: an empty screen might be an empty log."""
        nothing = self.filter_text and self._hides and len(self.store) and not self.store.rows
        said = f"No line matches /{self.filter_text}/; esc takes the filter away."
        self.note("hidden", [(said, "muted")] if nothing and self.store.sifted else [])

    def filter_fact(self, most: int = 1000) -> str:
        """The filter, so many characters of it at most, and how many lines match it."""
        if not self.filter_text:
            return ""
        context = f" ±{self._around}" if self._around and self._hides else ""
        so_far = "" if self.store.sifted else " so far"
        return f"/{cut(self.filter_text, most)}/ {self.store.hits:,} hits{so_far}{context}"

    def back(self) -> bool:
        """Esc first ends a search, then takes the filter away, then goes back."""
        if self.lines.stop_seeking():
            self.retitle()
            return True
        if self.filter_text:
            self.filter_by("")
            return True
        return super().back()

    def action_highlight(self) -> None:
        """Show all lines with the matches among them, or the matches alone."""
        self._hides = not self._hides
        self._filter()

    def action_context(self) -> None:
        """More or no lines around each match."""
        self._around = CONTEXTS[(CONTEXTS.index(self._around) + 1) % len(CONTEXTS)]
        self._hides = True
        self._filter()


def needle(filter_text: str) -> str:
    """The word that a filter looks for when it is no more than a word."""
    return filter_text if _WORD.fullmatch(filter_text) else ""
