"""Which operations only read: a list of what is allowed, for everything else may change something."""

from __future__ import annotations

import re

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
        "GetOpenIdToken",
        "GetOpenIdTokenForDeveloperIdentity",  # registers an identity
        "GetCredentialsForIdentity",
        "GetFederationToken",
        "GetSessionToken",
        "GetClusterCredentials",  # may make a database user
        "GetClusterCredentialsWithIAM",
        "GetUserAttributeVerificationCode",  # sends a message to a person
        "GetTokensFromRefreshToken",
        "GetWorkloadAccessToken",
        "GetWorkloadAccessTokenForJWT",
        "GetWorkloadAccessTokenForUserId",
        "GetResourceOauth2Token",
        "GetResourcePaymentToken",
        "GetNextMessage",
    )
)
"""Operations with the verb of a read that change something, or hand out a way to."""

ONCE = frozenset(
    (
        "StartQuery",
        "StopQuery",
        "StartLiveTail",
    )
)
"""Operations that change no resource but cost money or hold a slot: sent once, never retried."""

PLAIN = frozenset(
    (
        "CheckDNSAvailability",
        "CheckIfPhoneNumberIsOptedOut",
        "CheckCapacity",
        "DiscoverInstances",
        "DiscoverInstancesRevision",
        "DownloadDBLogFilePortion",
        "RetrieveEnvironmentInfo",
        "SelectObjectContent",
        "SelectResourceConfig",
        "SelectAggregateResourceConfig",
        "TestDNSAnswer",
        "TestEventPattern",
        "TestMetricFilter",
        "ValidateConfigurationSettings",
        "ValidatePolicy",
        "ValidateStateMachineDefinition",
        "ValidateTemplate",
        "IsMemberInGroups",
    )
)
"""Operations that only read although their verb does not say so."""

FOR_CREDENTIALS = frozenset(
    (
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithSAML"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sts", "GetSessionToken"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
        ("signin", "CreateOAuth2Token"),
    )
)
"""What sessions call themselves to become who the profile says; no plugin reaches these."""

_VERB = re.compile(rf"(?:{'|'.join(VERBS)})(?=[A-Z0-9]|$)")


def is_read(operation: str) -> bool:
    """Whether an operation, by AWS's name, is known to change nothing."""
    if operation in LYING:
        return False
    return operation in PLAIN or operation in ONCE or _VERB.match(operation) is not None


def goes_once(operation: str) -> bool:
    """Whether a read must not be repeated by itself."""
    return operation in ONCE


def is_for_credentials(service: str, operation: str) -> bool:
    """Whether a session itself calls this to get its credentials."""
    return (service, operation) in FOR_CREDENTIALS
