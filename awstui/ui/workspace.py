"""Where panes are: tabs, each with its history, and two of them side by side when asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rich.text import Text
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from awstui.text import safe
from awstui.ui.pane import Pane

KEPT = 30
"""How many panes a tab's history holds; each keeps its filter, sort and cursor."""

WIDE = 120
"""Cells from which two tabs stand side by side; below it one above the other."""


class Tab(Vertical):
    """A history of panes, one of which is seen."""

    DEFAULT_CSS = """
    Tab { width: 1fr; height: 1fr; display: none; }
    Tab.seen { display: block; }
    """

    class Changed(Message):
        """Another pane is seen in this tab."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, first: Pane) -> None:
        super().__init__()
        self.panes: list[Pane] = [first]
        self.at = 0

    def compose(self) -> ComposeResult:
        """The first pane."""
        yield self.panes[0]

    @property
    def pane(self) -> Pane:
        """The pane that is seen."""
        return self.panes[self.at]

    def open(self, pane: Pane) -> None:
        """Show a pane on top; what lay ahead in the history is gone."""
        self.pane.sleep()
        self.pane.display = False
        ahead = self.panes[self.at + 1 :]
        del self.panes[self.at + 1 :]
        oldest = [self.panes.pop(0)] if len(self.panes) >= KEPT else []
        for gone in ahead + oldest:
            gone.remove()
        if ahead or oldest:
            _forget_painted()
        self.panes.append(pane)
        self.at = len(self.panes) - 1
        self.mount(pane)
        self.post_message(self.Changed(self))

    def step(self, by: int) -> bool:
        """Walk the history; False at its end."""
        there = self.at + by
        if not 0 <= there < len(self.panes):
            return False
        self.pane.sleep()
        self.pane.display = False
        self.at = there
        self.pane.display = True
        self.pane.wake()
        self.post_message(self.Changed(self))
        return True

    def leave(self, gone: Callable[[Pane], bool], instead: Callable[[], Pane]) -> None:
        """Take panes out of the history; the nearest one before comes to be seen, or another."""
        kept = [pane for pane in self.panes if not gone(pane)]
        if len(kept) == len(self.panes):
            return
        earlier = [pane for pane in self.panes[: self.at + 1] if pane in kept]
        there = earlier[-1] if earlier else instead()
        out = [pane for pane in self.panes if pane not in kept]
        if not earlier:
            kept.insert(0, there)
            self.mount(there)
        self.panes, self.at = kept, kept.index(there)
        there.display = True
        for pane in out:
            pane.sleep()
            pane.remove()
        self.post_message(self.Changed(self))

    def on_pane_opened(self, message: Pane.Opened) -> None:
        """Show what a pane of this tab opens; beside it is the workspace's to decide."""
        if not message.beside:
            message.stop()
            self.open(message.pane)

    def on_pane_left(self, message: Pane.Left) -> None:
        """Go back from a pane that is done."""
        message.stop()
        self.step(-1)


def _forget_painted() -> None:
    """Have Textual let go of widgets that are no more: it keeps a thousand of them, with every line they painted."""
    StylesCache.get_inner_outer.cache_clear()


class TabLine(Widget):
    """The tabs, one line, there only when there is more than one."""

    DEFAULT_CSS = """
    TabLine { height: 1; display: none; background: $panel; }
    TabLine.shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._titles: list[str] = []
        self._active = 0

    def say(self, titles: list[str], active: int) -> None:
        """Show these tabs."""
        if (titles, active) != (self._titles, self._active):
            self._titles, self._active = titles, active
            self.set_class(len(titles) > 1, "shown")
            self.refresh()

    def render(self) -> Text:
        """Numbers and titles; the active one stands out without colour, too."""
        line = Text(" ", no_wrap=True, overflow="ellipsis")
        for number, title in enumerate(self._titles, 1):
            active = number - 1 == self._active
            line.append(f" {number} {safe(title)} ", "bold reverse" if active else "")
            line.append(" ")
        return line


class Workspace(Vertical):
    """The tabs and which of them are seen."""

    DEFAULT_CSS = """
    Workspace { height: 1fr; }
    Workspace > #halves { height: 1fr; }
    Workspace > #halves.stacked { layout: vertical; }
    Workspace > #halves.split > Tab.seen { border-left: solid $panel; }
    Workspace > #halves.split > Tab.seen.active { border-left: solid $primary; }
    """

    class PaneSeen(Message):
        """The pane that has the keys is another one."""

    def __init__(self, first: Pane) -> None:
        super().__init__()
        self.tabs = [Tab(first)]
        self.tabs[0].add_class("seen", "active")  # afterwards it would be styled twice
        self.active = 0
        self.beside: Tab | None = None
        self.settled = asyncio.Event()
        """Cleared from the moment in which another pane is to be seen until that has the keys."""

        self._line = TabLine()
        self._halves = Horizontal(id="halves")

    def compose(self) -> ComposeResult:
        """The tab line and the tabs."""
        yield self._line
        with self._halves:
            yield self.tabs[0]

    def on_mount(self) -> None:
        """See the first tab."""
        self._show()

    @property
    def tab(self) -> Tab:
        """The tab that has the keys."""
        return self.tabs[self.active]

    @property
    def pane(self) -> Pane:
        """The pane that has the keys."""
        return self.tab.pane

    def seen(self) -> list[Pane]:
        """The panes that are on screen."""
        return [tab.pane for tab in self.tabs if tab.has_class("seen")]

    def every(self) -> list[Pane]:
        """All panes of all tabs' histories."""
        return [pane for tab in self.tabs for pane in tab.panes]

    def open(self, pane: Pane) -> None:
        """Show a pane in the active tab."""
        self.tab.open(pane)

    def new_tab(self, pane: Pane) -> None:
        """Show a pane in a tab of its own."""
        tab = Tab(pane)
        self.tabs.append(tab)
        self._halves.mount(tab)
        self.go(len(self.tabs) - 1)

    def close_tab(self) -> bool:
        """Close the active tab; False when it is the last."""
        if len(self.tabs) == 1:
            return False
        gone = self.tabs.pop(self.active)
        gone.pane.sleep()
        gone.remove()
        if self.beside is gone or len(self.tabs) == 1:
            self.beside = None
        self.active = min(self.active, len(self.tabs) - 1)
        if self.beside is self.tab:
            self.beside = None
        self._show()
        return True

    def go(self, index: int) -> None:
        """Give the keys to another tab."""
        if 0 <= index < len(self.tabs) and index != self.active:
            if self.beside is self.tabs[index]:
                self.beside = self.tab
            self.active = index
        self._show()

    def split(self, pane: Pane) -> None:
        """See a second tab, with ``pane``, beside the active one."""
        first = self.tab
        self.new_tab(pane)
        self.beside = first
        self._show()

    def unsplit(self) -> None:
        """See the active tab alone."""
        self.beside = None
        self._show()

    def other_half(self) -> bool:
        """Give the keys to the other half; False when there is none."""
        if self.beside is None:
            return False
        self.go(self.tabs.index(self.beside))
        return True

    def on_resize(self) -> None:
        """Stack the halves where they would be too narrow."""
        self._halves.set_class(self.size.width < WIDE, "stacked")

    def on_pane_opened(self, message: Pane.Opened) -> None:
        """Show beside the active tab what asked for it."""
        message.stop()
        self.split(message.pane)

    def on_tab_changed(self, message: Tab.Changed) -> None:
        """Another pane is seen in a tab."""
        message.stop()
        self._show()

    def retitle(self) -> None:
        """Show the tabs' titles as they are."""
        self._line.say([tab.pane.title for tab in self.tabs], self.active)

    def _show(self) -> None:
        seen = {id(self.tab), id(self.beside)}
        self._halves.set_class(self.beside is not None, "split")
        for tab in self.tabs:
            was = tab.has_class("seen")
            tab.set_class(id(tab) in seen, "seen")
            tab.set_class(tab is self.tab, "active")
            if was and id(tab) not in seen:
                tab.pane.sleep()
            elif not was and id(tab) in seen:
                tab.pane.wake()
        self.retitle()
        self.settled.clear()
        self.call_after_refresh(self._focus)

    def _focus(self) -> None:
        if self.is_attached and self.pane.is_attached:
            # A prompt that was opened meanwhile keeps the keys: the rest of a line typed fast is its.
            if not self.pane.console.prompt.is_open:
                self.pane.focus_content()
            self.post_message(self.PaneSeen())
        self.settled.set()
