"""Where a command writes: rows to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import csv
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from awstui.ascii import for_terminal, speaks_unicode
from awstui.headless.table import Heading, draw, iso
from awstui.masking import HIDDEN, doubtful, mask, mask_each, masked
from awstui.plugin import Row
from awstui.text import safe
from awstui.wire import Cell, PackedRow, as_json, as_json_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

FORMATS = ("table", "json", "jsonl", "csv")


class Output:
    """The ``Out`` of a command; rows in the format that was asked for."""

    def __init__(
        self,
        form: str = "table",
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        *,
        reveal: bool = False,
    ) -> None:
        """``reveal`` writes what looks like a secret as it is."""
        self.form = form
        self._reveal, self._hid = reveal, False
        self._out = stdout or sys.stdout
        self._err = stderr or sys.stderr
        self._rows: list[Row] = []
        self._wrote = False
        self._header: list[str] = []
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def row(self, row: Row) -> None:
        """One row of the result: written at once where the format lets it."""
        row = self._may_be_seen(row)
        if self.form == "jsonl":
            self._line(as_json_line(row))
            self._out.flush()
        elif self.form == "csv":
            self._csv_of(row)
        else:
            self._rows.append(row)

    def each(self, rows: Sequence[Row]) -> None:
        """Many rows, in one piece where the format lets it."""
        if self.form != "jsonl":
            for row in rows:
                self.row(row)
            return
        lines = [as_json_line(row) for row in rows]
        for number in () if self._reveal else doubtful(lines, fields=True):
            lines[number] = as_json_line(self._may_be_seen(rows[number]))
        self._piece(lines)

    def each_line(self, texts: Sequence[str]) -> None:
        """Many lines in one piece, each by itself in what is hidden of it."""
        shown = texts if self._reveal else mask_each(texts)
        self._hid = self._hid or shown != texts
        self._piece(shown)

    def _piece(self, lines: Sequence[str]) -> None:
        if lines:
            self._line("\n".join(lines))
            self._out.flush()

    def line(self, text: str, *, exact: bool = False) -> None:
        """One line of text, written at once; its secrets hidden unless it has to be exact."""
        self._line(text if exact else self._may_be_seen(text))
        self._out.flush()

    def note(self, text: str) -> None:
        """A sentence for the person."""
        shown = for_terminal(safe(mask(text), multiline=True))
        if self._bar is not None:
            self._bar.console.print(shown, markup=False, highlight=False)
        else:
            print(shown, file=self._err)

    def progress(self, done: int, total: int, text: str) -> None:
        """How far it is; drawn on a terminal only."""
        if not self._err.isatty():
            return
        if self._bar is None:
            self._bar = _bar(self._err)
            self._bar.start()
            self._task = self._bar.add_task("")
        if self._task is not None:
            self._bar.update(
                self._task, completed=done, total=total or None, description=safe(text)
            )

    def end_progress(self) -> None:
        """Take the progress bar off the terminal."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    def rows(
        self, headings: Sequence[Heading], packed: Sequence[PackedRow], raw: Sequence[Any]
    ) -> None:
        """Rows of a resource: cells for people and spreadsheets, the raw rows for programs."""
        raw = self._may_be_seen(raw)
        if self.form == "json":
            self._line(as_json(raw))
        elif self.form == "jsonl":
            for row in raw:
                self._line(as_json_line(row))
        elif self.form == "csv":
            self._csv([one.title for one in headings])
            for one in packed:
                cells = [iso(cell, h.kind) for cell, h in zip(one.cells, headings, strict=True)]
                self._csv(self._may_be_seen(cells))
        else:
            self._table(headings, [one.cells for one in packed], [one.tones for one in packed])

    def value(self, value: Any) -> None:
        """One value, such as what describes a row, as JSON."""
        value = self._may_be_seen(value)
        self._line(as_json_line(value) if self.form == "jsonl" else as_json(value))

    def close(self, *, complete: bool = True) -> None:
        """Write what waited for the end; what was got before an error is written too."""
        self.end_progress()
        if self.form == "json" and (self._rows or (complete and not self._wrote)):
            self._line(as_json(self._rows))
        elif self.form == "table" and self._rows:
            titles = _plain_fields(self._rows)
            cells = [tuple(row.get(title) for title in titles) for row in self._rows]
            self._table([Heading(title) for title in titles], cells, [])
        self._rows, self._wrote = [], True
        if self._hid:
            self._hid = False
            self.note(f"What looks like a secret is written as {HIDDEN}; --reveal shows it.")
        with contextlib.suppress(ValueError):
            self._out.flush()

    def _may_be_seen(self, value: Any) -> Any:
        """The value without its secrets, unless they are asked for."""
        if self._reveal:
            return value
        hidden = masked(value)
        self._hid = self._hid or hidden != value
        return hidden

    def _table(
        self,
        headings: Sequence[Heading],
        cells: Sequence[tuple[Cell, ...]],
        tones: Sequence[tuple[str, ...]],
    ) -> None:
        colour = self._out.isatty()
        for line in draw(headings, cells, tones, now=time.time(), colour=colour):
            self._out.write((for_terminal(line) if colour else line) + "\n")

    def _line(self, text: str) -> None:
        self._wrote = True
        self._out.write((_shown(text) if self._out.isatty() else text) + "\n")

    def _csv_of(self, row: Row) -> None:
        if not self._header:
            self._header = _plain_fields([row])
            self._csv(self._header)
        self._csv([row.get(title) for title in self._header])

    def _csv(self, values: Sequence[Any]) -> None:
        shown = [_shown(value) if isinstance(value, str) else value for value in values]
        csv.writer(self._out, lineterminator="\n").writerow(shown if self._out.isatty() else values)


def _shown(text: str) -> str:
    """A text made harmless for a terminal, in signs that it has."""
    return for_terminal(safe(text, multiline=True))


def _plain_fields(rows: Sequence[Row]) -> list[str]:
    """The fields that fit in a cell, in the order in which they are met."""
    plain = (str, int, float, bool, type(None))
    return list(
        dict.fromkeys(
            name for row in rows for name, value in row.items() if isinstance(value, plain)
        )
    )


def _bar(stderr: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    class Drawing(Console):
        """A console whose bars are of signs that the terminal has."""

        @property
        def encoding(self) -> str:
            """What Rich takes the terminal to understand."""
            return super().encoding if speaks_unicode() else "ascii"

    console = Drawing(file=stderr)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True)
