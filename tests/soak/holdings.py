"""What a process holds at one moment, and whether that grows."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean

from rich.segment import Segment


@dataclass(frozen=True, slots=True)
class Holdings:
    """One look at this process, after a collection."""

    at: float
    memory: float
    """Resident megabytes."""

    descriptors: int
    threads: int
    tasks: int
    objects: int

    @classmethod
    def now(cls) -> Holdings:
        """Look."""
        # Rich keeps the last 16,384 cuts of segments: bounded, but longer in filling than any soak.
        Segment._split_cells.cache_clear()
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            at=time.monotonic(),
            memory=pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
            descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            threads=threading.active_count(),
            tasks=len(asyncio.all_tasks()),
            objects=len(gc.get_objects()),
        )


def grown(looks: list[Holdings], name: str) -> float:
    """By how much the mean of the last third is above that of the first."""
    values = [float(getattr(look, name)) for look in looks]
    third = max(1, len(values) // 3)
    return fmean(values[-third:]) - fmean(values[:third])


def table(looks: list[Holdings]) -> str:
    """First, last, least, most and growth of everything that is watched."""
    lines = [f"{'':12}{'first':>10}{'last':>10}{'least':>10}{'most':>10}{'grown':>10}"]
    for name in [field.name for field in fields(Holdings) if field.name != "at"]:
        values = [float(getattr(look, name)) for look in looks]
        cells = (values[0], values[-1], min(values), max(values), grown(looks, name))
        lines.append(f"{name:12}" + "".join(f"{value:10.1f}" for value in cells))
    return "\n".join(lines)
