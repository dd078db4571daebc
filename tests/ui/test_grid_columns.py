"""Which columns a narrow screen keeps, and how wide: what a row is called by comes first."""

from __future__ import annotations

import pytest

from awstui.ui.grid_columns import ColumnWidths, GridColumn

GROUPS = (
    GridColumn("Log group", rank=0),
    GridColumn("Stored", "bytes", rank=0),
    GridColumn("Created", "age"),
    GridColumn("Class", rank=2),
    GridColumn("Note", rank=0),
)
ALARMS = (
    GridColumn("Alarm", rank=0),
    GridColumn("State", "state", rank=0),
    GridColumn("Reason", rank=0),
)


def laid(columns: tuple[GridColumn, ...], lengths: tuple[int, ...], room: int) -> dict[str, int]:
    """The columns that are kept, with their widths, once so long things were seen in them."""
    widths = ColumnWidths(columns)
    for index, length in enumerate(lengths):
        widths.grow(index, length)
    return {columns[one.column].title: one.width for one in widths.layout(room).placed}


@pytest.mark.parametrize(
    ("room", "kept"),
    [
        (100, {"Log group": 50, "Stored": 8, "Created": 7, "Class": 8, "Note": 19}),
        (76, {"Log group": 41, "Stored": 8, "Created": 7, "Class": 8, "Note": 4}),
        (64, {"Log group": 39, "Stored": 8, "Created": 7, "Note": 4}),
        (50, {"Log group": 25, "Stored": 8, "Created": 7, "Note": 4}),
        (40, {"Log group": 24, "Stored": 8, "Note": 4}),
    ],
)
def test_a_name_keeps_its_room_before_columns_that_may_go(room: int, kept: dict[str, int]) -> None:
    assert laid(GROUPS, (50, 8, 5, 8, 0), room) == kept


def test_where_none_may_go_the_name_gives_way() -> None:
    assert laid(ALARMS, (40, 17, 200), 64) == {"Alarm": 23, "State": 17, "Reason": 20}
    assert laid(ALARMS, (40, 17, 200), 40) == {"Alarm": 20, "State": 17, "Reason": 20}


QUEUES = (
    GridColumn("Queue", rank=0),
    GridColumn("Waiting", "number", rank=0),
    GridColumn("Dead letters", rank=2),
    GridColumn("State", rank=1),
)


def test_what_is_left_over_goes_to_low_ranks_first_as_far_as_is_fair() -> None:
    assert laid(QUEUES, (17, 4, 23, 64), 76) == {
        "Queue": 17, "Waiting": 7, "Dead letters": 20, "State": 26,
    }  # fmt: skip
    assert laid(QUEUES, (17, 4, 23, 64), 84) == {
        "Queue": 17, "Waiting": 7, "Dead letters": 23, "State": 31,
    }  # fmt: skip
