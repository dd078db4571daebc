"""What looks like a secret is hidden, what does not stays."""

from __future__ import annotations

import time
from typing import Any

import pytest

from awstui.masking import HIDDEN, mask, masked

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("id AKIAIOSFODNN7EXAMPLE here", "id AKIA(hidden) here"),
        ("ASIAIOSFODNN7EXAMPLE", "ASIA(hidden)"),
        (f"cookie {JWT};", "cookie (hidden);"),
        (f"before\n{PEM}\nafter", "before\n(hidden)\nafter"),
        ("-----BEGIN PRIVATE KEY-----\nMIIcut", "(hidden)"),
        ("Authorization: Bearer abcdefghijklmnop.qr", "Authorization: Bearer (hidden)"),
        ("postgres://shop:s3cr3t@db:5432/x", "postgres://shop:(hidden)@db:5432/x"),
        ("password=hunter2&next=1", "password=(hidden)&next=1"),
        ("DB_PASSWORD = 'hunter 2'", "DB_PASSWORD = (hidden)"),
        ('{"apiKey": "abc\\"def", "n": 1}', '{"apiKey": (hidden), "n": 1}'),
        ("token: abc123def", "token: (hidden)"),
        ("aws_secret_access_key=wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key=(hidden)"),
    ],
)
def test_secrets_are_known_by_their_form(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dlq",
        "botocore.credentials: Refresh failed",
        "the secret: it is easy",
        "key: value and monkeys",
        "NextToken: abc123",
        "AKIA is a prefix",
        "http://127.0.0.1:4566/x@y",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert mask(text) == text


def test_values_are_known_by_their_name_and_by_where_they_stand() -> None:
    raw: dict[str, Any] = {
        "SecretString": "a", "SecretArn": "arn:x", "MasterUserPassword": "b", "SessionToken": "c",
        "NextToken": "d", "Empty": {"Password": ""},
        "Environment": {"Variables": {"STRIPE": "e"}},
        "OptionSettings": [{"Namespace": "n", "OptionName": "DB", "Value": "f"}],
        "Messages": [{"Body": "AKIAIOSFODNN7EXAMPLE", "Size": 3}],
    }  # fmt: skip
    assert masked(raw) == {
        "SecretString": HIDDEN, "SecretArn": "arn:x", "MasterUserPassword": HIDDEN,
        "SessionToken": HIDDEN, "NextToken": "d", "Empty": {"Password": ""},
        "Environment": {"Variables": {"STRIPE": HIDDEN}},
        "OptionSettings": [{"Namespace": "n", "OptionName": "DB", "Value": HIDDEN}],
        "Messages": [{"Body": f"AKIA{HIDDEN}", "Size": 3}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000, "key=" * 50_000, "eyJ" * 60_000, "x.y-z_" * 40_000 + "token", "://" * 60_000],
)
def test_a_long_text_does_not_hold_it_up(text: str) -> None:
    began = time.perf_counter()
    mask(text)
    assert time.perf_counter() - began < 2
