"""Searches as queries, estimates, and where a query is wrong: all without AWS."""

from __future__ import annotations

import pytest

from awstui.demo.insights.parsing import parsed
from plugins.logs.insights.question import (
    Wrong,
    dollars,
    estimate,
    pointed,
    price,
    question,
    wrong,
)

DAY = 86400.0
NOW = 1_715_947_200.0


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [
        ("ERROR", '@message like "ERROR"'),
        ("ERROR -health", '@message like "ERROR" and not (@message like "health")'),
        ("?ERROR ?WARN", '@message like "ERROR" or @message like "WARN"'),
        ('"order 17"', '@message like "order 17"'),
        ("%a/b [0-9]+%", "@message like /a\\/b [0-9]+/"),
        ('{ $.level = "error" && $.took.ms > 100 }', 'level = "error" and took.ms > 100'),
        ('{ ($.a[0].b = 1) || ($.name != "x*") }', "( a.0.b = 1 ) or ( not (name like /^x.*$/) )"),
        ("{ $.err EXISTS || $.ok NOT EXISTS }", "ispresent(err) or not ispresent(ok)"),
        ('{ $.x-id = "7" }', '`x-id` = "7"'),
    ],
)
def test_a_filter_pattern_becomes_a_condition(pattern: str, condition: str) -> None:
    asked = question(1, 2, pattern=pattern)
    assert f"| filter {condition}\n" in asked.query
    assert asked.lost == ""
    parsed(asked.query)


def test_a_regex_and_a_pattern_are_asked_together() -> None:
    asked = question(1, 2, pattern="ERROR", local=r"GET /cart\b")
    assert asked.query == (
        "fields @timestamp, @log, @logStream, @message\n"
        '| filter @message like "ERROR"\n'
        "| filter @message like /GET \\/cart\\b/\n"
        "| sort @timestamp desc\n| limit 10000"
    )
    assert (asked.since, asked.until) == (1, 2)
    parsed(asked.query)


@pytest.mark.parametrize(
    ("local", "condition"),
    [
        ("timeout", "@message like /(?i)timeout/"),
        ("Timeout", "@message like /Timeout/"),
        ("!health", "not (@message like /(?i)health/)"),
        ("", ""),
    ],
)
def test_a_local_filter_becomes_a_condition(local: str, condition: str) -> None:
    asked = question(1, 2, local=local)
    assert (f"| filter {condition}\n" in asked.query) == bool(condition)
    assert asked.lost == ""
    parsed(asked.query)


def test_a_fuzzy_filter_is_lost_and_streams_are_kept() -> None:
    asked = question(1, 2, local="-f tmo", streams=["s/1", 's"2'])
    assert asked.lost
    assert '| filter @logStream in ["s/1", "s\\"2"]\n' in asked.query
    parsed(asked.query)


@pytest.mark.parametrize("pattern", ["[ip, user, status = 5*]", "{ $.a ~ 1 }"])
def test_what_cannot_be_said_is_said_to_be_lost(pattern: str) -> None:
    asked = question(1, 2, pattern=pattern)
    assert asked.lost
    assert "filter" not in asked.query


def test_the_estimate_is_the_ranges_share_of_what_is_kept() -> None:
    kept = {"storedBytes": 1400, "retentionInDays": 14, "creationTime": (NOW - 99 * DAY) * 1000}
    young = {"storedBytes": 100, "creationTime": (NOW - 2 * DAY) * 1000}
    assert estimate([kept], NOW - DAY, NOW, NOW).bytes == pytest.approx(100)
    assert estimate([young], NOW - DAY, NOW, NOW).bytes == pytest.approx(50)
    assert estimate([kept], NOW - 99 * DAY, NOW, NOW).bytes == pytest.approx(1400)
    assert estimate([kept], NOW - 40 * DAY, NOW - 30 * DAY, NOW).bytes == 0
    both = estimate([kept, young, {}], NOW - DAY, NOW, NOW)
    assert both.bytes == pytest.approx(150)
    assert both.unknown == 1


def test_a_gibibyte_costs_half_a_cent() -> None:
    assert price(2**30) == 0.005
    assert [dollars(one) for one in (0, 0.00001, 0.005, 12.5)] == [
        "$0.0000", "under $0.0001", "$0.0050", "$12.50",
    ]  # fmt: skip


def test_a_malformed_query_is_pointed_at() -> None:
    query = "fields @message\n| filtre x"
    place = wrong(query, "unexpected symbol found filtre at line 2 and position 3")
    assert place is not None
    assert (place.line, place.position) == (2, 3)
    assert pointed(query, place) == ("| filtre x", "  ^")
    assert wrong(query, "something else") is None
    beyond = wrong(query, "unexpected symbol at line 9 and position 99")
    assert isinstance(beyond, Wrong)
    assert (beyond.line, beyond.position) == (2, 11)
