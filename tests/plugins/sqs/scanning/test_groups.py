"""Messages alike fall together, and others do not."""

from __future__ import annotations

import json
import random
import uuid

import pytest

from awstui.demo.fleet import messages
from awstui.plugin import Row
from plugins.sqs.message import shown
from plugins.sqs.scanning.groups import group_of, grouped, mask, shape_of


def failed(count: int, seed: int = 3) -> list[Row]:
    chance = random.Random(seed)
    made = []
    for n in range(count):
        body, attributes = messages.failed_order(chance, 1.7e9 + n)
        made.append(
            {
                "MessageId": str(n), "Body": body, "MessageAttributes": attributes,
                "Attributes": {"SentTimestamp": str(int((1.7e9 + n) * 1000))},
            }
        )  # fmt: skip
    return made


@pytest.mark.parametrize("seed", range(5))
def test_four_ways_of_failing_are_four_groups_wrapped_or_not(seed: int) -> None:
    made = failed(400, seed)
    groups = grouped(made)
    kinds = {one["MessageId"]: one["MessageAttributes"]["ErrorType"]["StringValue"] for one in made}
    assert len(groups.by_key) == 4
    for group in groups.by_key.values():
        assert len({kinds[ident] for ident in group.idents}) == 1
    sizes = [len(group.idents) for group in groups.largest_first()]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == 400


def test_a_group_knows_its_first_last_and_a_sample() -> None:
    made = failed(100)
    groups = grouped(reversed(made))
    for group in groups.by_key.values():
        numbers = sorted(int(ident) for ident in group.idents)
        assert (group.first, group.last) == (1.7e9 + numbers[0], 1.7e9 + numbers[-1])
        assert group.sample == str(numbers[-1])
    assert all(groups.of(one["MessageId"]) == group_of(one) for one in made)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("order 8c1f09ab timed out after 3000 ms", "order … timed out after # ms"),
        ("user a.b@example.com at 2024-05-17T12:00:00.123Z", "user …@… at when"),
        (f"request {uuid.UUID(int=7)} failed", "request … failed"),
        ("KeyError: 'sku'", "KeyError: 'sku'"),
        ("customer c-1234 unknown", "customer c-… unknown"),
        ("took 30ms, 99% of 1,204.5", "took #ms, #% of #"),
        ("HTTP 503 from payments", "HTTP # from payments"),
    ],
)
def test_what_differs_each_time_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


def test_shapes_are_sorted_key_paths() -> None:
    assert shape_of({"b": [{"x": 1}, {"y": 2}], "a": {"c": None}}) == "a.c b[].x b[].y"
    assert shape_of({"u": {str(uuid.uuid4()): 1}}) == "u.*"
    assert shape_of({}) == "{}"
    assert shape_of('{"cut') == "broken JSON"
    assert shape_of("line 12\nmore") == "text: line #"
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    assert shape_of(deep).startswith("[][]")


@pytest.mark.parametrize("seed", range(10))
def test_values_never_make_a_group_and_keys_always_do(seed: int) -> None:
    chance = random.Random(seed)

    def made(names: str) -> Row:
        body = {name: chance.choice([1, "x", None, 2.5, True]) for name in names}
        return {"MessageId": str(chance.random()), "Body": json.dumps(body), "Attributes": {}}

    assert group_of(made("abc")) == group_of(made("cba"))
    assert group_of(made("abc")) != group_of(made("abd"))


def test_a_reason_in_the_body_still_parts_groups() -> None:
    def declined(reason: str) -> Row:
        return {"MessageId": reason, "Body": json.dumps({"error": reason}), "Attributes": {}}

    assert group_of(declined("no funds")) != group_of(declined("card stolen"))
    assert shown(declined("no funds")).error == "no funds"
