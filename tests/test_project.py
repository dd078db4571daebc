"""Raw rows become cells by their kind, and a column that fails never ends a listing."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from awstui import wire
from awstui.plugin import Column, Resource, Row
from awstui.project import Projector, to_seconds, values_of

NOON = dt.datetime(2024, 5, 17, 12, 0, tzinfo=dt.UTC)


def projector(*columns: Column, **declared: Any) -> Projector:
    return Projector(Resource(name="things", rows="list_x", columns=columns, **declared))


def cell(column: Column, row: Row) -> Any:
    return projector(column, key=lambda row: "k").pack(row).cells[0]


@pytest.mark.parametrize(
    "given",
    [NOON, NOON.replace(tzinfo=None), 1715947200, "1715947200", 1715947200000, "1715947200000",
     "2024-05-17T12:00:00Z", "2024-05-17T14:00:00.000+02:00"],
)  # fmt: skip
def test_a_moment_in_any_form_becomes_seconds(given: Any) -> None:
    assert to_seconds(given) == 1715947200


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("number", "12", 12), ("number", "1.5", 1.5), ("bytes", "2048", 2048), ("number", "", None),
        ("number", 7, 7), ("number", None, None), ("age", None, None), ("age", "", None),
        ("spark", [1, 2], [1.0, 2.0]), ("text", ["a", "b"], "a, b"), ("text", {"a": 1}, '{"a":1}'),
        ("text", True, True), ("text", NOON, "2024-05-17 12:00:00+00:00"), ("state", "OK", "OK"),
    ],
)  # fmt: skip
def test_cells_by_kind(kind: Any, given: Any, shown: Any) -> None:
    assert cell(Column("X", kind=kind), {"X": given}) == shown


def test_values_are_fields_paths_expressions_or_functions() -> None:
    row = {"Two words": "field", "A": {"B": "path"}, "N": [1, 2]}
    made = projector(
        Column("Two words"), Column("P", "A.B"), Column("E", "length(N)"),
        Column("F", lambda row: row["N"][1]), Column("None", "A.C.D"), key=lambda row: "k",
    )  # fmt: skip
    assert made.pack(row).cells == ("field", "path", 2, 2, None)


def test_tones_come_from_the_value_or_the_row() -> None:
    made = projector(
        Column("State", tone={"down": "bad"}),
        Column("Name", tone=lambda row: "warn" if row["State"] == "down" else ""),
    )
    assert made.pack({"Name": "a", "State": "down"}).tones == ("bad", "warn")
    assert made.pack({"Name": "a", "State": "up"}).tones == ("", "")


@pytest.mark.parametrize(
    ("key", "expected"),
    [("Name", "a"), (("Name", "Type"), "a 7"), (("Name", "Set"), "a"), (lambda r: "made", "made")],
)
def test_keys(key: Any, expected: str) -> None:
    assert projector(Column("Name"), key=key).key({"Name": "a", "Type": 7}) == expected


def test_a_row_without_its_key_is_told() -> None:
    with pytest.raises(LookupError, match="has no 'Name'"):
        projector(Column("Name")).key({"name": "a"})


def boom(row: Row) -> str:
    raise KeyError("Policy")


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (Column("Odd", boom), "Odd: KeyError: 'Policy'"),
        (Column("Odd", tone=lambda row: row["State"]), "Odd: KeyError: 'State'"),
        (Column("Odd", "a - b"), "Odd: ValueError: 'a - b': Bad jmespath expression"),
        (Column("Odd", "Name", kind="number"), "Odd: ValueError: could not convert"),
    ],
)
def test_a_column_that_fails_is_empty_and_named(column: Column, why: str) -> None:
    made = projector(Column("Name"), column, Column("Last", "Name"))
    packed = made.pack({"Name": "a"}, trouble="AWS was slow")
    assert packed.cells == ("a", None, "a")
    assert packed.tones == ("", "", "")
    assert packed.trouble.startswith("AWS was slow; " + why)


def test_an_order_that_fails_does_not_end_a_listing() -> None:
    packed = projector(Column("Name"), order=lambda row: (row["Depth"],)).pack({"Name": "a"})
    assert packed.order == ()
    assert "order" in packed.trouble


def test_order_arn_and_raw_travel_along() -> None:
    row = {"Name": "a", "Arn": "arn:aws:x", "Made": NOON}
    packed = projector(Column("Name"), order=lambda row: (-1, row["Made"]), arn="Arn").pack(row)
    assert packed.order == (-1, "2024-05-17 12:00:00+00:00")
    assert packed.arn == "arn:aws:x"
    assert wire.unpack(packed.raw)["Name"] == "a"


def test_arguments_come_from_the_declaration_and_the_parent() -> None:
    made = projector(
        Column("Name"), arguments={"Kind": "all"}, given={"ZoneId": "Id", "Absent": "No"},
        describe=("get_zone", {"Id": "Zone.Id"}),
    )  # fmt: skip
    assert made.arguments_under({"Id": "z1"}) == {"Kind": "all", "ZoneId": "z1"}
    assert made.describe_arguments({"Zone": {"Id": "z2"}}) == {"Id": "z2"}


def test_links_lead_to_none_one_or_several() -> None:
    assert values_of("Dlq", {"Dlq": None}) == []
    assert values_of("", {}) == []
    assert values_of("Dlq", {"Dlq": "q"}) == ["q"]
    assert values_of(lambda row: row["All"], {"All": ["a", None, "b"]}) == ["a", "b"]


def test_a_hundred_thousand_rows_take_seconds() -> None:
    made = projector(
        Column("Name"), Column("Waiting", "Attributes.Count", kind="number"),
        Column("Made", kind="age"), order=lambda row: (-int(row["Attributes"]["Count"]),),
    )  # fmt: skip
    row = {"Name": "a", "Made": 1715947200, "Attributes": {"Count": "12"}}
    began = time.process_time()
    for _ in range(20_000):
        made.pack(row)
    assert (time.process_time() - began) * 5 < 6
