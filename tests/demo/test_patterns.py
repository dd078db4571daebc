"""Filter patterns, as CloudWatch Logs documents them."""

from __future__ import annotations

import json

import pytest

from awstui.demo.patterns import accepts
from awstui.demo.process import DemoServer
from tests.demo.conftest import Connect

ERROR = json.dumps(
    {"level": "ERROR", "ms": 137.5, "ok": False, "who": {"id": "a-1"}, "tags": ["x", "y"]}
)
ACCESS = '127.0.0.1 - ann [10/Oct/2026:13:55:36] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "message", "wanted"),
    [
        ("", "anything", True),
        ("ERROR sku", "ERROR of sku", True),
        ("ERROR sku", "ERROR", False),
        ("?ERROR ?WARN", "a WARN", True),
        ("?ERROR ?WARN", "INFO", False),
        ("ERROR -sku", "ERROR of sku", False),
        ('"of sku"', "ERROR of sku", True),
        ("%E[A-Z]+R%", "an ERROR", True),
        ("%^ERROR%", "an ERROR", False),
        ('{ $.level = "ERROR" }', ERROR, True),
        ('{ $.level = "E*R" }', ERROR, True),
        ('{ $.level != "ERROR" }', ERROR, False),
        ('{ $.level = "ERROR" && $.ms > 100 }', ERROR, True),
        ('{ $.level = "ERROR" && ($.ms > 1000 || $.ms <= 1) }', ERROR, False),
        ("{ $.ms = 137.5 }", ERROR, True),
        ('{ $.who.id = "a-1" }', ERROR, True),
        ('{ $.tags[1] = "y" }', ERROR, True),
        ("{ $.level = %^ERR% }", ERROR, True),
        ("{ $.nothing NOT EXISTS }", ERROR, True),
        ("{ $.who EXISTS }", ERROR, True),
        ("{ $.ok IS FALSE }", ERROR, True),
        ("{ $.nothing > 1 }", ERROR, False),
        ('{ $.level = "ERROR" }', "ERROR", False),
        ("[ip, id, user, at, request, status = 4*, size]", ACCESS, True),
        ("[ip, id, user, at, request, status = 5*, size]", ACCESS, False),
        ("[..., status = 404, size > 1000]", ACCESS, True),
        ("[ip, ..., size < 1000]", ACCESS, False),
        ("[ip, user]", ACCESS, False),
    ],
)
def test_a_pattern_takes_what_aws_would_take(pattern: str, message: str, *, wanted: bool) -> None:
    assert accepts(pattern)(message) is wanted


def test_the_server_filters_by_it(shop: DemoServer, connect: Connect) -> None:
    logs, group = connect(shop.url, "logs"), "/aws/lambda/payments-charge"
    every = logs.filter_log_events(logGroupName=group)["events"]
    asked = {"logGroupName": group, "filterPattern": '{ $.level = "ERROR" }'}
    found = logs.filter_log_events(**asked)["events"]
    assert 0 < len(found) < len(every)
    assert all(json.loads(event["message"])["level"] == "ERROR" for event in found)
