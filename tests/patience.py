"""How long tests wait for what has to come: nothing waits for that time to pass, so it may be long."""

from __future__ import annotations

import os
import time

PATIENCE = 60.0
"""Seconds in which anything happens, on a slow machine where others want the processors, too."""

WORK, TAKES = 200_000, 0.01
"""Additions, and the seconds they take on the slowest machine that a promise of time is made for."""


def patiently(seconds: float) -> float:
    """A time as long as what takes it is promised to: longer on a machine that is slow or wanted by others."""
    began = time.monotonic()
    sum(range(WORK))
    slow = (time.monotonic() - began) / TAKES
    return seconds * max(1.0, slow, os.getloadavg()[0] / (os.cpu_count() or 1))
