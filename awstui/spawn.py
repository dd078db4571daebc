"""Starting processes of our own, the engine first, before anything is imported that it need not wait for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from typing import IO, NamedTuple

_BOOT = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


class Spawned(NamedTuple):
    """An engine that loads, and this end of what ties it to us."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    """What messages go over; the first has to be ``Start``."""

    life: int
    """A pipe that closes when this process dies, however it does."""

    errors: IO[bytes]
    """What the engine writes, read after its death."""


def python(module: str) -> list[str]:
    """The words that run a module of ours as this process would, whatever lies in the current directory."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  start path
    return [sys.executable, "-P", "-c", _BOOT, root, module]


def spawn() -> Spawned:
    """Start an engine; it ends by itself when ``line`` or ``life`` closes."""
    line, theirs = socket.socketpair()
    life_end, life = os.pipe()
    errors = tempfile.TemporaryFile()  # noqa: SIM115  read after the death
    command = [*python("awstui.engine.process"), str(theirs.fileno()), str(life_end)]
    try:
        process = subprocess.Popen(
            command,
            pass_fds=(theirs.fileno(), life_end),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,  # Ctrl+C and a hang-up are the interface's to act upon
        )
    finally:
        theirs.close()
        os.close(life_end)
    return Spawned(process, line, life, errors)
