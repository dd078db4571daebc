"""A million lines in the tail's store, or in a plain list: memory, intake and filters, as JSON."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from awstui.filtering import parse
from plugins.logs.store import Store
from plugins.logs.tail_filter import needle
from tests.bench.subjects.busy_logs import line

PATTERNS = ("9e3779b1", 'took_ms": 7[0-9]{2}', "!INFO")


def resident() -> float:
    """MiB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / (1 << 20)


def in_store(count: int) -> dict[str, float]:
    """The tail's own store."""
    store, before, spent, worst = Store(), resident(), 0.0, 0.0
    for at in range(0, count, 2000):
        lines = [
            [at + n, at + n, at + n, 0, 0, 2, "s", line(at + n)]
            for n in range(min(2000, count - at))
        ]
        last = time.perf_counter()
        for _ in store.adding(lines):
            now = time.perf_counter()
            spent, worst, last = spent + now - last, max(worst, now - last), now
    figures = {"memory": resident() - before, "intake": count / spent, "hitch": worst * 1000}
    first, every, slices = [], [], []
    for pattern in PATTERNS:
        store.filter(parse(pattern).matches, needle=needle(pattern))
        began = last = time.perf_counter()
        more, seen = True, 0.0
        while more:
            more = store.scan(0.004)
            now = time.perf_counter()
            slices.append(now - last)
            last = now
            if not seen and store.rows >= 40:
                seen = now - began
        first.append((seen or last - began) * 1000)
        every.append((last - began) * 1000)
    figures |= {"first": min(first), "all": max(every), "slice": max(slices) * 1000}
    return figures | keys_in_store(store, count)


def keys_in_store(store: Store, count: int) -> dict[str, float]:
    """What a key may be kept waiting for, at the longest, in milliseconds."""
    end, searched = store.last, list[float]()
    store.filter(parse("no line is like this").matches, hides=False)
    while store.scan(1.0):
        pass
    for search in (
        store.next_of_level(end, -1, level=0),
        store.next_after_pause(end, -1, 10**12),
        store.next_with(end, -1, "no line is like this"),
        store.next_hit(end, -1),
    ):
        last = time.perf_counter()
        for found in search:
            assert found is None
            searched.append(time.perf_counter() - last)
            last = time.perf_counter()
    store.filter(parse(PATTERNS[1]).matches, context=5)
    while store.scan(1.0):
        pass
    late, context = list[float](), list[float]()
    for number in range(20):
        for at, times in ((count + number, context), (count * number // 20, late)):
            began = time.perf_counter()
            store.add([[at, at, count + number, 0, 0, 2, "s", line(number)]])
            assert store.rows
            times.append(time.perf_counter() - began)
    began = time.perf_counter()
    store.counts(range(0, count + 1, max(1, count // 60)))
    bars = time.perf_counter() - began
    worst = {"search": max(searched), "context": max(context), "late": max(late), "bars": bars}
    return {name: seconds * 1000 for name, seconds in worst.items()}


def in_list(count: int) -> dict[str, float]:
    """The floor: strings in a list, and one regex over each."""
    before = resident()
    began = time.perf_counter()
    held = [line(number) for number in range(count)]
    spent, every = time.perf_counter() - began, []
    memory = resident() - before
    for pattern in PATTERNS:
        search, inverse = re.compile(pattern.removeprefix("!")).search, pattern.startswith("!")
        began = time.perf_counter()
        [n for n, text in enumerate(held) if (search(text) is None) == inverse]
        every.append((time.perf_counter() - began) * 1000)
    return {"memory": memory, "intake": count / spent, "first": max(every), "all": max(every)}


if __name__ == "__main__":
    run = in_store if sys.argv[1] == "store" else in_list
    print(json.dumps(run(int(sys.argv[2]))))
