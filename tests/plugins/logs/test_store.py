"""The lines of a tail: in order whatever comes late, bounded by bytes, filtered as a plain list would be."""

from __future__ import annotations

import random
import tempfile
from typing import Any

import pytest

from awstui.ui.filtering import parse
from plugins.logs.chunk import Entry
from plugins.logs.store import Store
from plugins.logs.tail_filter import needle


def line(at: int, number: int, message: str = "", level: int = 0) -> list[Any]:
    return [at, at + 5, number, 0, 0, level, "s", message or f"line {number}"]


def messages(store: Store) -> list[str]:
    return [store.entry(row).message for row in range(store.rows)]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_in_which_lines_come_they_stand_in_that_of_their_time(seed: int) -> None:
    chance = random.Random(seed)
    store, kept = Store(), list[Entry]()
    number = 0
    for _ in range(40):
        base = chance.choice([0, 500, 5000, 10_000 + 100 * number])
        batch = []
        for _ in range(chance.choice([1, 3, 400, 2500])):
            number += 1
            batch.append(line(base + chance.randrange(3000), number, level=number % 5))
        store.add(batch)
        kept += [Entry(*one) for one in batch]
    kept.sort(key=lambda entry: entry.key)
    assert len(store) == store.rows == len(kept)
    assert [store.entry(row) for row in range(0, store.rows, 7)] == kept[::7]
    assert list(store.snapshot()) == kept
    assert sum(count for count, _, _ in store.seconds.values()) == len(kept)
    for row in chance.sample(range(len(kept)), 20):
        assert store.row_of(kept[row].key) == row
        assert next(store.walk(row, 1)) == (row, kept[row].at, kept[row].level)
    back = [row for row, _, _ in store.walk(len(kept) - 1, -1)]
    assert back == list(range(len(kept)))[::-1]
    assert store.row_of((1 << 60, 0, 0)) == len(kept)


@pytest.mark.parametrize("context", [0, 1, 7])
@pytest.mark.parametrize("after", [True, False])
def test_a_filter_shows_what_a_plain_list_would(context: int, after: bool) -> None:
    chance = random.Random(context)
    batches = [
        [line(n * 10 + chance.randrange(-4000, 20), n) for n in range(at, at + 700)]
        for at in range(0, 7000, 700)
    ]
    store = Store()
    store.filter(lambda text: text.endswith("77"), context=context)
    if after:
        store.filter(None)
    for batch in batches:
        store.add(batch)
    if after:
        store.filter(lambda text: text.endswith("77"), context=context)
    while store.scan(0.0):
        pass
    store.scan(1.0)
    every = sorted((Entry(*one) for batch in batches for one in batch), key=lambda e: e.key)
    hits = [n for n, entry in enumerate(every) if entry.message.endswith("77")]
    wanted = sorted({n for hit in hits for n in range(hit - context, hit + context + 1)})
    assert store.hits == len(hits)
    assert messages(store) == [every[n].message for n in wanted if 0 <= n < len(every)]
    assert [store.is_hit(row) for row in range(store.rows)] == [
        n in set(hits) for n in wanted if 0 <= n < len(every)
    ]
    store.filter(lambda text: text.endswith("77"), hides=False)
    assert store.rows == len(every)


def test_the_oldest_go_when_there_is_no_room_and_are_counted() -> None:
    store = Store(memory=300_000)
    for at in range(0, 40_000, 500):
        store.add(
            [line(n, n, f"{random.Random(n).getrandbits(400):x}") for n in range(at, at + 500)]
        )
    assert store.memory <= 300_000 + 700_000
    assert store.dropped > 0
    assert store.dropped + store.rows == 40_000
    assert store.entry(0).number == store.dropped
    assert store.entry(store.rows - 1).number == 39_999


def test_with_a_spool_file_nothing_goes_and_memory_is_bounded() -> None:
    with tempfile.TemporaryFile() as file:
        store = Store(memory=400_000, spool=file)
        for at in range(0, 40_000, 500):
            store.add(
                [line(n, n, f"{random.Random(n).getrandbits(400):x}") for n in range(at, at + 500)]
            )
        late = store.add([line(3, 99_999, "late into what is on disk")])
        assert [entry.number for entry in late] == [99_999]
        assert store.dropped == 0
        assert store.rows == 40_001
        assert store.memory < 1_200_000
        assert store.entry(4).message == "late into what is on disk"
        assert store.entry(100).number == 99
        store.filter(lambda text: "disk" in text)
        store.scan(10.0)
        assert messages(store) == ["late into what is on disk"]


def test_one_huge_line_is_a_chunk_like_any_other() -> None:
    store = Store(memory=3_000_000)
    store.add([line(n, n) for n in range(10)] + [line(5, 11, "x" * (1 << 20))])
    store.add([line(n, n) for n in range(12, 5000)])
    assert store.rows == 11 + 4988
    assert max(len(store.entry(row).message) for row in range(20)) == 1 << 20


def test_a_text_is_sought_both_ways() -> None:
    store = Store()
    store.add([line(n, n, f"id={n % 2000:05d}") for n in range(8000)])
    assert store.seek(100, 1, "id=00100") == 2100
    assert store.seek(2100, -1, "id=00100") == 100
    assert store.seek(7999, 1, "id=00100") is None
    assert store.seek(6100, 1, "id=00100") is None
    assert store.seek(0, 1, "absent") is None


def test_a_plain_word_is_found_as_any_other_filter_finds_it() -> None:
    for word in ("id=00077", "ID=00077", "äö", "red"):
        rows = [
            line(n, n, f"id={n:05d}" + (" \x1b[31mr\x1b[0med" if n == 5000 else ""))
            for n in range(9000)
        ]
        rows[70][7] += " ID=00077 äö"
        found = []
        for given in (word, ""):
            store = Store()
            store.add(rows)
            matches = parse(word).matches
            store.filter(matches, needle=given)
            while store.scan(0.001):
                pass
            found.append(messages(store))
        assert found[0] == found[1] != []


@pytest.mark.parametrize(
    ("text", "word"),
    [("abc", "abc"), ("a b", "a b"), ("a.c", ""), ("!abc", ""), ("-f abc", ""), ("a|b", "")],
)
def test_only_what_is_no_regex_is_a_word(text: str, word: str) -> None:
    assert needle(text) == word
