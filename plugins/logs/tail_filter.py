"""The local filter of a tail, and what it writes to files: over what is there, in slices."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TextIO

from textual.binding import Binding, BindingType

from awstui.ui.filtering import FilterError, parse
from awstui.ui.revealing import Revealing
from awstui.wire import as_json_line

from . import moments
from .ansi import plain
from .chunk import Entry

if TYPE_CHECKING:
    from .store import Store
    from .tail_lines import TailLines

SLICE = 0.004
"""Seconds of filtering between two looks at the keyboard."""

CONTEXTS = (0, 2, 5)

_WORD = re.compile(r"(?!-f)[\w /:=@,\"-]+")
"""What a filter takes as it stands: no regex, no inverse, no fuzzy search."""

SAVED_AT_ONCE = 500
"""Lines written between two looks at the keyboard."""


class Filtering(Revealing):
    """The part of a tail that filters and saves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "local", priority=True, id="tail.filter",
                tooltip="Show only lines that match, at once: a regex, ! for all others"),
        Binding("h", "highlight", "highlight", show=False, id="tail.highlight",
                tooltip="Show all lines, those that match highlighted; or only those"),
        Binding("C", "context", "context", show=False, id="tail.context",
                tooltip="Lines around each match: none, 2, 5"),
        Binding("S", "save", "save", id="tail.save", tooltip="Write what is shown to a file"),
        Binding("ctrl+s", "save_range", "save range", show=False, id="tail.save-range",
                tooltip="Write everything in the range to a file, read anew"),
    ]  # fmt: skip

    store: Store
    lines: TailLines
    names: list[str]
    filter_text = ""
    _hides = True
    _around = 0
    _saving = ""

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

    def filter_fact(self) -> str:
        """The filter and how many lines match it."""
        if not self.filter_text:
            return self._saving
        context = f" ±{self._around}" if self._around and self._hides else ""
        return f"/{self.filter_text}/ {self.store.hits:,} hits{context}" + (
            f" · {self._saving}" if self._saving else ""
        )

    def back(self) -> bool:
        """Esc first ends a saving, then takes the filter away, then goes back."""
        if self._saving:
            self._saving = ""
            return True
        if self.filter_text:
            self.filter_by("")
            return True
        return False

    def action_highlight(self) -> None:
        """Show all lines with the matches among them, or the matches alone."""
        self._hides = not self._hides
        self._filter()

    def action_context(self) -> None:
        """More or no lines around each match."""
        self._around = CONTEXTS[(CONTEXTS.index(self._around) + 1) % len(CONTEXTS)]
        self._hides = True
        self._filter()

    # ---- saving --------------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Ask where to write what is shown."""
        self._ask_file("save shown to ", self.save_shown)

    def action_save_range(self) -> None:
        """Ask where to write all of the range."""
        self._ask_file("save range to ", self.save_whole)

    def _ask_file(self, label: str, save: Callable[[str], None]) -> None:
        name = self.names[0].strip("/").replace("/", "-") if self.names else "lines"
        offered = f"{name}-{time.strftime('%Y%m%dT%H%M%S')}.log"
        self.console.guide.ask_filter(label, _no_file, offered, save)

    def save_shown(self, path: str) -> None:
        """Write what is shown to a new file."""
        self.work(self._save(Path(path.strip()).expanduser(), self._shown()), "save")

    def save_whole(self, path: str) -> None:
        """Write all of the range, read anew, to a new file."""
        self.work(self._save(Path(path.strip()).expanduser(), self.whole()), "save")

    def whole(self) -> AsyncIterator[list[Entry]]:
        """All of the range, read anew, without the local filter."""
        raise NotImplementedError

    async def _shown(self) -> AsyncIterator[list[Entry]]:
        batch: list[Entry] = []
        for entry in self.store.snapshot():
            batch.append(entry)
            if len(batch) == SAVED_AT_ONCE:
                yield batch
                batch = []
        yield batch

    async def _save(self, path: Path, batches: AsyncIterator[list[Entry]]) -> None:
        count, self._saving = 0, "saving"
        write = as_jsonl if path.suffix in (".jsonl", ".json") else as_text
        stopped = False
        try:
            with private(path) as file:
                async for batch in batches:
                    file.writelines(write(batch, self.group_name))
                    count += len(batch)
                    stopped = not self._saving  # Esc came while it was written
                    if stopped:
                        break
                    self._saving = f"saved {count:,}, esc stops"
                    self.retitle()
                    await asyncio.sleep(0)
        except OSError as error:
            self.console.say(f"Not saved: {error.strerror} ({path}).", "bad")
            return
        finally:
            self._saving = ""
            self.retitle()
        part = "only the first " if stopped else ""
        self.console.say(f"Wrote {part}{count:,} lines to {path}.")

    def group_name(self, number: int) -> str:
        """The group of a number."""
        groups = list(dict.fromkeys(self.names))
        return groups[number] if number < len(groups) else ""


def needle(filter_text: str) -> str:
    """The word that a filter looks for when it is no more than a word."""
    return filter_text if _WORD.fullmatch(filter_text) else ""


def as_text(entries: Iterable[Entry], group: Callable[[int], str]) -> Iterable[str]:
    """Lines as text: time, group, message without its colours."""
    return (
        f"{moments.iso(entry.at)} {group(entry.group)} {plain(entry.message).rstrip()}\n"
        for entry in entries
    )


def as_jsonl(entries: Iterable[Entry], group: Callable[[int], str]) -> Iterable[str]:
    """Lines as JSON, one each."""
    return (
        as_json_line(
            {
                "timestamp": entry.at, "ingestionTime": entry.taken, "logGroupName": group(entry.group),
                "logStreamName": entry.stream, "message": entry.message,
            }
        ) + "\n"
        for entry in entries
    )  # fmt: skip


def private(path: Path) -> TextIO:
    """A new file for its owner alone: what a log says is nobody else's business."""
    return os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    )


def _no_file(text: str) -> str:
    path = Path(text.strip()).expanduser()
    if not text.strip():
        return "a file is needed"
    if path.exists():
        return "there is such a file already"
    return "" if path.parent.is_dir() else f"there is no folder {path.parent}"
