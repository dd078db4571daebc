"""The line a person types into: where to go, what to filter by."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from awstui.text import safe
from awstui.ui.tone import style

SHOWN = 40
"""How many completions are kept; the line shows what fits of them."""


class Completions(Widget):
    """What the typed text could become, on one line, the choice first to see."""

    DEFAULT_CSS = """
    Completions { height: 1; background: $panel; color: $text; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.chosen = 0
        self.complaint = ""

    def say(self, words: list[str], chosen: int = 0, complaint: str = "") -> None:
        """Offer these."""
        self.words, self.chosen, self.complaint = words, chosen, complaint
        self.refresh()

    def render(self) -> Text:
        """The words from the chosen one on."""
        if self.complaint:
            return Text(f"  ✗ {safe(self.complaint)}", style(self.app, "bad"))
        line = Text("  ", no_wrap=True, overflow="ellipsis")
        for index, word in enumerate(self.words[self.chosen :], self.chosen):
            line.append(safe(word), "reverse" if index == self.chosen else "")
            line.append("  ")
            if line.cell_len > self.size.width:
                break
        return line


class Prompt(Vertical):
    """One line of input with what it is for, and completions above it."""

    DEFAULT_CSS = """
    Prompt { height: auto; }
    Prompt > Horizontal { height: 1; background: $panel; }
    Prompt Static { width: auto; padding: 0 0 0 1; text-style: bold; }
    Prompt Input, Prompt Input:focus { border: none; height: 1; padding: 0 1; width: 1fr; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="prompt.cancel"),
        Binding("tab", "complete", "complete", priority=True, id="prompt.complete"),
        Binding("down", "choose(1)", "next", show=False, priority=True, id="prompt.next"),
        Binding("up", "choose(-1)", "previous", show=False, priority=True, id="prompt.previous"),
    ]

    class Submitted(Message):
        """Enter was pressed; ``offered`` is the completion that was chosen, or the first."""

        def __init__(self, purpose: str, text: str, offered: str = "") -> None:
            super().__init__()
            self.purpose, self.text, self.offered = purpose, text, offered

    class Edited(Message):
        """The text has changed."""

        def __init__(self, purpose: str, text: str) -> None:
            super().__init__()
            self.purpose, self.text = purpose, text

    class Cancelled(Message):
        """Esc was pressed; ``before`` is what the text was when the prompt opened."""

        def __init__(self, purpose: str, before: str) -> None:
            super().__init__()
            self.purpose, self.before = purpose, before

    def __init__(self) -> None:
        super().__init__()
        self.purpose = ""
        self._before = ""
        self._past: dict[str, list[str]] = {}
        self._suggest: Callable[[str], list[str]] | None = None
        self._label = Static("", markup=False)
        self._input = Input(select_on_focus=False)
        self._offers = Completions()
        self.display = False

    def compose(self) -> ComposeResult:
        """Completions over label and input."""
        yield self._offers
        with Horizontal():
            yield self._label
            yield self._input

    @property
    def is_open(self) -> bool:
        """Whether the person is typing here."""
        return bool(self.purpose)

    def ask(
        self,
        purpose: str,
        label: str,
        text: str = "",
        suggest: Callable[[str], list[str]] | None = None,
    ) -> None:
        """Open for ``purpose``; ``suggest`` gives completions of what is typed."""
        self.purpose, self._before, self._suggest = purpose, text, suggest
        self._label.update(label)
        self._offers.display = suggest is not None
        self._input.value = text
        self._input.cursor_position = len(text)
        self.display = True
        self.screen.set_focus(self._input, scroll_visible=False)  # at once: the next key is for it
        self._offer()

    def complain(self, complaint: str) -> None:
        """Say what is wrong with what was typed, without closing."""
        self._offers.display = bool(complaint) or self._suggest is not None
        self._offers.say(self._offers.words, self._offers.chosen, complaint)

    def close(self) -> None:
        """Give the line back."""
        self.display = False
        self.purpose = ""

    def _offer(self) -> None:
        if self._suggest is not None:
            self._offers.say(self._suggest(self._input.value)[:SHOWN])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell of each edit."""
        event.stop()
        if self.is_open:
            self._offer()
            self.post_message(self.Edited(self.purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take Enter; a completion that was walked to counts as typed."""
        event.stop()
        text = event.value
        offers = self._offers
        offered = offers.words[offers.chosen] if offers.words and offers.display else ""
        if offers.chosen and offered:
            text = offered
        past = self._past.setdefault(self.purpose, [])
        if text and (not past or past[-1] != text):
            past.append(text)
        self.post_message(self.Submitted(self.purpose, text, offered))

    def action_cancel(self) -> None:
        """Close and leave everything as it was."""
        purpose, before = self.purpose, self._before
        self.close()
        self.post_message(self.Cancelled(purpose, before))

    def action_complete(self) -> None:
        """Take the chosen completion into the text."""
        offers = self._offers
        if offers.display and offers.words:
            self._input.value = offers.words[offers.chosen] + " "
            self._input.cursor_position = len(self._input.value)

    def action_choose(self, by: int) -> None:
        """Choose another completion, or walk what was typed before."""
        offers = self._offers
        if offers.display and offers.words:
            offers.say(offers.words, (offers.chosen + by) % len(offers.words))
        elif past := self._past.get(self.purpose):
            now = past.index(self._input.value) if self._input.value in past else len(past)
            self._input.value = past[max(0, min(len(past) - 1, now + by))]
            self._input.cursor_position = len(self._input.value)
