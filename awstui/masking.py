"""Secrets in what is shown, kept or handed on: known by their form, by the name they go by, or by heart."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

HIDDEN: Final = "(hidden)"
"""What stands in place of a secret."""

PART: Final = 16 * 1024
"""Characters that are looked through at once where a text is looked through part by part."""

_VALUE: Final = r"""
    (?: "(?:[^"\\\n]|\\.)*"?
      | '[^'\n]*'?
      | \\"(?:[^"\\\n]|\\\\(?:\\.|[^\\\n]))*(?:\\")?    # a string within a string
      | \\+["'][^"'\n]*["']?
      | [^\s"',;&}\]]{3,} )
"""
_NAMED: Final = re.compile(
    rf"""
    (?P<kept>(?i:passwo?r?d|passwd|secret|(?<!next)(?<!client)(?<!request)token
               |api[_-]?key|(?:access|private)[_-]?key|x-amz-signature)s?
      (?: (?:\\*["'])?\s*=\s* | \\*["']\s*:\s* | :\s+(?=["'\S]*\d|\\*["'])
        | [\ \t]+(?!arn:|https?:)(?=[^\s"',;&]*[A-Za-z])(?=[^\s"',;&]*\d)(?=[^\s"',;&]{{6}}) ))
    {_VALUE}
    """,
    re.VERBOSE,
)
_FORMS: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = (
    (re.compile(r"(?P<kept>\b(?:AKIA|ASIA))[A-Z0-9]{12,124}\b"), ("akia", "asia")),
    (
        re.compile(
            r"(?P<kept>)\b(?:eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|(?P<barren>eyJ[\w-]*))"
        ),
        ("eyj",),
    ),
    (
        re.compile(
            r"(?P<kept>)-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
            r"(?s:.*?)(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)"
        ),
        ("-----begin ",),
    ),
    (re.compile(r"(?P<kept>\b(?i:bearer|basic)\s+)[\w+/=.~-]{16,}"), ("bearer", "basic")),
    (
        re.compile(r"""(?P<kept>(?<=[A-Za-z0-9+.-])://[^\s/:@"']{0,80}:)[^\s/@"']+(?=@)"""),
        ("://",),
    ),
    (
        _NAMED,
        (
            "passw", "secret", "token", "apikey", "api_key", "api-key", "x-amz-signature",
            "accesskey", "access_key", "access-key", "privatekey", "private_key", "private-key",
        ),
    ),
)  # fmt: skip
"""Each form, tried only where one of its beginnings stands: a search for plain text costs next to nothing."""

_BEGINNINGS: Final = tuple((text.encode(), form) for form, texts in _FORMS for text in texts)
_KEY: Final = b"key"
"""Where it stands nowhere, none of the many beginnings with it need be looked for."""
_LONGEST: Final = max(len(text) for text, _ in _BEGINNINGS)
_KEY_BEGIN: Final = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")
_KEY_END: Final = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY-----")

_NAMES = re.compile(
    r"(?i)(passwo?r?d|passwd|secret(?!s?arn|name|id$)|api_?-?key|access_?-?key$|private_?-?key"
    r"|^(session|security|auth|bearer|access|refresh|id)_?-?token$|credential)"
)
"""Names of fields whose text is a secret."""

_HINTS: Final = (b"credential", b"variables", b"optionname", b"_-key")
"""What names of fields and maps of secrets have in them, where it is no beginning of a form."""

_SECRET_VARIABLES: Final = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)  # fmt: skip
_known: deque[str] = deque(maxlen=64)
SHORTEST: Final = 12
"""Characters of a secret that is looked for as it stands: shorter ones are found in words."""

_VARIABLES = frozenset({"Variables", "EnvironmentVariables", "environmentVariables"})
"""Maps whose values are secrets more often than not."""


def mask(text: str) -> str:
    """The text with every secret in it hidden; what stands around it stays."""
    return text if not (found := _found(text)) else "".join(_hidden(text, found, 0, len(text))[0])


def mask_parts(text: str, part: int = PART) -> Iterator[str]:
    """The same, part by part, none cut within a secret: for a text too long to look through at once."""
    done = 0
    for start in range(0, len(text), part):
        stop = min(start + part, len(text))
        shown, done = _hidden(text, _found_within(text, start, stop), done, stop)
        yield "".join(shown)


def _hidden(
    text: str, found: list[tuple[int, re.Pattern[str]]], start: int, stop: int
) -> tuple[list[str], int]:
    """What is shown of a stretch of a text, and where it ends: behind the last secret that begins in it."""
    parts, end = [], start
    barren: dict[re.Pattern[str], int] = {}
    for at, form in found:
        if at < end or at < barren.get(form, 0) or (secret := form.match(text, at)) is None:
            continue
        if secret.lastgroup == "barren":  # it is none, and none begins before its end
            barren[form] = secret.end()
            continue
        parts += [text[end : secret.end("kept")], HIDDEN]
        end = secret.end()
    return [*parts, text[end:stop]], max(end, stop)


def scrub(text: str) -> str:
    """The text masked for a file that is kept: the keys this process has signed with are known by heart."""
    for known in (*_known, *(os.environ.get(name, "") for name in _SECRET_VARIABLES)):
        if len(known) >= SHORTEST:
            text = text.replace(known, HIDDEN)
    return mask(text)


def remember(*secrets: str | None) -> None:
    """Have ``scrub`` know secrets that have no form of their own, such as a secret access key."""
    _known.extend(one for one in secrets if one and one not in _known)


def for_child() -> dict[str, str]:
    """The environment for a program of somebody else's: all of ours but the keys."""
    return {name: value for name, value in os.environ.items() if name not in _SECRET_VARIABLES}


def mask_each(texts: Sequence[str]) -> Sequence[str]:
    """Texts that have nothing to do with each other, each masked; quick where most need not be."""
    numbers = doubtful(texts)
    if not numbers:
        return texts
    shown = list(texts)
    for number in numbers:
        shown[number] = mask(texts[number])
    return shown


def doubtful(texts: Sequence[str], *, fields: bool = False) -> list[int]:
    """The numbers of the texts in which a secret may be; of ``fields``, texts are rows written as JSON."""
    whole = "\n".join(texts)
    data = _small(whole)
    if fields and any(hint in data for hint in _HINTS):
        return list(range(len(texts)))
    found = _found(whole, data)
    if not found:
        return []
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    return list(dict.fromkeys(bisect_right(starts, at) - 1 for at, _ in found))


def mask_lines(lines: list[str]) -> list[str]:
    """Lines of one text, each masked; a private key over several of them is hidden in each."""
    return Masking().lines(lines)


class Masking:
    """Masks the lines of one text in their order, some at a time: a private key goes over several of them."""

    def __init__(self) -> None:
        self._in_key = False

    def lines(self, lines: list[str]) -> list[str]:
        """The next lines as they may be seen; the very list when nothing in them is hidden."""
        numbers = doubtful(lines)
        if not numbers and not self._in_key:
            return lines
        shown = list(lines)
        after = self._hide_key(lines, shown, 0)
        for number in numbers:
            if number >= after:
                shown[number] = mask(lines[number])
                self._in_key = _opens_key(lines[number])
                after = self._hide_key(lines, shown, number + 1)
        return shown

    def line_parts(self, line: str) -> Iterator[str]:
        """One line that is too long to be masked at once, part by part."""
        if self._in_key:
            yield HIDDEN
            if (ended := _KEY_END.search(line)) is None:
                return
            line = line[ended.end() :]
        yield from mask_parts(line)
        self._in_key = _opens_key(line)

    def _hide_key(self, lines: list[str], shown: list[str], number: int) -> int:
        """Hide the lines of a private key, if one has begun; the first line after it."""
        while self._in_key and number < len(lines):
            ended = _KEY_END.search(lines[number])
            rest = lines[number][ended.end() :] if ended else ""
            shown[number] = HIDDEN + mask(rest)
            self._in_key = ended is None or _opens_key(rest)
            number += 1
        return number


def _opens_key(line: str) -> bool:
    """Whether a private key begins in a line that ends in another."""
    begins, ends = ([one.end() for one in form.finditer(line)] for form in (_KEY_BEGIN, _KEY_END))
    return bool(begins) and (not ends or ends[-1] < begins[-1])


def masked(value: Any, name: str = "") -> Any:
    """A raw value with its secrets hidden: by their form, by the name of their field, by where they stand."""
    shown = hide(value, name)
    if isinstance(shown, Mapping):
        return {key: masked(held, str(key)) for key, held in shown.items()}
    if isinstance(shown, list | tuple):
        each = [masked(held, name) for held in shown]
        return each if isinstance(shown, list) else tuple(each)
    return shown


def hide(value: Any, name: str = "") -> Any:
    """The same of the value alone: whatever it holds has its own turn."""
    if isinstance(value, str):
        return HIDDEN if value and is_secret(name) else mask(value)
    if isinstance(value, Mapping):
        if _is_option(value):
            return {**value, "Value": HIDDEN}
        if name in _VARIABLES:
            return dict.fromkeys(value, HIDDEN)
    return value


class Hiding:
    """Hides the secrets of a value that is gone through, one value after the other, and counts them."""

    def __init__(self, *, revealed: bool = False) -> None:
        """``revealed`` only counts them."""
        self.hidden = 0
        self._revealed = revealed

    def __call__(self, value: Any, name: str = "") -> Any:
        """What is shown of a value that goes by a name."""
        shown = hide(value, name)
        if shown is value or shown == value:
            return value
        if isinstance(value, str):
            self.hidden += shown.count(HIDDEN) - value.count(HIDDEN)
        else:
            self.hidden += sum(shown[key] != value[key] for key in value)
        return value if self._revealed else shown


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Whether what goes by this name is a secret."""
    return _NAMES.search(name) is not None


def _is_option(value: Mapping[str, Any]) -> bool:
    """Whether it is an option of an environment, with its value beside its name."""
    return bool(value.get("Value")) and {"OptionName", "Value"} <= set(value)


def _found(text: str, data: bytes = b"") -> list[tuple[int, re.Pattern[str]]]:
    """Where a form may begin, in order. ``data`` is the text as ``_small`` gives it, where it is at hand."""
    data = data or _small(text)
    found = []
    keys = _KEY in data
    for beginning, form in _BEGINNINGS:
        if not keys and beginning.endswith(_KEY):
            continue
        at = data.find(beginning)
        while at >= 0:
            found.append((at, form))
            at = data.find(beginning, at + 1)
    found.sort(key=_place)
    return found if len(data) == len(text) else list(_in_characters(data, found))


def _small(text: str) -> bytes:
    """The text to search in: letters of bytes are made small in no time."""
    return text.encode(errors="surrogatepass").lower()


def _found_within(text: str, start: int, stop: int) -> list[tuple[int, re.Pattern[str]]]:
    """Where a form may begin in a stretch of a text, though it may go on behind it."""
    stretch = text[start : stop + _LONGEST - 1]
    return [(at + start, form) for at, form in _found(stretch) if at < stop - start]


def _in_characters(
    data: bytes, found: list[tuple[int, re.Pattern[str]]]
) -> Iterator[tuple[int, re.Pattern[str]]]:
    """Places in bytes as places in the text."""
    reached = characters = 0
    for at, form in found:
        characters += len(data[reached:at].decode(errors="surrogatepass"))
        reached = at
        yield characters, form


def _place(found: tuple[int, re.Pattern[str]]) -> int:
    return found[0]
