"""Messages mended: one in a form, or many at once as the lines of a file, and sent back as they are then."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from awstui import wire
from awstui.plugin import Field, Plan, Row
from awstui.ui.acting import Target, perform
from awstui.ui.confirm import Confirm, Confirmation
from awstui.ui.dialogs import Form
from awstui.ui.editor import edit_file

from .. import attributes as the
from .. import queues
from . import drafts, editing
from .editing import Edited
from .handling_pane import HandlingPane

ASK = (
    Field(
        "find", "Find",
        hint="A regular expression, in bodies as they came. Empty: all of them open in $EDITOR.",
    ),
    Field("by", "Replace by", hint="\\1 is what its first group found."),
)  # fmt: skip


class EditingPane(HandlingPane):
    """The messages of one look, to be edited: this one, or all that are marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("E", "edit", "edit", id="messages.edit",
                tooltip="Edit this message and send it anew, or the marked ones at once"),
    ]  # fmt: skip

    def action_edit(self) -> None:
        """Edit the message under the cursor, or all that are marked or of a group."""
        ids = self.selected()
        if not ids or (len(ids) > 1 and not self.is_sure()):
            return
        self.give_back()
        self.work(self._edit_one(ids[0]) if len(ids) == 1 else self._edit_many(ids), "act")

    def _original(self, ident: str) -> Row | None:
        """A message whole; None of one that is gone, or whose body was not kept."""
        held = self.snapshot.get(ident)
        message = self.whole(held) if held else {}
        return None if "Body" not in message or message.get("BodyKept") is False else message

    # ---- one ---------------------------------------------------------------------------------------

    async def _edit_one(self, ident: str) -> None:
        message = self._original(ident)
        if message is None:
            self.console.say("Its body was not kept; peek at it again.", "warn")
            return
        action = next(action for action in queues.actions if action.name == "resend")
        row = self.row | {"Message": message}
        if draft := await asyncio.to_thread(drafts.unsent, ident):
            row["Draft"] = draft
            ago = the.span(time.time() - draft["at"])
            self.console.say(
                f"Your edit of {ago} ago was not sent: go on with it, or cancel it.", "warn"
            )
        if not await perform(self.console, action, [Target(self.target.ref, wire.pack(row))]):
            await asyncio.to_thread(drafts.drop, ident)
        elif self.is_attached:
            await self._delete([ident], "delete the original")

    # ---- many --------------------------------------------------------------------------------------

    async def _edit_many(self, ids: list[str]) -> None:
        """Ask how, write them to a file, and redrive what is in it once each line of it can be sent."""
        messages = {ident: held for ident in ids if (held := self._original(ident)) is not None}
        if left_out := len(ids) - len(messages):
            self.console.say(f"{left_out:,} were too long to keep: they stay as they are.", "warn")
        heading = f"Edit {the.counted(len(messages))} · {self.row['QueueName']}"
        given = messages and await self.console.push_screen_wait(
            Form(heading, self.target.ref.scope, ASK, self.row)
        )
        if not given:
            return
        made, count = list(messages.values()), 0
        if find := str(given["find"]):
            made, count = await asyncio.to_thread(editing.replaced, made, find, str(given["by"]))
            if not count:
                self.console.say(
                    f"Nothing in their bodies as they came (o shows one) matches {find}.", "warn"
                )
                return
        path = await asyncio.to_thread(editing.begun, self.row["QueueName"], made)
        if find or edit_file(self.app, path):
            await self._check(path, messages, heading)
        else:
            self._keep(path)

    async def _check(self, path: Path, messages: dict[str, Row], heading: str) -> None:
        """Go on with a file that can be sent; with another one back to the editor, until it can."""
        while True:
            found = await asyncio.to_thread(_read, path, messages)
            if not found.problems:
                break
            if not await self._edits_again(found, path, heading) or not edit_file(self.app, path):
                self._keep(path)
                return
        if not found.edits:
            self.console.say("No message is left in the file: nothing is sent.", "warn")
            return
        digest = await asyncio.to_thread(editing.digest_of, path)
        if self.is_attached:
            self.redrive(list(found.edits), Edited=str(path), Digest=digest)

    async def _edits_again(self, found: Edited, path: Path, heading: str) -> bool:
        """Say what cannot be sent; whether the person wants to mend it."""
        lines = (*found.told(), f"Nothing was sent. What you typed is in {path}.")
        question = Confirmation(
            title=heading, verb="open the editor", effect="touch", scope=self.target.ref.scope,
            target=self.row["QueueName"], plan=Plan(lines),
        )  # fmt: skip
        return await self.console.push_screen_wait(Confirm(question)) is not None

    def _keep(self, path: Path) -> None:
        self.console.say(
            f"Nothing was sent. `awstui redrive {self.row['QueueName']} --edits {path}` goes on with it.",
            "warn",
        )


def _read(path: Path, messages: dict[str, Row]) -> Edited:
    with path.open("rb") as file:
        return editing.read(file, messages.get)
