"""Messages alike: by the error they carry and the shape of what is inside them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from awstui.plugin import Row

from ..message import Shown, shown

PATHS_MAX = 300
"""How many key paths make a shape: a body with more of them has ids for keys."""

DEPTH_MAX = 12
LEAVES_MAX = 200
KEYS_MAX = 64
"""From so many keys on an object is a table, and its keys say nothing about its shape."""

TEXT_MAX = 160

CUT = "a body too long to keep"
"""The shape of messages of whose body only the head is left."""

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(_UUID), "…"),
    (re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?)?(Z|[+-]\d\d:?\d\d)?"), "when"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+"), "…@…"),
    (re.compile(r"\b(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{6,}\b"), "…"),
    (re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}\b"), "…"),
    (re.compile(r"\b([A-Za-z]+[-_])(?=\w*\d)\w{3,}\b"), r"\1…"),
    (re.compile(r"(?<![\w#])[-+]?\d[\d.,:]*(?![\w])"), "#"),
    (re.compile(r"(?<![\w#])\d+(?=(ms|s|m|h|d|kb|mb|gb|%|px)\b)", re.IGNORECASE), "#"),
)
_WORD = re.compile(r"[\w.:/+-]+")
_SPACES = re.compile(r"\s+")


def mask(text: str) -> str:
    """A text without what differs each time: ids, numbers, dates, addresses."""
    for pattern, stand_in in _MASKS:
        text = pattern.sub(stand_in, text)
    return _SPACES.sub(" ", text).strip()


class Likeness(NamedTuple):
    """What tells a message's group from others."""

    key: str
    error: str
    """What failed, with ids and numbers masked; empty when nothing says so."""

    shape: str
    """The sorted key paths of what is inside, or what kind of text it is."""


def group_of(message: Row) -> str:
    """The key of the group that a message belongs to: its error, and its shape as six digits."""
    return likeness(shown(message)).key


def likeness(held: Shown) -> Likeness:
    """The group of a message that has been opened; of one that was cut, what was said of it whole."""
    if said := held.raw.get("Likeness"):
        return Likeness(*said)
    shape = CUT if "BodySha256" in held.raw else shape_of(held.body.value)
    error = masked_error(held.error, held.body.value)[:TEXT_MAX]
    digest = hashlib.sha256(shape.encode(errors="surrogatepass")).hexdigest()[:6]
    return Likeness(f"{error or 'no error'} · {digest}", error, shape)


def masked_error(error: str, body: Any) -> str:
    """An error without what differs each time, and without what the message itself says, such as a SKU."""
    said = {leaf for leaf in _leaves(body, 0, [LEAVES_MAX]) if leaf in error}
    if said:
        error = _WORD.sub(lambda found: "…" if found[0] in said else found[0], error)
    return mask(error)


def _leaves(value: Any, depth: int, left: list[int]) -> Iterator[str]:
    """Short texts in a body that look like a name of something: with a sign or a digit in them."""
    if depth > DEPTH_MAX or left[0] <= 0:
        return
    if isinstance(value, str):
        left[0] -= 1
        if 3 < len(value) < 80 and not value.isalpha() and _WORD.fullmatch(value):
            yield value
    elif isinstance(value, Mapping | list):
        for held in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(held, depth + 1, left)


def shape_of(value: Any) -> str:
    """The sorted key paths of data, such as ``items[].sku``; of a text what kind of text it is."""
    if isinstance(value, Mapping | list):
        paths = set(_paths(value, "", 0, [PATHS_MAX]))
        return " ".join(sorted(paths)) or ("{}" if isinstance(value, Mapping) else "[]")
    if not isinstance(value, str):
        return type(value).__name__
    text = value.strip()
    if not text:
        return "empty text"
    if text[0] in "{[":
        return "broken JSON"
    return f"text: {mask(text.splitlines()[0][:TEXT_MAX])}"


def _paths(value: Any, path: str, depth: int, left: list[int]) -> Iterator[str]:
    if depth > DEPTH_MAX or left[0] <= 0 or not isinstance(value, Mapping | list):
        left[0] -= 1
        yield path
        return
    if isinstance(value, list):
        if not value:
            yield f"{path}[]"
        for held in value[:KEYS_MAX]:
            yield from _paths(held, f"{path}[]", depth + 1, left)
        return
    names = ["*"] if len(value) > KEYS_MAX else value
    for name in names:
        held = value[name] if name in value else next(iter(value.values()))
        label = "*" if mask(str(name)) != str(name) else str(name)
        yield from _paths(held, f"{path}.{label}" if path else label, depth + 1, left)


@dataclass(slots=True)
class Group:
    """The messages of one group."""

    key: str
    error: str
    shape: str
    sample: str
    """The id of the first that was met."""

    line: str
    """The one line of that one."""

    idents: set[str] = field(default_factory=set)
    first: float = 0.0
    last: float = 0.0
    """Epoch seconds at which the first and the last were sent; 0 when unknown."""

    def add(self, held: Shown) -> None:
        """Take in a message."""
        self.idents.add(held.ident)
        if held.sent:
            self.first = min(self.first or held.sent, held.sent)
            self.last = max(self.last, held.sent)


class Groups:
    """Messages by group, as they come."""

    def __init__(self) -> None:
        self.by_key: dict[str, Group] = {}
        self._of: dict[str, str] = {}

    def add(self, held: Shown) -> Group:
        """Take in a message; the group that it is in."""
        key, error, shape = likeness(held)
        group = self.by_key.get(key)
        if group is None:
            group = self.by_key[key] = Group(key, error, shape, held.ident, held.line)
        group.add(held)
        self._of[held.ident] = key
        return group

    def remove(self, ident: str) -> None:
        """Forget a message; its group goes with its last one."""
        if (group := self.by_key.get(self._of.pop(ident, ""))) is not None:
            group.idents.discard(ident)
            if not group.idents:
                del self.by_key[group.key]

    def of(self, ident: str) -> str:
        """The key of a message's group; empty for one that was not taken in."""
        return self._of.get(ident, "")

    def largest_first(self) -> list[Group]:
        """All groups, the largest first."""
        return sorted(self.by_key.values(), key=lambda group: (-len(group.idents), group.key))


def grouped(messages: Iterable[Row]) -> Groups:
    """The groups of messages as the API gives them."""
    groups = Groups()
    for message in messages:
        groups.add(shown(message))
    return groups
