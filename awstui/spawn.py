"""Starting the engine's process, before anything is imported that it need not wait for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from typing import IO, NamedTuple


class Spawned(NamedTuple):
    """An engine that loads, and this end of what ties it to us."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    """What messages go over; the first has to be ``Start``."""

    life: int
    """A pipe that closes when this process dies, however it does."""

    errors: IO[bytes]
    """What the engine writes, read after its death."""


def spawn() -> Spawned:
    """Start an engine; it ends by itself when ``line`` or ``life`` closes."""
    line, theirs = socket.socketpair()
    life_end, life = os.pipe()
    errors = tempfile.TemporaryFile()  # noqa: SIM115  read after the death
    command = [sys.executable, "-m", "awstui.engine.process", str(theirs.fileno()), str(life_end)]
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
