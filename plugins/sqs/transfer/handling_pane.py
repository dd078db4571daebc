"""What can be done to messages that were looked at: redriven, deleted, exported."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from awstui import wire
from awstui.plugin import Field, Row
from awstui.ui.acting import Target, open_job
from awstui.ui.dialogs import Form
from awstui.whole_file import write_whole

from .. import attributes as the
from .. import queues
from ..scanning.triage_pane import TriagePane
from .jsonl import LineError, to_line

REDRIVING = "redriving"
"""The view that sends chosen messages back; its row carries their ids as ``Chosen``."""

AT_ONCE = 50
"""Messages that are written between two looks at the keyboard."""


class HandlingPane(TriagePane):
    """The messages of one look, and what a person decides about them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "redrive", "redrive", id="messages.redrive",
                tooltip="Send the marked ones, or all that is shown, back; all of it by AWS's own task"),
        Binding("x", "delete", "delete", show=False, id="messages.delete",
                tooltip="Delete the marked ones, or this one, once a copy is on disk (destroy)"),
        Binding("W", "export", "export", show=False, id="messages.export",
                tooltip="Write the marked ones, or all that are shown, exactly as they came, to a file"),
    ]  # fmt: skip

    def __init__(self, row: Row, what: str = "messages") -> None:
        super().__init__(row, what)
        self._went = ""
        """The redrive of which is known what it has moved, to its end."""

    # ---- redrive -----------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Forget what a redrive of this console has moved out of the queue, once it is over."""
        super().tick(now)
        watch = self.console.kept.get(("redrive", self.target.ref))
        ident = str(watch.seen.get("op", "")) if watch is not None and watch.is_over else ""
        if ident and ident != self._went:
            self._went = ident
            self.work(self._forget(ident), "gone")

    async def _forget(self, ident: str) -> None:
        async for event in self.remote.job(self.target.ref, self.target.raw, "redriven", op=ident):
            self.gone([one for one in event["ids"] if self.snapshot.get(one) is not None])

    def chosen(self) -> list[str] | None:
        """The ids that a person chose, by marks, filter or group; None when it is all there is."""
        if self.shows_groups:
            return self.selected()
        if marked := self.marked():
            return marked
        if not self.snapshot.is_narrowed:
            return None
        return [held.ident for held in self.snapshot.fitting()]

    def action_redrive(self) -> None:
        """Send back what was chosen, one by one; all of it is AWS's own task."""
        if not self.is_sure():
            return
        ids = self.chosen()
        if ids is None:
            self.action_act("redrive")
            return
        if not ids:
            self.console.say("Nothing is chosen: no message fits.", "warn")
            return
        self.redrive(ids)

    def redrive(self, ids: list[str], **more: Any) -> None:
        """Open the pane that sends these back; ``more`` is what its row says beside."""
        view = next(view for view in queues.views if view.name == REDRIVING)
        self.give_back()
        row = self.row | {"Chosen": ids} | self._about_the_look(ids) | more
        pane = view.make(row)
        pane.target = Target(self.target.ref, wire.pack(row))  # type: ignore[attr-defined]
        self.post_message(self.Opened(pane))

    def _about_the_look(self, ids: list[str]) -> Row:
        """Where the messages are that were chosen from, and why those are not all of the queue."""
        if self._spool is None:  # a peek keeps none on disk: it shows few
            held = filter(None, map(self.snapshot.get, ids))
            return {"Sample": [dict(one.raw) for one in held]}
        said: Row = {"Spool": str(self._spool.path)}
        if self.scanned and not self.scanned["complete"]:
            said["Incomplete"] = self.scanned["why"]
        return said

    # ---- delete ------------------------------------------------------------------------------------

    def action_delete(self) -> None:
        """Delete what is marked, or the message under the cursor."""
        if self.is_sure() and (ids := self.selected()):
            self.give_back()
            self.work(self._delete(ids, "delete messages"), "act")

    async def _delete(self, ids: list[str], title: str) -> None:
        job = next(job for job in queues.jobs if job.name == "delete-messages")
        stream = await open_job(self.console, job, self.target, {"ids": ids}, title=title)
        if stream is None:
            return
        async for event in stream:
            if event["kind"] == "deleted":
                self.gone(event["ids"])
                self.notice.say([(f"deleting · {event['left']:,} left", "warn")], alone=False)
            elif event["kind"] == "ended":
                tone = "warn" if event["missing"] or event["kept"] else ""
                self.notice.say([(event["sentence"], tone)], alone=False)
                self.console.say(event["sentence"], tone)

    # ---- export ------------------------------------------------------------------------------------

    def action_export(self) -> None:
        """Write what is marked, or all that is shown, to a file."""
        ids = self.marked() or (
            self.selected() if self.shows_groups else [one.ident for one in self.snapshot.fitting()]
        )
        if ids and self.is_sure():
            self.work(self._export(ids), "act")

    async def _export(self, ids: list[str]) -> None:
        name = f"{self.row['QueueName']}-{time.strftime('%Y%m%d-%H%M%S')}.jsonl"
        ask = (Field("file", "File", default=str(Path.home() / name), required=True),)
        heading = f"Export {the.counted(len(ids))} of {self.row['QueueName']}"
        given = await self.console.push_screen_wait(
            Form(heading, self.target.ref.scope, ask, self.row)
        )
        if given is None:
            return
        path = Path(given["file"]).expanduser()  # noqa: ASYNC240  a path a person typed, no waiting
        lines = Lines(self, ids)
        await write_whole(path, lines)
        said = f"{the.counted(lines.written)} written to {path}."
        partly = self.scanned and not self.scanned["complete"]
        if partly:
            said += f" The scan was {self.scanned['sentence']}."
        if lines.left_out:
            said += f" {lines.left_out:,} were too long to keep and are not in it."
        self.console.say(said, "warn" if partly or lines.left_out else "")

    def give_back(self) -> None:
        """Release what a look still holds: it is hidden from whatever comes next, too."""
        if self._stream is not None:
            self._stream.tell(release=True)


class Lines:
    """Messages as the lines of a file, exactly as they came, a few at a time."""

    def __init__(self, pane: HandlingPane, ids: list[str]) -> None:
        self._pane, self._ids = pane, ids
        self.written = self.left_out = 0
        """How many are in the file, and how many cannot be because their bodies were not kept."""

    async def __aiter__(self) -> AsyncIterator[str]:
        for start in range(0, len(self._ids), AT_ONCE):
            yield "".join(filter(None, map(self._line, self._ids[start : start + AT_ONCE])))

    def _line(self, ident: str) -> str:
        held = self._pane.snapshot.get(ident)
        if held is None:
            return ""
        try:
            line = to_line(self._pane.whole(held), QueueName=self._pane.row["QueueName"])
        except LineError:
            self.left_out += 1
            return ""
        self.written += 1
        return line + "\n"
