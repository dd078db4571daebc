"""What is typed after the slash."""

from __future__ import annotations

import re

import pytest

from awstui.filtering import EMPTY, FilterError, parse

NAMES = ["orders-dlq", "Orders", "payments.fifo", "shipping", "order-1"]


@pytest.mark.parametrize(
    ("text", "passing"),
    [
        ("", NAMES),
        ("  ", NAMES),
        ("!", NAMES),
        ("-f", NAMES),
        ("order", ["orders-dlq", "Orders", "order-1"]),
        ("Order", ["Orders"]),
        ("^order", ["orders-dlq", "Orders", "order-1"]),
        (r"\Sdlq|fifo$", ["orders-dlq", "payments.fifo"]),
        (r"\d", ["order-1"]),
        ("[A-Z]", ["Orders"]),
        ("!order", ["payments.fifo", "shipping"]),
        ("! ^order", ["payments.fifo", "shipping"]),
        ("!Order", ["orders-dlq", "payments.fifo", "shipping", "order-1"]),
        ("-f odq", ["orders-dlq"]),
        ("-f o r s", ["orders-dlq", "Orders"]),
        ("-f OR", []),
        ("-f .", ["payments.fifo"]),
    ],
)
def test_what_passes(text: str, passing: list[str]) -> None:
    assert [name for name in NAMES if parse(text).matches(name)] == passing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a(", "at character 2"),
        ("*", "at character 1"),
        ("![", "not a regex"),
        ("a{99999999999}", "not a regex"),
    ],
)
def test_what_is_no_regex_is_said_so(text: str, said: str) -> None:
    with pytest.raises(FilterError, match=re.escape(said)):
        parse(text)


def test_an_empty_filter_is_false_and_filters_are_equal_by_text() -> None:
    assert not EMPTY
    assert not parse(" ")
    assert parse("a")
    assert parse("a") == parse("a") != parse("b")
    assert len({parse("a"), parse("a"), parse("!a")}) == 2


def test_fuzzy_ranks_what_is_close_together_early_and_short() -> None:
    wanted = parse("-f abc")
    texts = ["a-b-c", "xxabc", "abc", "abcd", "cab"]
    scored = {text: wanted.score(text) for text in texts}
    assert scored.pop("cab") is None
    assert sorted(scored, key=lambda text: scored[text] or ()) == ["abc", "abcd", "xxabc", "a-b-c"]


def test_spans_mark_what_matched() -> None:
    assert list(parse("AN").spans("BANANAS")) == [(1, 3), (3, 5)]
    assert list(parse("an").spans("BANANAS")) == [(1, 3), (3, 5)]
    assert list(parse("x*").spans("abc")) == []
    assert list(parse("!an").spans("bananas")) == []
    assert list(parse("-f bs").spans("bananas")) == [(0, 7)]
