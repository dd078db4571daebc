"""How long credentials last unless a person renews them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

MARGIN = 60
"""Seconds before their end from which credentials are not used any more."""

_ENVIRONMENT = "env"


def until(credentials: Any) -> float:
    """When credentials end, in epoch seconds; 0 when they do not, or are renewed without a person.

    A role behind MFA is asked for again, keys in the environment end; a role, a program or an
    instance gives new ones by itself, and only while that fails does the end of the old ones count.
    """
    end = getattr(credentials, "_expiry_time", None)
    if not isinstance(end, datetime):
        return 0.0
    takes_a_person = getattr(credentials, "asks", False) or credentials.method == _ENVIRONMENT
    if takes_a_person or credentials.refresh_needed():
        return end.timestamp()
    return 0.0
