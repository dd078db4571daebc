"""What one read of the terminal brings: Esc and the key after it as two, and which keys came together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.events import Key
from textual.message import Message

FINGERS = 3
"""Letters of one read that fingers may have typed: a slow line brings a few of them together."""

ESC, CARET = "\x1b", "circumflex_accent"
KEPT = (ESC, "\x7f")
"""What stays one key with an Esc before it: Esc itself, and Backspace, which takes a word."""


class Reads(XTermParser):
    """Reads Esc and a key typed right after it, which arrive together over a slow line, as two keys.

    A terminal sends the same for Alt and a key; this console has none of those. Of each letter it notes the
    how-manieth of its read it is, as a paste is one read where the terminal does not say that it is a paste.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._carets: list[Key] = []

    def feed(self, data: str) -> Iterable[Message]:
        """The events of one read; the driver feeds one at a time."""
        letters = 0
        for message in super().feed(data):
            if isinstance(message, Key) and message.is_printable:
                letters += 1
                message.together = letters  # type: ignore[attr-defined]
            yield self._meant(message)

    def tick(self) -> Iterable[Message]:
        """The events of what no more bytes came for."""
        return map(self._meant, super().tick())

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        # Of some letters Textual makes another key where Esc is before them; Alt and Backspace stay a word.
        if len(sequence) == 2 and sequence in ANSI_SEQUENCES_KEYS and sequence[1] not in KEPT:
            alt, sequence = True, sequence[1]
        if alt:
            yield Key("escape", ESC)
        for key in super()._sequence_to_key_events(sequence):
            if key.key == CARET:
                self._carets.append(key)
            yield key

    def _meant(self, message: Message) -> Message:
        """Esc, where Textual has written the first of two Escs with a key between them as ``^``."""
        if not isinstance(message, Key) or message.key != CARET:
            return message
        if message in self._carets:
            self._carets.remove(message)
            return message
        return Key("escape", ESC)


def use_reads() -> None:
    """Have the driver of the terminal read so."""
    driver: Any = linux_driver
    driver.XTermParser = Reads


def came_together(key: Key) -> int:
    """The how-manieth letter of its read a key is; the first where nobody has noted it."""
    return int(getattr(key, "together", 1))
