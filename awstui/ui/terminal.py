"""The terminal is given back as it was, whatever way the console ends, and no local value is printed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

from awstui.masking import scrub

SETTLE = "\x1b[?2026l\x1b[?1016l\x1b[?2048l\x1b[?7h\x1b[?25h\x1b[0m"
"""Paint at once, plain mouse and resize reports, wrap lines, show the cursor, plain colours."""

RESTORE = (
    "\x18\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?1004l"
    "\x1b[<u\x1b[?1049l" + SETTLE
)
"""Abort a sequence that was cut, stop all reports, and leave the alternate screen.

The keyboard protocol is taken back before: terminals keep one stack of it for each screen.
"""

GRACE = 1.5
"""Seconds for an orderly end after a signal; then the process ends as it is."""

PATIENCE = 0.3
"""Seconds that a terminal has to take the last bytes."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks the console to end. The key Ctrl+C is none of them: in raw mode it is a key."""

WAKE = signal.SIGURG
"""Ends a system call that waits, and nothing else; one that Textual leaves alone."""


class Tty:
    """Remembers how the terminal was and puts it back."""

    def __init__(self, last: Callable[[], None] = lambda: None) -> None:
        """``last`` is done before the process ends without waiting any longer."""
        self._last = last
        self._modes: list[Any] | None = None
        self._fd = -1
        with contextlib.suppress(Exception):
            import termios

            self._fd = sys.__stdin__.fileno() if sys.__stdin__ else -1
            self._modes = termios.tcgetattr(self._fd)

    def restore(self, *, left: bool = False) -> None:
        """Put everything back; ``left`` when the screen was left in order and only leftovers remain."""
        if self._modes is None:
            return
        import termios

        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._fd, termios.TCSANOW, self._modes)
        if left:
            self._write(SETTLE.encode())
            return
        # Textual's thread that waits for the terminal to read holds it against every other writer. A
        # signal wakes it, and it gives up when it may not wait; whether it may is shared with the shell.
        with contextlib.suppress(OSError, AttributeError):
            threading.excepthook = lambda _: None  # that it gave up is nothing to tell
            painter = sys.__stderr__.fileno()  # type: ignore[union-attr]
            os.set_blocking(painter, False)
            try:
                for thread in threading.enumerate():
                    if thread.name == "textual-output" and thread.ident is not None:
                        signal.pthread_kill(thread.ident, WAKE)
                self._write(
                    RESTORE.encode(), over=lambda: termios.tcflush(self._fd, termios.TCOFLUSH)
                )
            finally:
                os.set_blocking(painter, True)

    def _write(self, data: bytes, over: Callable[[], None] = lambda: None) -> None:
        """Write, through a descriptor of our own that never waits; ``over`` discards what is in the way."""
        fd, end = self._open(), time.monotonic() + PATIENCE
        begun = False
        while fd >= 0 and data and time.monotonic() < end:
            try:
                if not begun:
                    over()
                data = data[os.write(fd, data) :]
                begun = True
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                break
        if fd >= 0:
            os.close(fd)

    def _open(self) -> int:
        how = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK
        with contextlib.suppress(OSError):
            return os.open(os.ttyname(self._fd), how)
        with contextlib.suppress(OSError):  # after ``su`` the terminal's name is another user's
            return os.open("/dev/tty", how)
        return -1

    def guard(self, leave: Callable[[int], None]) -> None:
        """End in order on a signal: ask ``leave`` with 128 + the signal, and insist after a grace."""

        def heard(number: int, _frame: FrameType | None) -> None:
            threading.Thread(target=self._insist, args=(128 + number,), daemon=True).start()
            leave(128 + number)

        for number in SIGNALS:
            signal.signal(number, heard)
        signal.signal(WAKE, lambda number, frame: None)

    def _insist(self, status: int) -> None:
        time.sleep(GRACE)
        with contextlib.suppress(Exception):  # whatever it is, the terminal is given back
            self._last()
        self.restore()
        os._exit(status)

    def watch_input(self, leave: Callable[[int], None]) -> None:
        """End when the terminal behind standard input is gone, which no signal may have told."""

        def watch() -> None:
            poll = select.poll()
            poll.register(self._fd, 0)  # only hang-up and error: the keys are Textual's to read
            while not (seen := poll.poll(1000)):
                pass
            if seen[0][1] & select.POLLNVAL:
                return  # a system whose poll cannot watch terminals; the signal has to do
            status = 128 + signal.SIGHUP
            threading.Thread(target=self._insist, args=(status,), daemon=True).start()
            leave(status)

        if self._modes is not None:
            threading.Thread(target=watch, daemon=True).start()


def paint_when_continued(app: App[int]) -> None:
    """Paint all after the process was stopped: the shell has written over it.

    Textual starts its driver anew on every SIGCONT, though only one that a SIGTSTP has ended may be
    started: after a SIGSTOP two threads would read the keys, and one would outlive the console.
    """

    def repaint(_: object = None) -> None:
        app.refresh(layout=True)

    app.app_resume_signal.subscribe(app, repaint)
    driver, loop = app._driver, asyncio.get_running_loop()  # noqa: SLF001  no public way to ask
    restart = signal.getsignal(signal.SIGCONT)

    def continued(number: int, frame: FrameType | None) -> None:
        if getattr(driver, "_must_signal_resume", False) and callable(restart):
            restart(number, frame)
        else:
            loop.call_soon_threadsafe(repaint)

    if not app.is_headless:
        signal.signal(signal.SIGCONT, continued)


def notice_size(app: App[int]) -> None:
    """Take on the size that the terminal has, where that is not what the last signal has found.

    Linux tells of a new size before it can be read: who looks at once may see the old one, and hears no more.
    """
    from textual import events
    from textual.geometry import Size

    size = app.size if app.is_headless else Size(*shutil.get_terminal_size())
    if size != app.size:
        app.post_message(events.Resize(size, size))


def crash_words(error: BaseException, folder: Path | None, did: str = "ended on") -> str:
    """What to say of a fault of our own, once its traceback is kept."""
    said = f"awstui {did} a fault of its own: {type(error).__name__}."
    if folder is None:
        return said
    try:
        path = write_crash(error, folder)
    except OSError as refused:
        return f"{said} The traceback could not be kept in {folder}: {refused.strerror}"
    return f"{said} The traceback, without the value of any variable, is in {path}"


def tell_loose_faults(
    loop: asyncio.AbstractEventLoop, tell: Callable[[BaseException], None]
) -> None:
    """Have ``tell`` say what asyncio would print over the screen, with whatever its objects hold."""

    def loose(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), BaseException):
            tell(error)

    loop.set_exception_handler(loose)


def write_crash(error: BaseException, folder: Path) -> Path:
    """Keep the traceback, without the values of any variable, where only the user can read it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    text = scrub("".join(traceback.format_exception(error)))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
