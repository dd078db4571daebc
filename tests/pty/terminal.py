"""A terminal to run the installed command in: a real pty, a screen that answers nothing."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import pyte

from tests.patience import PATIENCE, patiently

Wanted: TypeAlias = str | re.Pattern[str]
"""A text on the screen, or a pattern that is found in one of its lines."""

PROMISE = 3.0
"""Seconds within which nothing of ours may be left."""

QUIET = 0.05
"""Seconds without a byte, and without work, after which a frame is taken to be whole and keys to be heard."""

KEYS = {
    "enter": "\r", "esc": "\x1b", "up": "\x1b[A", "down": "\x1b[B", "tab": "\t", "space": " ",
    "ctrl+c": "\x03", "ctrl+e": "\x05", "ctrl+o": "\x0f", "ctrl+t": "\x14", "ctrl+z": "\x1a",
}  # fmt: skip

_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9]+\$p")
_UNFINISHED = re.compile(r"\x1b(\[[0-9;?<>=$]*)?$")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)
_DEAF = (
    "import signal, sys\n"
    "signal.pthread_sigmask(signal.SIG_BLOCK, map(int, sys.argv.pop(1).split(',')))\n"
) + _TAKE_TERMINAL


def alive(pid: int) -> bool:
    """Whether a process runs, zombies not counted."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


class Terminal:
    """One run of ``awstui`` in a pty. It reads only while something is waited for."""

    def __init__(
        self,
        *words: str,
        env: Mapping[str, str],
        size: tuple[int, int] = (80, 24),
        command: Sequence[str] = (sys.executable, "-m", "awstui"),
        deaf: Collection[signal.Signals] = (),
    ) -> None:
        """``deaf`` are signals that never reach it."""
        self._mark = uuid.uuid4().hex
        self.raw = bytearray()
        """Every byte that was written to the terminal."""

        self._lines: dict[int, str] = {}
        self._held = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self.screen)
        self.master, self.slave = os.openpty()
        self._set_size(*size)
        self.attributes_after: list[Any] = []
        self.blocks_after = True
        self.attributes_before = termios.tcgetattr(self.slave)
        boot = [_DEAF, ",".join(str(int(one)) for one in deaf)] if deaf else [_TAKE_TERMINAL]
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", *boot, *command, *words],
            stdin=self.slave, stdout=self.slave, stderr=self.slave,
            env={**env, "PTY_MARK": self._mark}, start_new_session=True,
        )  # fmt: skip

    # ---- what is seen --------------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The screen, line by line, without trailing blanks."""
        for number in self.screen.dirty:
            if number < self.screen.lines:
                row = self.screen.buffer[number]
                signs = (row[at].data for at in range(self.screen.columns))
                self._lines[number] = "".join(signs).rstrip()
        self.screen.dirty.clear()
        return [self._lines.get(number, "") for number in range(self.screen.lines)]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    @property
    def modes(self) -> dict[int, bool]:
        """The private modes that were set or reset, as they are now."""
        now: dict[int, bool] = {}
        for numbers, what in _MODE.findall(bytes(self.raw)):
            now |= {int(number): what == b"h" for number in numbers.split(b";")}
        return now

    def row_of(self, text: str) -> int:
        """The number of the first line that shows a text; fails when none does."""
        found = [number for number, line in enumerate(self.lines) if text in line]
        assert found, f"{text!r} is nowhere on\n{self.text}"
        return found[0]

    # ---- what is done --------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Type: names of ``KEYS``, or text as it is."""
        for key in keys:
            os.write(self.master, KEYS.get(key, key).encode())

    def resize(self, width: int, height: int) -> None:
        """Make the window another size, as a terminal does."""
        self.screen.resize(height, width)
        self._set_size(width, height)

    def stall(self) -> None:
        """Take nothing while the console paints more than the terminal holds."""
        width, height = self.screen.columns, self.screen.lines

        def full() -> bool:
            self.resize(2 * width + 1 - self.screen.columns, height)
            return not select.select([], [self.slave], [], 0)[1]

        self.until(full, "a full terminal", reading=False)

    def _set_size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def hang_up(self) -> None:
        """Close the terminal's side, as a window that is closed does."""
        os.close(self.master)
        self.master = -1

    def read(self, seconds: float) -> bool:
        """Take what is written within a time; whether there was anything."""
        if self.master < 0:
            time.sleep(min(seconds, 0.02))
            return False
        readable, _, _ = select.select([self.master], [], [], seconds)
        if not readable:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # nobody is left who could write
            return False
        self.raw += data
        self._show(self._decode(data))
        return True

    def _show(self, text: str) -> None:
        text = self._held + text
        cut = _UNFINISHED.search(text)
        self._held = text[cut.start() :] if cut else ""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub("", text[: cut.start()] if cut else text))

    # ---- what is waited for --------------------------------------------------------------------------

    def until(
        self,
        true: Callable[[], Any],
        what: str,
        seconds: float = PATIENCE,
        *,
        reading: bool = True,
    ) -> None:
        """Read until something is true; fails with the screen, and at once when the command has ended."""
        over = time.monotonic() + seconds
        while not true():
            ended = self.process.poll()
            more = reading and self.read(0.05)
            if not reading:
                time.sleep(0.02)
            late = time.monotonic() > over
            if (late or ended is not None) and not more and not true():
                how = f"ended with {ended}" if ended is not None else f"not within {seconds} s"
                raise AssertionError(f"{what}: {how}\n{self.text}")

    def wait_for(self, *wanted: Wanted, seconds: float = PATIENCE) -> str:
        """Read until the screen shows all that is wanted and the console waits for keys; the screen."""
        self._settle(lambda: all(map(self._shows, wanted)), f"shows {wanted}", seconds)
        return self.text

    def wait_without(self, text: str) -> str:
        """Read until the screen does not show a text any more and the console waits for keys; the screen."""
        self._settle(lambda: text not in self.text, f"shows no {text!r}", PATIENCE)
        return self.text

    def press_until(self, key: str, true: Callable[[], Any], what: str) -> None:
        """Type a key until it is heard: what is typed before a dialog was painted is dropped."""
        over = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < over, f"{key!r}: not {what}\n{self.text}"
            self.press(key)
            self._settle(lambda: True, "takes it", PATIENCE)

    def _shows(self, wanted: Wanted) -> bool:
        """Whether the screen shows a text, or a line that a pattern finds."""
        if isinstance(wanted, str):
            return wanted in self.text
        return any(map(wanted.search, self.lines))

    def _settle(self, true: Callable[[], bool], what: str, seconds: float) -> None:
        """Read until something is so, and stays so while the console has nothing to do for a moment."""

        def settled() -> bool:
            before = self._turns()
            if not true() or self.read(QUIET):
                return False
            return not before[0] and before == self._turns() and true()

        self.until(settled, what, seconds)

    def _turns(self) -> tuple[bool, int]:
        """Whether the interface wants a processor, and how often it has had one: without that it does nothing."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except FileNotFoundError:
            return False, 0
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        turns = sum(
            int(fields.get(f"{kind}_ctxt_switches", 0)) for kind in ("voluntary", "nonvoluntary")
        )
        return "R" in fields["State"], turns

    def wait_end(self, seconds: float = PROMISE) -> int:
        """Read until no process of this run is left; the exit status of the command."""
        began = time.monotonic()
        while self.process.poll() is None or (left := self.processes()):
            self.read(0.02)
            took = time.monotonic() - began
            if took > seconds and took > patiently(seconds):
                left = self.processes()
                raise AssertionError(f"after {took:.1f} s there still are {left}\n{self.text}")
        self._read_to_end()
        return self.process.returncode

    def _read_to_end(self) -> None:
        """Take the last bytes: that there are no more is certain once nobody can write any."""
        self.attributes_after = termios.tcgetattr(self.slave) if self.master >= 0 else []
        self.blocks_after = os.get_blocking(self.slave)
        os.close(self.slave)
        self.slave = -1
        while self.master >= 0 and self.read(PATIENCE):
            pass

    # ---- processes -----------------------------------------------------------------------------------

    def processes(self) -> dict[int, str]:
        """Every process of this run that is alive, whoever its parent is now."""
        mark, found = f"PTY_MARK={self._mark}".encode(), {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                    words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(entry.name)] = words
        return {pid: words for pid, words in found.items() if alive(pid)}

    def pid_of(self, word: str) -> int:
        """The process whose command line has a word; waits for it to be there."""

        def those() -> list[int]:
            return [pid for pid, line in self.processes().items() if word in line]

        self.until(those, f"a process {word}")
        return those()[0]

    @property
    def engine(self) -> int:
        """The process that speaks with AWS."""
        return self.pid_of("awstui.engine.process")

    def state(self) -> str:
        """The kernel's letter for what the interface does: ``T`` is stopped."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        return stat.rsplit(")", 1)[1].split()[0]

    def close(self) -> None:
        """Leave nothing behind, whatever the test did."""
        for pid in {*self.processes(), self.process.pid}:
            if self.process.poll() is None or pid != self.process.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait()
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def restored(terminal: Terminal) -> None:
    """The terminal is as it was before: line discipline, screen, cursor, reports, colours."""
    assert terminal.attributes_after == terminal.attributes_before, "line discipline"
    modes = terminal.modes
    still = [mode for mode, on in modes.items() if on and mode not in (25, 7)]
    assert not still, f"modes left on: {still}"
    assert modes.get(1049) is False, "the alternate screen was entered and left"
    assert modes.get(25) is True, "the cursor shows"
    assert modes.get(7) is True, "lines wrap again"
    raw = bytes(terminal.raw)
    pushed, popped = len(re.findall(rb"\x1b\[>\d+u", raw)), raw.count(b"\x1b[<u")
    assert pushed <= popped, "the keyboard protocol is taken back"
    assert raw.index(b"\x1b[<u") < raw.rindex(b"\x1b[?1049l")
    assert terminal.blocks_after, "whoever has the terminal next finds it blocking"
