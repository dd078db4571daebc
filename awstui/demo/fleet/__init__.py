"""The fleet of a web shop: what somebody who opens the demo finds."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from awstui.demo.process import ACCOUNT, REGION

__all__ = ["ACCOUNT", "REGION", "ago", "arn", "dice", "uuid_of"]


def dice(purpose: str) -> random.Random:
    """Chance that falls the same way each time, for one purpose."""
    return random.Random(f"awstui {purpose}")  # noqa: S311 - nothing here is a secret


def uuid_of(chance: random.Random) -> str:
    """An identifier drawn from ``chance``."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def arn(service: str, resource: str, *, region: str = REGION) -> str:
    """The ARN of one of the shop's resources."""
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


def ago(**amount: float) -> dt.datetime:
    """A moment in the past, in UTC and without a zone, as moto keeps them."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(**amount)
