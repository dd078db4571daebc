"""Filter patterns of CloudWatch Logs: words, conditions on JSON, fields between spaces."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

Test: TypeAlias = Callable[[str], bool]
Condition: TypeAlias = Callable[[Any], bool]

_TERM: Final = re.compile(
    r'(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<word>[^\s"]+))'
)
_TOKEN: Final = re.compile(
    r"""\s*(&&|\|\||[()]|!=|<=|>=|[=<>]|"(?:[^"\\]|\\.)*"|%[^%]*%|[^\s()&|=<>!"]+)"""
)
_FIELD: Final = re.compile(r"\s*([\w.]+)\s*(?:(!=|<=|>=|[=<>])\s*(.+?))?\s*$")
_PART: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\S+')
_STEP: Final = re.compile(r"\.([\w@-]+)|\[(\d+)\]")
_MISSING: Final = object()
_ORDERS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def accepts(pattern: str) -> Test:
    """Whether a message matches a pattern."""
    pattern = pattern.strip()
    if pattern.startswith("{"):
        return _on_json(pattern.strip("{} \t\n"))
    if pattern.startswith("["):
        return _on_fields(pattern.strip("[] "))
    return _on_words(pattern)


def _on_words(pattern: str) -> Test:
    every: list[Test] = []
    some: list[Test] = []
    for term in _TERM.finditer(pattern):
        test = _holds(term)
        if term["sign"] == "-":
            every.append(lambda message, test=test: not test(message))  # type: ignore[misc]
        else:
            (some if term["sign"] == "?" else every).append(test)
    if some and not every:
        return lambda message: any(test(message) for test in some)
    return lambda message: all(test(message) for test in every)


def _holds(term: re.Match[str]) -> Test:
    if term["regex"] is not None:
        search = re.compile(term["regex"]).search
        return lambda message: search(message) is not None
    wanted = term["phrase"] if term["phrase"] is not None else term["word"]
    return lambda message: wanted in message


# ---- conditions on JSON ------------------------------------------------------------------------------


def _on_json(text: str) -> Test:
    tokens = _TOKEN.findall(text)
    condition = _either(tokens)

    def test(message: str) -> bool:
        try:
            held = json.loads(message)
        except ValueError:
            return False
        return isinstance(held, dict) and condition(held)

    return test


def _either(tokens: list[str]) -> Condition:
    parts = [_both(tokens)]
    while tokens[:1] == ["||"]:
        tokens.pop(0)
        parts.append(_both(tokens))
    return lambda held: any(part(held) for part in parts)


def _both(tokens: list[str]) -> Condition:
    parts = [_one(tokens)]
    while tokens[:1] == ["&&"]:
        tokens.pop(0)
        parts.append(_one(tokens))
    return lambda held: all(part(held) for part in parts)


def _one(tokens: list[str]) -> Condition:
    first = tokens.pop(0) if tokens else "$"
    if first == "(":
        inside = _either(tokens)
        tokens[:1] = []
        return inside
    steps = [name or int(place) for name, place in _STEP.findall(first)]
    sign = tokens.pop(0).upper() if tokens else "EXISTS"
    if sign == "EXISTS":
        return lambda held: _at(held, steps) is not _MISSING
    if sign == "NOT":
        tokens[:1] = []
        return lambda held: _at(held, steps) is _MISSING
    wanted = tokens.pop(0) if tokens else ""
    if sign == "IS":
        value = {"TRUE": True, "FALSE": False}.get(wanted.upper())
        return lambda held: _at(held, steps) is value
    compare = _compared(sign, wanted)
    return lambda held: (value := _at(held, steps)) is not _MISSING and compare(value)


def _at(held: Any, steps: list[str | int]) -> Any:
    for step in steps:
        try:
            held = held[step]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return held


# ---- fields between spaces ---------------------------------------------------------------------------


def _on_fields(text: str) -> Test:
    wanted = list(_wanted(text))

    def test(message: str) -> bool:
        parts = [part.strip('"[]') for part in _PART.findall(message)]
        if None in wanted:  # dots stand for as many fields as there are
            place = wanted.index(None)
            last = len(parts) - (len(wanted) - place - 1)
            if last < place:
                return False
            pairs = [*zip(wanted[:place], parts), *zip(wanted[place + 1 :], parts[last:])]  # noqa: B905  dots
        elif len(parts) != len(wanted):
            return False
        else:
            pairs = list(zip(wanted, parts, strict=True))
        return all(condition is not None and condition(part) for condition, part in pairs)

    return test


def _wanted(text: str) -> Iterator[Condition | None]:
    """The condition on each field; None for dots."""
    for piece in text.split(","):
        found = _FIELD.match(piece)
        if piece.strip() == "...":
            yield None
        elif found is None or not found[2]:
            yield lambda _: True
        else:
            yield _compared(found[2], found[3])


def _compared(sign: str, wanted: str) -> Condition:
    """How a value compares to what was written."""
    if sign in _ORDERS:
        order = _ORDERS[sign]
        return lambda held: (n := _number(held)) is not None and order(n, _number(wanted) or 0.0)
    if wanted.startswith("%"):
        matches: Condition = lambda held: re.search(wanted.strip("%"), str(held)) is not None  # noqa: E731
    elif (figure := _number(wanted)) is not None:
        matches = lambda held: _number(held) == figure  # noqa: E731
    else:
        glob = ".*".join(re.escape(part) for part in wanted.strip('"').split("*"))
        matches = lambda held: re.fullmatch(glob, str(held), re.DOTALL) is not None  # noqa: E731
    return matches if sign == "=" else lambda held: not matches(held)


def _number(held: Any) -> float | None:
    try:
        return float(held)
    except (TypeError, ValueError):
        return None
