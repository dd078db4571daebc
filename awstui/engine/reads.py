"""Which operations only read: a list of what is allowed, for everything else may change something.

For the services of our own plugins the list is ``operations.txt``, whole and explicit. For the services of
other plugins it is AWS's own verbs, less those that lie.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

VERBS = (
    "Get",
    "List",
    "Describe",
    "Head",
    "Lookup",
    "Filter",
    "Search",
    "Query",
    "Scan",
    "Count",
    "Simulate",
    "Estimate",
    "BatchGet",
    "BatchDescribe",
    "BatchList",
    "BatchCheck",
    "TransactGet",
)
"""Verbs with which AWS names operations that change nothing."""

LYING = frozenset(
    (
        "GetActivityTask",  # takes the task away from the workers
        "GetId",  # makes an identity
        "GetUserAttributeVerificationCode",  # sends a message to a person
        "GetNextMessage",
        "GetScalingConfigurationRecommendation",  # starts a job
    )
)
"""Operations with the verb of a read that change something."""

FOR_CREDENTIALS = frozenset(
    (
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithSAML"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sts", "GetSessionToken"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
        ("sso-oidc", "RegisterClient"),
        ("sso-oidc", "StartDeviceAuthorization"),
        ("signin", "CreateOAuth2Token"),
    )
)
"""What sessions call themselves to become who the profile says; no plugin reaches these."""

_HANDS_OUT = re.compile(
    r"Get\w*(?:Credentials\w*|Token(?:For\w+)?|Password|DataAccess|ResourceApiKey"
    r"|(?:Embed|Login|Upload|Authentication|StreamingSession|[Ss]igned\w*)U(?:rl|RL))$"
)
"""Names of what is not looked at but made for the one who asks: keys, tokens, links that let in."""

_VERB = re.compile(rf"(?:{'|'.join(VERBS)})(?=[A-Z0-9]|$)")


def is_read(service: str, operation: str) -> bool:
    """Whether an operation, by botocore's service and AWS's name, is known to change nothing."""
    if (known := table().get(service)) is not None:
        return known.get(operation, "write") != "write"
    if operation in others().get(service, {}):
        return True
    lies = operation in LYING or _HANDS_OUT.match(operation) is not None
    return not lies and _VERB.match(operation) is not None


def goes_once(service: str, operation: str) -> bool:
    """Whether a read must not be repeated by itself."""
    known = table().get(service) or others().get(service, {})
    return known.get(operation) == "once"


def is_for_credentials(service: str, operation: str) -> bool:
    """Whether a session itself calls this to get its credentials."""
    return (service, operation) in FOR_CREDENTIALS


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """From service and operation to ``read``, ``once`` or ``write``, as ``operations.txt`` says."""
    return _told("operations.txt")


@cache
def others() -> Mapping[str, Mapping[str, str]]:
    """What only reads in other services although its verb does not say so, as ``others.txt`` says."""
    return _told("others.txt")


def _told(file: str) -> Mapping[str, Mapping[str, str]]:
    text = Path(__file__).with_name(file).read_text("utf-8")
    found: dict[str, dict[str, str]] = {}
    word = ""
    for line in text.splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = known = {}
            continue
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            word, _, line = line.partition(":")  # noqa: PLW2901  the rest of the line are names
        for name in line.split():
            known[name] = word
    return found
