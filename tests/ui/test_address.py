"""What is typed after a colon is understood, and completed."""

from __future__ import annotations

import pytest

from awstui.plugin import Column, Plugin, Resource
from awstui.registry import Registry
from awstui.ui.address import Go, Say, Unknown, complete, known, understand


def resource(name: str, **more: object) -> Resource:
    """A resource that is never listed here."""
    return Resource(name=name, rows="list_things", columns=(Column("Name"),), **more)  # type: ignore[arg-type]


PLACES = Registry(
    [
        Plugin(name="sqs", title="SQS", resources=(resource("queues"),), aliases=("q1",)),
        Plugin(
            name="lambda",
            title="Lambda",
            resources=(
                resource("functions", child="versions"),
                resource("versions", given={"FunctionName": "FunctionName"}),
            ),
            aliases=("fn",),
        ),
    ]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sqs", Go("sqs", "queues")),
        ("SQS", Go("sqs", "queues")),
        ("q1", Go("sqs", "queues")),
        ("queues", Go("sqs", "queues")),
        ("sqs orders-dlq", Go("sqs", "queues", key="orders-dlq")),
        ("sqs queues orders-dlq", Go("sqs", "queues", key="orders-dlq")),
        ("queues orders", Go("sqs", "queues", key="orders")),
        ("sqs /dlq|orders", Go("sqs", "queues", filter="dlq|orders")),
        ("fn versions", Go("lambda", "versions")),
        ("region eu-west-3", Say("region", "eu-west-3")),
        ("q", Say("q")),
        ("nonsense", Unknown("nonsense")),
        ("", Unknown("")),
    ],
)
def test_understand(typed: str, meant: object) -> None:
    assert understand(typed, PLACES) == meant


def test_completion_puts_what_begins_so_before_what_contains_it() -> None:
    assert complete("fn", PLACES)[0] == "fn"
    found = complete("s", PLACES)
    assert found.index("sqs") < found.index("queues")


def test_what_lives_under_a_row_is_not_offered_alone() -> None:
    assert "versions" not in complete("", PLACES)


def test_after_a_service_come_its_resources_and_the_rows_seen() -> None:
    keys = {("sqs", "queues"): ["orders", "orders-dlq"]}
    assert complete("sqs ord", PLACES, keys=keys) == ["sqs orders", "sqs orders-dlq"]
    assert "sqs queues" in complete("sqs ", PLACES, keys=keys)


def test_regions_and_profiles_complete() -> None:
    assert complete("region eu-w", PLACES, regions=["us-east-1", "eu-west-1"]) == [
        "region eu-west-1"
    ]
    assert complete("profile ", PLACES, profiles=["prod"]) == ["profile prod"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("queues", True),
        ("home", True),
        ("plugins", True),
        ("quit", False),
        ("nowhere", False),
        ("", False),
    ],
)
def test_a_console_begins_at_a_place_and_at_no_other_word(text: str, *, places: bool) -> None:
    assert known(text, PLACES) is places
