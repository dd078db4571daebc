"""Filters, differences and arrivals: what is chosen, what differs, when it came."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from awstui.plugin import Row
from plugins.sqs.message import Shown, shown
from plugins.sqs.scanning.arrivals import arrivals
from plugins.sqs.scanning.comparing import Difference, canonical, differences
from plugins.sqs.scanning.filters import WantedError, wanted

NOW = 1_700_000_000.0


def message(body: Any, *, age: float = 60.0, receives: int = 1, **attributes: str) -> Row:
    return {
        "MessageId": "m",
        "Body": body if isinstance(body, str) else json.dumps(body),
        "Attributes": {
            "SentTimestamp": str(int((NOW - age) * 1000)),
            "ApproximateReceiveCount": str(receives),
        },
        "MessageAttributes": {
            name: {"DataType": "Number" if text.isdigit() else "String", "StringValue": text}
            for name, text in attributes.items()
        },
    }


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", True), ("8c1F", True), ("8c1f", True), ("8C1F", False), ("nothing", False),
        ("?body.total > `40`", True), ("?total > `40`", True), ("?total > `50`", False),
        ("?attributes.attempt == `4`", True), ("?attributes.kind == 'x'", True),
        ("?system.ApproximateReceiveCount >= `5`", True), ("?items[?sku == 'a']", True),
        ("?items[?sku == 'b']", False), ("?zero", True), ("?absent", False),
        ("?length(total)", False), ("age>1h", True), ("age>3h", False), ("age<=2h receives=5", True),
        ("receives>5", False), ("size<1k ?total", True), ("size>1k", False),
        ("age>1h 8c1F", True), ("age>1h nothing", False),
    ],
)  # fmt: skip
def test_what_is_chosen(text: str, chosen: bool) -> None:
    body = {"id": "8c1F", "total": 42, "zero": 0, "items": [{"sku": "a"}]}
    one = message(body, age=7200, receives=5, attempt="4", kind="x")
    assert wanted(text).matches(one, NOW) is chosen


@pytest.mark.parametrize(
    ("text", "says"),
    [("?a b", "not JMESPath"), ("[", "not a regex"), ("age>5x", "age takes s, m, h, d"),
     ("receives>5d", "receives takes no unit")],
)  # fmt: skip
def test_what_cannot_be_read_says_why(text: str, says: str) -> None:
    with pytest.raises(WantedError, match=says):
        wanted(text)


def opened(body: Any, tenant: str = "x") -> Shown:
    return shown(message(body, tenant=tenant))


def compared(one: Shown, other: Shown, near: int = 3) -> list[Difference]:
    """The lines of a comparison."""
    return [line for line in differences(one, other, near) if line is not None]


def test_equal_things_do_not_differ_however_they_are_written() -> None:
    one, other = '{"a": 1, "b": [1, 2]}', '{ "b":[1,2],"a":1 }'
    assert all(line.sign in " …" for line in compared(opened(one), opened(other)))


def test_a_difference_is_shown_with_what_is_around_it() -> None:
    one = {f"k{n:02}": n for n in range(40)}
    lines = compared(opened(one, tenant="a"), opened(one | {"k20": 99}, tenant="b"))
    assert [line.text.strip() for line in lines if line.sign == "-"] == [
        "tenant (String): a", '"k20": 20,',
    ]  # fmt: skip
    assert [line.text.strip() for line in lines if line.sign == "+"] == [
        "tenant (String): b", '"k20": 99,',
    ]  # fmt: skip
    assert sum(line.sign == "…" for line in lines) == 2


@pytest.mark.parametrize("seed", range(20))
def test_both_sides_can_be_read_back_from_a_difference(seed: int) -> None:
    chance = random.Random(seed)
    left, right = ([chance.choice("abcd") for _ in range(chance.randint(0, 60))] for _ in "12")
    one, other = opened("\n".join(left)), opened("\n".join(right))
    lines = compared(one, other, near=1000)
    assert [line.text for line in lines if line.sign in "- "] == canonical(one)
    assert [line.text for line in lines if line.sign in "+ "] == canonical(other)


@pytest.mark.parametrize("seed", range(10))
def test_every_arrival_is_counted_once(seed: int) -> None:
    chance = random.Random(seed)
    moments = [NOW + chance.uniform(0, 10**5) for _ in range(chance.randint(1, 500))]
    made = arrivals([*moments, 0.0], 40)
    assert sum(made.counts) == len(moments)
    assert (made.first, made.last) == (min(moments), max(moments))
    assert len(made.counts) == (40 if len(set(moments)) > 1 else 1)


def test_no_arrivals_are_none() -> None:
    assert arrivals([], 40).counts == []
    assert arrivals([NOW, NOW], 40).counts == [2]
