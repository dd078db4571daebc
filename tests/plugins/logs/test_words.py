"""Levels, colours, times and filter patterns: what is read out of a text."""

from __future__ import annotations

import datetime as dt

import pytest
from rich.color import Color

from plugins.logs import level
from plugins.logs.ansi import coloured, plain
from plugins.logs.moments import MomentError, brief, iso, moment, shown, span
from plugins.logs.pattern import complaint

NOW = dt.datetime(2025, 6, 15, 12, 0, 0, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize(
    ("message", "grave"),
    [
        ('{"level":"INFO","message":"no ERROR here"}', level.INFO),
        ('{"level": "error", "message": "x"}', level.ERROR),
        ('{"level":50,"msg":"x"}', level.ERROR),
        ("time=1 level=warning msg=x", level.WARN),
        ("[INFO]\t2025-06-15T12:00:00Z\tid\tstock reserved", level.INFO),
        ("2025-06-15 WARN retry 2 of 3", level.WARN),
        ("[ERROR] TimeoutError: no answer", level.ERROR),
        ("Traceback (most recent call last):\n  File", level.ERROR),
        ("java.lang.IllegalStateException: no", level.ERROR),
        ("Task timed out after 3.00 seconds", level.ERROR),
        ("REPORT RequestId: x\tStatus: timeout", level.ERROR),
        ("DEBUG: x", level.DEBUG),
        ("\x1b[33mWARN\x1b[0m falling back", level.WARN),
        ("no terrors, no warnings here", level.NONE),
        ("x" * 2000 + " ERROR ", level.NONE),
        ("", level.NONE),
    ],
)
def test_the_level_is_what_a_line_says_of_itself(message: str, grave: int) -> None:
    assert level.level_of(message) == grave


def test_colours_are_kept_as_styles_and_nothing_else_is() -> None:
    text = "\x1b[31mERROR\x1b[0m plain \x1b[1;38;5;208mhot\x1b[m\x1b]0;owned\x07\x1b[2J"
    found = coloured(text)
    assert found.text == "ERROR plain hot\x1b]0;owned\x07\x1b[2J" == plain(text)
    red, none, hot, end = found.runs
    assert (red[0], red[1].color) == (0, Color.from_ansi(1))
    assert (none[0], none[1].color) == (5, None)
    assert (hot[0], hot[1].bold, hot[1].color) == (12, True, Color.from_ansi(208))
    assert (end[0], end[1].bold) == (15, None)


@pytest.mark.parametrize(
    "codes", ["8", "5", "38", "38;5", "38;2;1", "38;5;999", "999", ";;", "38;2;999;0;0"]
)
def test_odd_colours_break_nothing_and_hide_nothing(codes: str) -> None:
    found = coloured(f"\x1b[{codes}mtext")
    assert found.text == "text"
    assert not any(style.conceal or style.blink for _, style in found.runs)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", NOW),
        ("10m", NOW - 600),
        ("2h30m", NOW - 9000),
        ("1d ago", NOW - 86400),
        ("11:30", NOW - 1800),
        ("11:30:15.5", NOW - 1784.5),
        ("12:30", NOW - 86400 + 1800),
        ("11:30z", NOW - 1800),
        ("yesterday 11:00", NOW - 90000),
        ("today", NOW - 43200),
        ("2025-06-15T11:00Z", NOW - 3600),
        ("2025-06-15 11:00", NOW - 3600),
        ("2025-06-15T13:00+02:00", NOW - 3600),
        ("2025-06-14", NOW - 43200 - 86400),
    ],
)
def test_times_are_read_as_people_type_them(text: str, at: float) -> None:
    assert moment(text, NOW, utc=True) == pytest.approx(at)


@pytest.mark.parametrize("text", ["10", "ten", "25:00", "yesterday noon", "m", "2025-13-01"])
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(MomentError, match="try"):
        moment(text, NOW)


def test_spans_and_moments_are_shown() -> None:
    assert span("1h 30m") == 5400
    with pytest.raises(MomentError):
        span("soon")
    at = NOW * 1000 + 7
    assert shown(at, utc=True) == "12:00:00.007"
    assert shown(at, utc=True, day=True) == "2025-06-15 12:00:00.007"
    assert iso(at) == "2025-06-15T12:00:00.007Z"
    assert [brief(value) for value in (12.4, 60, 150, 3600, 90000)] == [
        "12 s",
        "60 s",
        "2 m",
        "1 h",
        "1 d",
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        "", "ERROR", "ERROR timeout", "?ERROR ?WARN", "ERROR -retry", '"Task timed out"', "%5[0-9]{2}%",
        "%AUTH[a-z]+% %4..%", '{ $.level = "error" }', '{ ($.a = 1 || $.b > 2) && $.c.d[0] = "x y" }',
        "{ $.error IS TRUE }", "{ $.a NOT EXISTS }", "[ip, user, status = 5*, size]",
        "[w1=ERROR, w2]", '"a \\"quoted\\" one"', "user.name=x",
    ],
)  # fmt: skip
def test_patterns_that_aws_takes_pass(pattern: str) -> None:
    assert complaint(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("x" * 1025, "at most 1,024"),
        ('"open', "not closed"),
        ("%a% %b% %c%", "at most 2"),
        ("%(a|b)%", "without groups"),
        ("%ä%", "ASCII"),
        ("%a&b%", "& may not stand"),
        ("%[a%", "not a regex"),
        ("%a", "another must end it"),
        ("%%", "empty"),
        ("{ $.a = 1", "not closed"),
        ("[a, b", "not closed"),
        ("a }", "closes nothing"),
        ("{ a = 1 }", "named from $"),
        ("{ $.a = 1 & $.b = 2 }", "&& and ||"),
        ("{ $.a }", "compares nothing"),
        ("{ }", "condition is needed"),
        ("? x", "needs a word"),
        ("what!", "quoted"),
    ],
)
def test_patterns_that_aws_refuses_are_refused_before(pattern: str, why: str) -> None:
    assert why in complaint(pattern)
