"""A long message is unfolded only as far as it is shown."""

from __future__ import annotations

import json

import pytest

from awstui.masking import HIDDEN, hide, masked
from awstui.packing import as_json
from plugins.logs import shown as subject
from plugins.logs.chunk import Entry
from plugins.logs.pieces import UNFOLDED, Piece, pieces
from plugins.logs.shown import Look, unfolded


def entry(message: str) -> Entry:
    """A line of a log."""
    return Entry(0, 0, 1, 0, 0, 0, "stream", message)


def laid(message: str) -> list[Piece]:
    """How it lies on the screen when it is unfolded."""
    return list(pieces(entry(message), width=80, look=Look(), columns=None, unfolds=True))


def test_no_more_of_long_json_is_written_than_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0

    def counted(value: object, name: str = "") -> object:
        nonlocal seen
        seen += 1
        return hide(value, name)

    monkeypatch.setattr(subject, "hide", counted)
    value = [{"n": number} for number in range(50_000)]
    found = laid(json.dumps(value))
    assert len(found) == UNFOLDED + 1
    assert seen < 3 * UNFOLDED
    shown = "\n".join(piece.text.text for piece in found[:-1])
    whole = as_json(value)
    assert whole.startswith(shown)
    left = len(whole) - len(shown) - whole[len(shown) :].count("\n")
    assert found[-1].text.text == f"… {left:,} more characters: d shows them, S saves them"


def test_what_is_unfolded_is_all_of_it_with_its_secrets_hidden() -> None:
    value = {"user": {"password": "a", "n": [1, {}]}, "text": "password=hunter2"}
    lines, is_json, _ = unfolded(entry(json.dumps(value)))
    assert is_json
    assert list(lines) == as_json(masked(value)).split("\n")
    text = (
        "one\r\n-----BEGIN PRIVATE KEY-----\n" + "MII\n" * 600 + "-----END PRIVATE KEY-----\nlast"
    )
    lines, is_json, length = unfolded(entry(text))
    assert not is_json
    assert list(lines) == ["one", *[HIDDEN] * 602, "last"]
    assert length == len(text) - text.count("\n") - 1
    assert list(unfolded(entry("[NaN]")).lines) == ["[", "  NaN", "]"]
