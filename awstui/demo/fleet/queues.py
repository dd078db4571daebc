"""The shop's queues and what waits in them."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from typing import Any

from moto.sqs.models import Message, Queue, sqs_backends

from awstui.demo.extensions.sqs_receiving import held, set_source
from awstui.demo.fleet import ACCOUNT, REGION, arn, dice, messages, uuid_of

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A queue: its settings, where its dead letters go, and how much is in it."""

    name: str
    dead: str = ""
    receives: int = 5
    waiting: int = 0
    in_flight: int = 0
    delayed: int = 0
    days: float = 4
    spread: float = 60.0
    visibility: int = 30
    key: str = ""
    tags: tuple[tuple[str, str], ...] = ()


PLANS = (
    Plan(name="orders-dlq"),
    Plan(name="orders", dead="orders-dlq", waiting=17, in_flight=4, tags=(("team", "checkout"),)),
    Plan(name="payments-dlq.fifo", days=14),
    Plan(name="payments.fifo", dead="payments-dlq.fifo", receives=3, waiting=3, visibility=60),
    Plan(name="shipping-dlq", waiting=2, spread=9 * HOUR),
    Plan(name="shipping", dead="shipping-dlq", receives=2, waiting=34, spread=5 * HOUR),
    Plan(name="inventory-dlq", days=14),
    Plan(name="inventory", dead="inventory-dlq", waiting=6, in_flight=12),
    Plan(name="invoices-dlq", waiting=1, spread=2 * DAY, key="alias/shop-invoices"),
    Plan(name="invoices", dead="invoices-dlq", receives=3, waiting=9, key="alias/shop-invoices"),
    Plan(name="notifications-dlq", days=14),
    Plan(name="notifications", dead="notifications-dlq", waiting=4, delayed=11),
    Plan(name="webhooks-dlq", waiting=23, spread=30 * HOUR, days=1.5),
    Plan(name="webhooks", dead="webhooks-dlq", receives=8, waiting=2, in_flight=1),
    Plan(name="returns", waiting=5, spread=HOUR),
    Plan(name="thumbnails", in_flight=20, visibility=900),
    Plan(name="search-index", waiting=61, spread=10 * 60),
    Plan(name="price-updates"),
    Plan(name="clickstream-archive", waiting=640, spread=6 * DAY, days=7),
    Plan(name="loyalty-points", waiting=1),
    Plan(name="fraud-checks.fifo"),
    Plan(
        name="nightly-reports",
        days=14,
        tags=(("owner", "finance"), ("note", "\x1b]0;tagged\x07\x1b[31mred\x1b[0m [/var/task]")),
    ),
)

DEAD_ORDERS = 420
"""Messages in orders-dlq; the four shapes of ``messages.SHAPES``."""


def seed() -> None:
    """Make the queues and fill them."""
    backend = sqs_backends[ACCOUNT][REGION]
    chance = dice("queues")
    for plan in PLANS:
        queue = backend.create_queue(plan.name, dict(plan.tags), **_settings(plan))
        queue.created_timestamp -= chance.uniform(40, 700) * DAY
        _fill(queue, plan, chance)
    queues = backend.queues
    _fill_dead_orders(queues["orders-dlq"], queues["orders"], chance)
    _fill_payments(queues["payments-dlq.fifo"], queues["payments.fifo"], chance)
    for name in ("shipping", "invoices", "webhooks"):
        for message in held(queues[f"{name}-dlq"]):
            set_source(message, queues[name].queue_arn)


def add_plain(number: int) -> None:
    """Make many plain queues, for whoever wants to see a long list."""
    backend = sqs_backends[ACCOUNT][REGION]
    for n in range(1, number + 1):
        backend.create_queue(f"plain-{n:05}")


def put(
    queue: Queue, chance: random.Random, body: str, at: float, attributes: dict[str, Any]
) -> Message:
    """Put a message into a queue as if it had been sent at that time."""
    message = Message(uuid_of(chance), body, {})
    message.message_attributes = attributes
    message.sent_timestamp = int(at * 1000)  # type: ignore[assignment]
    queue.add_message(message)
    return message


def _settings(plan: Plan) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "MessageRetentionPeriod": int(plan.days * DAY),
        "VisibilityTimeout": plan.visibility,
    }
    if plan.name.endswith(".fifo"):
        settings |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    if plan.key:
        settings |= {"KmsMasterKeyId": plan.key, "SqsManagedSseEnabled": "false"}
    if plan.dead:
        target = {"deadLetterTargetArn": arn("sqs", plan.dead), "maxReceiveCount": plan.receives}
        settings["RedrivePolicy"] = json.dumps(target)
    return settings


def _fill(queue: Queue, plan: Plan, chance: random.Random) -> None:
    now = time.time()
    total = plan.waiting + plan.in_flight + plan.delayed
    for at in sorted(now - chance.uniform(0, plan.spread) for _ in range(total)):
        body = json.dumps(messages.order(chance))
        message = put(queue, chance, body, at, {"event": messages.attribute("order-placed")})
        if queue.fifo_queue:
            message.group_id = f"customer-{chance.randint(1, 3)}"
            message.deduplication_id = message.id
    for message in held(queue)[: plan.in_flight]:
        message.mark_received(visibility_timeout=6 * 3600)
    for message in held(queue)[total - plan.delayed :]:
        message.delayed_until = (now + chance.uniform(120, 900)) * 1000


def _fill_dead_orders(dead: Queue, source: Queue, chance: random.Random) -> None:
    now = time.time()
    # Most came in two outages; the oldest have less than an hour to live.
    moments = [now - chance.uniform(0.2, 3.97) * DAY for _ in range(DEAD_ORDERS // 3)]
    moments += [now - chance.gauss(2.6, 0.08) * DAY for _ in range(DEAD_ORDERS // 3)]
    moments += [now - abs(chance.gauss(0.3, 0.1)) * DAY for _ in range(DEAD_ORDERS // 3)]
    for number, at in enumerate(sorted(moments)):
        body, attributes = messages.failed_order(chance, at)
        if number == DEAD_ORDERS // 2:
            body = json.dumps(messages.HOSTILE, ensure_ascii=True).replace("\\u009b", "\x9b")
        message = put(dead, chance, body, at, attributes)
        message.approximate_receive_count = 5
        message.approximate_first_receive_timestamp = int(at * 1000) + 900
        set_source(message, source.queue_arn)


def _fill_payments(dead: Queue, source: Queue, chance: random.Random) -> None:
    now = time.time()
    for number in range(8):
        at = now - (40 - number * 4) * 60
        charge = {"charge": f"ch_{chance.getrandbits(40):x}", "amount": chance.randint(5, 400)}
        error = "CardDeclined: issuer refused" if number % 3 else "TimeoutError: psp.charge 5000 ms"
        attributes = {"ErrorMessage": messages.attribute(error)}
        message = put(dead, chance, json.dumps(charge), at, attributes)
        message.group_id = f"customer-{1 + number % 3}"
        message.deduplication_id = f"charge-{number}"
        message.approximate_receive_count = 3
        set_source(message, source.queue_arn)
