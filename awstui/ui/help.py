"""The keys of this moment, read from the bindings themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from awstui.text import safe
from awstui.ui.declared import SHARED
from awstui.ui.lines import Line, Lines
from awstui.ui.status import key_name

MOVING = (
    ("↑ ↓ j k", "move"),
    ("pgup pgdn", "a page"),
    ("g G", "first and last"),
    ("← →", "columns that do not fit"),
    ("enter", "open"),
    ("space", "mark"),
)

FILTERS = (
    ("/text", "a regular expression over the whole row"),
    ("/!text", "rows that do not match"),
    ("/-f text", "fuzzy: these letters, in this order"),
    (":service", "go to a service, by its name or an alias"),
    (":service name", "go to one of its rows"),
    (":region R  :profile P", "be somewhere or somebody else"),
)


class Help(ModalScreen[None]):
    """All keys that act here, grouped by what they belong to."""

    DEFAULT_CSS = """
    Help { align: center middle; }
    Help > Vertical {
        width: 90%; max-width: 100; height: 90%;
        border: solid $primary; background: $surface; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "close", id="help.close"),
    ]

    def __init__(self, title: str, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._title = title
        self._active = list(bindings)
        self._lines = Lines()

    def compose(self) -> ComposeResult:
        """The keys in one scrolling text."""
        with Vertical() as box:
            box.border_title = Text(f" Keys of {safe(self._title)} ")
            box.border_subtitle = Text(" esc closes ")
            yield self._lines

    def on_mount(self) -> None:
        """Write the text."""
        self._lines.set_lines([Line(line) for line in self._text()])
        self._lines.focus()

    def _text(self) -> Iterable[str]:
        yield from self._group("This pane", lambda ident: not ident.startswith(SHARED))
        yield from self._group("This list", lambda ident: ident.startswith("rows."))
        yield "Moving"
        yield from _table(MOVING)
        yield ""
        yield from self._group("Everywhere", lambda ident: ident.startswith("app."))
        yield "Typing"
        yield from _table(FILTERS)
        yield ""
        yield from self._group("Sorting", lambda ident: ".sort-" in ident)

    def _group(self, title: str, belongs: Callable[[str], bool]) -> Iterable[str]:
        """The keys of one kind, under a title; nothing when there are none."""
        found = []
        for one in self._active:
            binding = one.binding
            ident = binding.id or ""
            if ident and belongs(ident) and (".sort-" in ident) == (title == "Sorting"):
                key = key_name(binding.key_display or binding.key)
                found.append((key, one.tooltip or binding.description))
        if found:
            yield title
            yield from _table(found)
            yield ""


def _table(rows: Iterable[tuple[str, str]]) -> Iterable[str]:
    for key, what in rows:
        yield f"  {key:<22}  {what}"
