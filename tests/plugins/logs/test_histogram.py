"""The histogram of a tail: what a bar stands for, and where its cursor stays."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from plugins.logs import moments
from plugins.logs.histogram import Count, Histogram, edges
from plugins.logs.store import Counts

NOON = 1_750_000_000


@pytest.mark.parametrize("span", [60, 300, 900, 1800, 3600, 86_400, 10 * 86_400])
def test_bars_begin_at_the_same_times_while_the_window_moves_on(span: int) -> None:
    before = edges(NOON, NOON + span, 60)
    after = edges(NOON + 1, NOON + 1 + span, 60)
    size = before[1] - before[0]
    assert size == after[1] - after[0] or span == 60
    assert before[0] <= NOON * 1000
    assert before[-1] > (NOON + span) * 1000
    assert 20 <= len(before) <= 63
    assert len(set(before) & set(after)) >= len(before) - 2


class Stage(App[None]):
    """A histogram and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.histogram = Histogram()

    def compose(self) -> ComposeResult:
        yield self.histogram


def counted(held: dict[int, Counts]) -> Count:
    """Counts by the seconds after noon at which bars begin."""
    return lambda times: [held.get(at // 1000 - NOON, Counts()) for at in times[:-1]]


async def test_errors_and_warnings_have_bars_and_counts_of_their_own() -> None:
    app = Stage()
    held = {0: Counts(1000, 0, 1), 10: Counts(500, 5, 0), 20: Counts(2, 0, 0)}
    async with app.run_test(size=(120, 5)) as pilot:
        bars = app.histogram
        bars.say(counted(held), NOON, NOON + 50)
        await pilot.pause()
        lines = bars.render().plain.split("\n")
        assert len(lines) == bars.size.height == 2
        assert lines[0][1] == "█"
        assert lines[0][11] == "▄"
        assert lines[0][21] == "▁"
        assert lines[1][1:22].split() == ["▂", "▇"]
        assert "1,502 lines" in lines[0]
        assert "✗ 1 error " in lines[1]
        assert "! 5 warnings" in lines[1]
        spans = {span.start: str(span.style) for span in bars.render().spans}
        assert len(set(spans.values())) == 3, "each in its own colour"
        bars.say(lambda times: [Counts(1, 0, 0)] * (len(times) - 1), NOON, NOON + 50)
        await pilot.pause()
        assert bars.size.height == 1


async def test_what_the_bar_under_the_cursor_holds_fits_on_80_columns() -> None:
    app = Stage()
    held = {10: Counts(3210, 4321, 5432), 40: Counts(7, 0, 0)}
    async with app.run_test(size=(80, 5)) as pilot:
        bars = app.histogram
        bars.say(counted(held), NOON, NOON + 50, utc=True)
        await pilot.pause()
        bars.step(1)
        lines = bars.render().plain.split("\n")
        when = moments.shown((NOON + 10) * 1000, utc=True)[:8]
        assert lines[1].endswith(f"  {when} 3,210 lines, 5,432 errors, 4,321 warnings")
        assert max(map(len, lines)) <= 80


async def test_the_cursor_walks_bars_with_lines_and_stays_on_its_time() -> None:
    app = Stage()
    held = {10: Counts(3, 1, 1), 40: Counts(7, 0, 0)}
    async with app.run_test(size=(120, 5)):
        bars = app.histogram
        count = counted(held)
        bars.say(count, NOON, NOON + 50, utc=True)
        assert bars.step(-1) == (NOON + 40) * 1000
        assert bars.step(-1) == (NOON + 10) * 1000
        assert bars.step(-1) is None
        when = moments.shown((NOON + 10) * 1000, utc=True)[:8]
        assert bars.render().plain.endswith(f"  {when} 3 lines, 1 error, 1 warning")
        bars.say(count, NOON + 5, NOON + 55, utc=True)
        assert bars.render().plain.endswith(f"  {when} 3 lines, 1 error, 1 warning")
        assert bars.step(1) == (NOON + 40) * 1000
        bars.say(count, NOON + 500, NOON + 550)
        assert bars.place is None
        assert bars.step(1) is None
