"""A reading lists, fills and settles rows, and tells of them as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from awstui.engine import reading as subject
from awstui.engine.reading import Reading
from awstui.engine.turns import Waited
from awstui.errors import AwsError, PartlyListedError
from awstui.plugin import Aws, Column, Resource, Row
from awstui.project import Projector
from awstui.testing import FakeAws
from awstui.wire import Problem


async def many(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Six hundred rows."""
    for number in range(600):
        yield {"Name": f"n{number}"}


async def colour(aws: Aws, row: Row) -> Row:
    """One more field; row n7 may not be read, and n9 is not as the plugin thought."""
    if row["Name"] == "n9":
        raise KeyError("Shade")
    if row["Name"] == "n7":
        raise AwsError(Problem("n7 may not be read", action="demo:GetColour"))
    return {**row, "Colour": "red"}


def reading_of(resource: Resource) -> tuple[Reading, list[list[str]]]:
    """A reading and what it tells."""
    told: list[list[str]] = []

    async def hear(keys: list[str]) -> None:
        told.append(keys)

    return Reading(Projector(resource), FakeAws({}), {}, hear), told


async def test_rows_are_told_of_in_batches_before_the_list_is_whole() -> None:
    reading, told = reading_of(Resource(name="x", rows=many, columns=(Column("Name"),)))
    await reading.run()
    assert len(reading.rows) == 600
    assert reading.listed_all
    assert [key for keys in told for key in keys] == [f"n{number}" for number in range(600)]
    assert len(told) >= 3, "600 rows in batches of at most 250"


async def test_a_row_whose_fill_fails_stays_and_says_why() -> None:
    resource = Resource(name="x", rows=many, columns=(Column("Name"),), enrich=colour)
    reading, _ = reading_of(resource)
    await reading.run()
    assert reading.rows["n7"] == {"Name": "n7"}
    assert reading.trouble["n7"].action == "demo:GetColour"
    assert "KeyError: 'Shade'" in reading.trouble["n9"].what
    assert reading.incomplete is not None
    assert reading.rows["n8"]["Colour"] == "red"
    assert reading.filled == 600
    assert not any(reading.is_bare(key) for key in reading.rows)


async def test_a_part_that_could_not_be_listed_leaves_the_others_filled_and_is_told() -> None:
    async def partly(aws: Aws, parent: Row) -> AsyncIterator[Row]:
        yield {"Name": "n1"}
        raise PartlyListedError(Problem("the others are not yours", kind="denied"))

    resource = Resource(name="x", rows=partly, columns=(Column("Name"),), enrich=colour)
    reading, _ = reading_of(resource)
    await reading.run()
    assert reading.listed_all
    assert reading.rows["n1"]["Colour"] == "red"
    assert reading.incomplete == Problem("the others are not yours", kind="denied")


async def test_settle_sees_all_rows_filled_and_tells_of_those_it_changed() -> None:
    seen: list[int] = []

    def settle(rows: list[Row]) -> list[Row]:
        seen.append(sum("Colour" in row for row in rows))
        return [{**rows[0], "Last": True}]

    resource = Resource(
        name="x", rows=many, columns=(Column("Name"),), enrich=colour, settle=settle
    )
    reading, told = reading_of(resource)
    await reading.run()
    assert seen == [598]
    assert told[-1] == ["n0"]
    assert reading.rows["n0"]["Last"] is True


async def test_a_list_that_fails_raises_and_keeps_what_had_come() -> None:
    async def breaks(aws: Aws, parent: Row) -> AsyncIterator[Row]:
        yield {"Name": "first"}
        raise AwsError(Problem("no more"))

    reading, _ = reading_of(Resource(name="x", rows=breaks, columns=(Column("Name"),)))
    with pytest.raises(ExceptionGroup):
        await reading.run()
    assert list(reading.rows) == ["first"]
    assert not reading.listed_all


@pytest.mark.parametrize(
    ("seconds", "here", "at_once"),
    [(0.0, "", 50), (0.02, "", 100), (0.2, "", 200), (0.2, "late", 50), (0.2, "waited", 50)],
)
async def test_far_away_more_calls_are_made_at_once(
    monkeypatch: pytest.MonkeyPatch, seconds: float, here: str, at_once: int
) -> None:
    """But not because the time passed here: the loop was late, or others had their turn."""
    now, running, most = 0.0, 0, 0
    late = SimpleNamespace(watch=lambda: None, end=lambda: None, total=0.0)
    monkeypatch.setattr(subject, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(subject, "Lateness", lambda: late)

    async def far(aws: Aws, row: Row) -> Row:
        nonlocal now, running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await asyncio.sleep(0)
        now += seconds
        if here == "late":
            late.total += seconds
        elif here == "waited":
            for waited in everyones:
                waited.seconds += seconds
        running -= 1
        return row

    everyones: list[Waited] = []

    def noted() -> Waited:
        everyones.append(Waited())
        return everyones[-1]

    monkeypatch.setattr(subject, "Waited", noted)
    resource = Resource(name="x", rows=many, columns=(Column("Name"),), enrich=far)
    reading, _ = reading_of(resource)
    await reading.run()
    assert most == at_once
    assert reading.filled == 600


def test_where_every_call_fails_there_are_no_more_of_them() -> None:
    assert subject.width(float("inf")) == subject.width(0.0) == subject.width(-0.1)
