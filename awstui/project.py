"""From a resource and a raw row to what is shown: key, cells, tones and order.

Pure, and the same for the console and the command line. Expressions are compiled once per resource; a
column that fails leaves its cell empty and says so in the row's trouble, and never ends a listing.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import jmespath

from awstui.plugin import Resource, Row, Value
from awstui.wire import Cell, PackedRow, as_json_line, pack

Reader: TypeAlias = Callable[[Row], Any]
"""A column's, link's or argument's value as a function of the row."""

_MILLISECONDS = 1e11
"""Above it a number of seconds would lie past the year 5000: it counts milliseconds."""


class Projector:
    """Makes rows of one resource showable."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self._columns = tuple(
            (
                column.title,
                reader(column.value) if column.value else _field(column.title),
                _converter(column.kind),
                column.tone,
            )
            for column in resource.columns
        )
        self._key = _key_of(resource.key)
        self._arn = reader(resource.arn) if resource.arn else None
        self._given = {name: reader(path) for name, path in resource.given.items()}

    def key(self, row: Row) -> str:
        """What tells the row apart from the others of its account and region."""
        return self._key(row)

    def arn(self, row: Row) -> str:
        """The row's ARN; empty when its resource declares none."""
        return str(self._arn(row) or "") if self._arn is not None else ""

    def called(self, row: Row) -> str:
        """What a person calls the row."""
        _, read, convert, _ = self._columns[0]
        try:
            first = convert(read(row))
        except Exception:  # noqa: BLE001  a plugin's function: packing the row tells of it
            first = None
        return called(self.key(row), first)

    def pack(self, row: Row, *, trouble: str = "") -> PackedRow:
        """The row as it crosses to the interface; ``trouble`` says what of it could not be read."""
        cells: list[Cell] = []
        tones: list[str] = []
        failed: list[str] = []
        for title, read, convert, tone in self._columns:
            try:
                cell = convert(read(row))
                cells.append(cell)
                tones.append(_tone(tone, row, cell))
            except Exception as error:  # noqa: BLE001  a plugin's function: shown as the row's trouble
                failed.append(f"{title}: {type(error).__name__}: {error}")
                cells[len(tones) :] = [None]
                tones.append("")
        order, arn = self._placed(row, failed)
        said = "; ".join(filter(None, (trouble, *failed)))
        return PackedRow(
            self.key(row), tuple(cells), tuple(tones), pack(row), order, arn, said
        )  # fmt: skip

    def _placed(self, row: Row, failed: list[str]) -> tuple[tuple[Cell, ...], str]:
        """The row's place in the operator's order, and its ARN."""
        order: tuple[Cell, ...] = ()
        arn = ""
        try:
            if self.resource.order is not None:
                order = tuple(_plain(part) for part in self.resource.order(row))
            arn = self.arn(row)
        except Exception as error:  # noqa: BLE001  a plugin's function: shown as the row's trouble
            failed.append(f"order or ARN: {type(error).__name__}: {error}")
        return order, arn

    def arguments_under(self, parent: Row) -> dict[str, Any]:
        """The arguments that list this resource's rows under a parent, or at the top."""
        given = {name: read(parent) for name, read in self._given.items()}
        return {**self.resource.arguments, **_present(given)}

    def describe_arguments(self, row: Row) -> dict[str, Any]:
        """The arguments that describe a row, where ``describe`` names an operation."""
        describe = self.resource.describe
        return arguments_of(describe[1], row) if isinstance(describe, tuple) else {}


def called(key: str, first: Cell) -> str:
    """What a person calls a row of a key: what its first column says, or the last part of an ARN."""
    return first if isinstance(first, str) and first else short(key)


def short(target: str) -> str:
    """The last part of an ARN; all of what is none."""
    return target.rsplit(":", 1)[-1] if target.startswith("arn:") else target


def reader(value: Value) -> Reader:
    """The function of a row that a declared value stands for."""
    return value if callable(value) else _compiled(value)


def values_of(value: Value, row: Row) -> list[str]:
    """The keys or ARNs that a link's ``where`` names; none hides the link."""
    found = reader(value)(row) if value else None
    if found is None or found == "":
        return []
    several = found if isinstance(found, list | tuple | set | frozenset) else [found]
    return [str(one) for one in several if one is not None]


def arguments_of(paths: Mapping[str, str], row: Row) -> dict[str, Any]:
    """Arguments of a call taken from a row; what the row has not is left out."""
    return _present({name: reader(path)(row) for name, path in paths.items()})


def to_seconds(value: Any) -> float | None:
    """A moment as epoch seconds, from a datetime, ISO text, seconds or milliseconds."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return aware.timestamp()
    try:
        number = float(value)
    except (TypeError, ValueError):
        return to_seconds(dt.datetime.fromisoformat(str(value)))
    return number / 1000 if abs(number) >= _MILLISECONDS else number


def _present(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


@functools.cache
def _compiled(path: str) -> Reader:
    """An expression as a function; a path of plain fields, which most are, needs no interpreter."""
    first, *others = path.split(".")
    if first.isidentifier() and not others:
        return _field(first)
    if all(name.isidentifier() for name in (first, *others)):
        return functools.partial(_walk, (first, *others))
    try:
        search: Reader = jmespath.compile(path).search
    except jmespath.exceptions.JMESPathError as error:
        return functools.partial(_unreadable, f"{path!r}: {error}".splitlines()[0])
    return search


def _unreadable(why: str, row: Row) -> Any:
    """An expression that is none fails where it is used, so that the other columns are shown."""
    raise ValueError(why)


def _field(name: str) -> Reader:
    return lambda row: row.get(name) if isinstance(row, dict) else None


def _walk(names: tuple[str, ...], row: Row) -> Any:
    held: Any = row
    for name in names:
        if not isinstance(held, dict):
            return None
        held = held.get(name)
    return held


def _key_of(key: str | tuple[str, ...] | Callable[[Row], str]) -> Callable[[Row], str]:
    if callable(key):
        return key
    if isinstance(key, str):
        return lambda row: _said(key, row)
    readers = [_compiled(part) for part in key]
    return lambda row: " ".join(str(read(row)) for read in readers if read(row) is not None)


def _said(field: str, row: Row) -> str:
    """A single key field; rows without one would all be the same row."""
    value = _compiled(field)(row)
    if value is None:
        raise LookupError(f"a row has no {field!r}, which is its key")
    return str(value)


def _tone(
    tone: Mapping[str, Any] | Callable[[Row], Any] | None, row: Row, cell: Cell
) -> str:  # fmt: skip
    if tone is None:
        return ""
    return str(tone(row) or "") if callable(tone) else str(tone.get(str(cell), ""))


def _converter(kind: str) -> Callable[[Any], Cell]:
    return {
        "number": _number,
        "bytes": _number,
        "duration": _number,
        "age": to_seconds,
        "time": to_seconds,
        "spark": _spark,
    }.get(kind, _plain)


def _number(value: Any) -> Cell:
    """A count; APIs give many as text."""
    if value is None or value == "" or isinstance(value, bool):
        return None if value == "" else value
    if isinstance(value, int | float):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number


def _spark(value: Any) -> Cell:
    return None if value is None else [float(one) for one in value]


def _plain(value: Any) -> Cell:
    """What any value looks like in one cell."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(str(one) for one in value)
    return as_json_line(value) if isinstance(value, dict | list | tuple) else str(value)
