"""A pane: a titled part of the workspace that shows one thing and says how that thing stands."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from awstui.text import safe
from awstui.ui.tone import style
from awstui.ui.work import work
from awstui.wire import Problem, Scope

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui
    from awstui.ui.remote import Remote


class TitleLine(Widget):
    """One line: what this is on the left, how it stands on the right."""

    DEFAULT_CSS = """
    TitleLine { height: 1; width: 1fr; color: $text; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._title, self._facts, self._tone = "", "", ""

    def say(self, title: str, facts: str, tone: str = "") -> None:
        """Show another title and other facts; ``tone`` colours the facts."""
        if (title, facts, tone) != (self._title, self._facts, self._tone):
            self._title, self._facts, self._tone = title, facts, tone
            self.refresh()

    def render(self) -> Text:
        """The line, the facts at its right edge; the title gives way first."""
        width = max(1, self.size.width - 2)
        facts = Text(safe(self._facts))
        facts.truncate(width, overflow="ellipsis")
        title = Text(safe(self._title), style="bold")
        room = width - facts.cell_len - 2
        if room < min(title.cell_len, 12):
            facts.truncate(max(0, width - min(title.cell_len, 24) - 2), overflow="ellipsis")
            room = width - facts.cell_len - 2
        title.truncate(max(1, room), overflow="ellipsis")
        facts.stylize(style(self.app, self._tone or "muted"))
        gap = " " * max(1, width - title.cell_len - facts.cell_len)
        return Text.assemble(" ", title, gap, facts, no_wrap=True, overflow="crop")


class Notice(Static):
    """What is to be said in place of, or above, the data: waiting, empty, failed."""

    DEFAULT_CSS = """
    Notice { height: auto; max-height: 50%; padding: 0 2; display: none; }
    Notice.shown { display: block; }
    Notice.alone { padding: 1 2; max-height: 100%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._said = Text()

    def say(self, lines: Iterable[tuple[str, str]], *, alone: bool) -> None:
        """Show lines of ``(text, tone)``; ``alone`` when there are no data below."""
        self.set_class(alone, "alone")
        text = Text()
        for line, tone in lines:
            if line:
                text.append(safe(line) + "\n", style(self.app, tone))
        text.rstrip()
        if text == self._said:
            return  # to say it again would lay out the whole screen
        self._said = text
        self.set_class(bool(text.plain), "shown")
        self.update(text)


def problem_lines(problem: Problem) -> list[tuple[str, str]]:
    """An error as it is shown: what happened, what it means, what to do, and for whom to ask."""
    lines = [(f"✗ {problem.what}", "bad"), (problem.why, ""), (problem.do, "")]
    if problem.action:
        lines.append((f"missing permission: {problem.action}", "warn"))
    if problem.request_id:
        lines.append((f"request id {problem.request_id}", "muted"))
    return lines


class Pane(Vertical):
    """One pane. A subclass says what it shows in ``content`` and keeps ``title`` and ``facts`` true."""

    DEFAULT_CSS = """
    Pane { height: 1fr; width: 1fr; }
    """
    BINDING_GROUP_TITLE = "This pane"
    HELP: ClassVar[str | None] = None
    FIRST: ClassVar[tuple[str, ...]] = ()
    """The ids of the keys that the line of keys names before the others, in this order."""

    class Opened(Message):
        """Another pane is to be shown on top of this one, or beside it."""

        def __init__(self, pane: Pane, *, beside: bool = False) -> None:
            super().__init__()
            self.pane, self.beside = pane, beside

    class Left(Message):
        """The person is done with this pane."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.bound_to: Scope | None = None
        """The one place it is about; None when it goes with whoever the console is."""

        self.moment: float | None = None
        """When what led here happened, in epoch seconds: what shows a time begins there."""

        self.line = TitleLine()
        self.notice = Notice()

    @property
    def console(self) -> AwsTui:
        """The application this pane is part of."""
        from awstui.ui.app import AwsTui

        assert isinstance(self.app, AwsTui)  # noqa: S101  panes live nowhere else
        return self.app

    @property
    def remote(self) -> Remote:
        """The engine."""
        return self.console.remote

    def compose(self) -> ComposeResult:
        """The title line, the notice, and what the pane shows."""
        yield self.line
        yield self.notice
        yield from self.content()

    def content(self) -> ComposeResult:
        """What the pane shows below its title."""
        yield from ()

    def on_mount(self) -> None:
        """Say the title at once, before anything is known."""
        self.retitle()

    def retitle(self) -> None:
        """Show title and facts as they are at this moment."""
        facts, tone = self.facts()
        self.line.say(self.title, facts, tone)

    def facts(self) -> tuple[str, str]:
        """The right side of the title line, and its tone."""
        return "", ""

    def focus_content(self) -> None:
        """Give the keys to what the pane shows."""
        for widget in self.query("*"):
            if widget.focusable:
                widget.focus(scroll_visible=False)
                return

    def wake(self) -> None:
        """The pane has come to be seen."""

    def sleep(self) -> None:
        """The pane is not seen any more: stop asking for things by itself."""

    def renewed(self, scope: Scope) -> None:
        """The credentials of a place are good again: what failed for want of them may be tried."""

    def tick(self, now: float) -> None:
        """A second has passed while the pane is seen; ``now`` in epoch seconds."""
        self.retitle()

    def back(self) -> bool:
        """Take Esc; True when the pane had something of its own to undo, such as a filter."""
        return False

    def work(self, job: Awaitable[None], group: str) -> None:
        """Run something for this pane; its errors are shown in it."""
        work(self, job, group=group, fail=self.fail)

    def fail(self, problem: Problem) -> None:
        """Show a problem in the pane."""
        self.notice.say(problem_lines(problem), alone=False)
