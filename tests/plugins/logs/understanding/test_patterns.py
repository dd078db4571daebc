"""Errors grouped by pattern: what is masked, what is kept apart, and the rows of a group."""

from __future__ import annotations

import pytest

from awstui.errors import AwstuiError
from awstui.testing import FakeAws
from plugins.logs import plugin
from plugins.logs.understanding import rows as the
from plugins.logs.understanding.patterns import MOST, OTHER, Patterns, masked, pattern_of
from tests.plugins.conftest import Show
from tests.plugins.logs.conftest import Logs

UUID = "7f3c8f0e-9a1b-4c2d-8e3f-0123456789ab"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("retry 2 of 3 in 1.5s", "retry <n> of <n> in <n>s"),
        (f"order {UUID} failed", "order <uuid> failed"),
        ("at 2024-05-17T12:00:00.123Z and 14:02:11,5", "at <time> and <time>"),
        ("[17/May/2024:12:00:00 +0000] GET", "[<time>] GET"),
        ("commit 1a2b3c4d at 0xDEADBEEF", "commit <hex> at <hex>"),
        ("from 203.0.113.7 by ann@example.com", "from <ip> by <email>"),
        ("key AKIAIOSFODNN7EXAMPLE gone", "key <id> gone"),
        ("HTTP/1.1 502", "HTTP/<n> <n>"),
        ("utf8 sha256 are names", "utf8 sha256 are names"),
        ("deadbeef decade are words", "deadbeef decade are words"),
    ],
)
def test_what_is_of_one_occasion_is_masked(text: str, pattern: str) -> None:
    assert masked(text) == pattern


@pytest.mark.parametrize(
    ("message", "pattern"),
    [
        ("\x1b[31mERROR\x1b[0m order 17\nmore", "ERROR order <n>"),
        ('{"level": "ERROR", "message": "no sku 12", "id": 4}', "no sku <n>"),
        ('{"errorType": "KeyError", "errorMessage": "\'sku\'"}', "KeyError: 'sku'"),
        ('{"error": {"message": "deep 1"}}', "deep <n>"),
        ("Traceback (most recent call last):\n  File x, line 3\nKeyError: 'a'", "KeyError: 'a'"),
        ("{broken 7", "{broken <n>"),
        ("", ""),
    ],
)
def test_a_line_has_a_pattern(message: str, pattern: str) -> None:
    assert pattern_of(message) == pattern


def event(at: int, message: str) -> dict[str, object]:
    return {"timestamp": at, "message": message, "logStreamName": f"s{at % 2}"}


def test_patterns_are_counted_with_their_first_last_and_a_sample() -> None:
    patterns = Patterns()
    for at in (30, 10, 20):
        patterns.take(event(at, f"ERROR order {at} failed"))
    patterns.take(event(40, "WARN slow"))
    patterns.take(event(50, "INFO fine"))
    errors, warnings = patterns.all()
    assert (errors.text, errors.count, errors.first, errors.last) == (
        "ERROR order <n> failed", 3, 10, 30,
    )  # fmt: skip
    assert errors.sample == "ERROR order 30 failed"
    assert (warnings.text, warnings.count) == ("WARN slow", 1)


def test_beyond_the_most_patterns_are_counted_together() -> None:
    patterns = Patterns()
    words = [
        f"{chr(97 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(MOST + 5)
    ]
    for word in words:
        patterns.take(event(1, f"ERROR {word}"))
    assert {one.text: one.count for one in patterns.all()}[OTHER] == 5


async def test_patterns_of_a_group_and_the_lines_of_one(logs: Logs, show: Show) -> None:
    said = [f"ERROR order {n} failed" for n in range(5)] + ["WARN slow", "INFO fine"]
    name = await logs.group("g", said)
    rows = await show(plugin, "patterns", logs.aws, {"logGroupName": name})
    assert [(row.cells["Count"], row.cells["Level"], row.cells["Pattern"]) for row in rows] == [
        (5, "ERROR", "ERROR order <n> failed"), (1, "WARN", "WARN slow"),
    ]  # fmt: skip
    assert [row.tones["Level"] for row in rows] == ["bad", "warn"]
    lines = await show(plugin, "pattern-lines", logs.aws, rows[0].raw)
    assert sorted(str(row.cells["Line"]) for row in lines) == said[:5]


async def test_what_was_not_read_is_said(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the, "LINES", 4)
    page = {
        "events": [
            {"timestamp": 1_715_947_200_000 + n, "ingestionTime": 0, "eventId": str(n),
             "logStreamName": "s", "message": "ERROR x"}
            for n in range(4)
        ],
        "nextToken": "more",
    }  # fmt: skip
    aws = FakeAws({"filter_log_events": page})
    for name, column in (("patterns", "Pattern"), ("invocations", "Request")):
        rows = await show(plugin, name, aws, {"logGroupName": "g"})
        assert "lines before 12:00:00.000 were not read" in str(rows[-1].cells[column])
    assert len(aws.calls) == 2


async def test_infrequent_access_groups_are_led_to_insights(show: Show) -> None:
    group = {"logGroupName": "g", "logGroupClass": "INFREQUENT_ACCESS"}
    for name in ("patterns", "invocations"):
        with pytest.raises(BaseExceptionGroup) as refused:
            await show(plugin, name, FakeAws({}), group)
        problem = refused.value.exceptions[0]
        assert isinstance(problem, AwstuiError)
        assert "Insights" in problem.problem.do
