"""What looks like a secret is hidden, what does not stays."""

from __future__ import annotations

import time
from typing import Any

import pytest

from awstui.masking import HIDDEN, doubtful, mask, mask_each, mask_lines, masked
from awstui.packing import as_json_line

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
        ("login as shop, password hunter2, failed", "login as shop, password (hidden), failed"),
        (
            r'{"Message": "{\"password\":\"hunt\\\"er2\",\"n\":1}"}',
            r'{"Message": "{\"password\":(hidden),\"n\":1}"}',
        ),
        ('"password": "cut off in the mid', '"password": (hidden)'),
        ("\u0130\u0130 token=abc123", "\u0130\u0130 token=(hidden)"),
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
        "password expired 3 days ago",
        "secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe2",
        "http://127.0.0.1:4566/x@y",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert mask(text) == text


def test_a_private_key_over_several_lines_is_hidden_in_each() -> None:
    lines = ["cert:", *PEM.split("\n"), "password=hunter2", "end"]
    assert mask_lines(lines) == [
        "cert:", HIDDEN, HIDDEN, HIDDEN, HIDDEN, f"password={HIDDEN}", "end",
    ]  # fmt: skip
    assert mask_lines(["a -----END PRIVATE KEY----- b"]) == ["a -----END PRIVATE KEY----- b"]


def test_texts_that_are_not_of_one_piece_are_each_masked_by_itself() -> None:
    texts = ["password =", "hunter2", "-----BEGIN PRIVATE KEY-----", "stays", "\u0130 token=abc123"]
    assert mask_each(texts) == ["password =", "hunter2", HIDDEN, "stays", f"\u0130 token={HIDDEN}"]
    harmless = ["GET /api/keys 200", "done"]
    assert mask_each(harmless) is harmless


SECRETIVE: tuple[dict[str, Any], ...] = (
    {"SecretString": "a"}, {"MasterUserPassword": "b"}, {"PASSWD": "b"}, {"passwod": "b"},
    {"SessionToken": "c"}, {"id_token": "c"}, {"authtoken": "c"}, {"apiKey": "d"}, {"api_-key": "d"},
    {"AccessKey": "d"}, {"private-key": "d"}, {"DbCredential": "e"},
    {"Environment": {"Variables": {"STRIPE": "e"}}}, {"EnvironmentVariables": {"A": "e"}},
    {"o": [{"OptionName": "DB", "Value": "f"}]}, {"m": "AKIAIOSFODNN7EXAMPLE"}, {"m": PEM},
    {"m": "token=abc123"}, {"m": '{"password":"hunter2"}'}, {"m": "a://b:c@d"},
)  # fmt: skip


@pytest.mark.parametrize("row", SECRETIVE)
def test_a_row_in_which_something_is_hidden_is_found_in_its_json(row: dict[str, Any]) -> None:
    assert masked(row) != row
    lines = [as_json_line({"n": 1}), as_json_line(row), as_json_line({"m": "harmless"})]
    assert 1 in doubtful(lines, fields=True)
    assert doubtful(lines[::2], fields=True) == []


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


LONG = (
    "a", "key=", "eyJ", "-eyJ", "-eyJ.", "x.y-z_", "://", "token: ", "secret ", "secret='x\\\" ", "-----BEGIN ",
    '"password":"hunter2" ',
)  # fmt: skip


@pytest.mark.parametrize("part", LONG)
def test_the_time_it_takes_grows_with_the_text_and_no_faster(part: str) -> None:
    def least(length: int) -> float:
        text, times = part * (length // len(part)), []
        for _ in range(3):
            began = time.thread_time()
            mask(text)
            times.append(time.thread_time() - began)
        return min(times)

    # Eight times as long takes eight times as long, not sixty-four; the clock is the thread's own.
    assert least(160_000) < 30 * max(least(20_000), 0.0005)
