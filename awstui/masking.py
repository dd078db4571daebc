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
    (re.compile(r"(?P<kept>)\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"), ("eyj",)),
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

_PRIVATE: Final = re.compile(r"-----(BEGIN|END) [A-Z ]{0,40}PRIVATE KEY-----")

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
    found = _found(text)
    if not found:
        return text
    parts, end = [], 0
    for at, form in found:
        if at < end or (secret := form.match(text, at)) is None:
            continue
        parts += [text[end : secret.end("kept")], HIDDEN]
        end = secret.end()
    return "".join((*parts, text[end:]))


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
    numbers = doubtful(lines)
    if not numbers:
        return lines
    shown, inside = list(lines), -1
    for number in numbers:
        if number < inside:
            continue
        line = lines[number]
        shown[number] = mask(line)
        ends = [one[1] == "BEGIN" for one in _PRIVATE.finditer(line)]
        if ends and ends[-1]:
            inside = _hide_key(lines, shown, number + 1)
    return shown


def _hide_key(lines: list[str], shown: list[str], number: int) -> int:
    """Hide a private key from its second line on; the first line after it."""
    while number < len(lines):
        ended = _PRIVATE.search(lines[number])
        shown[number] = HIDDEN + (mask(lines[number][ended.end() :]) if ended else "")
        number += 1
        if ended:
            break
    return number


def masked(value: Any, name: str = "") -> Any:
    """A raw value with its secrets hidden: by their form, by the name of their field, by where they stand."""
    if isinstance(value, Mapping):
        if _is_option(value):
            return {**value, "Value": HIDDEN}
        if name in _VARIABLES:
            return dict.fromkeys(value, HIDDEN)
        return {key: masked(held, str(key)) for key, held in value.items()}
    if isinstance(value, list | tuple):
        shown = [masked(held, name) for held in value]
        return shown if isinstance(value, list) else tuple(shown)
    if isinstance(value, str):
        return HIDDEN if value and is_secret(name) else mask(value)
    return value


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
