"""What a tail writes to files: what is shown, or the whole range read anew."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TextIO

from textual.binding import Binding, BindingType

from awstui.errors import AwstuiError
from awstui.ui.pane import problem_lines
from awstui.wire import as_json_line

from . import moments
from .ansi import harmless
from .chunk import Entry
from .tail_filter import Filtering

if TYPE_CHECKING:
    from awstui.wire import Problem

SAVED_AT_ONCE = 500
"""Lines written between two looks at the keyboard."""

Batches = AsyncGenerator[list[Entry], None]


class Saving(Filtering):
    """The part of a tail that saves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "save", "save", id="tail.save", tooltip="Write what is shown to a file"),
        Binding("ctrl+s", "save_range", "save range", show=False, id="tail.save-range",
                tooltip="Write everything in the range to a file, read anew"),
    ]  # fmt: skip

    waiting = ""
    """What keeps the reading of a range waiting."""

    _saving = ""
    _stop_saving: asyncio.Event | None = None

    def whole(self) -> Batches:
        """All of the range, read anew, without the local filter; an empty batch where nothing came."""
        raise NotImplementedError

    def group_name(self, number: int) -> str:
        """The group of a number."""
        raise NotImplementedError

    def action_save(self) -> None:
        """Ask where to write what is shown."""
        self._ask_file("save shown to ", self.save_shown)

    def action_save_range(self) -> None:
        """Ask where to write all of the range."""
        self._ask_file("save range to ", self.save_whole)

    def _ask_file(self, label: str, save: Callable[[str], None]) -> None:
        name = self.group_name(0).strip("/").replace("/", "-") or "lines"
        offered = f"{name}-{time.strftime('%Y%m%dT%H%M%S')}.log"
        self.console.guide.ask_filter(label, _no_file, offered, save)

    def save_shown(self, path: str) -> None:
        """Write what is shown to a new file."""
        self._begin_saving(path, self._shown())

    def save_whole(self, path: str) -> None:
        """Write all of the range, read anew, to a new file."""
        self._begin_saving(path, self.whole())

    def _begin_saving(self, path: str, batches: Batches) -> None:
        self.note("saving", [])
        self._saving, self._stop_saving = "saving", asyncio.Event()
        job = self._save(Path(path.strip()).expanduser(), batches, self._stop_saving)
        self.work(job, "save")

    def saving_fact(self) -> str:
        """How far the saving has come."""
        return self._saving

    def back(self) -> bool:
        """Esc ends a saving before it does anything else, and takes away what is said of the last one."""
        if self._saving and self._stop_saving is not None:
            self._stop_saving.set()
            return True
        return self.note("saving", []) or super().back()

    async def _shown(self) -> Batches:
        batch: list[Entry] = []
        for entry in self.store.snapshot():
            batch.append(entry)
            if len(batch) == SAVED_AT_ONCE:
                yield batch
                batch = []
        yield batch

    async def _save(self, path: Path, batches: Batches, stop: asyncio.Event) -> None:
        try:
            with whole_or_nothing(path) as file:
                count = await self._write(file.writelines, path.suffix, batches, stop)
        except OSError as error:
            self._not_saved(f"Not saved: {error.strerror} ({path}).")
        except AwstuiError as error:
            self._not_saved(f"Not saved to {path}: the range could not be read.", error.problem)
        else:
            part = "only the first " if stop.is_set() else ""
            self.console.say(f"Wrote {part}{count:,} lines to {path}.")
        finally:
            self._saving, self._stop_saving, self.waiting = "", None, ""
            self.retitle()

    def _not_saved(self, said: str, problem: Problem | None = None) -> None:
        why = problem_lines(problem) if problem is not None else []
        self.note(
            "saving", [(said, "bad"), *why, ("Nothing was kept of it; esc hides this.", "muted")]
        )

    async def _write(
        self, write: Callable[[Iterable[str]], None], suffix: str, batches: Batches,
        stop: asyncio.Event,
    ) -> int:  # fmt: skip
        lines_of = as_jsonl if suffix in (".jsonl", ".json") else as_text
        count, reached = 0, ""
        async for batch in until_told(batches, stop):
            write(lines_of(batch, self.group_name))
            count += len(batch)
            if batch:
                reached = f", up to {moments.shown(batch[-1].at, utc=self.lines.look.utc)[:8]}"
            waiting = f", waiting: {self.waiting}" if self.waiting else ""
            self._saving = f"saved {count:,}{reached}{waiting}, esc stops"
            self.retitle()
            await asyncio.sleep(0)
        return count


@contextmanager
def whole_or_nothing(path: Path) -> Iterator[TextIO]:
    """A new file for its owner alone, written beside its place and moved there once it is whole."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    begun, whole = path, False
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        begun = Path(name)
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
        begun.replace(path)
        whole = True
    finally:
        if not whole:
            path.unlink(missing_ok=True)
            begun.unlink(missing_ok=True)


async def until_told(batches: Batches, stop: asyncio.Event) -> Batches:
    """Batches until somebody says stop: what is waited for then is waited for no longer."""
    stopping = asyncio.ensure_future(stop.wait())
    coming: asyncio.Future[list[Entry]] | None = None
    try:
        while not stop.is_set():
            coming = asyncio.ensure_future(anext(batches))
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                return
            try:
                batch = coming.result()
            except StopAsyncIteration:
                return
            yield batch
    finally:
        stopping.cancel()
        if coming is not None and not coming.done():
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        await batches.aclose()


def as_text(entries: Iterable[Entry], group: Callable[[int], str]) -> Iterable[str]:
    """Lines as text that a terminal may show: time, group, message without what would be obeyed."""
    return (
        f"{moments.iso(entry.at)} {group(entry.group)} {harmless(entry.message).rstrip()}\n"
        for entry in entries
    )


def as_jsonl(entries: Iterable[Entry], group: Callable[[int], str]) -> Iterable[str]:
    """Lines as JSON, one each, as they came."""
    return (
        as_json_line(
            {
                "timestamp": entry.at, "ingestionTime": entry.taken, "logGroupName": group(entry.group),
                "logStreamName": entry.stream, "message": entry.message,
            }
        ) + "\n"
        for entry in entries
    )  # fmt: skip


def _no_file(text: str) -> str:
    path = Path(text.strip()).expanduser()
    if not text.strip():
        return "a file is needed"
    if path.exists():
        return "there is such a file already"
    return "" if path.parent.is_dir() else f"there is no folder {path.parent}"
