"""What is typed to choose messages: a regex, a JMESPath expression after ``?``, age, receives and size.

``age>1d receives>=5 ?total > `100```: the bounds first, then one expression or one regex. All must hold.
"""

from __future__ import annotations

import operator
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from awstui.plugin import Row

from ..message import Shown, attributes, shown, whole
from ..message_text import search_text

_BOUND = re.compile(r"(age|expires|receives|size)(>=|<=|>|<|=)(\d+(?:\.\d+)?)([a-z]*)")
_UNITS: Mapping[str, Mapping[str, float]] = {
    "age": {"s": 1, "m": 60, "h": 3600, "d": 86400},
    "expires": {"s": 1, "m": 60, "h": 3600, "d": 86400},
    "size": {"b": 1, "": 1, "k": 1024, "kb": 1024, "m": 1024**2, "mb": 1024**2},
    "receives": {"": 1},
}
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "=": operator.eq,
}  # fmt: skip


class WantedError(ValueError):
    """What was typed cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on a number of a message."""

    name: str
    sign: str
    value: float

    def holds(self, held: Shown, now: float) -> bool:
        """Whether a message keeps it; one of which the number is not known does not."""
        number = _number(self.name, held, now)
        return number is not None and _SIGNS[self.sign](number, self.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, read."""

    text: str = ""
    bounds: tuple[Bound, ...] = ()
    expression: Any = None
    regex: re.Pattern[str] | None = None

    def __bool__(self) -> bool:
        return bool(self.bounds) or self.expression is not None or self.regex is not None

    @property
    def reads_bodies(self) -> bool:
        """Whether a body has to be whole for it: bounds are about what is beside it."""
        return self.expression is not None or self.regex is not None

    def matches(self, message: Row, now: float = 0.0, *, retention: int = 0) -> bool:
        """Whether a message as the API gives it is chosen; ``retention`` says when it expires."""
        return self.chooses(shown(message, retention=retention), now)

    def chooses(self, held: Shown, now: float = 0.0, text: str = "") -> bool:
        """Whether an opened message is chosen; ``text`` is what a regex looks through, if it is known."""
        at = now or time.time()
        if not all(bound.holds(held, at) for bound in self.bounds):
            return False
        if self.regex is not None and not self.regex.search(text or search_text(held)):
            return False
        return self.expression is None or _truth(searched(self.expression, document(held, at)))


def wanted(text: str) -> Wanted:
    """Read what was typed; raises :class:`WantedError` with a sentence."""
    rest, bounds = text.strip(), []
    while found := _BOUND.match(rest):
        after = rest[found.end() :]
        if after and not after[0].isspace():
            break
        bounds.append(_bound(found))
        rest = after.strip()
    if rest.startswith("?"):
        return Wanted(text, tuple(bounds), compiled(rest[1:]))
    return Wanted(text, tuple(bounds), regex=_regex(rest) if rest else None)


def compiled(expression: str) -> Any:
    """A JMESPath expression, compiled; raises :class:`WantedError` when it is none."""
    if not expression.strip():
        return None
    try:
        return jmespath.compile(expression.strip())
    except JMESPathError as error:
        raise WantedError(f"not JMESPath: {str(error).splitlines()[0]}") from None


def searched(expression: Any, data: Any) -> Any:
    """What an expression finds; nothing where it does not fit the data, such as a wrong type."""
    try:
        return expression.search(data)
    except JMESPathError:
        return None


def document(held: Shown, now: float = 0.0) -> Row:
    """A message as expressions see it: ``body``, ``attributes``, ``system``, and the body's own fields."""
    value = held.body.value
    system = {
        name: whole(text) if str(text).isdigit() else text
        for name, text in (held.raw.get("Attributes") or {}).items()
    }
    own = value if isinstance(value, Mapping) else {}
    return {
        **own,
        "id": held.ident,
        "body": value,
        "attributes": {name: _typed(kind, text) for name, kind, text in attributes(held.raw)},
        "system": system,
        "receives": system.get("ApproximateReceiveCount"),
        "age": max(0.0, (now or time.time()) - held.sent) if held.sent else None,
        "size": held.size,
        "error": held.error,
        "source": held.source,
    }


def _typed(kind: str, text: str) -> Any:
    if kind.split(".", 1)[0] != "Number":
        return text
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _number(name: str, held: Shown, now: float) -> float | None:
    match name:
        case "age":
            return now - held.sent if held.sent else None
        case "expires":
            return held.expires - now if held.expires else None
        case "size":
            return held.size
        case _:
            return whole((held.raw.get("Attributes") or {}).get("ApproximateReceiveCount"))


def _bound(found: re.Match[str]) -> Bound:
    name, sign, digits, unit = found.groups()
    units = _UNITS[name]
    if unit not in units:
        known = ", ".join(one for one in units if one) or "no unit"
        raise WantedError(f"{name} takes {known}, not {unit or 'no unit'}")
    return Bound(name, sign, float(digits) * units[unit])


def _regex(pattern: str) -> re.Pattern[str]:
    folds = re.sub(r"\\.", "", pattern) == re.sub(r"\\.", "", pattern).lower()
    try:
        return re.compile(pattern, re.MULTILINE | (re.IGNORECASE if folds else 0))
    except (re.error, OverflowError, RecursionError) as error:
        raise WantedError(f"not a regex: {error}") from None


def _truth(found: Any) -> bool:
    """Truth as JMESPath has it: zero is something that was found."""
    return found is not None and found is not False and found not in ("", [], {})
