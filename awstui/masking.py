"""Secrets in what is shown: known by their form, or by the name they go by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "(hidden)"
"""What stands in place of a secret."""

_FORMS = re.compile(
    r"""
    (?P<key>\b(?:AKIA|ASIA)[A-Z0-9]{12,124}\b)
    | (?P<jwt>\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)
    | (?P<pem>-----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z))
    | (?P<bearer>(?i:\b(?:bearer|basic)\s+))[\w+/=.~-]{16,}
    | (?P<uri>\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@"']{0,80}:)[^\s/@"']+(?=@)
    | (?P<named>(?i:(?:passwo?r?d|passwd|secret|(?<!next)(?<!client)(?<!request)token
            |api_?-?key|access_?-?key)s?)
        (?:["']?\s*=\s*|["']\s*:\s*|:\s+(?=["'\S]*\d|["'])))
        (?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',;&}\]]{3,})
    """,
    re.VERBOSE | re.DOTALL,
)
_HINT = re.compile(r"(?i)AKIA|ASIA|eyJ|PRIVATE KEY|bearer|basic |://|passw|passwd|secret|token|key")
"""What any of the forms needs: most text has none of it and is not looked at twice."""

_NAMES = re.compile(
    r"(?i)(passwo?r?d|passwd|secret(?!s?arn|name|id$)|api_?-?key|access_?-?key$|private_?-?key"
    r"|^(session|security|auth|bearer|access|refresh|id)_?-?token$|credential)"
)
"""Names of fields whose text is a secret."""


def mask(text: str) -> str:
    """The text with every secret in it hidden; what stands around it stays."""
    if _HINT.search(text) is None:
        return text
    return _FORMS.sub(_hidden, text)


def masked(value: Any, name: str = "") -> Any:
    """A raw value with its secrets hidden: by their form, by the name of their field, by where they stand."""
    if isinstance(value, Mapping):
        if _is_option(value):
            return {**value, "Value": HIDDEN}
        if name in _VARIABLES:
            return dict.fromkeys(value, HIDDEN)
        return {key: masked(held, str(key)) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [masked(held, name) for held in value]
    if isinstance(value, str):
        return HIDDEN if value and _NAMES.search(name) else mask(value)
    return value


_VARIABLES = frozenset({"Variables", "EnvironmentVariables", "environmentVariables"})
"""Maps whose values are secrets more often than not."""


def _is_option(value: Mapping[str, Any]) -> bool:
    """Whether it is an option of an environment, with its value beside its name."""
    return bool(value.get("Value")) and {"OptionName", "Value"} <= set(value)


def _hidden(found: re.Match[str]) -> str:
    kept = found["bearer"] or found["uri"] or found["named"] or ""
    return kept + (f"{found['key'][:4]}{HIDDEN}" if found["key"] else HIDDEN)
