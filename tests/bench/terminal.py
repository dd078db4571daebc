"""A program in a real pty, timed from outside: what was written, and when.

Reads are stamped raw; no emulator stands in the timed path. The terminal says that it knows synchronised
output (mode 2026), so that the end of a frame is the mark that closes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

FRAME_END = b"\x1b[?2026l"
_REPLIES = (
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[c", b"\x1b[?62;c"),
    (b"\x1b[6n", b"\x1b[1;1R"),
)
ROWS, COLUMNS = 40, 120


class Terminal:
    """One run of a program; a context manager that ends it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        env = {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        self.bytes = 0
        self._tail = b""
        self._at = 0.0
        self.ended = False
        self.started = time.perf_counter()
        self.pid, self._line = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], list(command), env)
        os.set_blocking(self._line, False)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        deadline = time.perf_counter() + 4
        while not self.ended and time.perf_counter() < deadline:
            self.read(0.1)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._line)

    def read(self, timeout: float) -> bytes:
        """What comes within ``timeout`` seconds; nothing when nothing does."""
        if self.ended or not select.select([self._line], [], [], max(0.0, timeout))[0]:
            return b""
        parts = []
        try:
            while part := os.read(self._line, 65536):
                parts.append(part)
        except BlockingIOError:
            pass
        except OSError:  # the other end of a pty is gone
            self.ended = True
        data = b"".join(parts)
        self._at = time.perf_counter()
        self.bytes += len(data)
        for asked, reply in _REPLIES:
            if asked in data:
                self.write(reply)
        return data

    def write(self, keys: bytes) -> None:
        """Type."""
        with contextlib.suppress(OSError):
            os.write(self._line, keys)

    def seconds_until(self, text: str, timeout: float = 30.0) -> float:
        """Seconds from the start of the program until the frame with that text was complete."""
        wanted, held = text.encode(), self._tail
        deadline = time.perf_counter() + timeout
        while time.perf_counter() < deadline:
            place = held.find(wanted)
            if place >= 0 and (held.find(FRAME_END, place) >= 0 or FRAME_END not in held):
                self._tail = held[place:]
                return self._at - self.started
            if self.ended:
                raise RuntimeError(f"the program ended: {held[-2000:]!r}")
            held = held[-200_000:] + self.read(0.5)
        raise TimeoutError(f"{text!r} did not come: {held[-3000:]!r}")

    def seconds_until_end(self, timeout: float = 30.0) -> float:
        """Seconds from the start of the program until it closed its terminal."""
        deadline = time.perf_counter() + timeout
        while not self.ended and time.perf_counter() < deadline:
            self.read(0.5)
        return time.perf_counter() - self.started

    def quiet(self, seconds: float = 0.2, timeout: float = 20.0) -> None:
        """Read until nothing has come for so long."""
        deadline = time.perf_counter() + timeout
        while time.perf_counter() < deadline and self.read(seconds):
            pass

    def drain(self, seconds: float) -> int:
        """Read for so long; how many bytes came."""
        before, deadline = self.bytes, time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0 and not self.ended:
            self.read(left)
        return self.bytes - before

    def key(self, keys: bytes, mark: bytes = b"", timeout: float = 10.0) -> float:
        """Milliseconds from a key to the end of the first frame after it, or the first with ``mark``."""
        while self.read(0):
            pass
        held, began = b"", time.perf_counter()
        self.write(keys)
        while (left := began + timeout - time.perf_counter()) > 0 and not self.ended:
            held += self.read(left)
            place = held.find(mark)
            if place >= 0 and held.find(FRAME_END, place) >= 0:
                return (self._at - began) * 1000
        return timeout * 1000

    def cpu_seconds(self) -> tuple[float, float]:
        """Processor time of the program, and of the processes it started, so far."""
        return _cpu(self.pid), sum(map(_cpu, _children(self.pid)))


def _cpu(pid: int) -> float:
    """Run time of every thread of a process in seconds, to the nanosecond."""
    total = 0
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    return []
