"""What the shop's messages look like: orders, the ways in which they fail, and wrapping by SNS."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from awstui.demo.fleet import arn, uuid_of

SKUS = ("mug-blue", "mug-red", "tee-m-black", "tee-l-black", "poster-a2", "cap-one", "sticker-10")
CITIES = ("Lisboa", "Köln", "Kraków", "Malmö", "Gdańsk", "Ålesund", "Liège")

HOSTILE = {
    "order_id": "\x9b31m0ffend3r\x9b0m",
    "customer": "\u202egnp.ecilrac\u202c",
    "note": "\x1b]0;owned\x07\x1b[2J\x1b]52;c;cm0gLXJmIH4=\x07[bold red]not markup[/] [/var/task]",
    "zero\u200bwidth": "pay\u200dpal",
}
"""A body that tries the terminal: C1 controls raw, ESC as JSON escapes, bidi, markup."""


def order(chance: random.Random) -> dict[str, Any]:
    """An order that somebody placed."""
    lines: list[dict[str, Any]] = [
        {
            "sku": chance.choice(SKUS),
            "quantity": chance.randint(1, 4),
            "price": chance.choice((4.5, 9, 12.9, 19.9, 34)),
        }
        for _ in range(chance.randint(1, 4))
    ]
    return {
        "order_id": f"{chance.getrandbits(32):08x}",
        "customer": f"c-{chance.randint(1000, 9999)}",
        "total": round(sum(line["quantity"] * line["price"] for line in lines), 2),
        "currency": "EUR",
        "city": chance.choice(CITIES),
        "items": lines,
    }


def attribute(value: str | int | bytes, label: str = "") -> dict[str, Any]:
    """A message attribute of the type that fits its value."""
    if isinstance(value, bytes):
        return {"DataType": "Binary" + label, "BinaryValue": value}
    kind = "Number" if isinstance(value, int) else "String"
    return {"DataType": kind + label, "StringValue": str(value)}


def wrapped(body: str, topic: str, chance: random.Random, at: float) -> str:
    """A body as SNS delivers it to a queue without raw delivery."""
    moment = dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="milliseconds")
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": uuid_of(chance),
            "TopicArn": arn("sns", topic),
            "Message": body,
            "Timestamp": moment.replace("+00:00", "Z"),
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem",
            "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
            "MessageAttributes": {"event": {"Type": "String", "Value": "order-placed"}},
        }
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which an order fails: its share, the error, and what it does to the body."""

    weight: int
    error: Callable[[dict[str, Any]], str]
    kind: str
    spoil: Callable[[dict[str, Any]], str]


def _without_sku(body: dict[str, Any]) -> str:
    for line in body["items"]:
        line["article"] = line.pop("sku")
    return json.dumps(body)


def _cut(body: dict[str, Any]) -> str:
    return json.dumps(body)[:-9]


SHAPES = (
    Shape(
        71,
        lambda body: (
            f"TimeoutError: payment gateway did not answer in 3000 ms (order {body['order_id']})"
        ),
        "TimeoutError",
        json.dumps,
    ),
    Shape(17, lambda _: "KeyError: 'sku'", "KeyError", _without_sku),
    Shape(
        8,
        lambda body: (
            f"json.decoder.JSONDecodeError: Expecting ',' delimiter: line 1 column {len(json.dumps(body)) - 8}"
        ),
        "JSONDecodeError",
        _cut,
    ),
    Shape(
        4,
        lambda body: f"OutOfStock: {body['items'][0]['sku']} has 0 left in warehouse FRA1",
        "OutOfStock",
        json.dumps,
    ),
)


def failed_order(chance: random.Random, at: float) -> tuple[str, dict[str, Any]]:
    """The body and attributes of an order that could not be handled, sent at ``at``."""
    shape = chance.choices(SHAPES, [shape.weight for shape in SHAPES])[0]
    placed = order(chance)
    error = shape.error(placed)
    body = shape.spoil(placed)
    attributes = {
        "ErrorMessage": attribute(error),
        "ErrorType": attribute(shape.kind),
        "event": attribute("order-placed"),
        "attempt": attribute(chance.randint(4, 6), ".int"),
        "trace": attribute(chance.randbytes(12)),
    }
    if chance.random() < 0.5:
        body = wrapped(body, "order-events", chance, at)
    return body, attributes
