"""A query taken apart into words, each with its place, so that what is wrong can be pointed at."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<span>\d+(?:ms|s|m|h|d|w)\b)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<name>@?[A-Za-z_][\w.@\-]*|@[\w.]+|`[^`]+`)
      | (?P<sign>!=|<=|>=|=~|[=<>|,()\[\]*+\-%/])""",
    re.VERBOSE,
)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/")


class QueryError(Exception):
    """What is wrong with a query, and from where to where."""

    def __init__(self, said: str, start: int, end: int) -> None:
        super().__init__(said)
        self.start, self.end = start, end


class Word(NamedTuple):
    """One word of a query."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """The text without what quotes it."""
        if self.kind == "string":
            return re.sub(r"\\(.)", r"\1", self.text[1:-1])
        if self.kind == "regex":
            return self.text[1:-1].replace("\\/", "/")
        return self.text.strip("`")


def words(query: str) -> list[Word]:
    """The words of a query; a slash begins a regex where a value may stand."""
    found: list[Word] = []
    at = 0
    while at < len(query):
        if query[at] == "/" and _expects_value(found) and (regex := _REGEX.match(query, at)):
            found.append(Word("regex", regex[0], at, regex.end()))
            at = regex.end()
            continue
        matched = _WORD.match(query, at)
        if matched is None:
            raise unexpected(query, at, at + 1)
        kind = str(matched.lastgroup)
        if kind != "space":
            found.append(Word(kind, matched[0], at, matched.end()))
        at = matched.end()
    return found


def _expects_value(found: list[Word]) -> bool:
    if not found:
        return False
    last = found[-1]
    return last.text.lower() in ("like", "=~", "(", ",", "parse", "=", "!=") or (
        len(found) > 1 and found[-2].text.lower() == "parse"
    )


def unexpected(query: str, start: int, end: int) -> QueryError:
    """The error for what may not stand there, in AWS's words."""
    before = query[:start]
    line, position = before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1
    what = query[start:end] or "end of query"
    said = f"unexpected symbol found {what} at line {line} and position {position}"
    return QueryError(said, start, end)
