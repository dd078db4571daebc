"""Lines that are made part by part are the very lines that would be made at once."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from awstui.masking import HIDDEN, mask_lines
from awstui.text import safe
from awstui.ui import lines_making
from awstui.ui.lines_making import Line, Making

SIGNS = (
    "a", "\r", "\n", "\r\n", "\t", "待", "\x1b", "\u202e", " password=hunter2 ", "é", "\x00", "\x85",
    "-----BEGIN PRIVATE KEY-----", "MII", "-----END PRIVATE KEY-----", "token: ", "abc123def", "\U000e0041",
)  # fmt: skip


def made(pieces: Iterable[str], *, revealed: bool = False) -> tuple[list[str], int]:
    """The lines of a text, and how many secrets are hidden in it."""
    making, lines = Making(revealed=revealed), list[str]()
    has_head = False
    for some in making.of_text(pieces):
        if has_head and some.texts:
            assert some.texts[0].startswith(lines.pop()), "what was shown of a line stays as it was"
        has_head = some.is_head or (has_head and not some.texts)
        lines += some.texts
    assert not has_head
    return lines, making.hidden


@pytest.fixture(params=[7, 64, 16 * 1024])
def small_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Parts so small that everything is cut somewhere."""
    part = int(request.param)
    monkeypatch.setattr(lines_making, "PART", part)
    monkeypatch.setattr(lines_making, "LONG", 2 * part)
    return part


@pytest.mark.parametrize("seed", range(40))
def test_in_parts_it_is_the_text_that_it_is_at_once(seed: int, small_parts: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices(SIGNS, k=chance.randrange(80)))
    pieces, at = list[str](), 0
    while at < len(text):
        size = chance.randrange(1, 20)
        pieces.append(text[at : at + size])
        at += size
    plain = safe(text, multiline=True).split("\n")
    masked = mask_lines(plain)
    hidden = sum(
        new.count(HIDDEN) - old.count(HIDDEN) for new, old in zip(masked, plain, strict=True)
    )
    assert made(pieces) == (masked, hidden)
    assert made(pieces, revealed=True) == (plain, hidden)
    singles = [Line(one) for one in text.split("a")]
    lines = [
        one
        for some in Making(revealed=True).of_lines(singles)
        if not some.is_head
        for one in some.texts
    ]
    assert lines == [safe(line.text) for line in singles]


def test_what_stands_behind_a_secret_has_moved_and_loses_its_tone(small_parts: int) -> None:
    text = "x" * 40 + " password=hunter2 and more"
    line = Line(text, "warn", ((0, 4, "muted"), (55, 60, "bad")))
    *_, some = Making(revealed=False).of_lines([line])
    assert some.texts == ["x" * 40 + f" password={HIDDEN} and more"]
    assert some.special[0].spans == ((0, 4, "muted"),)
    assert some.special[0].tone == "warn"


def test_no_part_of_a_long_line_shows_a_secret_that_is_cut_by_its_end() -> None:
    secret = "s3cr3t" * 200_000
    text = "x" * (16 * 1024 - 5) + " password=" + secret
    for some in Making(revealed=False).of_text([text]):
        assert not any("s3cr3t" in one for one in some.texts)


def test_the_beginning_of_a_long_line_comes_before_its_end() -> None:
    heads = [some for some in Making(revealed=False).of_text(["y" * 1_000_000]) if some.texts]
    assert [some.is_head for some in heads] == [True, False]
