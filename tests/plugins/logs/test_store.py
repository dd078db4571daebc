"""The lines of a tail: in order whatever comes late, bounded by bytes, filtered as a plain list would be."""

from __future__ import annotations

import os
import random
import tempfile
from itertools import pairwise
from typing import Any

import pytest

from awstui.filtering import parse
from plugins.logs.chunk import Chunk, Entry, Key
from plugins.logs.spool import STEP, Spool
from plugins.logs.store import Search, Store
from plugins.logs.tail_filter import needle


def line(at: int, number: int, message: str = "", level: int = 0) -> list[Any]:
    return [at, at + 5, number, 0, 0, level, "s", message or f"line {number}"]


def found(search: Search) -> Key | None:
    """Where a search ends."""
    return next((key for key in search if key is not None), None)


def entry_at(store: Store, key: Key | None) -> Entry | None:
    return None if key is None else store.entry(store.row_of(key))


def scanned(store: Store) -> None:
    while store.scan(0.0):
        pass


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
    edges = sorted(chance.sample(range(-10, 200_000), 8))
    for number, counts in enumerate(store.counts(edges)):
        levels = [e.level for e in kept if edges[number] <= e.at < edges[number + 1]]
        assert counts == (len(levels), levels.count(3), levels.count(4))
    for row in chance.sample(range(len(kept)), 8):
        assert store.row_of(kept[row].key) == row
        assert store.holds(kept[row].ident) == [kept[row].number]
        for step in (1, -1):
            beyond = kept[row + 1 :] if step > 0 else kept[:row][::-1]
            error = next((entry for entry in beyond if entry.level == 4), None)
            assert entry_at(store, found(store.next_of_level(kept[row].key, step))) == error
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
    scanned(store)
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
        store = Store(memory=1_200_000, spool=Spool(lambda: file))
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

    def sought(row: int, step: int, text: str) -> int | None:
        key = found(store.next_with(store.entry(row).key, step, text))
        return None if key is None else store.row_of(key)

    assert sought(99, 1, "id=00100") == 100
    assert sought(100, 1, "id=00100") == 2100
    assert sought(2100, -1, "id=00100") == 100
    assert sought(7999, 1, "id=00100") is None
    assert sought(6100, 1, "id=00100") is None
    assert sought(0, 1, "absent") is None


@pytest.mark.parametrize("hides", [True, False])
def test_pauses_and_hits_are_found_as_in_a_plain_list(hides: bool) -> None:
    chance, at = random.Random(5), 0
    store, every = Store(), list[Entry]()
    for number in range(6000):
        at += 90_000 if chance.random() < 0.001 else chance.randrange(40)
        every.append(Entry(*line(at, number)))
    store.add([list(entry) for entry in every])
    store.filter(lambda text: text.endswith("7"), hides=hides)
    scanned(store)
    rows = [entry for entry in every if entry.message.endswith("7") or not hides]
    after = [b for a, b in pairwise(rows) if b.at - a.at >= 60_000]
    assert len(after) > 3
    for place in range(0, len(rows), 97):
        entry = rows[place]
        on = next((one for one in after if one.key > entry.key), None)
        back = next((one for one in reversed(after) if one.key < entry.key), None)
        assert entry_at(store, found(store.next_after_pause(entry.key, 1, 60_000))) == on
        assert entry_at(store, found(store.next_after_pause(entry.key, -1, 60_000))) == back
        hit = next((one for one in rows[place + 1 :] if one.message.endswith("7")), None)
        assert entry_at(store, found(store.next_hit(entry.key, 1))) == hit
        hit = next((one for one in rows[:place][::-1] if one.message.endswith("7")), None)
        assert entry_at(store, found(store.next_hit(entry.key, -1))) == hit


@pytest.mark.parametrize("seed", range(8))
def test_under_a_filter_lines_from_everywhere_show_as_in_a_plain_list(seed: int) -> None:
    chance = random.Random(seed)
    context, memory = chance.choice([0, 0, 1, 5]), chance.choice([1_000_000, 1 << 26])
    with tempfile.TemporaryFile() as file:
        store, kept, number = Store(memory, Spool(lambda: file)), list[Entry](), 0
        for turn in range(20):
            batch = []
            for _ in range(chance.choice([1, 2, 40, 1000])):
                number += 1
                message = f"line {number}" + "x" * chance.choice([0, 0, 0, 900])
                batch.append(line(chance.randrange(20_000), number, message))
            if turn == seed:
                store.filter(lambda text: "7" in text, context=context)
            for _ in store.adding(batch):
                if chance.random() < 0.3:
                    store.scan(0.0)
            kept += [Entry(*one) for one in batch]
        scanned(store)
        kept.sort(key=lambda entry: entry.key)
        hits = [n for n, entry in enumerate(kept) if "7" in entry.message]
        shown = sorted({n for hit in hits for n in range(hit - context, hit + context + 1)})
        shown = [n for n in shown if 0 <= n < len(kept)]
        assert store.hits == len(hits)
        assert store.dropped == 0
        assert messages(store) == [kept[n].message for n in shown]
        assert [entry.number for entry in store.snapshot()] == [kept[n].number for n in shown]


def test_a_late_line_hides_nothing_that_was_found() -> None:
    store = Store()
    store.add([line(n, n, f"keep {n}") for n in range(100)])
    store.filter(lambda text: "keep" in text)
    scanned(store)
    store.add([line(50, 200, "keep, came late")])
    assert store.rows == 101
    store.add([line(n, 300 + n, f"keep before {n}") for n in range(-20, 0)])
    assert store.rows == store.hits == 121


def test_context_reaches_over_chunks_of_one_line() -> None:
    store = Store()
    for number in range(7):
        store.add([line(number, number, f"{number} " + "x" * (600 * 1024))])
    store.filter(lambda text: text.startswith("3"), context=2)
    scanned(store)
    assert [text[0] for text in messages(store)] == ["1", "2", "3", "4", "5"]


def test_what_comes_before_all_others_fills_chunks_as_well() -> None:
    store = Store()
    for number in range(3000, 0, -1):
        store.add([line(number, number)])
    assert store.rows == 3000
    assert len(store._chunks) < 7


# ---- bounds ------------------------------------------------------------------------------------------


def bulk(store: Store, numbers: range) -> None:
    for at in range(numbers.start, numbers.stop, 500):
        rows = range(at, min(at + 500, numbers.stop))
        store.add([line(n, n, f"{random.Random(n).getrandbits(400):x}") for n in rows])


def test_a_full_disk_costs_the_oldest_lines_and_is_said() -> None:
    with open("/dev/full", "r+b", buffering=0) as full:  # noqa: PTH123  no path of ours
        store = Store(300_000, Spool(lambda: full))
        bulk(store, range(10_000))
        assert store.memory <= 300_000 + 700_000
        assert store.dropped > 0
        assert store.dropped + store.rows == 10_000
        assert store.entry(0).number == store.dropped
        assert "No space left on device" in store.why
        store.add([line(3, 30_000, "older than what was given up")])
        assert store.entry(0).number == store.dropped - 1


def test_the_spool_file_is_bounded_and_used_again() -> None:
    with tempfile.TemporaryFile() as file:
        spool = Spool(lambda: file, most=200 * STEP)
        store = Store(1_200_000, spool)
        bulk(store, range(40_000))
        assert spool.used <= 200 * STEP
        assert os.fstat(file.fileno()).st_size <= 200 * STEP
        assert store.dropped > 0
        assert spool.used > 100 * STEP, "the newest of what does not fit in memory lies there"
        assert store.dropped + store.rows == 40_000
        assert [entry.number for entry in store.snapshot()] == list(range(store.dropped, 40_000))
        held = store.snapshot()
        first = next(held)
        store.clear()
        bulk(store, range(100_000, 110_000))
        assert [first.number, *(entry.number for entry in held)] == list(
            range(first.number, 40_000)
        ), "who reads goes on with what was there"
        store.clear()
        assert (spool.used, store.memory, len(store)) == (0, 0, 0)


def test_a_spool_joins_what_is_given_back() -> None:
    with tempfile.TemporaryFile() as file:
        spool = Spool(lambda: file, most=4 * STEP)
        held = [spool.keep(bytes([n]) * STEP) for n in range(4)]
        assert None not in held
        assert spool.keep(b"x") is None
        held[1] = held[2] = None
        larger = spool.keep(b"y" * (2 * STEP))
        assert larger is not None
        assert larger.offset == STEP
        assert larger.read(5, 2) == b"yy"
        assert held[3] is not None
        assert held[3].read(0, 1) == b"\x03"


def test_a_plain_word_is_found_as_any_other_filter_finds_it() -> None:
    for word in ("id=00077", "ID=00077", "äö", "red"):
        rows = [
            line(n, n, f"id={n:05d}" + (" \x1b[31mr\x1b[0med" if n == 5000 else ""))
            for n in range(9000)
        ]
        rows[70][7] += " ID=00077 äö"
        shown = []
        for given in (word, ""):
            store = Store()
            store.add(rows)
            matches = parse(word).matches
            store.filter(matches, needle=given)
            while store.scan(0.001):
                pass
            shown.append(messages(store))
        assert shown[0] == shown[1] != []


@pytest.mark.parametrize(
    ("text", "word"),
    [("abc", "abc"), ("a b", "a b"), ("a.c", ""), ("!abc", ""), ("-f abc", ""), ("a|b", "")],
)
def test_only_what_is_no_regex_is_a_word(text: str, word: str) -> None:
    assert needle(text) == word


@pytest.mark.parametrize("packed", [False, True])
def test_texts_are_searched_without_their_colours_and_not_at_all_without_the_word(
    *, packed: bool
) -> None:
    def chunk(*messages: str) -> Chunk:
        made = Chunk([Entry(n, n, n, 0, 0, 0, "s", text) for n, text in enumerate(messages)])
        if packed:
            made.pack()
        return made

    assert chunk("a \x1b[31mred\x1b[0m one", "b").plain_texts(b"d one") == ["a red one", "b"]
    assert chunk("One", "two").plain_texts() == ["One", "two"]
    assert chunk("One", "two").plain_texts(b"one", folds=True) == ["One", "two"]
    assert bool(chunk("One", "two").plain_texts(b"one")) is not packed
