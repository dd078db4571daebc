"""The shop's buckets and a few objects in each."""

from __future__ import annotations

import json

from moto.s3.models import s3_backends

from awstui.demo.fleet import ACCOUNT, REGION, ago, dice, messages, uuid_of

BUCKETS = {
    "shop-invoices-123456789012": 60,
    "shop-product-images-123456789012": 140,
    "shop-catalogue-imports-123456789012": 12,
    "shop-access-logs-123456789012": 90,
    "elasticbeanstalk-eu-west-1-123456789012": 6,
    "shop-empty-123456789012": 0,
}
"""How many objects each holds."""


def seed() -> None:
    """Make the buckets and their objects."""
    backend = s3_backends[ACCOUNT]["aws"]
    chance = dice("buckets")
    for name, number in BUCKETS.items():
        bucket = backend.create_bucket(name, REGION)
        bucket.creation_date = ago(days=chance.uniform(90, 900))
        for n in range(number):
            made = ago(hours=chance.uniform(0, 900))
            body = json.dumps(messages.order(chance)).encode() * chance.randint(1, 20)
            path = f"{made:%Y/%m/%d}/{uuid_of(chance)[:13]}-{n:04}"
            end = "jpg" if "images" in name else "zip" if "beanstalk" in name else "json"
            key = backend.put_object(name, f"{path}.{end}", body, disable_notification=True)
            key.last_modified = made
