"""How the value of a cell is shown and sorted, by the kind of its column."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from rich.cells import cell_len, set_cell_size

from awstui.text import safe
from awstui.wire import Cell

NOTHING: Final = "–"
"""What stands where there is no value."""

RIGHT: Final = frozenset({"number", "bytes", "age", "duration"})
"""The kinds whose digits line up at the right edge."""

WORDLESS: Final = RIGHT | {"time", "spark"}
"""The kinds that say nothing in words, so that a tone needs its glyph in the cell."""

_BARS: Final = "▁▂▃▄▅▆▇█"
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400

SortKey: TypeAlias = str | float | tuple[float, str]


def number(value: float) -> str:
    """A number with its digits grouped by three: ``1,204``, ``0.25``."""
    if isinstance(value, int):
        return f"{value:,}"
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value):
        return f"{int(value):,}"
    places = 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 4
    return f"{value:,.{places}f}".rstrip("0").rstrip(".")


def size(value: float) -> str:
    """A count of bytes in binary units: ``1.2 MiB``."""
    if not math.isfinite(value):
        return number(value)
    left, sign = abs(value), "-" if value < 0 else ""
    for unit in _UNITS:
        places = 1 if left < 10 and unit != "B" else 0
        left_over = round(left, places)
        if left_over < 1024 or unit == _UNITS[-1]:
            shown = f"{left_over:,.{places}f}".removesuffix(".0")
            return f"{sign}{shown} {unit}"
        left /= 1024
    return f"{sign}{left:,.0f}"


def age(since: float, now: float) -> str:
    """How long ago a moment was, in its largest unit; ``in 3 h`` when it is still to come."""
    passed = now - since
    if not math.isfinite(passed):
        return NOTHING
    return f"in {_span(-passed)}" if passed <= -1 else _span(max(0.0, passed))


def _span(seconds: float) -> str:
    """A length of time in one unit; hours up to two days, because nights are counted in hours."""
    if seconds < _MINUTE:
        return f"{int(seconds)} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} m"
    if seconds < 2 * _DAY:
        return f"{int(seconds // _HOUR)} h"
    if seconds < 2 * _YEAR:
        return f"{int(seconds // _DAY):,} d"
    return f"{int(seconds // _YEAR):,} y"


def duration(seconds: float) -> str:
    """A length of time in its two largest units: ``350 ms``, ``3 m 20 s``, ``2 d 4 h``."""
    if not math.isfinite(seconds):
        return number(seconds)
    sign, left = ("-", -seconds) if seconds < 0 else ("", seconds)
    if 0 < left < 1:
        return f"{sign}{max(1, round(left * 1000))} ms"
    if left < 10 and left != int(left):
        return f"{sign}{left:.1f} s"
    whole = round(left)
    for unit, name, part, part_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "m"),
        (_MINUTE, "m", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // part
            return f"{sign}{whole // unit:,} {name}" + (f" {rest} {part_name}" if rest else "")
    return f"{sign}{whole} s"


def moment(at: float, now: float) -> str:
    """The local time of a moment: the clock when it was today, else the date with the minute."""
    try:
        when = dt.datetime.fromtimestamp(at).astimezone()
        today = dt.datetime.fromtimestamp(now).astimezone()
    except (OverflowError, OSError, ValueError):
        return NOTHING
    if when.date() == today.date():
        return f"{when:%H:%M:%S}"
    return f"{when:%m-%d %H:%M}" if when.year == today.year else f"{when:%Y-%m-%d}"


def spark(values: Sequence[float], *, width: int = 24) -> str:
    """The last values as bars from zero to the largest; a gap where there is no value."""
    seen = values[-width:]
    top = max((v for v in seen if _is_finite(v)), default=0.0)
    last = len(_BARS) - 1
    return "".join(
        (_BARS[min(last, math.ceil(max(0.0, v) / top * last))] if top > 0 else _BARS[0])
        if _is_finite(v)
        else " "
        for v in seen
    )


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _plain(value: float, _now: float) -> str:
    """A number in a column of words: an account or a port, whose digits are not grouped."""
    return str(value) if isinstance(value, int) else number(value)


_NUMERIC: Final[Mapping[str, Callable[[float, float], str]]] = {
    "number": lambda value, _now: number(value),
    "bytes": lambda value, _now: size(value),
    "duration": lambda value, _now: duration(value),
    "age": age,
    "time": moment,
}


def show(cell: Cell, kind: str = "text", now: float = 0.0) -> str:
    """The text of a cell, safe for the screen; ``now`` in epoch seconds for what is relative to it."""
    if type(cell) is str:
        return safe(cell) or NOTHING
    if cell is None:
        return NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return _NUMERIC.get(kind, _plain)(cell, now)
    if isinstance(cell, list | tuple):
        shown = spark(cell) if kind == "spark" else safe(", ".join(map(str, cell)))
        return shown or NOTHING
    return safe(cell)


def is_right(kind: str) -> bool:
    """Whether the cells of a kind stand at the right edge of their column."""
    return kind in RIGHT


def sort_key(cell: Cell, kind: str = "text") -> SortKey | None:
    """What a cell is sorted by; None, which goes last either way, when there is nothing to compare."""
    if type(cell) is str:
        return cell.lower() if cell else None
    if cell is None or isinstance(cell, str):
        return None
    if isinstance(cell, list | tuple):
        return float(sum(v for v in cell if _is_finite(v))) if cell else None
    if cell != cell:  # noqa: PLR0124  only NaN differs from itself
        return None
    return -cell if kind == "age" else cell


def comparable(key: object) -> tuple[int, float, str]:
    """A sort key that can stand beside keys of other types: numbers before text, nothing last."""
    if key is None:
        return (2, 0.0, "")
    if isinstance(key, int | float):
        return (0, float("inf") if key != key else float(key), "")  # noqa: PLR0124
    return (1, 0.0, str(key))


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Text in exactly so many cells: padded, or cut with ``…`` at its end."""
    if width <= 0:
        return ""
    if text.isascii():
        if len(text) > width:
            return text[: width - 1] + "…"
        return text.rjust(width) if right else text.ljust(width)
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    pad = " " * (width - length)
    return pad + text if right else text + pad


def cut_middle(text: str, width: int) -> str:
    """Text cut in its middle to at most so many cells, so that both ends of an id stay readable."""
    if text.isascii() and len(text) <= width:
        return text
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[: max(0, width)]
    head = (width - 1 + 1) // 2
    return _head(text, head) + "…" + _head(text[::-1], width - 1 - head)[::-1]


def _head(text: str, width: int) -> str:
    """As much of the beginning of a text as fits."""
    if text.isascii():
        return text[:width]
    taken = 0
    for index, character in enumerate(text):
        taken += cell_len(character)
        if taken > width:
            return text[:index]
    return text
