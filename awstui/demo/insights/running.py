"""Runs a query over log events: the fields that are found in a line, filters, sorts, counts."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from awstui.demo.insights.parsing import AGGREGATES, Command, Expression

LIMIT = 10_000
"""Rows of an answer, when the query does not say."""

Fields = dict[str, Any]

_REPORT = re.compile(
    r"^REPORT RequestId: (?P<requestId>[\w-]+)\s+Duration: (?P<duration>[\d.]+) ms\s+"
    r"Billed Duration: (?P<billedDuration>[\d.]+) ms\s+Memory Size: (?P<memorySize>\d+) MB\s+"
    r"Max Memory Used: (?P<maxMemoryUsed>\d+) MB(?:\s+Init Duration: (?P<initDuration>[\d.]+) ms)?"
)
_MARK = re.compile(r"^(START|END) RequestId: ([\w-]+)")


def stamp(seconds: float) -> str:
    """A moment as Insights writes it."""
    at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def discovered(event: Fields) -> Fields:
    """An event's own fields and those that Insights finds in its message."""
    message = str(event["@message"])
    found = dict(event)
    if message.lstrip().startswith("{"):
        with contextlib.suppress(ValueError):  # it only begins like JSON
            _flatten(json.loads(message), "", found)
    elif report := _REPORT.match(message):
        found["@type"] = "REPORT"
        for name, value in report.groupdict().items():
            if value is not None:
                scale = 1_000_000 if name in ("memorySize", "maxMemoryUsed") else 1
                found[f"@{name}"] = value if name == "requestId" else float(value) * scale
    elif mark := _MARK.match(message):
        found |= {"@type": mark[1], "@requestId": mark[2]}
    return found


def _flatten(value: Any, path: str, into: Fields) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _flatten(inner, f"{path}.{name}" if path else str(name), into)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _flatten(inner, f"{path}.{number}", into)
    elif path and value is not None:
        into[path] = value


def run(commands: Sequence[Command], events: Iterable[Fields]) -> tuple[list[Fields], int]:
    """The rows that a query gives, and how many events matched its filters."""
    rows = sorted(map(discovered, events), key=lambda row: -row["@timestamp"])
    matched, shown, limit = len(rows), ["@timestamp", "@message"], LIMIT
    counted = False
    for command in commands:
        match command.name:
            case "filter":
                rows = [row for row in rows if value(command.expressions[0], row)]
                matched = matched if counted else len(rows)
            case "fields" | "display":
                for row in rows:
                    row.update({e.name: value(e, row) for e in command.expressions})
                shown = [e.name for e in command.expressions]
            case "parse":
                _take_apart(command, rows)
            case "sort":
                _sort(command, rows)
            case "dedup":
                rows = _first_of_each(command, rows)
            case "limit":
                limit = command.number
            case "stats":
                rows, counted = _stats(command, rows), True
                shown = [e.name for e in (*command.by, *command.expressions)]
    return [_shown(row, shown, counted=counted) for row in rows[:limit]], matched


def _shown(row: Fields, names: list[str], *, counted: bool) -> Fields:
    kept = {name: row[name] for name in names if row.get(name) is not None}
    return kept if counted else kept | {"@ptr": row["@ptr"]}


def text(name: str, held: Any) -> str:
    """A value as an answer holds it."""
    if name in ("@timestamp", "@ingestionTime") or name.startswith("bin("):
        return stamp(float(held))
    if isinstance(held, bool):
        return "1" if held else "0"
    if isinstance(held, float):
        return str(int(held)) if held == int(held) else f"{held:.4f}"
    return str(held)


def _take_apart(command: Command, rows: list[Fields]) -> None:
    for row in rows:
        held = value(command.expressions[0], row)
        if command.regex is not None and held is not None:
            found = command.regex.search(str(held))
            row.update(found.groupdict() if found else {})


def _first_of_each(command: Command, rows: list[Fields]) -> list[Fields]:
    seen: dict[tuple[Any, ...], Fields] = {}
    for row in rows:
        seen.setdefault(tuple(value(e, row) for e in command.expressions), row)
    return list(seen.values())


def _sort(command: Command, rows: list[Fields]) -> None:
    pairs = list(zip(command.expressions, command.descending, strict=True))
    for expression, descending in reversed(pairs):
        name = expression.name or str(expression.parts[0] if expression.parts else "")

        def place(
            row: Fields, expression: Expression = expression, name: str = name
        ) -> tuple[int, float, str]:
            held = row[name] if name in row else value(expression, row)
            as_number = number(held)
            if held is None:
                return (0, 0.0, "")
            return (1, 0.0, str(held)) if as_number is None else (2, as_number, "")

        rows.sort(key=place, reverse=descending)


def _stats(command: Command, rows: list[Fields]) -> list[Fields]:
    groups: dict[tuple[Any, ...], list[Fields]] = {}
    for row in rows:
        groups.setdefault(tuple(value(e, row) for e in command.by), []).append(row)
    if not command.by and not groups:
        groups[()] = []
    made = []
    for key, members in groups.items():
        row = {e.name: held for e, held in zip(command.by, key, strict=True)}
        row |= {e.name: aggregate(e, members) for e in command.expressions}
        made.append(row)
    made.sort(key=lambda row: str(next(iter(row.values()), "")), reverse=True)
    return made


# ---- values ----------------------------------------------------------------------------------------


def number(held: Any) -> float | None:
    """A value as a number, where it is one."""
    if isinstance(held, int | float):
        return float(held)
    try:
        return float(str(held)) if held is not None else None
    except ValueError:
        return None


def value(expression: Expression, row: Fields) -> Any:
    """What an expression is for one row."""
    operation, parts = expression.operation, expression.parts
    if operation in ("field", "value"):
        return row.get(parts[0]) if operation == "field" else parts[0]
    if operation in ("or", "and", "not", "like", "in"):
        return _judged(operation, parts, row)
    return _called(operation, [value(part, row) for part in parts], row)


def _judged(operation: str, parts: tuple[Any, ...], row: Fields) -> bool:
    held = value(parts[0], row)
    match operation:
        case "not":
            return not held
        case "like":
            return held is not None and parts[1].search(str(held)) is not None
        case "in":
            return any(_equal(held, value(choice, row)) for choice in parts[1])
    if bool(held) is (operation == "or"):
        return bool(held)
    return bool(value(parts[1], row))


def _called(operation: str, given: list[Any], row: Fields) -> Any:
    match operation:
        case "bin":
            return math.floor(row["@timestamp"] / given[0]) * given[0]
        case "ispresent":
            return given[0] is not None
        case "strcontains":
            return str(given[1]) in str(given[0] or "")
        case "strlen":
            return None if given[0] is None else len(str(given[0]))
        case "tolower" | "toupper":
            changed = str(given[0] or "")
            return changed.lower() if operation == "tolower" else changed.upper()
    return _compared(operation, given[0], given[1])


def _equal(left: Any, right: Any) -> bool:
    first, second = number(left), number(right)
    return first == second if first is not None and second is not None else left == right


def _compared(operation: str, left: Any, right: Any) -> Any:
    if operation in ("=", "!="):
        return left is not None and _equal(left, right) is (operation == "=")
    first, second = number(left), number(right)
    if first is None or second is None:
        return None
    done: dict[str, Callable[[], Any]] = {
        "<": lambda: first < second, "<=": lambda: first <= second,
        ">": lambda: first > second, ">=": lambda: first >= second,
        "+": lambda: first + second, "-": lambda: first - second, "*": lambda: first * second,
        "/": lambda: first / second if second else None,
        "%": lambda: first % second if second else None,
    }  # fmt: skip
    return done[operation]()


def aggregate(expression: Expression, rows: list[Fields]) -> Any:
    """What an expression is for all rows of a group."""
    operation, parts = expression.operation, expression.parts
    if operation not in AGGREGATES:
        if operation in ("+", "-", "*", "/", "%"):
            return _compared(operation, aggregate(parts[0], rows), aggregate(parts[1], rows))
        return value(expression, rows[0] if rows else {})
    held = [value(parts[0], row) for row in rows] if parts else rows
    there: list[Any] = [one for one in held if one is not None]
    if operation.startswith("count"):
        return len(there) if operation == "count" else len(set(map(str, there)))
    if not there:
        return None
    if operation in ("earliest", "latest"):
        return there[-1 if operation == "earliest" else 0]
    return _figure(operation, parts, there)


def _figure(operation: str, parts: tuple[Any, ...], there: list[Any]) -> float | None:
    numbers = sorted(n for one in there if (n := number(one)) is not None)
    if not numbers:
        return None
    if operation == "pct":
        share = float(value(parts[1], {})) / 100
        return numbers[min(len(numbers) - 1, max(0, math.ceil(share * len(numbers)) - 1))]
    sums = {"sum": sum(numbers), "min": numbers[0], "max": numbers[-1]}
    return sums.get(operation, sum(numbers) / len(numbers))
