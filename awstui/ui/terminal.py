"""The terminal is given back as it was, whatever way the console ends, and no local value is printed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

RESTORE = (
    "\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"
    "\x1b[?2004l\x1b[?1004l\x1b[<u\x1b[?25h\x1b[0m"
)
"""Leave the alternate screen, stop mouse, paste and focus reports, show the cursor, plain colours."""

GRACE = 2.0
"""Seconds for an orderly end after a signal; then the process ends as it is."""


class Keeper:
    """Remembers how the terminal was and puts it back."""

    def __init__(self) -> None:
        self._modes: list[Any] | None = None
        self._fd = -1
        with contextlib.suppress(Exception):
            import termios

            self._fd = sys.__stdin__.fileno() if sys.__stdin__ else -1
            self._modes = termios.tcgetattr(self._fd)

    def restore(self) -> None:
        """Write what ends every mode the console may have set, straight to the terminal."""
        with contextlib.suppress(OSError, ValueError):
            out = sys.__stdout__
            if out is not None and out.isatty():
                os.set_blocking(
                    out.fileno(), False
                )  # a terminal that stopped reading must not hold us
                os.write(out.fileno(), RESTORE.encode())
                os.set_blocking(out.fileno(), True)
        if self._modes is not None:
            import termios

            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._fd, termios.TCSANOW, self._modes)

    def guard(self, leave: Callable[[int], None]) -> None:
        """End in order on SIGTERM and SIGHUP: ask ``leave`` with 128 + the signal, and insist after a grace."""

        def heard(number: int, _frame: FrameType | None) -> None:
            threading.Thread(target=self._insist, args=(128 + number,), daemon=True).start()
            leave(128 + number)

        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, heard)

    def _insist(self, status: int) -> None:
        time.sleep(GRACE)
        self.restore()
        os._exit(status)

    def watch_input(self, leave: Callable[[int], None]) -> None:
        """End when the terminal behind standard input is gone, which no signal may have told."""

        def watch() -> None:
            import select

            poll = select.poll()
            poll.register(self._fd, 0)  # only hang-up and error: the keys are Textual's to read
            while not poll.poll(1000):
                pass
            threading.Thread(target=self._insist, args=(129,), daemon=True).start()
            leave(129)

        if self._modes is not None:
            threading.Thread(target=watch, daemon=True).start()


def write_crash(error: BaseException, folder: Path) -> Path:
    """Keep the traceback, without the values of any variable, where only the user can read it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    text = "".join(traceback.format_exception(error))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
