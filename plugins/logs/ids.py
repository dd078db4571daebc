"""Ids within lines: what a request is called, and what any id of its kind looks like."""

from __future__ import annotations

import re
from typing import Final

UUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
"""What AWS and most libraries call a request by."""

LOOKED_AT: Final = 20_000
"""Characters of a line in which an id is looked for."""

_ANY: Final = re.compile(rf"\b{UUID}\b")
_NAMED: Final = re.compile(
    r"(?:request|trace|correlation|order|invocation|transaction)[_-]?id\"?\s*[=:]\s*\"?([\w-]{6,})",
    re.IGNORECASE,
)


def request_of(message: str) -> str:
    """The request id in a line: one that is called so, else anything that looks like one."""
    head = message[:LOOKED_AT]
    if named := _NAMED.search(head):
        return named[1]
    found = _ANY.search(head)
    return found[0] if found else ""
