"""What the console makes of the bytes that a terminal sends."""

from __future__ import annotations

import pytest
from textual import events

from awstui.ui.reads import Reads, came_together


def heard(*reads: str) -> list[events.Key]:
    """The keys that reads of the terminal are, and the end of it."""
    parser = Reads()
    found = [one for read in (*reads, "") for one in parser.feed(read)]
    return [one for one in found if isinstance(one, events.Key)]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("\x1b:sqs\r", ["escape", "colon", "s", "q", "s", "enter"]),
        ("\x1bp", ["escape", "p"]),
        ("\x1b", ["escape"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1bi\x1b", ["escape", "i", "escape"]),
        ("^\x1b^\x1b", ["circumflex_accent", "escape", "circumflex_accent", "escape"]),
        ("\x1bf", ["escape", "f"]),
        ("\x1bb", ["escape", "b"]),
        ("\x1b1", ["escape", "1"]),
        ("\x1b\t", ["escape", "tab"]),
        ("\x1b\x7f", ["ctrl+w"]),
        ("\x1b[A", ["up"]),
        ("\x1b[1;5C", ["ctrl+right"]),
    ],
)  # fmt: skip
def test_esc_and_what_is_typed_right_after_it_are_two_keys(sent: str, keys: list[str]) -> None:
    assert [key.key for key in heard(sent)] == keys


def test_letters_know_the_how_manieth_of_their_read_they_are() -> None:
    assert [came_together(key) for key in heard("ab", "c")] == [1, 2, 1]
