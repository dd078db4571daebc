"""An application that hears keys in their order: each acts before the next one is looked at."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import Any

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

from awstui.ui.reads import use_reads

PATIENCE = 0.5
"""Seconds for which a key waits for the one before it, at most: no handler may hold up all others."""

ROUNDS = 5
"""How often a key lets pass what the one before it has said, which may say something more."""


class Unhurried(App[int]):
    """Loses nothing that is typed fast, and drops what was typed before a dialog could be seen.

    Textual hands a key to the focused widget's own queue and comes to its binding only when it has
    bubbled up from there; by then the next keys may have been handed on as well. So ``/`` and a word
    typed at once, or over a slow line, would be a prompt that opens too late and a row of commands;
    and ``40`` with the key that sends a form would be a form without the number.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._held_back: tuple[events.Event | None, int] = (None, 0)
        """The key that was put behind what the one before it has said, and how often."""

    def get_driver_class(self) -> type[Driver]:
        """The driver for this terminal, with our way to read it."""
        use_reads()
        return super().get_driver_class()

    async def on_event(self, event: events.Event) -> None:
        """Let through what is not too early nor too late, and let a key act at once."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown | events.MouseUp):
            if self._exit:
                return  # what it would act on is being taken apart
            painted_at: float = getattr(self.screen, "painted_at", 0.0)
            if event.time < painted_at:
                event.stop()
                return
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._heard()
            if self._waits(event):
                return
            if not takes_text(self.focused) and await self._acts(event.key):
                event.stop()
                return
        await super().on_event(event)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Tell a dialog that it was sent to the terminal: from then on keys are meant for it."""
        super()._display(screen, renderable)
        if getattr(screen, "painted_at", 0.0) == math.inf and renderable is not None:
            screen.sent()  # type: ignore[attr-defined]

    async def _heard(self) -> None:
        """Wait until what was typed before has done what it does: a key after Enter is for what opens."""
        widget = self.focused
        chain = widget.ancestors_with_self if widget is not None else ()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                for pump in chain:
                    if pump is not self:
                        await _caught_up(pump)
                await self.settled()

    async def settled(self) -> None:
        """Wait until the keys belong to what is seen; for an application that goes from one thing to another."""

    async def _acts(self, key: str) -> bool:
        """Whether a key was a binding's and has acted; where text is typed, that is the widget's to say."""
        return await self._check_bindings(key, priority=True) or await self._check_bindings(key)

    def _waits(self, key: events.Key) -> bool:
        """Whether a key has to come later: what was typed before it is not all heard yet."""
        held, rounds = self._held_back
        rounds = rounds + 1 if held is key else 1
        self._held_back = (key, rounds)
        return rounds <= ROUNDS and self._put_behind(key)

    def _put_behind(self, key: events.Key) -> bool:
        """Put a key, and all that was typed after it, behind what else there is to hear; False if nothing."""
        queue: asyncio.Queue[Message | None] = self._message_queue
        peeked = self._pending_message
        waiting: list[Message | None] = [] if peeked is None else [peeked]
        self._pending_message = None
        while not queue.empty():
            waiting.append(queue.get_nowait())
            queue.task_done()
        typed = [one for one in waiting if _is_typed(one)]
        others = [one for one in waiting if not _is_typed(one)]
        for one in (*others, *([key] if others else []), *typed):
            queue.put_nowait(one)
        return bool(others)


def takes_text(widget: Widget | None) -> bool:
    """Whether what is typed goes into a widget.

    By the names of its classes, because a ``TextArea`` takes long to import and most consoles never need one.
    """
    return any(kind.__name__ in ("Input", "TextArea") for kind in type(widget).__mro__)


def _is_typed(message: Message | None) -> bool:
    """Whether it comes from the terminal, and nobody has had it yet."""
    return isinstance(message, events.InputEvent | events.Paste) and not message.is_forwarded


async def _caught_up(pump: MessagePump) -> None:
    """Wait until a widget has taken all that it was handed, and what came of that."""
    done = asyncio.Event()
    while pump.call_later(done.set):
        await done.wait()
        if not pump.message_queue_size:
            return
        done.clear()
