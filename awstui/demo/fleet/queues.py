"""The shop's queues and what waits in them."""

from __future__ import annotations


def add_plain(number: int) -> None:
    """Make many plain queues, for whoever wants to see a long list."""
    from moto.sqs.models import Queue, sqs_backends

    from awstui.demo.process import ACCOUNT, REGION

    queues = sqs_backends[ACCOUNT][REGION].queues
    for n in range(1, number + 1):
        name = f"plain-{n:05}"
        queues[name] = Queue(name, REGION, ACCOUNT)


def seed() -> None:
    """Make the queues."""
