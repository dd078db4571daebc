"""A message as a person looks at it: its lives, its age, when it expires, what failed, what is inside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from awstui.plugin import Row, Tone

from .attributes import name_of, span
from .unwrap import Unwrapped, unwrap

LINE_MAX = 300
"""How much of a body is made into its one line."""

SOON = 86400.0
"""Seconds before its expiry from which a message is said to expire soon."""

_ERROR_TYPES = ("errorType", "error_type", "exception", "errorName", "Error", "ErrorCode")
_ERROR_TEXTS = ("errorMessage", "error_message", "Cause", "ErrorMessage", "error", "reason")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it stands in the list, and its body opened."""

    ident: str
    receives: str
    receives_tone: Tone
    sent: float
    """Epoch seconds; 0 when the service did not say."""

    expires: float
    """Epoch seconds; 0 when that cannot be known."""

    size: int
    group: str
    source: str
    """The queue that dead-lettered it, else the topic it came by; empty when nothing says so."""

    error: str
    line: str
    body: Unwrapped
    raw: Row

    @property
    def is_cut(self) -> bool:
        """Whether only the head of its body is here, for it is long."""
        return "BodySha256" in self.raw


def shown(
    message: Row, *, lives: int = 0, retention: int = 0, limits: Mapping[str, int] | None = None
) -> Shown:
    """A message as it is shown; ``lives`` is the queue's maxReceiveCount, 0 where it has none.

    ``limits`` are those of the queues whose dead letters it holds, by their name.
    """
    system = message.get("Attributes") or {}
    body = unwrap(str(message.get("Body", "")), message.get("MessageAttributes"))
    count = whole(system.get("ApproximateReceiveCount"))
    sent = whole(system.get("SentTimestamp")) / 1000
    text, tone = left(count, lives)
    came_from = source(system, body)
    if not lives and (limit := (limits or {}).get(came_from)):
        text = f"{text}/{limit:,}"
    return Shown(
        ident=str(message.get("MessageId", "")),
        receives=text,
        receives_tone=tone,
        sent=sent,
        expires=sent + retention if sent and retention else 0.0,
        size=size(message),
        group=str(system.get("MessageGroupId", "")),
        source=came_from,
        error=error(message, body),
        line=one_line(body.value),
        body=body,
        raw=message,
    )


def source(system: Mapping[str, Any], body: Unwrapped) -> str:
    """Where a message came from: the queue that gave it up, else the topic around its body."""
    if arn := system.get("DeadLetterQueueSourceArn"):
        return name_of(str(arn))
    topics = (dict(layer.facts).get("topic", "") for layer in body.layers if layer.name == "SNS")
    return name_of(next(topics, ""))


def left(count: int, lives: int) -> tuple[str, Tone]:
    """How often it was received of how often it may be, and how that feels.

    SQS moves a message on the receive after the last: at ``lives`` nobody will see it here again.
    """
    if not lives:
        return f"{count:,}", ""
    if count >= lives:
        return f"{count:,} of {lives:,}, no life left", "bad"
    if count == lives - 1:
        return f"{count:,} of {lives:,}, last life", "bad"
    return f"{count:,} of {lives:,}", "warn" if count * 2 >= lives else ""


def expiry(expires: float, now: float) -> tuple[str, Tone]:
    """How soon a message expires, and how that feels."""
    if not expires:
        return "", ""
    rest = expires - now
    if rest <= 0:
        return "now", "bad"
    return span(rest), "bad" if rest < SOON / 4 else "warn" if rest < SOON else ""


def whole(value: Any) -> int:
    """A number that SQS sent as text; 0 when it is none."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() else 0


def size(message: Row) -> int:
    """What counts against the size limit, in bytes: the body, and each attribute's name, type and value."""
    whole_body = message.get("BodyBytes")  # of a body that was too long to hand on
    total = whole_body or len(str(message.get("Body", "")).encode(errors="surrogatepass"))
    for name, held in (message.get("MessageAttributes") or {}).items():
        value = held.get("BinaryValue") or str(held.get("StringValue", "")).encode()
        total += len(name.encode()) + len(str(held.get("DataType", "")).encode()) + len(value)
    return total


def attributes(message: Row) -> list[tuple[str, str, str]]:
    """The sender's attributes as name, type and value; what is binary as hexadecimal digits."""
    found = []
    for name, held in sorted((message.get("MessageAttributes") or {}).items()):
        binary = held.get("BinaryValue")
        value = bytes(binary).hex(" ") if binary is not None else str(held.get("StringValue", ""))
        found.append((name, str(held.get("DataType", "")), value))
    return found


def error(message: Row, body: Unwrapped) -> str:
    """What seems to have gone wrong with it, in one line; empty when nothing says so."""
    sent = {name: value for name, _, value in attributes(message)}
    if said := _error_in(sent):
        return said
    for layer in body.layers:
        facts = dict(layer.facts)
        if layer.name == "Lambda destination" and (facts.get("error") or facts.get("message")):
            return _joined(facts.get("error", ""), facts.get("message", ""))
        if said := _error_in(facts):
            return said
    return _error_in(body.value) if isinstance(body.value, Mapping) else ""


def _error_in(held: Mapping[str, Any]) -> str:
    kind = next((held[name] for name in _ERROR_TYPES if _plain(held.get(name))), "")
    text = next((held[name] for name in _ERROR_TEXTS if _plain(held.get(name))), "")
    if kind or text:
        return _joined(str(kind), str(text))
    for name in ("error", "exception", "detail"):
        inner = held.get(name)
        if isinstance(inner, Mapping):
            kind, text = inner.get("type") or inner.get("name") or "", inner.get("message") or ""
            if kind or text or (said := _error_in(inner)):
                return _joined(str(kind), str(text)) or said
    return ""


def _plain(value: Any) -> bool:
    return bool(value) and isinstance(value, str | int)


def _joined(kind: str, text: str) -> str:
    # Many texts begin with the type that stands beside them.
    said = f"{kind}: {text}" if kind and text and kind not in text else text or kind
    return _SPACES.sub(" ", said)[:LINE_MAX].strip()


def one_line(value: Any) -> str:
    """A body on one line: of data the names with their values, of text its words."""
    if isinstance(value, Mapping):
        line = " · ".join(f"{name} {_brief(held)}" for name, held in list(value.items())[:12])
    else:
        line = _brief(value)
    return _SPACES.sub(" ", line[:LINE_MAX]).strip()


def _brief(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(str(name) for name in list(value)[:6]) + "}"
    if isinstance(value, list):
        return f"[{len(value)}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)[:LINE_MAX]
