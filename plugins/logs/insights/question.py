"""What is asked of Insights: a query, its groups, its range; and the query that a search would be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from awstui.filtering import parse
from awstui.plugin import Row

GROUPS: Final = 50
"""Groups of one query, at most."""

ROWS: Final = 10_000
"""Rows of a result, when the query does not say."""

DEFAULT: Final = "fields @timestamp, @message\n| sort @timestamp desc\n| limit 1000"

_TERM: Final = re.compile(
    r'(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<word>[^\s"]+))'
)
_CONDITION: Final = re.compile(
    r"""\s*(?:(?P<join>&&|\|\|)|(?P<bracket>[()])
      | \$(?P<path>(?:\.[\w@-]+|\.?\[(?:\d+|'[^']+'|"[^"]+")\])+)\s*
        (?:(?P<exists>NOT\s+EXISTS|EXISTS|IS\s+TRUE|IS\s+FALSE|IS\s+NULL)
         | (?P<sign>!=|<=|>=|=|<|>)\s*(?:"(?P<text>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<bare>[^\s()&|]+))))""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A query over a range of epoch seconds."""

    query: str
    since: float
    until: float
    lost: str = ""
    """What of the search could not be said in a query, so that this finds more."""


def question(
    since: float, until: float, *, pattern: str = "", local: str = "", streams: Sequence[str] = (),
) -> Question:  # fmt: skip
    """The same search as an Insights query: a server's filter pattern, a local filter, some streams.

    A tail offers it when a range holds more than a client should pull.
    """
    told = [condition(pattern.strip())] if pattern.strip() else []
    told += [filtered(local)] if local else []
    if streams:
        told.append((f"@logStream in [{', '.join(map(quoted, streams))}]", ""))
    conditions = [said for said, _ in told if said]
    lost = " ".join(lacks for _, lacks in told if lacks)
    lines = ["fields @timestamp, @log, @logStream, @message"]
    lines += [f"| filter {one}" for one in conditions]
    lines += ["| sort @timestamp desc", f"| limit {ROWS}"]
    return Question("\n".join(lines), since, until, lost)


def filtered(local: str) -> tuple[str, str]:
    """A local filter as a condition; beside it, what could not be carried over."""
    wanted = parse(local)
    if wanted.fuzzy:
        return "", "A fuzzy filter has no like in Insights."
    regex = local.strip().removeprefix("!").lstrip()
    like = _like(f"(?i){regex}" if wanted.folds else regex)
    return (f"not ({like})" if wanted.inverse else like) if wanted else "", ""


def condition(pattern: str) -> tuple[str, str]:
    """A filter pattern as a condition; beside it, what could not be carried over."""
    if pattern.startswith("["):
        return "", "A pattern of fields in [ ] has no like in Insights; use parse."
    if pattern.startswith("{"):
        said = _on_json(pattern.strip("{} \t\n"))
        return said, "" if said else "This condition on JSON has no like in Insights."
    return _on_words(pattern), ""


def _on_words(pattern: str) -> str:
    wanted: list[str] = []
    any_of: list[str] = []
    for term in _TERM.finditer(pattern):
        if term["regex"] is not None:
            like = _like(term["regex"])
        else:
            like = f"@message like {quoted(term['phrase'] or term['word'] or '')}"
        if term["sign"] == "?":
            any_of.append(like)
        else:
            wanted.append(f"not ({like})" if term["sign"] == "-" else like)
    # Beside words that must be there AWS does not look at those of which any would do.
    if any_of and not wanted:
        return " or ".join(any_of)
    return " and ".join(wanted)


def _on_json(inside: str) -> str:
    parts, at = [], 0
    while at < len(inside):
        found = _CONDITION.match(inside, at)
        if found is None:
            return ""
        at = found.end()
        if found["join"]:
            parts.append("and" if found["join"] == "&&" else "or")
        elif found["bracket"]:
            parts.append(found["bracket"])
        else:
            said = _compared(found)
            if not said:
                return ""
            parts.append(said)
    return " ".join(parts)


def _compared(found: re.Match[str]) -> str:
    name = _field(found["path"])
    if found["exists"]:
        word = " ".join(found["exists"].upper().split())
        return {
            "EXISTS": f"ispresent({name})", "NOT EXISTS": f"not ispresent({name})",
            "IS TRUE": f"{name} = 1", "IS FALSE": f"{name} = 0",
        }.get(word, "")  # fmt: skip
    sign = found["sign"]
    if found["regex"] is not None:
        like = f"{name} like /{_slashed(found['regex'])}/"
        return like if sign == "=" else f"not ({like})"
    held = found["text"] if found["text"] is not None else found["bare"]
    if "*" in held:
        glob = ".*".join(map(re.escape, held.split("*")))
        like = f"{name} like /^{_slashed(glob)}$/"
        return like if sign == "=" else f"not ({like})"
    is_number = re.fullmatch(r"-?\d+(?:\.\d+)?", held) and found["text"] is None
    return f"{name} {sign} {held if is_number else quoted(held)}"


def _field(path: str) -> str:
    """A field as Insights names it: ``$.a[0].b-c`` is ``a.0.`b-c```."""
    steps = re.findall(r"\.?\[(\d+|'[^']+'|\"[^\"]+\")\]|\.([\w@-]+)", path)
    name = ".".join((first or second).strip("'\"") for first, second in steps)
    return name if re.fullmatch(r"[\w.@]+", name) else f"`{name}`"


def quoted(text: str) -> str:
    """A text as a string of the query language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _like(regex: str) -> str:
    return f"@message like /{_slashed(regex)}/"


def _slashed(regex: str) -> str:
    return re.sub(r"(?<!\\)/", r"\\/", regex)


# ---- what it scans and costs -----------------------------------------------------------------------

GIB: Final = 2**30
PRICE: Final = 0.005
"""Dollars for each GiB that is scanned."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a query may scan, before it is asked."""

    bytes: float
    unknown: int = 0
    """Groups of which nothing is known."""

    @property
    def price(self) -> float:
        """In dollars."""
        return price(self.bytes)


def price(scanned: float) -> float:
    """What so many scanned bytes cost, in dollars."""
    return scanned / GIB * PRICE


def dollars(cost: float) -> str:
    """A price, with as many places as it takes to see it."""
    return "under $0.0001" if 0 < cost < 0.0001 else f"${cost:.4f}" if cost < 1 else f"${cost:,.2f}"


def estimate(groups: Sequence[Row], since: float, until: float, now: float) -> Estimate:
    """From what is stored and for how long, as if lines came evenly: the range's share of it."""
    total, unknown = 0.0, 0
    for group in groups:
        stored = group.get("storedBytes")
        if stored is None:
            unknown += 1
            continue
        oldest = float(group.get("creationTime") or 0) / 1000
        if group.get("retentionInDays"):
            oldest = max(oldest, now - 86400 * float(group["retentionInDays"]))
        held = max(1.0, now - oldest)
        asked = max(0.0, min(until, now) - max(since, oldest))
        total += float(stored) * min(1.0, asked / held)
    return Estimate(total, unknown)


# ---- what is wrong with it -------------------------------------------------------------------------

_PLACE: Final = re.compile(r"at line (\d+) and position (\d+)")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Where a query is malformed; both counted from 1."""

    said: str
    line: int
    position: int


def wrong(query: str, said: str) -> Wrong | None:
    """Where AWS says that a query is malformed, when it says it."""
    found = _PLACE.search(said)
    if found is None:
        return None
    lines = query.split("\n")
    line = max(1, min(len(lines), int(found[1])))
    position = max(1, min(len(lines[line - 1]) + 1, int(found[2])))
    return Wrong(said, line, position)


def pointed(query: str, place: Wrong) -> tuple[str, str]:
    """The line that is wrong, and a line below it whose caret points at the place."""
    return query.split("\n")[place.line - 1], " " * (place.position - 1) + "^"
