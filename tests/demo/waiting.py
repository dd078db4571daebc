"""Waiting for something that the server does by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from tests.patience import PATIENCE

Value = TypeVar("Value")


def until(look: Callable[[], Value], seconds: float = PATIENCE) -> Value:
    """Look until what is seen is true, and return it; fails when it never is."""
    over = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < over, f"not within {seconds} s, last seen: {seen!r}"
        time.sleep(0.02)
    return seen
