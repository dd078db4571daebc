"""The lines of a tail, and what is gone to among them: errors, requests, pauses, matches, marks."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message

from awstui.ui.work import work

from .ids import request_of
from .pieces import QUIET
from .shown import Look
from .store import Search, Store
from .walking import Walking, key

if TYPE_CHECKING:
    from awstui.wire import Problem


SLICE: Final = 0.004
"""Seconds of looking between two looks at the keyboard."""


class TailLines(Walking):
    """Lines that can be walked, searched by kind, unfolded and marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "unfold", "Unfold", "unfold", "All of the line, JSON indented; again folds it"),
        Binding("e", "level(1)", "error", id="tail.error", tooltip="The next error"),
        key("E", "level(-1)", "Error before", "error-before", "The error before"),
        Binding("r", "request(1)", "request", id="tail.request",
                tooltip="The next line with the request id of this one"),
        key("R", "request(-1)", "Request before", "request-before", "The line before with its request id"),
        key("right_parenthesis", "pause_in_time(1)", "Next pause", "pause-next", "Where it goes on after a pause"),
        key("left_parenthesis", "pause_in_time(-1)", "Pause before", "pause-before", "The pause before"),
        Binding("m", "mark", "mark", show=False, id="tail.mark", tooltip="Mark the line, or take the mark off"),
        key("apostrophe", "next_mark", "Next mark", "next-mark", "The next marked line, round and round"),
        key("n", "match(1)", "Next match", "next-match", "The next line that matches"),
        key("N", "match(-1)", "Match before", "match-before", "The line before that matches"),
    ]  # fmt: skip

    class Said(Message):
        """Something to be said in passing, such as that there is no further error."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, store: Store, look: Look) -> None:
        super().__init__(store, look)
        self.request = ""
        """The id that ``r`` goes after."""

        self.seeking = ""
        """What is being looked for, while that takes a while."""

        self._search: Search | None = None

    def _moved(self) -> None:
        """Somebody has moved: what was being looked for is not gone to any more."""
        self.stop_seeking()
        super()._moved()

    # ---- searches ------------------------------------------------------------------------------------

    def _seek(self, search: Search, what: str, step: int) -> None:
        """Go to what a search finds: at once where that is soon, else while keys go on to act."""
        self.stop_seeking()
        until = time.perf_counter() + SLICE
        for found in search:
            if found is not None:
                self.show(self.store.row_of(found))
                return
            if time.perf_counter() > until:
                self._search, self.seeking = search, what
                job = self._go_on(search, what, step)
                work(self, job, group="seek", fail=self._failed, exclusive=False)
                return
        self._none(what, step)

    async def _go_on(self, search: Search, what: str, step: int) -> None:
        until = 0.0
        for found in search:
            if found is not None:
                self.stop_seeking()
                self.show(self.store.row_of(found))
                return
            if time.perf_counter() > until:
                await asyncio.sleep(0)
                if self._search is not search:
                    return
                until = time.perf_counter() + SLICE
        self.stop_seeking()
        self._none(what, step)

    def stop_seeking(self) -> bool:
        """Look no further; whether anything was being looked for."""
        sought, self._search, self.seeking = self._search is not None, None, ""
        return sought

    def _none(self, what: str, step: int) -> None:
        self.post_message(self.Said(f"No {what} {'further on' if step > 0 else 'before this'}."))

    def _failed(self, problem: Problem) -> None:
        self.stop_seeking()
        self.post_message(self.Said(problem.what))

    def action_level(self, step: int) -> None:
        """Go to the next error, or the one before."""
        if entry := self.current():
            self._seek(self.store.next_of_level(entry.key, step), "error", step)

    def action_request(self, step: int) -> None:
        """Go to the next line with the request id of this one, or the line before."""
        entry = self.current()
        if entry is None:
            return
        if not self.request or self.request not in entry.message:
            self.request = request_of(entry.message)
        if not self.request:
            self.post_message(self.Said("No request id is to be seen in this line."))
            return
        search = self.store.next_with(entry.key, step, self.request)
        self._seek(search, f"line with {self.request}", step)

    def action_pause_in_time(self, step: int) -> None:
        """Go to where it goes on after a pause."""
        if entry := self.current():
            search = self.store.next_after_pause(entry.key, step, round(QUIET * 1000))
            self._seek(search, f"pause of {QUIET:.0f} s", step)

    def action_match(self, step: int) -> None:
        """Go to the next line that matches, where others are shown, too."""
        if not self.wanted:
            self.post_message(self.Said("There is no filter; / sets one."))
        elif entry := self.current():
            self._seek(self.store.next_hit(entry.key, step), "match", step)

    def go_to_time(self, at: int) -> None:
        """Go to the first line at a time or after it, in milliseconds."""
        self.show(self.store.row_of((at, -1, 0)))

    # ---- the current line ----------------------------------------------------------------------------

    def action_unfold(self) -> None:
        """Show all of a line, or one line of it."""
        entry = self.current()
        if entry is None:
            return
        self.unfolded ^= {entry.ident}
        self.detach()
        self._blocks.clear()
        self._screen = None
        self.show(self.cursor)

    def action_mark(self) -> None:
        """Mark the line, or take the mark off."""
        entry = self.current()
        if entry is None:
            return
        if entry.ident in self.marks:
            del self.marks[entry.ident]
        else:
            self.marks[entry.ident] = ""
        self._strips.clear()
        self.refresh()

    def action_next_mark(self) -> None:
        """Go to the next marked line."""
        entry = self.current()
        if entry is None or not self.marks:
            self.post_message(self.Said("No line is marked; m marks one."))
            return
        marks, here = sorted(self.marks), entry.ident
        for mark in [*(m for m in marks if m > here), *(m for m in marks if m <= here)]:
            if numbers := self.store.holds(mark):
                row = self.store.row_of((*mark[:2], numbers[0]))
                self.show(row)
                if row >= self.store.rows or self.store.entry(row).ident != mark:
                    self.post_message(self.Said("The filter hides the marked line; it is here."))
                return
        self.post_message(self.Said("No marked line is in this range."))
