"""What a queue says about itself: attributes as values, ARNs and names, and what follows from them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from awstui.plugin import Row

_DOCUMENTS = ("RedrivePolicy", "RedriveAllowPolicy", "Policy")
_TEXTS = ("KmsMasterKeyId", "QueueArn")


def parsed(attributes: Mapping[str, str]) -> dict[str, Any]:
    """The attributes of GetQueueAttributes with numbers, flags and documents as what they are."""
    return {name: _value(name, text) for name, text in attributes.items()}


def _value(name: str, text: str) -> Any:
    if name in _DOCUMENTS:
        return _document(text)
    if name in _TEXTS or not isinstance(text, str):
        return text
    if text.isascii() and text.isdigit():
        return int(text)
    return {"true": True, "false": False}.get(text, text)


def _document(text: str) -> Any:
    try:
        held = json.loads(text)
    except ValueError:
        return text
    if isinstance(held, dict) and str(held.get("maxReceiveCount", "")).isdigit():
        held["maxReceiveCount"] = int(held["maxReceiveCount"])
    return held


def of(row: Row) -> dict[str, Any]:
    """The attributes of a queue's row; empty until they have been fetched."""
    held = row.get("Attributes")
    return held if isinstance(held, dict) else {}


def name_of(url_or_arn: str) -> str:
    """The queue's name at the end of its URL or ARN."""
    return url_or_arn.rstrip("/").replace("/", ":").rsplit(":", 1)[-1]


def arn_of(row: Row) -> str:
    """The queue's ARN: as its attributes say, else as the list knows it without them."""
    return str(of(row).get("QueueArn") or row.get("QueueArn") or "")


def is_fifo(row: Row) -> bool:
    """Whether the queue keeps order: AWS ties that to the end of its name."""
    return str(row.get("QueueName", "")).endswith(".fifo")


def number(row: Row, name: str) -> int:
    """A number among the attributes; 0 while unknown."""
    held = of(row).get(name, 0)
    return held if isinstance(held, int) else 0


def waiting(row: Row) -> int:
    """About how many messages can be received now."""
    return number(row, "ApproximateNumberOfMessages")


def magnitude(row: Row) -> str:
    """The power of two that the waiting messages come to: what a plan for them rests on."""
    return f"about 2^{waiting(row).bit_length()} messages"


def in_flight(row: Row) -> int:
    """About how many messages somebody has received and not deleted."""
    return number(row, "ApproximateNumberOfMessagesNotVisible")


def delayed(row: Row) -> int:
    """About how many messages wait for their delay to end."""
    return number(row, "ApproximateNumberOfMessagesDelayed")


def held(row: Row) -> int:
    """About how many messages there are, whoever has them."""
    return waiting(row) + in_flight(row) + delayed(row)


def retention(row: Row) -> int:
    """For how many seconds the queue keeps a message."""
    return number(row, "MessageRetentionPeriod")


def policy(row: Row) -> dict[str, Any]:
    """The redrive policy; empty when the queue has none."""
    held = of(row).get("RedrivePolicy")
    return held if isinstance(held, dict) else {}


def target(row: Row) -> str:
    """The ARN of the dead-letter queue that this queue feeds; empty when it has none."""
    return str(policy(row).get("deadLetterTargetArn", ""))


def lives(row: Row) -> int:
    """How many receives a message has before it is dead-lettered; 0 when it never is."""
    held = policy(row).get("maxReceiveCount", 0)
    return held if isinstance(held, int) else 0


def sources(row: Row) -> list[str]:
    """The ARNs of the queues that send their dead letters here, as far as is known."""
    held = row.get("Sources")
    return held if isinstance(held, list) else []


def feeders(row: Row) -> list[str]:
    """The ARNs of those queues, or their names where only their URLs are known."""
    return sources(row) or [name_of(url) for url in row.get("SourceUrls") or ()]


def is_dead_letter(row: Row) -> bool:
    """Whether some queue sends its dead letters here, as far as is known."""
    return bool(feeders(row))


def encryption(row: Row) -> str | None:
    """How the queue is encrypted at rest; nothing while unknown."""
    held = of(row)
    if not held:
        return None
    key = str(held.get("KmsMasterKeyId") or "")
    if key:
        return f"KMS {key.rsplit('/', 1)[-1] if key.startswith('arn:') else key}"
    return "SSE-SQS" if held.get("SqsManagedSseEnabled") is True else "none"


def span(seconds: float) -> str:
    """A length of time in one unit, as people say it: ``45 s``, ``12 m``, ``21 h``, ``3 d``."""
    seconds = max(0.0, seconds)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        # Two days and more are said in days: "1 d" for 47 hours would hide an hour that counts.
        if seconds >= (2 * size if unit == "d" else size):
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def iso(at: float) -> str:
    """A moment as ISO 8601 has it, in UTC; empty where there is none."""
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="seconds") if at else ""


def counted(count: int, noun: str = "message") -> str:
    """A count with grouped digits and its noun: ``1 message``, ``1,204 messages``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
