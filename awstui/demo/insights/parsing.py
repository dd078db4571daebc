"""A query as commands and expressions, ready to be run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from awstui.demo.insights.words import Word, unexpected, words

AGGREGATES = frozenset(
    {"count", "count_distinct", "sum", "avg", "min", "max", "pct", "earliest", "latest"}
)
FUNCTIONS = frozenset({"bin", "strcontains", "ispresent", "strlen", "tolower", "toupper"})
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Expression:
    """An operation and what it is done to; ``name`` is what its column is called."""

    operation: str
    parts: tuple[Any, ...] = ()
    name: str = ""


@dataclass(slots=True)
class Command:
    """One part between two bars."""

    name: str
    expressions: list[Expression] = field(default_factory=list)
    by: list[Expression] = field(default_factory=list)
    number: int = 0
    descending: list[bool] = field(default_factory=list)
    regex: re.Pattern[str] | None = None


def parsed(query: str) -> list[Command]:
    """The commands of a query; raises :class:`QueryError`."""
    return _Parser(query).commands()


class _Parser:
    def __init__(self, query: str) -> None:
        self.query, self.words, self.at = query, words(query), 0

    # ---- words ---------------------------------------------------------------------------------------

    def peek(self) -> Word | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def wrong(self) -> Exception:
        word = self.peek()
        end = len(self.query)
        return unexpected(self.query, word.start if word else end, word.end if word else end)

    def take(self, *texts: str, kind: str = "") -> Word | None:
        word = self.peek()
        if word is None or (kind and word.kind != kind):
            return None
        if texts and (word.kind not in ("name", "sign") or word.text.lower() not in texts):
            return None
        self.at += 1
        return word

    def need(self, *texts: str, kind: str = "") -> Word:
        word = self.take(*texts, kind=kind)
        if word is None:
            raise self.wrong()
        return word

    # ---- commands ------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        found = [self.command()]
        while self.take("|"):
            found.append(self.command())
        if self.peek() is not None:
            raise self.wrong()
        return found

    def command(self) -> Command:
        known: dict[str, Callable[[Command], None]] = {
            "fields": self.listed, "display": self.listed, "dedup": self.listed,
            "filter": self.filtered, "sort": self.sorted, "limit": self.limited,
            "stats": self.counted, "parse": self.taken_apart,
        }  # fmt: skip
        word = self.need(*known)
        command = Command(word.text.lower())
        known[command.name](command)
        return command

    def listed(self, command: Command) -> None:
        command.expressions = self.expressions()

    def filtered(self, command: Command) -> None:
        command.expressions = [self.either()]

    def sorted(self, command: Command) -> None:
        while True:
            command.expressions.append(self.sum())
            way = self.take("asc", "desc")
            command.descending.append(way is not None and way.text.lower() == "desc")
            if not self.take(","):
                return

    def limited(self, command: Command) -> None:
        command.number = int(self.need(kind="number").text)

    def counted(self, command: Command) -> None:
        command.expressions = self.expressions()
        if self.take("by"):
            command.by = self.expressions()

    def taken_apart(self, command: Command) -> None:
        source = self.take(kind="name")
        command.expressions = [Expression("field", (source.value if source else "@message",), "")]
        pattern = self.take(kind="regex")
        if pattern is not None:
            named = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", pattern.value)
            command.regex = self.compiled(named, pattern)
            return
        glob = self.need(kind="string")
        self.need("as")
        names = [self.need(kind="name").value]
        while self.take(","):
            names.append(self.need(kind="name").value)
        pieces = glob.value.split("*")
        if len(pieces) != len(names) + 1:
            raise unexpected(self.query, glob.start, glob.end)
        parts = [re.escape(pieces[0])]
        for name, piece in zip(names, pieces[1:], strict=True):
            parts.append(f"(?P<{name}>.*{'?' if piece else ''}){re.escape(piece)}")
        command.regex = self.compiled("".join(parts), glob)

    def compiled(self, pattern: str, word: Word) -> re.Pattern[str]:
        try:
            return re.compile(pattern, re.DOTALL)
        except re.error:
            raise unexpected(self.query, word.start, word.end) from None

    # ---- expressions ---------------------------------------------------------------------------------

    def expressions(self) -> list[Expression]:
        found = [self.named()]
        while self.take(","):
            found.append(self.named())
        return found

    def named(self) -> Expression:
        start = self.at
        made = self.sum()
        first, last = self.words[start], self.words[self.at - 1]
        name = self.query[first.start : last.end].strip("`")
        if self.take("as"):
            name = self.need(kind="name").value
        return Expression(made.operation, made.parts, name)

    def either(self) -> Expression:
        left = self.both()
        while self.take("or"):
            left = Expression("or", (left, self.both()))
        return left

    def both(self) -> Expression:
        left = self.negated()
        while self.take("and"):
            left = Expression("and", (left, self.negated()))
        return left

    def negated(self) -> Expression:
        if self.take("not"):
            return Expression("not", (self.negated(),))
        return self.compared()

    def compared(self) -> Expression:
        left = self.sum()
        denied = self.take("not") is not None
        sign = self.take("like", "=~", "in", "=", "!=", "<", "<=", ">", ">=")
        if sign is None:
            if denied:
                raise self.wrong()
            return left
        made = self.comparison(left, sign.text.lower())
        return Expression("not", (made,)) if denied else made

    def comparison(self, left: Expression, sign: str) -> Expression:
        if sign in ("like", "=~"):
            word = self.take(kind="regex") or self.need(kind="string")
            pattern = word.value if word.kind == "regex" else re.escape(word.value)
            return Expression("like", (left, self.compiled(pattern, word)))
        if sign == "in":
            closing = {"(": ")", "[": "]"}[self.need("(", "[").text]
            choices = [self.sum()]
            while self.take(","):
                choices.append(self.sum())
            self.need(closing)
            return Expression("in", (left, tuple(choices)))
        return Expression(sign, (left, self.sum()))

    def sum(self) -> Expression:
        left = self.product()
        while sign := self.take("+", "-"):
            left = Expression(sign.text, (left, self.product()))
        return left

    def product(self) -> Expression:
        left = self.single()
        while sign := self.take("*", "/", "%"):
            left = Expression(sign.text, (left, self.single()))
        return left

    def single(self) -> Expression:
        if self.take("("):
            inside = self.either()
            self.need(")")
            return inside
        word = self.peek()
        if word is None or word.kind in ("sign", "regex"):
            raise self.wrong()
        self.at += 1
        match word.kind:
            case "string":
                return Expression("value", (word.value,))
            case "number":
                return Expression("value", (float(word.text),))
            case "span":
                digits = re.match(r"\d+", word.text)
                count = int(digits[0]) if digits else 0
                return Expression("value", (count * SECONDS[word.text.lstrip("0123456789")],))
        if self.take("("):
            return self.called(word)
        return Expression("field", (word.value,), word.value)

    def called(self, word: Word) -> Expression:
        name = word.text.lower()
        if name not in AGGREGATES and name not in FUNCTIONS:
            raise unexpected(self.query, word.start, word.end)
        given: list[Expression] = []
        if self.take("*"):
            given = []
        elif (here := self.peek()) is not None and here.text != ")":
            given = [self.sum()]
            while self.take(","):
                given.append(self.sum())
        self.need(")")
        return Expression(name, tuple(given))
