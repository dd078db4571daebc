"""How long credentials last unless a person renews them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from awstui.engine.credentials.caches import TokenCache
from awstui.engine.credentials.sso import portal

MARGIN = 60
"""Seconds before their end from which credentials are not used any more."""

_ENVIRONMENT = "env"

_OVERDUE = {"login": 240}
"""From a provider to the seconds before the end at which its renewal is overdue.

A session of ``aws login`` lasts a quarter of an hour, and is renewed in its last five minutes. Others
are renewed as soon as botocore calls for it.
"""


def until(credentials: Any) -> float:
    """When credentials end, in epoch seconds; 0 when they do not, or are renewed without a person.

    A role behind MFA is asked for again, keys in the environment end; a role, a program or an
    instance gives new ones by itself, and only while that fails does the end of the old ones count.
    """
    end = getattr(credentials, "_expiry_time", None)
    if not isinstance(end, datetime):
        return 0.0
    takes_a_person = getattr(credentials, "asks", False) or credentials.method == _ENVIRONMENT
    if takes_a_person or credentials.refresh_needed(_OVERDUE.get(credentials.method)):
        return end.timestamp()
    return 0.0


def login_end(config: Mapping[str, Any], profile: str) -> float:
    """When the SSO login ends that a profile's keys are got with, in epoch seconds; 0 without one.

    One that renews itself ends when its owner's session does, which nothing on this machine tells.
    """
    where = portal(dict(config), profile)
    if where is None:
        return 0.0
    try:
        held = TokenCache()[where.cache_key]
        end = str(held["expiresAt"]).replace("UTC", "Z")  # as earlier command lines wrote it
        return 0.0 if held.get("refreshToken") else datetime.fromisoformat(end).timestamp()
    except (KeyError, ValueError, AttributeError):
        return 0.0  # no login, or one whose file is damaged: the next renewal says which
