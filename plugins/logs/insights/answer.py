"""What Insights answers: rows of fields, which columns they make, what was scanned, series over time."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from awstui.places import TITLES
from awstui.plugin import Row

POINTER: Final = "@ptr"
"""The field that leads back to the line; it is never shown."""

_BIN: Final = re.compile(r"bin\s*\(\s*(\d+)?\s*(ms|s|m|h|d|w)\s*\)", re.IGNORECASE)
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?")
_SECONDS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
SERIES: Final = 12
"""Lines of a chart at most; the largest are kept."""

BINS: Final = 2000


def row_of(fields: Iterable[Row]) -> Row:
    """One result as a row: from field to value."""
    return {str(one["field"]): one.get("value") for one in fields}


def columns(rows: Iterable[Row]) -> list[str]:
    """The fields in the order in which they are met, the pointer left out."""
    return [name for name in dict.fromkeys(n for row in rows for n in row) if name != POINTER]


def evened(rows: Sequence[Row]) -> list[Row]:
    """The rows, each with every column: what a row has no value for is None."""
    names = columns(rows)
    return [{name: row.get(name) for name in names} for row in rows]


def number(value: Any) -> float | None:
    """A value as a number, where it is one."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def kinds(rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """What each column holds: ``number`` where every value is one, else ``text``, as an account is."""
    return [
        "number"
        if name not in TITLES
        and (held := [row[name] for row in rows if row.get(name) not in (None, "")])
        and all(number(value) is not None for value in held)
        else "text"
        for name in names
    ]


def seconds(stamp: Any) -> float | None:
    """The epoch seconds of a moment as Insights writes it, in UTC."""
    if not isinstance(stamp, str) or not _STAMP.fullmatch(stamp):
        return None
    return dt.datetime.fromisoformat(stamp).replace(tzinfo=dt.UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: its name and a value for each bin, NaN where there is none."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over the same bins."""

    start: float = 0.0
    step: float = 0.0
    series: tuple[Series, ...] = ()
    left_out: int = 0
    """Series there was no room for."""

    def __bool__(self) -> bool:
        return bool(self.series)


@dataclass(slots=True)
class _Axis:
    name: str
    step: float
    at: dict[str, float] = field(default_factory=dict)


def chart(rows: Sequence[Row], query: str) -> Chart:
    """The chart of a ``stats … by bin``; an empty one when the rows are none."""
    names = columns(rows)
    axis = _axis(rows, names, query)
    if axis is None:
        return Chart()
    rest = [name for name in names if name != axis.name]
    grouped = grouped_by(query)
    numeric = [
        name
        for name, kind in zip(rest, kinds(rows, rest), strict=True)
        if kind == "number" and name not in grouped
    ]
    labels = [name for name in rest if name not in numeric]
    start, end = min(axis.at.values()), max(axis.at.values())
    count = round((end - start) / axis.step) + 1
    if not numeric or count > BINS:
        return Chart()
    held: dict[str, list[float]] = {}
    for row in rows:
        place = round((axis.at[str(row[axis.name])] - start) / axis.step)
        label = " ".join(str(row.get(name) or "–") for name in labels)
        for name in numeric:
            title = f"{label} {name}" if label and len(numeric) > 1 else label or name
            values = held.setdefault(title, [math.nan] * count)
            found = number(row.get(name))
            values[place] = math.nan if found is None else found
    made = [Series(title, tuple(values)) for title, values in held.items()]
    made.sort(key=lambda one: -sum(v for v in one.values if v == v))  # noqa: PLR0124  NaN is left out
    return Chart(start, axis.step, tuple(made[:SERIES]), max(0, len(made) - SERIES))


def grouped_by(query: str) -> list[str]:
    """The columns that the last ``stats`` groups by: a status of 200 there is a name, not a figure."""
    stats = re.findall(r"\bstats\b[^|]*?\bby\b([^|]*)", query, re.IGNORECASE)
    if not stats:
        return []
    parts = re.split(r",(?![^(]*\))", stats[-1])
    return [re.split(r"\bas\b", part, flags=re.IGNORECASE)[-1].strip(" `\n\t") for part in parts]


def _axis(rows: Sequence[Row], names: Sequence[str], query: str) -> _Axis | None:
    """The column of the bins: the only one whose values are all moments, in a query that bins."""
    binned = _BIN.search(query)
    if binned is None or not rows:
        return None
    for name in names:
        if name.startswith("@"):
            continue
        at = {str(row[name]): moment for row in rows if (moment := seconds(row.get(name)))}
        if at and all(str(row.get(name)) in at for row in rows):
            return _Axis(name, int(binned[1] or 1) * _SECONDS[binned[2].lower()], at)
    return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result comes from: a group (by name or ARN), a stream, a moment in milliseconds."""

    group: str
    stream: str
    at: int


def place(row: Row, groups: Sequence[str]) -> Place | None:
    """Where the line of a result is, as far as its own fields say."""
    moment, stream = seconds(row.get("@timestamp")), row.get("@logStream")
    group = group_named(str(row.get("@log") or ""), groups)
    if moment is None or not stream or not group:
        return None
    return Place(group, str(stream), round(moment * 1000))


def group_named(log: str, groups: Sequence[str]) -> str:
    """The group of an ``@log``, which is account and name; the only group when that is not asked for."""
    account, _, name = log.rpartition(":")
    for group in groups:
        plain = group.removesuffix(":*").partition(":log-group:")[2] or group
        if plain == name and (not group.startswith("arn:") or f":{account}:" in group):
            return group
    return name or (groups[0] if len(groups) == 1 else "")
