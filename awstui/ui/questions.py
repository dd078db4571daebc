"""What the engine asks a person, put one at a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from awstui import wire
from awstui.wire import TRYING, Ask

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui
    from awstui.ui.identity_dialogs import Question


class Questions:
    """Puts the engine's questions to the person, one at a time, and never over another dialog."""

    def __init__(self, console: AwsTui) -> None:
        self._console = console
        self._waiting: list[Ask] = []
        self._open: Question | None = None
        self._tries: dict[int, Ask] = {}
        """What is tried at this moment."""

    def put(self, ask: Ask) -> None:
        """Take a question; it is shown as soon as nothing else wants an answer."""
        if ask.kind == TRYING:
            self._tries[ask.id] = ask
            return
        self._waiting.append(ask)
        self.look()

    @property
    def trying(self) -> str:
        """Who is asked for credentials and for how long; nothing while a dialog has the keys."""
        if self._open is not None or not self._tries:
            return ""
        ask = next(iter(self._tries.values()))
        more = f" and {len(self._tries) - 1} more" if len(self._tries) > 1 else ""
        seconds = max(0.0, time.time() - ask.until)
        return f"trying {ask.subject} for {ask.profile}… {seconds:.0f} s{more} (esc to skip)"

    def skip(self) -> bool:
        """Go on without what is tried longest; False when nothing is."""
        if not self.trying:
            return False
        ident = next(iter(self._tries))
        del self._tries[ident]
        self._console.remote.send(wire.Answer(ident, given=False))
        return True

    def withdraw(self, ident: int) -> None:
        """A question needs no answer any more."""
        self._tries.pop(ident, None)
        self._waiting = [one for one in self._waiting if one.id != ident]
        shown = self._open
        if shown is not None and shown.asked.id == ident:
            self._open = None
            if shown.is_attached and shown.is_current:
                shown.dismiss(None)

    def drop(self) -> None:
        """The engine that asked is no more: another one asks anew, and counts from one again."""
        self._waiting, self._tries = [], {}
        if self._open is not None:
            self.withdraw(self._open.asked.id)

    def look(self) -> None:
        """Show the next question, unless the person is busy with a dialog."""
        if not self._waiting or self._open is not None or len(self._console.screen_stack) > 1:
            return
        from awstui.ui.identity_dialogs import CodeDialog, DeviceDialog

        ask = self._waiting.pop(0)
        self._open = CodeDialog(ask) if ask.kind == "code" else DeviceDialog(ask)
        self._console.push_screen(self._open, lambda said: self._said(ask, said))

    def _said(self, ask: Ask, said: object) -> None:
        if self._open is None or self._open.asked is not ask:
            return  # it was withdrawn
        self._open = None
        answer = wire.Answer(ask.id, str(said or ""), said is not None)
        self._console.remote.send(answer)
        self._console.call_after_refresh(self.look)
