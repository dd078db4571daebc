"""The shop's topics and who listens to them."""

from __future__ import annotations

import json

from moto.sns.models import SNSBackend, sns_backends

from awstui.demo.fleet import ACCOUNT, REGION, arn

EMAIL = "email"
SUBSCRIPTIONS: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "order-events": (
        ("orders", {}),
        ("invoices", {"RawMessageDelivery": "true"}),
        ("inventory", {"RawMessageDelivery": "true"}),
        ("notifications", {"FilterPolicy": json.dumps({"event": ["order-placed", "order-sent"]})}),
        ("orders-desk@shop.example", {}),
    ),
    "payment-events": (("loyalty-points", {"RawMessageDelivery": "true"}),),
    "shipment-events": (
        ("shipping", {"RawMessageDelivery": "true"}),
        ("warehouse@shop.example", {}),
    ),
    "price-changes": (("price-updates", {}), ("search-index", {"RawMessageDelivery": "true"})),
    "ops-alarms": (("oncall@shop.example", {}), ("new-colleague@shop.example", {})),
    "returns-requested": (),
}
"""Topics, and for each the queue names and addresses subscribed, with their attributes."""

PENDING = "new-colleague@shop.example"
"""Has not clicked the link yet."""


def seed() -> None:
    """Make the topics and subscribe."""
    backend = sns_backends[ACCOUNT][REGION]
    for name, subscriptions in SUBSCRIPTIONS.items():
        topic = backend.create_topic(name, {"DisplayName": name.replace("-", " ")}, {"shop": "web"})
        for endpoint, attributes in subscriptions:
            _subscribe(backend, topic.arn, endpoint, attributes)


def _subscribe(
    backend: SNSBackend, topic_arn: str, endpoint: str, attributes: dict[str, str]
) -> None:
    if "@" not in endpoint:
        subscription = backend.subscribe(topic_arn, arn("sqs", endpoint), "sqs")
        for name, value in attributes.items():
            backend.set_subscription_attributes(subscription.arn, name, value)
        return
    subscription = backend.subscribe(topic_arn, endpoint, EMAIL)
    if endpoint == PENDING:
        subscription.attributes["PendingConfirmation"] = True
        subscription.arn = "PendingConfirmation"  # which is what AWS lists instead of an ARN
