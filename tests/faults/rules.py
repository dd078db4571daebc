"""What a fault proxy is told to do, and what it tells of each request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tests.faults import http

Do: TypeAlias = Literal[
    "pass", "refuse", "reset", "hang", "delay", "drop", "truncate", "trickle", "status", "error",
    "garbage", "kill",
]  # fmt: skip
"""What is done with a request.

pass: nothing, but for ``skew`` · refuse: hang up without a byte · reset: hang up rudely · hang: never
answer, until the rules are cleared · delay: answer after ``seconds`` · drop: carry it out, then reset ·
truncate: send ``size`` bytes of the body, then hang up · trickle: ``size`` bytes each ``seconds`` ·
status: answer with ``status`` and ``body`` · error: the service's own error with ``code`` · garbage:
bytes that are no HTTP · kill: SIGKILL ``pid``, ``when`` says at which point.
"""

When: TypeAlias = Literal["before", "after_upstream", "after_answer"]


@dataclass
class Rule:
    """What happens to the requests that fit, from one of them to another."""

    do: Do
    service: str = ".*"
    """A pattern for the whole name that requests are signed for, such as ``sqs`` or ``monitoring``."""

    operation: str = ".*"
    skip: int = 0
    """How many that fit go through first."""

    times: int = 0
    """How many are treated; 0 is all."""

    every: int = 1
    """Only each so-manieth of them is treated."""

    region: str = ".*"
    key: str = ".*"
    """A pattern for the access key, which tells principals apart."""

    seconds: float = 0.0
    size: int = 1
    status: int = 400
    code: str = ""
    message: str = ""
    body: bytes = b""
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    skew: float = 0.0
    """By how many seconds the server's clock seems ahead."""

    pid: int = 0
    when: When = "before"
    seen: int = 0
    """How many requests have fitted."""

    done: int = 0
    """How many were treated."""

    def takes(self, what: http.Asked) -> bool:
        """Whether this request is to be treated; counts it when it fits."""
        pairs = (
            (self.service, what.service),
            (self.operation, what.operation),
            (self.region, what.region),
            (self.key, what.key),
        )
        if not all(re.fullmatch(pattern, name) for pattern, name in pairs):
            return False
        self.seen += 1
        number = self.seen - self.skip
        if number <= 0 or number % self.every or (self.times and self.done >= self.times):
            return False
        self.done += 1
        return True


@dataclass
class Wire:
    """One request that reached the wire."""

    service: str
    operation: str
    region: str
    key: str
    at: float
    """Monotonic seconds."""

    body: bytes = b""
    did: Do = "pass"
    status: int = 0
    """What the server behind answered; 0 when it was not asked, or has not answered yet."""

    def fits(self, service: str, operation: str, did: str) -> bool:
        """Whether these patterns fit."""
        pairs = (service, self.service), (operation, self.operation), (did, self.did)
        return all(re.fullmatch(pattern, name) for pattern, name in pairs)
