"""What libraries do while they are imported, and what can wait until the first rows are there."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
