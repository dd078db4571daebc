"""Which keys came with one read of the terminal: a paste does, where the terminal does not say that it is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.events import Key
from textual.message import Message

FINGERS = 3
"""Letters of one read that fingers may have typed: a slow line brings a few of them together."""


class Reads(XTermParser):
    """Notes of each letter the how-manieth of its read it is; the driver feeds it one read at a time."""

    def feed(self, data: str) -> Iterable[Message]:
        """The events of one read."""
        letters = 0
        for message in super().feed(data):
            if isinstance(message, Key) and message.is_printable:
                letters += 1
                message.together = letters  # type: ignore[attr-defined]
            yield message


def note_reads() -> None:
    """Have the driver of the terminal note it."""
    driver: Any = linux_driver
    driver.XTermParser = Reads


def came_together(key: Key) -> int:
    """The how-manieth letter of its read a key is; the first where nobody has noted it."""
    return int(getattr(key, "together", 1))
