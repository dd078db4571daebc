"""Old journals go, never one of a redrive that is not finished; and it is said."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from awstui.plugin import Row
from plugins.sqs.redriving import journal, pruning
from plugins.sqs.redriving.pruning import OLD, RECENT, prune
from plugins.sqs.transfer import editing
from tests.plugins.sqs.conftest import Shop
from tests.plugins.sqs.redriving.test_job import run
from tests.plugins.sqs.redriving.test_journal import sending, written

DAY = 86_400.0
ENDED: Row = {"kind": "ended", "why": "All that were chosen have been found.", "at": 1.0, "open": 0}
SENT: Row = {"kind": "sent", "id": "a", "new": "n", "at": 1.0}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


async def aged(ident: str, age: float, *lines: Row) -> Path:
    path = await written(ident, *lines)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


async def test_only_what_is_old_and_finished_goes() -> None:
    done = await aged("aa", OLD + DAY, sending("a"), SENT, {"kind": "done", "id": "a"}, ENDED)
    stays = [
        await aged("bb", OLD - DAY, ENDED),
        await aged("cc", OLD + DAY, sending("a"), SENT),
        await aged("dd", OLD + DAY, sending("a"), ENDED | {"open": 1}),
        await aged("ee", OLD + DAY, ENDED, {"kind": "begun", "at": 2.0}),
    ]
    torn = await aged("ff", OLD + DAY)
    torn.write_bytes(torn.read_bytes() + journal.encoded_line(ENDED)[:-3])
    os.utime(torn, (1.0, 1.0))
    said = prune()
    assert said.startswith("Deleted: 1 journal of old redrives")
    assert not done.exists()
    assert all(path.exists() for path in [*stays, torn])
    assert prune() == ""


async def test_where_there_is_no_room_the_oldest_goes_first_and_nothing_recent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = [await aged(f"a{n}", RECENT + (n - 1) * DAY, ENDED) for n in (0, 2, 3, 4)]
    size = paths[0].stat().st_size
    monkeypatch.setattr(pruning, "ROOM", 2 * size)
    prune()
    assert [path.exists() for path in paths] == [True, True, False, False]
    monkeypatch.setattr(pruning, "ROOM", 0)
    prune()
    assert [path.exists() for path in paths] == [True, False, False, False]


async def test_a_redrive_says_what_went_as_it_began(shop: Shop) -> None:
    dead = await shop.queue("orders-dlq")
    await shop.queue("orders", dead=dead)
    await shop.fill(dead, 1)
    old = await aged("aa", OLD + DAY, ENDED)
    edits = editing.begun("orders-dlq", [{"MessageId": "m", "Body": "x"}])
    os.utime(edits, (1.0, 1.0))
    events = await run(shop, dead, filter="order")
    notes = [event["text"] for event in events if event["kind"] == "note"]
    assert any(
        "1 journal of old redrives" in text and "1 file of old edits" in text for text in notes
    )
    assert not old.exists()
    assert not edits.exists()
    assert len(list(journal.folder().glob("*.jsonl"))) == 1
