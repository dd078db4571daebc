"""One id followed across groups, in time, past groups that cannot be read."""

from __future__ import annotations

import time
from typing import Any

import pytest

from awstui.errors import AwstuiError
from awstui.testing import FakeAws
from plugins.logs.understanding.trace import as_pattern, trace
from tests.plugins.logs.conftest import Logs
from tests.ui.conftest import asked, console, screen, shows, until

IDENT = "7f3c8f0e-9a1b-4c2d-8e3f-0123456789ab"


async def found(logs: Logs, groups: list[str], ident: str = IDENT) -> list[dict[str, Any]]:
    now = time.time()
    events = trace(
        logs.aws, {}, None, ident=ident, groups=groups, since=now - 600, until=now + 1
    )  # fmt: skip
    return [event async for event in events]


async def test_an_id_is_found_in_every_group(logs: Logs) -> None:
    one = await logs.group("one", [f"took in {IDENT}", "another", f"done {IDENT}"])
    two = await logs.group("two", ["nothing", f'{{"order": "{IDENT}"}}'])
    events = await found(logs, [one, "nowhere", two])
    lines = [line for event in events if event["kind"] == "lines" for line in event["lines"]]
    assert [(line[1], line[3]) for line in lines] == [
        (0, f"took in {IDENT}"), (0, f"done {IDENT}"), (2, f'{{"order": "{IDENT}"}}'),
    ]  # fmt: skip
    ends = [event for event in events if event["kind"] == "group"]
    assert [(end["count"], bool(end["problem"])) for end in ends] == [
        (2, False),
        (0, True),
        (1, False),
    ]


async def test_nothing_is_asked_without_an_id() -> None:
    aws = FakeAws({})
    with pytest.raises(AwstuiError, match="needed"):
        await anext(trace(aws, {}, None, ident=" ", groups=["g"], since=0, until=1))
    assert aws.calls == []


def test_the_id_is_quoted() -> None:
    assert as_pattern('a"b\\c') == '"a\\"b\\\\c"'


async def test_marked_groups_are_looked_through_from_the_keyboard(logs: Logs) -> None:
    names = [await logs.group("way", [f"{word} {IDENT}"]) for word in ("in", "out")]
    async with console(logs.url, size=(100, 30)) as pilot:
        await pilot.press("colon", *"logs", "space", *names[0], "enter")
        await shows(pilot, *names)
        await pilot.press("space", "space", "F")
        await asked(pilot, "#field-ident")
        await pilot.press(*IDENT, "ctrl+s")
        seen = await shows(pilot, "2 of 2 groups read", f"in {IDENT}", f"out {IDENT}")
        assert "2 lines of" in seen
        assert " + 1 " in seen
        await pilot.press("down", "enter")
        await shows(pilot, "around")
        await pilot.press("escape")
        await until(pilot, lambda: "2 of 2 groups read" in screen(pilot))
