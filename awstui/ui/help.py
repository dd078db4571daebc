"""The keys of this moment, read from the bindings themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from awstui.text import safe
from awstui.ui.declared import SHARED
from awstui.ui.lines import Line, Lines
from awstui.ui.status import key_name

WIDEST, FRAME = 100, 6
"""Cells of the box at most, and those of them that hold no text."""

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
        """Take the keys that scroll."""
        self._lines.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Write the text as wide as there is room."""
        width = min(WIDEST, event.size.width * 9 // 10) - FRAME
        self._lines.set_lines([Line(line) for line in self._text(width)])

    def _text(self, width: int) -> Iterable[str]:
        groups = [
            ("This pane", self._keys(lambda ident: not ident.startswith(SHARED))),
            ("This list", self._keys(lambda ident: ident.startswith("rows."))),
            ("Moving", list(MOVING)),
            ("Everywhere", self._keys(lambda ident: ident.startswith("app."))),
            ("Typing", list(FILTERS)),
            ("Sorting", self._keys(lambda ident: ".sort-" in ident, sorting=True)),
        ]
        for title, rows in groups:
            if rows:
                yield title
                yield from _table(rows, width)
                yield ""

    def _keys(
        self, belongs: Callable[[str], bool], *, sorting: bool = False
    ) -> list[tuple[str, str]]:
        """The keys of one kind and what they do; those that do the same stand together."""
        found: dict[str, list[str]] = {}
        for one in self._active:
            binding = one.binding
            ident = binding.id or ""
            if ident and belongs(ident) and (".sort-" in ident) == sorting:
                keys = found.setdefault(one.tooltip or binding.description, [])
                keys.append(key_name(binding.key_display or binding.key))
        return [(" ".join(keys), what) for what, keys in found.items()]


def _table(rows: Sequence[tuple[str, str]], width: int) -> Iterable[str]:
    keys = max(len(key) for key, _ in rows)
    for key, what in rows:
        first, *more = wrap(what, max(10, width - keys - 4)) or [""]
        yield f"  {key:<{keys}}  {first}"
        yield from (" " * (keys + 4) + line for line in more)
