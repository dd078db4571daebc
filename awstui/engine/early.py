"""What libraries do while they are imported, and what can wait until the first rows are there."""

from __future__ import annotations

import gc
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LATER = 3.0
"""Seconds until what was put off is made up for."""


@contextmanager
def certificates_later(seconds: float = LATER) -> Iterator[None]:
    """Let the TLS contexts that are made meanwhile read the system's certificates some seconds later.

    aiohttp makes one as it is imported, which takes 50 ms and which botocore's own stands in for. Until
    it has its certificates it trusts nobody.
    """
    waiting: list[tuple[ssl.SSLContext, ssl.Purpose]] = []

    def note(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        waiting.append((context, purpose))

    def read() -> None:
        for context, purpose in waiting:
            context.load_default_certs(purpose)

    stock = ssl.SSLContext.load_default_certs
    ssl.SSLContext.load_default_certs = note  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        ssl.SSLContext.load_default_certs = stock  # type: ignore[method-assign]
        timer = threading.Timer(seconds, read)
        timer.daemon = True
        timer.start()


@contextmanager
def uncollected() -> Iterator[None]:
    """Import without the collector, which takes half of the time, and let it look more rarely after that.

    A page of log events makes ten thousand dictionaries that it would walk again and again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.set_threshold(50_000, 20, 100)


WITHOUT_RUNTIME = "BOTO_DISABLE_CRT"
"""What tells botocore, while it is imported, to leave out AWS's common runtime."""


@contextmanager
def runtime_where_needed() -> Iterator[None]:
    """Have botocore imported without AWS's common runtime where no profile is a session of ``aws login``.

    It takes a fifth of a second to load, and only those are signed with it.
    """
    if WITHOUT_RUNTIME in os.environ or _has_console_sessions():
        yield
        return
    os.environ[WITHOUT_RUNTIME] = "true"
    try:
        yield
    finally:
        del os.environ[WITHOUT_RUNTIME]  # programs that we start decide for themselves


def _has_console_sessions() -> bool:
    file = Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    try:
        return b"login_session" in file.read_bytes()
    except OSError:
        return False
