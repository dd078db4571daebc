"""Times as people type them: ``10m``, ``2h30m``, ``14:05``, ``yesterday``, ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN: Final = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+")
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,3}))?)?(z?)")
EXAMPLES: Final = "10m, 2h30m, 14:05, yesterday 14:05, 2025-06-01, 2025-06-01T12:00Z"


class MomentError(ValueError):
    """What was typed is no time; its text says what would be."""


def span(text: str) -> float:
    """Seconds of a span such as ``2h30m``."""
    wanted = text.strip().lower().replace(" ", "")
    if not _SPAN.fullmatch(wanted):
        raise MomentError(f"{text!r} is no span of time; try 10m, 2h30m or 1d")
    return sum(float(number) * UNITS[unit] for number, unit in _PART.findall(wanted))


def moment(text: str, now: float, *, utc: bool = False) -> float:
    """The epoch seconds of what was typed; a span is that long ago, a clock time the last such moment.

    Without a zone it is local time, or UTC when that is what is shown.
    """
    wanted = text.strip().lower()
    if wanted in ("", "now"):
        return now
    if _SPAN.fullmatch(wanted.removesuffix(" ago").replace(" ", "")):
        return now - span(wanted.removesuffix(" ago"))
    day, clock = wanted, ""
    for word in ("yesterday", "today"):
        if wanted.startswith(word):
            day, clock = word, wanted.removeprefix(word).strip()
            return _on(day, clock, text, now, utc=utc)
    if found := _CLOCK.fullmatch(wanted):
        zone = dt.UTC if found[5] or utc else None
        at = _at_clock(dt.datetime.fromtimestamp(now, dt.UTC).astimezone(zone), found)
        return at.timestamp() if at.timestamp() <= now else (at - dt.timedelta(days=1)).timestamp()
    return _iso(text, utc=utc)


def _on(day: str, clock: str, text: str, now: float, *, utc: bool) -> float:
    at = dt.datetime.fromtimestamp(now, dt.UTC).astimezone(dt.UTC if utc else None)
    if day == "yesterday":
        at -= dt.timedelta(days=1)
    found = _CLOCK.fullmatch(clock or "0:00")
    if found is None:
        raise MomentError(f"{text!r} is no time; try {EXAMPLES}")
    return _at_clock(at, found).timestamp()


def _at_clock(day: dt.datetime, found: re.Match[str]) -> dt.datetime:
    thousandths = int((found[4] or "0").ljust(3, "0"))
    return day.replace(
        hour=int(found[1]), minute=int(found[2]), second=int(found[3] or 0),
        microsecond=thousandths * 1000,
    )  # fmt: skip


def _iso(text: str, *, utc: bool) -> float:
    try:
        at = dt.datetime.fromisoformat(text.strip().upper().replace(" ", "T"))
    except ValueError:
        raise MomentError(f"{text!r} is no time; try {EXAMPLES}") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=dt.UTC) if utc else at.astimezone()
    return at.timestamp()


def shown(at: float, *, utc: bool = False, day: bool = False) -> str:
    """A moment in milliseconds as the pane shows it: ``14:32:05.120``, with its day when asked."""
    return f"{_second(int(at) // 1000, utc, day)}.{int(at) % 1000:03d}"


@lru_cache(maxsize=8192)
def _second(at: int, utc: bool, day: bool) -> str:
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    if not utc:
        moment = moment.astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S}" if day else f"{moment:%H:%M:%S}"


def stretch(start: float, end: float, *, utc: bool = False) -> str:
    """A stretch of time in milliseconds, with the day where it is not all on one: ``14:32:05–14:40:00``."""
    days = [shown(at, utc=utc, day=True)[:10] for at in (start, end)]
    day = days[0] != days[1]
    length = 19 if day else 8
    return "–".join(shown(at, utc=utc, day=day)[:length] for at in (start, end))


def iso(at: float) -> str:
    """Milliseconds as ISO 8601 in UTC."""
    return f"{dt.datetime.fromtimestamp(at / 1000, dt.UTC):%Y-%m-%dT%H:%M:%S}.{int(at) % 1000:03d}Z"


def brief(seconds: float) -> str:
    """A span in one unit, as a chip says it: ``12 s``, ``3 m``, ``2 h``."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size * 1.5 or (unit != "m" and seconds >= size):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
