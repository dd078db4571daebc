"""A redrive that outlives the console: another process takes over its journal and its lock.

That process reads the settings as they are when it begins. Where they forbid changes, it is let through by the
reason that a person typed to lift that for this redrive, which is handed over and stands in its audit lines
too; where nobody had to say one, none is made up, and it is refused. The reason opens nothing beside the queues of
this redrive, is not journaled, and so lifts nothing for whoever takes the redrive up later.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from awstui import config, paths
from awstui.spawn import python

from .journal import folder
from .operation import Operation


def go_on(operation: Operation, reason: str) -> subprocess.Popen[bytes]:
    """Start a process that resumes an operation. The lock must have been let go.

    ``reason`` is why read-only was lifted for what runs here; empty where it was not.
    """
    log = os.open(log_of(operation), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            command(operation, reason),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # what ends the terminal does not end it
            cwd="/",
        )
    finally:
        os.close(log)


def log_of(operation: Operation) -> Path:
    """Where the process says what it does."""
    return paths.private(folder() / "logs") / f"{operation.ident}.log"


def command(operation: Operation, reason: str = "") -> list[str]:
    """The command that resumes an operation as whom, and where, it was begun."""
    words = [
        *python("awstui"), "redrive", operation.arn, "--resume", operation.ident,
        "--yes", "--confirm", operation.name,  # both were said when it was begun
        "--region", operation.region,
    ]  # fmt: skip
    if reason:
        words += ["--reason", reason]
    if operation.profile not in ("", _ambient()):
        words += ["--profile", operation.profile]
    if operation.endpoint:
        words += ["--endpoint-url", operation.endpoint]
    return words


def _ambient() -> str:
    """The profile that the process would have if none were named.

    It is not named then: keys in the environment, which is handed on, would give way to a named one.
    """
    named = os.environ.get("AWS_PROFILE")
    chosen = "" if named else config.load(paths.config_file()).profile
    return named or chosen or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
