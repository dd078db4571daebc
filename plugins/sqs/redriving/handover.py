"""A redrive that outlives the console: another process takes over its journal and its lock."""

from __future__ import annotations

import os
import subprocess

from awstui import paths
from awstui.spawn import python

from .journal import folder
from .operation import Operation

_AMBIENT = ("", "default", os.environ.get("AWS_PROFILE", ""))
"""Profiles that nobody has to name: the environment, which is handed on, says the same."""


def go_on(operation: Operation) -> int:
    """Start a process that resumes an operation; its id. The lock must have been let go."""
    logs = paths.private(folder() / "logs")
    log = os.open(
        logs / f"{operation.ident}.log",
        os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC,
        0o600,
    )
    try:
        process = subprocess.Popen(
            command(operation),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # what ends the terminal does not end it
            cwd="/",
        )
    finally:
        os.close(log)
    return process.pid


def command(operation: Operation) -> list[str]:
    """The command that resumes an operation as whom, and where, it was begun."""
    words = [
        *python("awstui"), "redrive", operation.arn, "--resume", operation.ident,
        "--yes", "--confirm", operation.name,  # it was confirmed when it was begun
        "--region", operation.region,
    ]  # fmt: skip
    if operation.profile not in _AMBIENT:
        words += ["--profile", operation.profile]
    if operation.endpoint:
        words += ["--endpoint-url", operation.endpoint]
    return words
